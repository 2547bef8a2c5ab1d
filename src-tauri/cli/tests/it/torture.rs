//! Real processes killed at random times, and two machines or two processes that race for one environment, again and
//! again.
//!
//! Few rounds here; `cargo xtask torture` runs many, from a seed that it prints.

use crate::holds::{Mate, one_wins};
use crate::kills;
use crate::kit::Stage;
use crate::race;

const ROUNDS: u64 = 3;

/// An undisturbed rollback takes about 1,500 ms.
const LATEST: u64 = 1_800;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the seed makes a failure come again")]
async fn torture_a_process_killed_at_random_times_comes_to_the_same_end() {
    let seed = number("LASTGOOD_TORTURE_SEED").unwrap_or(1);
    let rounds = number("LASTGOOD_TORTURE_ROUNDS").unwrap_or(ROUNDS);
    let moments: Vec<u64> = (seed..seed + rounds).map(|seed| scattered(seed) % LATEST).collect();
    println!("seed {seed}: killed after {moments:?} ms");
    kills::at_times(moments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn torture_of_two_machines_that_race_exactly_one_rolls_back_each_time() {
    let rounds = number("LASTGOOD_TORTURE_ROUNDS").unwrap_or(ROUNDS);
    for _ in 0..rounds {
        let stage = Stage::start().await;
        one_wins(&stage, &Mate::of(&stage));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn torture_of_two_processes_that_race_exactly_one_rolls_back_each_time() {
    let rounds = number("LASTGOOD_TORTURE_ROUNDS").unwrap_or(ROUNDS);
    for _ in 0..rounds {
        race::one_of(2).await;
    }
}

/// One step of splitmix64.
pub(crate) fn scattered(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
