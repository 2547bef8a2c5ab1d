//! The pure core: which fact may follow which, and which of those that may have ever been seen to.

mod sweep;

use std::collections::BTreeSet;

use jiff::Timestamp;
use lastgood_core::error::Code;
use lastgood_core::ids::{RollbackId, RunId};
use lastgood_core::journal::{Fact, Subject};
use lastgood_core::ports::forge::RunSnapshot;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::check::samples::Samples;
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict};
use lastgood_core::rollback::event::{Choice, Ending, Event, Evidence, OrderOutcome, RunOrder, StepOutcome};
use lastgood_core::rollback::local::{LocalEnd, LocalOutcome};
use lastgood_core::rollback::next::{begin, fold, next};
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};
use proptest::prelude::*;

use super::world::{Call, ENVIRONMENT, Fault, REPOSITORY, World, label};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Two of three picks are legal, so that a walk comes to the end; the rest tries everything.
    #[test]
    fn whatever_happens_the_rollback_stays_in_order(picks in prop::collection::vec((0..3_u8, any::<prop::sample::Index>()), 1..120)) {
        let all = everything();
        let mut rollback = start();
        for (wild, pick) in picks {
            let legal: Vec<&Event> = all.iter().filter(|event| next(&rollback, at(1), event).is_ok()).collect();
            let event = if wild == 0 || legal.is_empty() { pick.get(&all) } else { *pick.get(&legal) };
            let Ok(after) = next(&rollback, at(1), event) else { continue };
            is_in_order(&after);
            if rollback.end.is_some() {
                prop_assert!(outlives(event), "after the end came {event:?}");
                prop_assert_eq!(&rollback.end, &after.end);
            }
            prop_assert!(rollback.run.is_none() || (after.run.is_some() && after.sent), "a run is never forgotten");
            rollback = after;
        }
    }

    #[test]
    fn a_fold_of_the_facts_is_the_rollback_itself(picks in prop::collection::vec(any::<prop::sample::Index>(), 1..80)) {
        let all = everything();
        let mut rollback = start();
        let mut facts = vec![fact(1, Event::RollbackStarted(Box::new(rollback.plan.clone())))];
        for pick in picks {
            let legal: Vec<&Event> = all.iter().filter(|event| next(&rollback, at(1), event).is_ok()).collect();
            if legal.is_empty() { break }
            let event = (*pick.get(&legal)).clone();
            let time = facts.len() as i64 + 1;
            rollback = next(&rollback, at(time), &event).unwrap();
            facts.push(fact(time, event));
        }
        prop_assert_eq!(fold(&facts).unwrap(), Some(rollback));
    }
}

#[test]
fn facts_without_a_beginning_are_no_rollback() {
    assert_eq!(fold(&[]).unwrap(), None);
    assert_eq!(fold(&[fact(1, Event::UndoAsked)]).unwrap(), None);
}

#[test]
fn a_fact_that_cannot_follow_is_an_error_and_names_itself() {
    let started = fact(1, Event::RollbackStarted(Box::new(start().plan)));
    let error = fold(&[started, fact(2, Event::DispatchSent)]).unwrap_err();
    assert_eq!(error.to_string(), "this cannot happen to the rollback now: DispatchSent");
}

#[tokio::test]
async fn nothing_happens_to_a_rollback_that_is_over_but_that_its_hold_and_its_quarantine_are_lifted() {
    for moment in ["dispatch inconclusive", "check succeeded", "rollback succeeded"] {
        let world = World::new();
        if moment == "dispatch inconclusive" {
            world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
        }
        world.asks_when(moment, Request::StopAfterThisStep);
        let rollback = world.roll_back(world.plan()).await;
        assert!(rollback.end.is_some(), "{moment}");
        for event in everything() {
            let fits = next(&rollback, at(1), &event).is_ok();
            assert_eq!(fits, outlives(&event), "{moment}: {event:?}");
        }
    }
}

