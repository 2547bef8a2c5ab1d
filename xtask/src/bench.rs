//! `cargo xtask bench NAME`: Lastgood beside the tool that it should not be slower than.

mod measure;
mod refresh;
mod sample;
mod stage;
mod timeline;

use crate::failure::{Failure, Outcome};

pub(crate) fn bench(words: &[&str]) -> Outcome<String> {
    match words {
        ["timeline"] => timeline::bench(),
        ["refresh"] => refresh::bench(),
        _ => Err(Failure::new("name the bench: `cargo xtask bench timeline` or `cargo xtask bench refresh`")),
    }
}
