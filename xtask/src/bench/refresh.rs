use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use super::measure::Rounds;
use super::stage::Stage;
use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program::{self, cargo};

const ROUNDS: u32 = 7;
const PAST: &str = r#"{"releases": 1000, "deployments": 300, "runs": 500}"#;
/// Requests until the first screen is whole.
const FIRST_TARGET: usize = 6;
/// The time that Lastgood may take, as a part of gh's.
const TARGET: f64 = 0.5;

/// Asks a GitHub with a long past what is live and what there is, with Lastgood and with gh by turns.
pub(super) fn bench() -> Outcome<String> {
    if !program::exists("gh") {
        return Err(Failure::new("gh is missing: install GitHub's command line (package gh)"));
    }
    program::run(&mut cargo(["build", "--release", "--package", "lastgood-cli"]))?;
    let lastgood = place::built("release", "lastgood");
    let stage = Stage::start(&lastgood, place::target()?.join("bench").join("refresh"), PAST)?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("\n1,000 releases, 300 deployments, 500 runs; {ROUNDS} rounds each by turns, medians, {cores} cores\n");
    let mut missed = count(&lastgood, &stage)?;
    missed.extend(time(&lastgood, &stage)?);
    if missed.is_empty() {
        return Ok("every target was met".to_owned());
    }
    Err(Failure::new(format!("targets that were missed: {}", missed.join("; "))))
}

/// The targets that were missed.
fn count(lastgood: &Path, stage: &Stage) -> Outcome<Vec<String>> {
    let mut missed = Vec::new();
    println!("{:<34} {:>9} {:>9} {:>9}", "requests", "all", "of 304", "target");
    for (name, whole) in [("what is live", false), ("everything", true)] {
        forget(stage)?;
        for round in ["first", "nothing new"] {
            let before = stage.statuses()?.len();
            program::run(look(lastgood, stage, whole).stdout(std::process::Stdio::null()))?;
            let statuses = stage.statuses()?.split_off(before);
            let unchanged = statuses.iter().filter(|status| **status == 304).count();
            let target = match (round, whole) {
                ("first", false) => format!("≤ {FIRST_TARGET}"),
                ("first", true) => String::new(),
                _ => "all 304".to_owned(),
            };
            println!("{:<34} {:>9} {unchanged:>9} {target:>9}", format!("{name}, {round}"), statuses.len());
            let met = match (round, whole) {
                ("first", false) => statuses.len() <= FIRST_TARGET,
                ("first", true) => true,
                _ => unchanged == statuses.len(),
            };
            if !met {
                missed.push(format!("{name}, {round}: {} requests, {unchanged} of them 304", statuses.len()));
            }
        }
    }
    Ok(missed)
}

/// The targets that were missed. gh's two lists are what it takes to know the same.
fn time(lastgood: &Path, stage: &Stage) -> Outcome<Vec<String>> {
    let notes = stage.folder.join("notes");
    let [mut releases, mut runs, mut live, mut first, mut again] = [(); 5].map(|()| Rounds::default());
    for _ in 0..ROUNDS {
        releases.add(&stage.gh(&["release", "list", "--limit", "1000"]), &notes)?;
        runs.add(&stage.gh(&["run", "list", "--limit", "500"]), &notes)?;
        forget(stage)?;
        live.add(&look(lastgood, stage, false), &notes)?;
        forget(stage)?;
        first.add(&look(lastgood, stage, true), &notes)?;
        again.add(&look(lastgood, stage, true), &notes)?;
    }
    let gh = releases.milliseconds() + runs.milliseconds();
    println!("\n{:<34} {:>9} {:>9} {:>9}", "time in ms", "", "of gh's", "target");
    println!("{:<34} {:>9.1}", "gh release list", releases.milliseconds());
    println!("{:<34} {:>9.1}", "gh run list", runs.milliseconds());
    let mut missed = Vec::new();
    for (name, rounds) in
        [("what is live, first", live), ("everything, first", first), ("everything, nothing new", again)]
    {
        let (took, ratio) = (rounds.milliseconds(), rounds.milliseconds() / gh);
        println!("{name:<34} {took:>9.1} {ratio:>9.2} {:>9}", format!("≤ {TARGET}"));
        if ratio > TARGET {
            missed.push(format!("{name}: {ratio:.2} of gh's time"));
        }
    }
    Ok(missed)
}

fn look(lastgood: &Path, stage: &Stage, whole: bool) -> Command {
    let mut command = Command::new(lastgood);
    command.args(["status", "--json", "--repo", &stage.clone]);
    if whole {
        // The releases and the runs that gh lists, beside what is live and was last good.
        command.args(["--all", "--runs", "500"]);
    }
    command.env("LASTGOOD_GITHUB_API", &stage.api).env("LASTGOOD_GITHUB_TOKEN", &stage.token);
    command.env("LASTGOOD_DATA_DIR", stage.folder.join("data"));
    command
}

/// As on a machine that never saw the repository.
fn forget(stage: &Stage) -> Outcome {
    let data = stage.folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data)
            .map_err(|error| Failure::new(format!("{} cannot be emptied: {error}", data.display())))?;
    }
    Ok(())
}