fn outlives(event: &Event) -> bool {
    matches!(
        event,
        Event::HoldLifted { .. }
            | Event::QuarantineLifted { .. }
            | Event::RunOrdered { .. }
            | Event::RunOrderEnded { .. }
    )
}

#[test]
fn a_hold_may_be_lifted_by_two_people_at_once() {
    let lifted = || Event::HoldLifted { by: "@on-call".to_owned(), reason: "Fixed".to_owned() };
    let mut over = next(&start(), at(1), &Event::UndoAsked).unwrap();
    let end = Event::RollbackEnded { outcome: Outcome::Aborted, sentence: String::new(), hint: String::new() };
    over = next(&over, at(2), &end).unwrap();
    over.held = true;
    let once = next(&over, at(3), &lifted()).unwrap();
    assert_eq!(next(&once, at(4), &lifted()).unwrap(), once);
}

#[test]
fn a_hold_that_is_lifted_while_its_rollback_takes_it_or_gives_it_back_leaves_the_rollback_readable() {
    let lifted = || Event::HoldLifted { by: "@on-call".to_owned(), reason: "Fixed".to_owned() };
    let taken = || Event::HoldTaken {
        owner: "@release-manager".to_owned(),
        reason: "Checkout fails".to_owned(),
        expires: Some(at(9)),
        shared: Some("f".into()),
        over: None,
    };
    let done = || Event::StepEnded(ending(StepName::Hold, StepOutcome::Succeeded));
    let end = || Event::RollbackEnded { outcome: Outcome::Aborted, sentence: String::new(), hint: String::new() };
    for told in [
        vec![lifted(), taken(), done(), Event::UndoAsked, lifted(), end()],
        vec![taken(), done(), Event::UndoAsked, lifted(), lifted(), end()],
        vec![taken(), lifted(), done(), Event::UndoAsked, end(), lifted()],
    ] {
        let begun = [
            Event::RollbackStarted(Box::new(start().plan)),
            Event::StepStarted { step: StepName::Hold, key: "key".to_owned() },
        ];
        let facts: Vec<Fact> =
            begun.into_iter().chain(told.clone()).zip(1..).map(|(event, n)| fact(n, event)).collect();
        let rollback = fold(&facts).unwrap_or_else(|illegal| panic!("{illegal} in {told:?}")).unwrap();
        assert!(rollback.end.is_some() && !rollback.held, "{told:?}");
    }
}

#[tokio::test]
async fn a_hold_that_somebody_lifts_in_the_moment_in_which_it_is_taken_anew_is_taken_all_the_same() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    let before = |label: &str| {
        let found = world.with(|state| state.taken.iter().find(|(_, told)| told == label).cloned());
        found.unwrap().0
    };
    let lifted = || Event::HoldLifted { by: "@on-call".to_owned(), reason: "Fixed".to_owned() };
    let taken = Event::HoldTaken {
        owner: "@release-manager".to_owned(),
        reason: "Checkout fails".to_owned(),
        expires: Some(at(9)),
        shared: Some("f".into()),
        over: None,
    };
    let free = next(&before("dispatch sent"), at(1), &lifted()).unwrap();
    let anew = next(&free, at(2), &taken).unwrap();
    assert_eq!((anew.held, anew.held_until), (true, Some(at(9))));
    let sent = next(&before("run found by answer"), at(1), &lifted()).unwrap();
    assert!(next(&sent, at(2), &taken).is_err(), "what is on its way needs no hold taken anew");
}

