//! `kill -9` in the real process, exactly before and after each write to the journal and after each effect: whoever starts
//! again comes to the undisturbed end, with one tag, one dispatch and one hold.
//!
//! Here at a size that fits; `cargo xtask torture` takes every point, also each of those that come by chance (answers,
//! looks at the run), and random ones under faults, from a seed that it prints.

mod disk;
mod life;
mod sealed;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lastgood_core::journal;
use lastgood_core::rollback::event::{Choice, Event, StepOutcome};
use lastgood_core::rollback::{Outcome, Rollback, StepName};
use lastgood_rehearsal::{Fault, FaultKind, Moment, When};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::again::{self, Again};
use crate::rehearsed::{Rehearsed, git, status};
use life::Orders;

/// Rollbacks at a time; each mostly waits.
const AT_ONCE: usize = 4;

/// Of the points around the journal's writes, one in so many is taken where nobody asks for all. Effects always.
const ONE_IN: usize = 4;

/// A rollback on loopback is long over by then.
const COMES_WITHIN: Duration = Duration::from_secs(60);

const ANSWER_OF_A_DISPATCH: u64 = 600_000;

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_point_of_any_step_the_next_start_comes_to_the_same_end() {
    const NAME: &str = "killed::killed_at_any_point_of_any_step_the_next_start_comes_to_the_same_end";
    if let Some(told) = again::told() {
        return life::live(Orders::read(&told)).await;
    }
    let undisturbed = Arc::new(Rehearsed::at_speed(f64::INFINITY).await);
    let (points, ended) = run(&undisturbed, NAME, Orders::of(&undisturbed)).await;
    assert!(ended.success(), "{points:?}");
    let end = Arc::new(Ending::of(&undisturbed).await);
    assert_eq!((end.outcome, end.runs, end.rollback_tags), (Some(Outcome::Succeeded), 1, 1));
    let points: Vec<String> = points.into_iter().filter(|point| !point.starts_with("rests")).collect();
    for step in StepName::ALL {
        let started = format!("step_started {}", step.as_str());
        assert!(points.iter().any(|point| point.contains(&started)), "{started}: {points:?}");
    }
    for effect in ["done: a mark put", "done: the tag named", "done: the tag pushed"] {
        assert!(points.iter().any(|point| point == effect), "{effect}: {points:?}");
    }

    let whole = number("LASTGOOD_TORTURE_ROUNDS").is_some();
    let taken = repeatable(&points, whole).into_iter().enumerate();
    let taken = taken.filter(|(place, (point, _))| whole || point.starts_with("done") || place % ONE_IN == 0);
    let mut kills: Vec<Kill> = taken.map(|(_, (point, times))| Kill::At(point, times)).collect();
    kills.push(Kill::AfterDispatch);
    let (turns, mut all) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for kill in kills {
        let (turns, end) = (Arc::clone(&turns), Arc::clone(&end));
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            assert_eq!(killed(&kill, NAME).await, *end, "{kill:?}");
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

/// Whoever takes a rollback back finds everything as it was, whenever Lastgood was killed.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_point_of_a_rollback_that_is_taken_back_nothing_of_it_stays() {
    const NAME: &str = "killed::killed_at_any_point_of_a_rollback_that_is_taken_back_nothing_of_it_stays";
    if let Some(told) = again::told() {
        return life::live(Orders::read(&told)).await;
    }
    let undisturbed = Arc::new(Rehearsed::at_speed(f64::INFINITY).await);
    let (points, ended) = run(&undisturbed, NAME, Orders { undo: true, ..Orders::of(&undisturbed) }).await;
    assert!(ended.success(), "{points:?}");
    let end = Arc::new(Ending::of(&undisturbed).await);
    assert_eq!((end.outcome, end.runs, end.rollback_tags, end.marks.as_str()), (Some(Outcome::Aborted), 0, 0, ""));
    assert!(points.iter().any(|point| point == "done: a mark removed"), "{points:?}");

    let whole = number("LASTGOOD_TORTURE_ROUNDS").is_some();
    let points: Vec<String> = points.into_iter().filter(|point| !point.starts_with("rests")).collect();
    let taken = repeatable(&points, whole).into_iter().enumerate();
    let taken = taken.filter(|(place, (point, _))| whole || point.starts_with("done") || place % ONE_IN == 0);
    let (turns, mut all) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for (_, (point, times)) in taken {
        let (turns, end) = (Arc::clone(&turns), Arc::clone(&end));
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let rehearsed = Arc::new(Rehearsed::at_speed(f64::INFINITY).await);
            let orders = || Orders { undo: true, ..Orders::of(&rehearsed) };
            if dies_at(&rehearsed, NAME, orders(), &point, times).await {
                let (words, ended) = run(&rehearsed, NAME, orders()).await;
                assert!(ended.success(), "{point}: {words:?}");
            }
            if newest(&rehearsed).await.is_some_and(|rollback| rollback.end.is_none()) {
                panic!("{point}: it comes to an end");
            }
            let after = Ending::of(&rehearsed).await;
            let (outcome, marks) = (after.outcome, after.marks.as_str());
            assert_eq!((outcome, after.runs, after.rollback_tags, marks), (end.outcome, 0, 0, ""), "{point}");
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

/// Several lives, each ended at some point or not, each under some fault; a person decides where nothing else can.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the seed makes a failure come again")]
async fn torture_killed_at_random_points_under_random_faults_nothing_is_done_twice() {
    const NAME: &str = "killed::torture_killed_at_random_points_under_random_faults_nothing_is_done_twice";
    const ROUNDS: u64 = 6;
    if let Some(told) = again::told() {
        return life::live(Orders::read(&told)).await;
    }
    let seed = number("LASTGOOD_TORTURE_SEED").unwrap_or(1);
    let rounds = number("LASTGOOD_TORTURE_ROUNDS").unwrap_or(ROUNDS);
    println!("real processes from seed {seed}, {rounds} rounds");
    let (turns, mut all) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for seed in seed..seed + rounds {
        let turns = Arc::clone(&turns);
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            schedule(seed, NAME).await;
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

/// The points that every undisturbed life passes: of what comes by chance only the first, or all that this one passed.
fn repeatable(points: &[String], by_chance_too: bool) -> Vec<(String, usize)> {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for point in points {
        let times = 1 + seen.iter().filter(|(name, _)| name == point).count();
        if times == 1 || by_chance_too || !is_by_chance(point) {
            seen.push((point.clone(), times));
        }
    }
    seen
}

fn is_by_chance(point: &str) -> bool {
    life::CHANCE.iter().any(|kind| point.ends_with(&format!(" {kind}")))
}

/// One life until this point, the so manieth of its name. What comes by chance may come less often in this one, which then
/// ends by itself; says whether it was killed.
async fn dies_at(rehearsed: &Arc<Rehearsed>, name: &'static str, orders: Orders, point: &str, times: usize) -> bool {
    let die_on = Some((point.to_owned(), times));
    let (points, ended) = run(rehearsed, name, Orders { die_on, ..orders }).await;
    let killed = was_killed(ended) && points.last().is_some_and(|last| last == point);
    let passed_before = ended.success() && times > 1 && is_by_chance(point);
    assert!(killed || passed_before, "{point}, {times}: {points:?}");
    killed
}

#[derive(Debug, Clone)]
enum Kill {
    /// At the point of this name, the so manieth of it.
    At(String, usize),
    /// GitHub has begun the run, and its answer is on the way.
    AfterDispatch,
}

async fn killed(kill: &Kill, name: &'static str) -> Ending {
    let rehearsed = Arc::new(Rehearsed::at_speed(f64::INFINITY).await);
    match kill {
        Kill::At(point, times) => {
            if !dies_at(&rehearsed, name, Orders::of(&rehearsed), point, *times).await {
                return Ending::of(&rehearsed).await;
            }
        }
        Kill::AfterDispatch => {
            rehearsed.arm(Fault::once("/dispatches", FaultKind::Delay { milliseconds: ANSWER_OF_A_DISPATCH }));
            let child = start(name, &Orders::of(&rehearsed));
            let begun = Instant::now();
            while rehearsed.started() == 0 {
                assert!(begun.elapsed() < COMES_WITHIN, "no run began");
                tokio::task::yield_now().await;
            }
            tokio::task::spawn_blocking(move || child.kill()).await.unwrap();
        }
    }
    let unseen = is_sent(&rehearsed).await && rehearsed.started() == 0;
    let (words, ended) = run(&rehearsed, name, Orders::of(&rehearsed)).await;
    assert!(ended.success(), "{kill:?}: {words:?}");
    if words.iter().any(|word| word == "rests with a person") {
        assert!(unseen, "{kill:?}: there is evidence: {words:?}");
        assert_eq!(rehearsed.started(), 0, "{kill:?}");
        let again = Orders { choice: Some(Choice::SendAgain), ..Orders::of(&rehearsed) };
        assert!(run(&rehearsed, name, again).await.1.success(), "{kill:?}");
    }
    Ending::of(&rehearsed).await
}

async fn schedule(seed: u64, name: &'static str) {
    const LIVES: u32 = 12;
    let mut dice = Dice(seed);
    let rehearsed = Arc::new(Rehearsed::at_speed(f64::INFINITY).await);
    let (mut sent_again, mut story) = (0, vec![format!("seed {seed}")]);
    let mut choice = None;
    for life in 0..LIVES {
        let weary = life > LIVES / 2;
        rehearsed.server().clear_faults();
        let fault = if weary { None } else { dice.fault() };
        if let Some(fault) = &fault {
            rehearsed.arm(fault.clone());
        }
        let die_at = if weary || dice.one_in(3) { None } else { Some(1 + dice.up_to(45)) };
        story.push(format!("life {life}: dies at {die_at:?}, {fault:?}, chooses {choice:?}"));
        sent_again += usize::from(choice == Some(Choice::SendAgain));
        let orders = Orders { die_at, choice, ..Orders::of(&rehearsed) };
        let (words, ended) = run(&rehearsed, name, orders).await;
        story.extend(words.last().cloned());
        assert!(ended.success() || was_killed(ended), "{story:#?} {words:#?}");
        choice = None;
        let Some(rollback) = newest(&rehearsed).await else { continue };
        if rollback.end.is_some() {
            break;
        }
        if words.iter().any(|word| word == "rests with a person") {
            let choices = rollback.choices();
            choice = Some(if weary { Choice::GiveUp } else { choices[dice.up_to(choices.len())] });
        }
    }
    judge(&rehearsed, sent_again, &story).await;
}

async fn judge(rehearsed: &Rehearsed, sent_again: usize, story: &[String]) {
    let Some(rollback) = newest(rehearsed).await else { return };
    let end = Ending::of(rehearsed).await;
    let outcome = end.outcome.unwrap_or_else(|| panic!("it comes to an end: {story:#?}"));
    assert!(end.runs <= 1 + sent_again, "never two dispatches without a person: {end:?} {story:#?}");
    assert!(end.rollback_tags <= 1 && end.holds <= 1 && end.ends == 1, "{end:?} {story:#?}");
    journal::verify(&life::open(&Orders::of(rehearsed)).journal().records().unwrap()).unwrap();
    if outcome == Outcome::Succeeded {
        let vouched = rollback.step(StepName::Prove).sentence.starts_with("A person said");
        assert!(end.live == "v2.4.0" || vouched, "nothing is claimed that is not so: {end:?} {story:#?}");
        assert!(rollback.run.is_some() && end.runs >= 1, "{end:?} {story:#?}");
    }
    if rollback.end.as_ref().unwrap().hint.contains("Nothing was dispatched") {
        assert_eq!(end.runs, 0, "{story:#?}");
    }
}

/// What counts at the end.
#[derive(Debug, PartialEq)]
struct Ending {
    outcome: Option<Outcome>,
    live: String,
    rollback_tags: usize,
    runs: usize,
    /// Holds and quarantines on the remote.
    marks: String,
    holds: usize,
    ends: usize,
    steps: BTreeSet<StepName>,
}

impl Ending {
    async fn of(rehearsed: &Rehearsed) -> Self {
        let facts = life::open(&Orders::of(rehearsed)).facts().await.unwrap();
        let events: Vec<&Event> = facts.iter().filter_map(|fact| fact.event.rollback()).collect();
        let remote = &rehearsed.description().remote;
        let succeeded = events.iter().filter_map(|event| {
            let Event::StepEnded(ending) = event else { return None };
            (ending.outcome == StepOutcome::Succeeded).then_some(ending.step)
        });
        Self {
            outcome: newest(rehearsed).await.and_then(|rollback| Some(rollback.end?.outcome)),
            live: rehearsed.server().live("production").unwrap().tag,
            rollback_tags: git(remote, &["tag", "--list", "rollback-*"]).lines().count(),
            runs: rehearsed.started(),
            marks: git(remote, &["for-each-ref", "--format=%(refname)", "refs/lastgood/"]),
            holds: events.iter().filter(|event| matches!(event, Event::HoldTaken { .. })).count(),
            ends: events.iter().filter(|event| matches!(event, Event::RollbackEnded { .. })).count(),
            steps: succeeded.collect(),
        }
    }
}

/// The rollback, where its first fact was written.
async fn newest(rehearsed: &Rehearsed) -> Option<Rollback> {
    life::open(&Orders::of(rehearsed)).rollbacks().await.unwrap().pop()
}

async fn is_sent(rehearsed: &Rehearsed) -> bool {
    newest(rehearsed).await.is_some_and(|rollback| rollback.sent && rollback.run.is_none())
}

fn start(name: &str, orders: &Orders) -> Again {
    again::start(name, Path::new(&orders.words()), |command| command)
}

/// One life; every word until its end.
async fn run(rehearsed: &Arc<Rehearsed>, name: &'static str, orders: Orders) -> (Vec<String>, ExitStatus) {
    let _alive = Arc::clone(rehearsed);
    tokio::task::spawn_blocking(move || start(name, &orders).end()).await.unwrap()
}

fn was_killed(ended: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&ended) == Some(9)
}

/// Small and the same everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn up_to(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end as u64).unwrap()
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.up_to(times) == 0
    }

    fn fault(&mut self) -> Option<Fault> {
        let dispatch = |kind| Some(Fault::once("/dispatches", kind).on("POST"));
        let look = |kind| Some(Fault::once("/actions/runs/", kind).on("GET").times(2));
        match self.up_to(12) {
            0 => dispatch(FaultKind::Cut { moment: Moment::BeforeEffect }),
            1 => dispatch(FaultKind::Cut { moment: Moment::BeforeAnswer }),
            2 => dispatch(FaultKind::Cut { moment: Moment::DuringAnswer }),
            3 => dispatch(status(500, &[], When::BeforeEffect)),
            4 => dispatch(status(502, &[], When::AfterEffect)),
            5 => dispatch(status(403, &[("retry-after", "1")], When::BeforeEffect)),
            6 => dispatch(FaultKind::NoRunDetails { refuse: self.one_in(2) }),
            7 => look(FaultKind::Html { code: 502, when: When::BeforeEffect }),
            8 => look(FaultKind::Cut { moment: Moment::DuringAnswer }),
            9 => dispatch(FaultKind::FailStep { step: "build".to_owned() }),
            _ => None,
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
