use std::process::Command;

use super::count::Count;
use super::end::End;
use super::watched::watch;
use crate::failure::{Failure, Outcome};
use crate::program::{self, cargo, npm};
use crate::setup::{Need, setup};
use crate::{place, ui};

/// One part of the whole test, with the stages that must have passed before it.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) needs: &'static [&'static str],
    pub(super) act: fn() -> End,
}

/// The page comes early: Tauri embeds it, so the desktop crate does not compile without it.
pub(super) const STAGES: [Stage; 11] = [
    Stage { name: "setup", about: "packages of the system and of the UI", needs: &[], act: set_up },
    Stage { name: "format", about: "cargo fmt", needs: &[], act: format },
    Stage { name: "page", about: "the UI's build, ui/dist", needs: &["setup"], act: build_page },
    Stage { name: "lint", about: "clippy, every warning an error", needs: &["page"], act: lint },
    Stage { name: "deny", about: "licences, advisories and sources of the crates", needs: &[], act: deny },
    Stage { name: "ui-lint", about: "the UI's format, lint and types", needs: &["setup"], act: lint_ui },
    Stage { name: "ui", about: "the UI's tests", needs: &["setup"], act: test_ui },
    Stage { name: "rust", about: "the tests of every crate but the window's", needs: &["page"], act: test_rust },
    Stage { name: "clients", about: "GitHub's own clients on the rehearsal", needs: &["page"], act: test_clients },
    Stage { name: "build", about: "the desktop app and the command line", needs: &["page"], act: build },
    Stage { name: "window", about: "the real window, by WebDriver", needs: &["build"], act: test_window },
];

fn set_up() -> End {
    simple(setup(Need::Tests))
}

/// Names the files; `cargo fmt --all` mends them.
fn format() -> End {
    command(cargo(["fmt", "--all", "--check", "--", "-l"]))
}

fn build_page() -> End {
    simple(ui::build())
}

fn lint() -> End {
    command(cargo(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn deny() -> End {
    if program::answer(&mut cargo(["deny", "--version"])).is_none() {
        return End::Skipped("cargo-deny is not installed: `cargo install cargo-deny --locked`".to_owned());
    }
    let mut check = vec!["deny", "--log-level", "error", "check", "bans", "licenses", "sources"];
    if program::answer(&mut cargo(["deny", "fetch", "db"])).is_some() {
        check.push("advisories");
    } else {
        println!("deny: advisories are not checked, their database cannot be fetched from here");
    }
    command(cargo(check))
}

fn lint_ui() -> End {
    simple(program::run(&mut npm(["run", "lint"])).and_then(|()| program::run(&mut npm(["run", "check"]))))
}

fn test_ui() -> End {
    counted(npm(["test"]))
}

/// Rust and window tests select from one build of the whole workspace: cargo would otherwise join the features
/// of the dependencies differently for each, and compile most of them twice.
fn test_rust() -> End {
    if !has_nextest() {
        let mut all = cargo(["test", "--workspace", "--no-fail-fast"]);
        all.args(["--exclude", "lastgood-e2e", "--exclude", "lastgood-clients"]);
        return counted(without_self(all));
    }
    let own = "not (package(lastgood-e2e) | package(lastgood-clients))";
    let units = counted(without_self(cargo(["nextest", "run", "--workspace", "--filterset", own])));
    // nextest leaves out the examples in the documentation.
    let examples = counted(without_self(cargo(["test", "--workspace", "--doc", "--quiet"])));
    units.and(examples)
}

fn test_clients() -> End {
    if !program::exists("gh") {
        return End::Skipped("gh is not installed: https://cli.github.com".to_owned());
    }
    counted(if has_nextest() {
        cargo(["nextest", "run", "--workspace", "--filterset", "package(lastgood-clients)"])
    } else {
        cargo(["test", "--package", "lastgood-clients", "--no-fail-fast"])
    })
}

/// Windows cannot replace a program that runs, and this one does.
fn without_self(mut command: Command) -> Command {
    if cfg!(windows) {
        command.args(["--exclude", "xtask"]);
    }
    command
}

/// With the tests, whose dependencies have the same features: the programs alone would compile most of them anew.
fn build() -> End {
    command(without_self(cargo(["build", "--workspace", "--bins", "--tests"])))
}

fn test_window() -> End {
    if !cfg!(target_os = "linux") {
        return End::Skipped("only WebKitGTK, on Linux, has a WebDriver for this window".to_owned());
    }
    let mut run = if has_nextest() {
        cargo(["nextest", "run", "--workspace", "--filterset", "package(lastgood-e2e)"])
    } else {
        cargo(["test", "--package", "lastgood-e2e", "--no-fail-fast"])
    };
    run.env("LASTGOOD_DESKTOP", place::built("debug", "lastgood-desktop"));
    counted(run)
}

fn has_nextest() -> bool {
    program::answer(&mut cargo(["nextest", "--version"])).is_some()
}

fn simple(outcome: Outcome) -> End {
    match outcome {
        Ok(()) => End::Passed(Count { passed: 1, failed: 0 }),
        Err(failure) => End::Failed(Count { passed: 0, failed: 1 }, failure.to_string()),
    }
}

fn command(mut command: Command) -> End {
    simple(program::run(&mut command))
}

fn counted(mut command: Command) -> End {
    match watch(&mut command) {
        Ok((count, true)) => End::Passed(count),
        Ok((count, false)) => {
            End::Failed(count, format!("`{}` failed; what it said is above", program::shown(&command)))
        }
        Err(failure) => End::Failed(Count::default(), Failure::to_string(&failure)),
    }
}