/// Each legal pair of place and fact was taken by some rollback of the sweep, apart from those explained here.
#[tokio::test]
async fn every_transition_that_is_legal_is_taken_somewhere_or_explained() {
    let taken = sweep::taken().await;
    let seen: BTreeSet<(String, String)> =
        taken.iter().map(|(standing, label)| (place(standing), kind(label))).collect();
    let all = everything();
    let mut missing = BTreeSet::new();
    for (standing, _) in &taken {
        for event in all.iter().filter(|event| next(standing, at(1), event).is_ok()) {
            let pair = (place(standing), kind(&label(event)));
            if !seen.contains(&pair) && explanation(&pair.0, &pair.1).is_none() {
                missing.insert(pair);
            }
        }
    }
    assert!(missing.is_empty(), "legal, and never taken: {missing:#?}");
    let wrong: Vec<_> = seen.iter().filter(|(place, kind)| explanation(place, kind).is_some()).collect();
    assert!(wrong.is_empty(), "explained as never taken, and taken: {wrong:#?}");
    assert!(seen.len() > 100, "the sweep has come around: {}", seen.len());
}

/// Where a rollback ends without a dispatch and gives its hold back; or is over, and a person lifts it.
const LIFTS: [&str; 17] = [
    "over",
    "hold Succeeded",
    "check Pending",
    "check Failed",
    "check Errored",
    "check Aborted",
    "check Inconclusive",
    "tag Pending",
    "tag Failed",
    "tag Errored",
    "tag Aborted",
    "tag Inconclusive",
    "dispatch Pending",
    "dispatch Failed",
    "dispatch Aborted",
    "dispatch Inconclusive",
    "dispatch Running",
];

/// Why the engine never takes what `next` would allow.
fn explanation(place: &str, kind: &str) -> Option<&'static str> {
    match (place, kind) {
        (place, "hold lifted") if !LIFTS.contains(&place) => {
            Some("a rollback lifts its hold at its end; a person's lift waits until it is over")
        }
        (_, "run ordered" | "run order ended") => Some("a person's word to GitHub, beside the engine"),
        ("hold Aborted", "stop asked" | "undo asked" | "reason given") => Some("giving up ends it at once"),
        (_, "prove aborted") => {
            Some("only while a command runs, which has tests of its own; else a stop takes effect between two steps")
        }
        (_, "hold aborted" | "tag aborted" | "follow aborted") => {
            Some("no step aborts itself: a stop takes effect between two steps")
        }
        (_, "hold waits" | "tag waits" | "follow waits" | "prove waits" | "close waits") => {
            Some("these ask git or look again by themselves")
        }
        (_, "close aborted") => Some("no step aborts itself: a stop takes effect between two steps"),
        (_, "dispatch errored" | "prove errored") => Some("what breaks here leaves no evidence, and is inconclusive"),
        (_, "follow errored") => Some("only where no run is known, which the dispatch step does not leave behind"),
        (_, "close failed" | "close errored" | "close inconclusive") => Some(
            "what the remote and GitHub refuse while it closes is said and fails nothing; a journal that cannot be \
             written stops the engine and ends no step",
        ),
        ("hold Pending", "undo asked" | "stop asked" | "reason given") => {
            Some("the hold's intent is written with the rollback's first fact")
        }
        ("tag Running" | "close Running", "stop asked") => Some("nobody is heard in these few moments"),
        ("check Aborted" | "tag Aborted" | "dispatch Aborted" | "prove Aborted", "stop asked") => {
            Some("giving up ends it at once")
        }
        _ => None,
    }
}

/// Where a rollback stands, in a few words.
fn place(rollback: &Rollback) -> String {
    if rollback.end.is_some() {
        return "over".to_owned();
    }
    rollback.current().map_or_else(|| "all done".to_owned(), |step| format!("{} {:?}", step.name.as_str(), step.phase))
}

/// A label without what differs between two facts of one kind.
fn kind(label: &str) -> String {
    match label {
        _ if label.starts_with("run seen") => "run seen".to_owned(),
        _ if label.starts_with("run found") => "run found".to_owned(),
        _ if Question::ALL.iter().any(|question| label.starts_with(question.code())) => "answered".to_owned(),
        _ => label.to_owned(),
    }
}

