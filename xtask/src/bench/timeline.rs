use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use super::measure::Rounds;
use super::sample::{COMMITS, Refs, Sample, TAGS};
use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program::{self, cargo};

const ROUNDS: u32 = 10;
/// Tags that are new in each warm round, as after a fetch.
const NEW_EACH_ROUND: u32 = 5;
/// The time that Lastgood may take, as a part of git's: without a cache, and with one.
const COLD_TARGET: f64 = 0.8;
const WARM_TARGET: f64 = 0.3;
const MEMORY_TARGET: f64 = 1.5;
/// The same facts that a timeline shows of a tag.
const FIELDS: &str = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00\
                      %(creatordate:iso-strict)%00%(contents:subject)%00%(taggername)%00%(taggeremail)%00\
                      %(authorname)%00%(*authorname)";

/// Reads the timeline of 20,000 tags with git and with Lastgood by turns, and prints both.
pub(super) fn bench() -> Outcome<String> {
    program::run(&mut cargo(["build", "--release", "--package", "lastgood-cli"]))?;
    let lastgood = place::built("release", "lastgood");
    let samples = [(Refs::Packed, Sample::prepare(Refs::Packed)?), (Refs::Loose, Sample::prepare(Refs::Loose)?)];
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("\n{TAGS} tags over {COMMITS} commits, {ROUNDS} rounds each by turns, medians, {cores} cores\n");
    println!(
        "{:<14} {:>9} {:>9} {:>7} {:>7} {:>9} {:>9} {:>7} {:>7}",
        "", "git", "lastgood", "ratio", "target", "git", "lastgood", "ratio", "target"
    );
    for (refs, mut sample) in samples {
        for start in [Start::Cold, Start::Warm] {
            let contest = contest(&lastgood, &mut sample, start)?;
            contest.print(refs, start);
        }
        sample.forget_new_tags()?;
    }
    println!("\ntimes in ms, memory (the last four) in MiB at its peak");
    Ok("measured; the figures are for reading and fail nothing".to_owned())
}

/// Whether Lastgood has seen the repository before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Cold,
    Warm,
}

struct Contest {
    git: Rounds,
    lastgood: Rounds,
}

fn contest(lastgood: &Path, sample: &mut Sample, start: Start) -> Outcome<Contest> {
    let notes = sample.folder.with_extension("notes");
    let data = sample.folder.with_extension("data");
    let mut contest = Contest { git: Rounds::default(), lastgood: Rounds::default() };
    empty(&data)?;
    if start == Start::Warm {
        // The first look fills the cache, and is not counted.
        Rounds::default().add(&look(lastgood, sample, &data), &notes)?;
    }
    for _ in 0..ROUNDS {
        match start {
            Start::Cold => empty(&data)?,
            Start::Warm => sample.add_tags(NEW_EACH_ROUND)?,
        }
        let git = sample.git(&["for-each-ref", "--sort=-creatordate", FIELDS, "refs/tags"]);
        contest.git.add(&git, &notes)?;
        contest.lastgood.add(&look(lastgood, sample, &data), &notes)?;
    }
    Ok(contest)
}

fn look(lastgood: &Path, sample: &Sample, data: &Path) -> Command {
    let mut command = Command::new(lastgood);
    command.arg("timeline").arg("--repo").arg(&sample.folder).arg("--json");
    command.env("LASTGOOD_DATA_DIR", data);
    command
}

impl Contest {
    fn print(&self, refs: Refs, start: Start) {
        let time = (self.git.milliseconds(), self.lastgood.milliseconds());
        let memory = (self.git.mebibytes(), self.lastgood.mebibytes());
        let target = if start == Start::Cold { COLD_TARGET } else { WARM_TARGET };
        println!(
            "{:<14} {:>9.1} {:>9.1} {:>7.2} {:>7} {:>9.1} {:>9.1} {:>7.2} {:>7}",
            format!("{refs:?}, {start:?}").to_lowercase(),
            time.0,
            time.1,
            time.1 / time.0,
            format!("≤ {target}"),
            memory.0,
            memory.1,
            memory.1 / memory.0,
            format!("≤ {MEMORY_TARGET}"),
        );
    }
}

fn empty(folder: &PathBuf) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .map_err(|error| Failure::new(format!("{} cannot be emptied: {error}", folder.display())))?;
    }
    place::folder(folder.clone()).map(|_| ())
}
