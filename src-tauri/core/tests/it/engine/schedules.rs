//! Random schedules: the machine stops, the other side says no or falls silent, a person asks for something, the clock
//! jumps, all at once and again in the next life. Whatever comes, the laws hold.
//!
//! `cargo xtask torture` runs many; each failure names its seed, and `LASTGOOD_TORTURE_SEED=N LASTGOOD_TORTURE_ROUNDS=1`
//! runs that one again.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::journal;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::world::{Call, Crash, ENVIRONMENT, Effect, Fate, Fault, Life, World};

/// Rounds where nobody asks for more.
const ROUNDS: u64 = 250;

/// Lives in which anything happens; after them the world is well and a person decides.
const WILD_LIVES: u32 = 4;

#[tokio::test]
async fn whatever_comes_nothing_is_done_twice_and_nothing_is_claimed_that_is_not_so() {
    let first = number("LASTGOOD_TORTURE_SEED").unwrap_or(1);
    let rounds = number("LASTGOOD_TORTURE_ROUNDS").unwrap_or(ROUNDS);
    let mut ends = [0_u32; 4];
    for seed in first..first + rounds {
        let _named = Named(seed);
        let (world, story) = (World::new(), Story::of(seed));
        let Some((end, story)) = story.tell(&world).await else { continue };
        let what = format!("seed {seed}: {:#?}", world.told());
        judge(&what, &world, &end, &story);
        ends[end.end.expect("it is over").outcome as usize] += 1;
    }
    if rounds >= ROUNDS {
        assert!(ends.iter().all(|count| *count > 0), "every kind of end was seen: {ends:?}");
    }
}

/// Whatever ends a round early, its seed is told.
struct Named(u64);

impl Drop for Named {
    #[expect(clippy::print_stderr, reason = "the seed makes a failure come again")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in the schedule of seed {}", self.0);
        }
    }
}

struct Story {
    dice: Dice,
    /// How often a person said that a dispatch did not arrive.
    sent_again: u32,
    /// Removing a hold may have failed.
    hold_may_stay: bool,
}

impl Story {
    fn of(seed: u64) -> Self {
        Self { dice: Dice(seed), sent_again: 0, hold_may_stay: false }
    }

    /// `None` where the machine stopped before the first fact: nothing ever began.
    async fn tell(mut self, world: &Arc<World>) -> Option<(Rollback, Self)> {
        self.arrange(world);
        let plan = if self.dice.one_in(3) { world.plan_without_key() } else { world.plan() };
        self.disturb(world);
        let mut life = world.live(plan, "rb-1").await;
        for number in 1.. {
            assert!(number < 60, "it comes to an end: {:#?}", world.told());
            if let Life::Rested(rollback) = &life
                && rollback.end.is_some()
            {
                return Some(((**rollback).clone(), self));
            }
            world.with(|state| state.crash = None);
            if number <= WILD_LIVES {
                self.disturb(world);
            } else {
                world.with(|state| state.faults.clear());
            }
            if let Life::Rested(rollback) = &life {
                self.decide(world, rollback, number > WILD_LIVES * 2);
            }
            life = world.resume("rb-1").await?;
        }
        unreachable!("the loop returns")
    }

    fn arrange(&mut self, world: &World) {
        let fates = [Fate::Succeeds, Fate::Succeeds, Fate::Succeeds, Fate::Fails, Fate::Cancelled, Fate::Evicted];
        let fate = self.dice.pick(&fates).clone();
        let names_runs = !self.dice.one_in(3);
        world.with(|state| (state.fate, state.names_runs) = (fate, names_runs));
    }