fn is_in_order(rollback: &Rollback) {
    let running = rollback.steps.iter().filter(|step| step.phase == StepPhase::Running).count();
    assert!(running <= 1, "one step at a time");
    let reached = rollback.steps.iter().skip_while(|step| step.phase == StepPhase::Succeeded).skip(1);
    for step in reached {
        assert_eq!(step.phase, StepPhase::Pending, "{} came before its turn", step.name.as_str());
    }
    for step in rollback.steps.iter().filter(|step| step.phase == StepPhase::Running) {
        assert_eq!(step.ended, None, "{} runs and has ended", step.name.as_str());
    }
    assert!(rollback.run.is_none() || rollback.step(StepName::Dispatch).attempts > 0);
    assert!(!rollback.undo_asked || rollback.tag.is_none(), "undo costs nothing");
}

/// Every kind by its name in the journal. No arm takes what is not named here, so that the compiler asks for a new one.
macro_rules! kinds {
    ($($event:pat => $name:literal,)*) => {
        const KINDS: &[&str] = &[$($name),*];

        fn named(event: &Event) -> &'static str {
            match event { $($event => $name),* }
        }
    };
}

kinds! {
    Event::RollbackStarted(_) => "rollback_started",
    Event::ReasonGiven { .. } => "reason_given",
    Event::StepStarted { .. } => "step_started",
    Event::Answered(_) => "answered",
    Event::HoldTaken { .. } => "hold_taken",
    Event::HoldLifted { .. } => "hold_lifted",
    Event::TagMade { .. } => "tag_made",
    Event::NewestRun { .. } => "newest_run",
    Event::Waiting { .. } => "waiting",
    Event::DispatchSent => "dispatch_sent",
    Event::LocalBegan { .. } => "local_began",
    Event::LocalEnded(_) => "local_ended",
    Event::TagKept { .. } => "tag_kept",
    Event::RunFound { .. } => "run_found",
    Event::RunSeen(_) => "run_seen",
    Event::RunOutOfSight { .. } => "run_out_of_sight",
    Event::Quarantined { .. } => "quarantined",
    Event::ReleaseMarked { .. } => "release_marked",
    Event::QuarantineLifted { .. } => "quarantine_lifted",
    Event::StepEnded(_) => "step_ended",
    Event::PersonChose { .. } => "person_chose",
    Event::UndoAsked => "undo_asked",
    Event::StopAsked => "stop_asked",
    Event::RunOrdered { .. } => "run_ordered",
    Event::RunOrderEnded { .. } => "run_order_ended",
    Event::RollbackEnded { .. } => "rollback_ended",
}

#[test]
fn everything_is_one_of_each_kind_at_least() {
    let there: BTreeSet<&str> = everything().iter().map(named).collect();
    assert_eq!(there, KINDS.iter().copied().collect());
    for event in everything() {
        assert_eq!(serde_json::to_value(&event).unwrap()["kind"], named(&event));
    }
}

