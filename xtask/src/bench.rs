//! `cargo xtask bench NAME`: Lastgood beside the tool that it should not be slower than.

mod measure;
mod sample;
mod timeline;

use crate::failure::{Failure, Outcome};

pub(crate) fn bench(words: &[&str]) -> Outcome<String> {
    match words {
        ["timeline"] => timeline::bench(),
        _ => Err(Failure::new("name the bench: `cargo xtask bench timeline`")),
    }
}