    /// One life's troubles.
    fn disturb(&mut self, world: &World) {
        let facts = world.told().len();
        let crash = match self.dice.up_to(6) {
            0 => Some(Crash::BeforeFact(facts + 1 + self.dice.up_to(20))),
            1 => Some(Crash::AfterFact(facts + 1 + self.dice.up_to(20))),
            2 => Some(Crash::After(*self.dice.pick(&[Effect::Mark, Effect::Tag, Effect::Push, Effect::Dispatch]))),
            _ => None,
        };
        world.with(|state| state.crash = crash);
        for _ in 0..self.dice.up_to(3) {
            let call = *self.dice.pick(&CALLS);
            let fault =
                *self.dice.pick(&[Fault::No, Fault::NotSent, Fault::LostBefore, Fault::LostAfter, Fault::Broken]);
            let next = world.with(|state| state.calls.get(&call).copied().unwrap_or(0)) + 1;
            let from = next + u32::try_from(self.dice.up_to(2)).unwrap();
            self.hold_may_stay |= matches!(call, Call::Remove | Call::Put | Call::Marks);
            world.fails(call, from..from + 1, fault);
        }
        if self.dice.one_in(3) {
            let requests = [Request::Undo, Request::StopAfterThisStep, Request::GiveReason("Another".to_owned())];
            let request = self.dice.pick(&requests).clone();
            world.asks_after(self.dice.up_to(40) as u64, request);
        }
        if self.dice.one_in(3) {
            let fact =
                *self.dice.pick(&["hold taken", "check succeeded", "tag made", "dispatch sent", "run seen queued"]);
            let hours = *self.dice.pick(&[-1, 1, 26]);
            world.with(|state| state.set_back_at_fact = Some((fact.to_owned(), SignedDuration::from_hours(hours))));
        }
    }

    /// A person who looks, and in the end gives up.
    fn decide(&mut self, world: &World, rollback: &Rollback, weary: bool) {
        let choices = rollback.choices();
        let choice = if weary { Choice::GiveUp } else { *self.dice.pick(choices) };
        self.sent_again += u32::from(choice == Choice::SendAgain);
        world.asks_after(0, Request::Choose(choice));
    }
}

const CALLS: [Call; 15] = [
    Call::LocalTag,
    Call::RemoteTag,
    Call::MakeTag,
    Call::NameTag,
    Call::PushTag,
    Call::Marks,
    Call::Put,
    Call::Remove,
    Call::Workflows,
    Call::Dispatch,
    Call::DispatchedRuns,
    Call::Run,
    Call::Version,
    Call::Health,
    Call::Append,
];

fn judge(what: &str, world: &World, end: &Rollback, story: &Story) {
    let effects = world.effects();
    assert!(effects.tags <= 1 && effects.pushes <= 1, "{what}");
    assert!(effects.dispatches <= 1 + story.sent_again, "never two dispatches without a person: {what}");
    let count = |fact: &str| world.told().iter().filter(|told| *told == fact).count();
    assert!(count("hold taken") <= 1 && count("quarantined") <= 1, "{what}");
    assert_eq!(
        world.told().iter().filter(|told| told.starts_with("rollback ")).count(),
        2,
        "one start, one end: {what}"
    );
    journal::verify(&world.with(|state| state.records.clone())).unwrap();

    let over = end.end.as_ref().unwrap();
    if over.outcome == Outcome::Succeeded {
        assert!(effects.dispatches >= 1 && end.run.is_some(), "{what}");
        let proved = end.step(StepName::Prove).sentence.starts_with("A person said");
        let live = world.with(|state| state.runs.iter().any(|run| run.version == "v2.4.0"));
        assert!(live || proved, "{what}");
        assert_eq!(world.quarantined(), ["v2.5.0"], "{what}");
    }
    if over.hint.contains("Nothing was dispatched") {
        assert_eq!(effects.dispatches, 0, "{what}");
    }
    if end.undo_asked {
        assert_eq!((effects.tags, effects.pushes, effects.dispatches), (0, 0, 0), "undo costs nothing: {what}");
    }
    if effects.dispatches == 0 && !end.may_have_run() && world.team_hold().is_some() {
        assert!(story.hold_may_stay, "a hold stays where nothing was sent: {what}");
        assert!(over.hint.contains("lastgood hold production lift"), "and it is said: {what}");
    }
    if end.shared.is_some() && effects.dispatches > 0 {
        let marks = world.seen_marks();
        let hold = marks.hold(&EnvironmentName::new(ENVIRONMENT));
        assert!(hold.is_some_and(|placed| placed.says.unwrap().rollback == Some("rb-1".into())), "{what}");
    }
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

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.up_to(all.len())]
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
