//! `cargo xtask torture`: the engine under kills at every point and at random ones, under faults, people who race for one
//! environment, and bits that turn in the journal.
//!
//! The same tests run with few rounds in `cargo xtask test`.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::{Failure, Outcome};
use crate::program::{self, cargo};

const ROUNDS: u64 = 1_000;

/// Kills for each race: there a whole rollback runs in two clones, or in two processes.
const TO_A_RACE: u64 = 10;

pub(crate) fn torture(words: &[&str]) -> Outcome<String> {
    let (mut seed, mut rounds) = (None, ROUNDS);
    for pair in words.chunks(2) {
        match pair {
            ["--seed", number] => seed = Some(parsed(number)?),
            ["--rounds", number] => rounds = parsed(number)?.max(1),
            _ => return Err(Failure::new("usage: cargo xtask torture [--seed N] [--rounds N]")),
        }
    }
    let seed = seed.unwrap_or_else(by_the_clock);
    let races = rounds.div_ceil(TO_A_RACE);
    println!("torture: seed {seed}, {rounds} schedules in memory and as many with real processes");
    println!("         {races} races, and as many bits that turn in each file of the journal");
    run(seed, rounds, "engine::schedules::")?;
    run(seed, rounds, "killed::")?;
    run(seed, races, "torture::")?;
    run(seed, races, "flipped::")?;
    Ok(format!("{rounds} rounds from seed {seed}"))
}

/// The whole workspace, as everywhere: one package alone would be compiled once more with features of its own.
fn run(seed: u64, rounds: u64, filter: &str) -> Outcome {
    let mut command = cargo(["test", "--workspace", "--test", "it", "--", "--nocapture", "--test-threads=1", filter]);
    command.env("LASTGOOD_TORTURE_SEED", seed.to_string()).env("LASTGOOD_TORTURE_ROUNDS", rounds.to_string());
    program::run(&mut command).map_err(|failure| {
        Failure::new(format!("{failure}; the same again: cargo xtask torture --seed {seed} --rounds {rounds}"))
    })
}

fn parsed(text: &str) -> Outcome<u64> {
    text.parse().map_err(|_| Failure::new(format!("{text} is no number")))
}

/// Another one each time; it is printed.
fn by_the_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs())
}