/// One event of each kind for each step, question, outcome and choice.
pub(crate) fn everything() -> Vec<Event> {
    let mut all = vec![
        Event::RollbackStarted(Box::new(World::new().plan())),
        Event::ReasonGiven { reason: "Because".to_owned() },
        Event::HoldTaken {
            owner: "@on-call".to_owned(),
            reason: "Because".to_owned(),
            expires: None,
            shared: None,
            over: None,
        },
        Event::HoldLifted { by: "@on-call".to_owned(), reason: "Fixed".to_owned() },
        Event::TagMade { tag: "rollback-20260302-100000".into(), object: "f".into() },
        Event::NewestRun { run: RunId(6900) },
        Event::DispatchSent,
        Event::LocalBegan { command: "./deploy.sh".to_owned(), fingerprint: "f00d".to_owned() },
        Event::LocalEnded(Box::new(LocalEnd {
            how: LocalOutcome::Exited(0),
            tail: Vec::new(),
            output: None,
            milliseconds: 1200,
        })),
        Event::TagKept { tag: "rollback-20260302-100000".into(), sentence: "No way to the remote.".to_owned() },
        Event::RunFound { run: RunId(7001), how: Evidence::Key },
        Event::RunSeen(Box::new(run(7001))),
        Event::RunSeen(Box::new(run(1))),
        Event::RunOutOfSight { sentence: "GitHub cannot be reached.".to_owned() },
        Event::Quarantined {
            tag: "v2.5.0".into(),
            owner: "@on-call".to_owned(),
            reason: "Because".to_owned(),
            expires: None,
            shared: None,
        },
        Event::ReleaseMarked { tag: "v2.5.0".into() },
        Event::QuarantineLifted { tag: "v2.5.0".into(), by: "@on-call".to_owned(), reason: "Mended".to_owned() },
        Event::UndoAsked,
        Event::StopAsked,
        Event::RunOrdered {
            run: RunId(7001),
            order: RunOrder::Approve,
            by: "@on-call".to_owned(),
            comment: String::new(),
        },
        Event::RunOrderEnded {
            run: RunId(7001),
            order: RunOrder::Approve,
            outcome: OrderOutcome::Done,
            sentence: "Approved".to_owned(),
        },
    ];
    all.extend(questions().map(|question| Event::Answered(Box::new(answer(question)))));
    for step in StepName::ALL {
        all.push(Event::Waiting { step, until: at(2), sentence: "GitHub asks for fewer calls.".to_owned() });
        all.push(Event::StepStarted { step, key: "key".to_owned() });
        all.extend(outcomes().map(|outcome| Event::StepEnded(ending(step, outcome))));
        let choices = [Choice::LookAgain, Choice::SendAgain, Choice::ItWorked, Choice::GiveUp];
        all.extend(choices.map(|choice| Event::PersonChose { step, choice }));
    }
    let ends = [Outcome::Succeeded, Outcome::Failed, Outcome::Errored, Outcome::Aborted];
    all.extend(ends.map(|outcome| Event::RollbackEnded { outcome, sentence: String::new(), hint: String::new() }));
    all
}

fn questions() -> impl Iterator<Item = Question> {
    Question::ALL.iter().copied()
}

fn outcomes() -> impl Iterator<Item = StepOutcome> {
    use StepOutcome::{Aborted, Errored, Failed, Inconclusive, Succeeded};
    [Succeeded, Failed, Errored, Aborted, Inconclusive].into_iter()
}

fn ending(step: StepName, outcome: StepOutcome) -> Ending {
    let code = (outcome != StepOutcome::Succeeded).then_some(Code::Internal);
    Ending { step, outcome, sentence: "It ended.".to_owned(), hint: String::new(), code }
}

fn answer(question: Question) -> Answer {
    let (verdict, policy) = (Verdict::Passed, Policy::Block);
    Answer {
        question,
        verdict,
        policy,
        sentence: "Yes".to_owned(),
        evidence: Vec::new(),
        milliseconds: 1,
        asked_at: None,
        outputs: Vec::new(),
        samples: Samples::default(),
    }
}

fn run(id: u64) -> RunSnapshot {
    let status = "in_progress".to_owned();
    RunSnapshot { id: RunId(id), url: String::new(), status, conclusion: None, jobs: Vec::new() }
}

fn start() -> Rollback {
    begin(RollbackId::new("rb-1"), World::new().plan())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn fact(sequence: i64, event: Event) -> Fact {
    let subject = Subject::repository(REPOSITORY).environment(ENVIRONMENT.into()).rollback(RollbackId::new("rb-1"));
    Fact {
        writer: "laptop".into(),
        sequence: u64::try_from(sequence).unwrap(),
        at: at(sequence),
        subject,
        event: event.into(),
        hash: String::new(),
    }
}
