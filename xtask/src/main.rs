//! The project's own commands: `cargo xtask run | test | bench | torture | help`.
#![expect(clippy::print_stdout, reason = "what these commands say is for the person at the terminal")]

mod bench;
mod failure;
mod place;
mod program;
mod run;
mod setup;
mod stamp;
mod test;
mod torture;
mod ui;
#[cfg(target_os = "linux")]
mod window;

use std::env;
use std::process::ExitCode;

use failure::Outcome;

const HELP: &str = "\
cargo xtask run [--picture] [-- PATH]   build everything and open the window on PATH, or on the rehearsal
cargo xtask test [STAGE…]               everything a change must pass; `test help` lists the stages
cargo xtask bench NAME                  measure Lastgood: `timeline` beside git, `refresh` and `rollback` beside gh, `templates` beside Jinja2, `typing` in a large document beside an empty one
cargo xtask torture [--seed N] [--rounds N]   rollbacks under random kills, faults and races; 1000 rounds
cargo xtask help                        this text

A first `run` or `test` on Debian or Ubuntu installs what is missing; elsewhere it says what to install.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.split_first() {
        Some((&"run", rest)) => verdict("run", run::run(rest)),
        Some((&"test", rest)) => test::test(rest),
        Some((&"bench", rest)) => verdict("bench", bench::bench(rest)),
        Some((&"torture", rest)) => verdict("torture", torture::torture(rest)),
        None | Some((&("help" | "--help" | "-h"), _)) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Some((unknown, _)) => {
            println!("{HELP}\n\nxtask: failed – there is no command {unknown}");
            ExitCode::FAILURE
        }
    }
}

fn verdict(command: &str, outcome: Outcome<String>) -> ExitCode {
    match outcome {
        Ok(sentence) => {
            println!("{command}: ok – {sentence}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            println!("{command}: failed – {failure}");
            ExitCode::FAILURE
        }
    }
}
