//! `lastgood evidence`: what a command wrote, whole.

use std::process::ExitCode;

use lastgood_adapters::evidence::Evidence as Store;
use lastgood_adapters::place::Place;
use lastgood_core::error::{Code, Trouble};

use crate::arguments::Evidence;
use crate::output::{self, plain};

pub(crate) fn run(arguments: &Evidence) -> Result<ExitCode, Trouble> {
    let store = Store::at(Place::find()?.data());
    let text = store.find(&arguments.hash).and_then(|hash| store.read(&hash)).ok_or_else(|| {
        let message = format!("Nothing is kept under {}.", arguments.hash);
        Trouble::new(Code::Usage, message, "The answers of `lastgood check` name what is kept.")
    })?;
    text.lines().for_each(|line| output::line(&plain(line)));
    Ok(ExitCode::SUCCESS)
}
