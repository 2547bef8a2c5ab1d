//! `cargo xtask bench NAME`: Lastgood beside the tool that it should not be slower than.

mod measure;
mod refresh;
mod rollback;
mod sample;
mod stage;
mod templates;
mod timeline;
mod typing;

use crate::failure::{Failure, Outcome};
use crate::setup::{Need, setup};

pub(crate) fn bench(words: &[&str]) -> Outcome<String> {
    // The tools of the other side are those of the tests.
    setup(Need::Tests)?;
    match words {
        ["templates"] => templates::bench(),
        ["timeline"] => timeline::bench(),
        ["refresh"] => refresh::bench(),
        ["rollback"] => rollback::bench(),
        ["typing"] => typing::bench(),
        _ => Err(Failure::new(
            "name the bench: `cargo xtask bench timeline`, `refresh`, `rollback`, `templates` or `typing`",
        )),
    }
}
