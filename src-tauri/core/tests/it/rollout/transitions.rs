//! The pure core of a rollout.

use std::collections::BTreeSet;

use lastgood_core::journal;
use lastgood_core::rollback;
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollout::event::Deed;
use lastgood_core::rollout::next::{Effect, chosen, effect, fold, next};
use lastgood_core::rollout::{Choice, Outcome, Phase, Rollout, ended as words, stands};
use proptest::prelude::*;

use super::kit::{
    WHO, after, at, begun, end, ended, everything, fact, gate, id, lifted, marked, seen, soak, soaked, start, stop,
    well,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Two of three picks are legal, so that a walk comes to the end; the rest tries everything.
    #[test]
    fn whatever_happens_the_stages_stay_in_order(picks in prop::collection::vec((0..3_u8, any::<prop::sample::Index>()), 1..60)) {
        let all = everything();
        let mut rollout = start();
        let mut facts = vec![fact(1, Deed::RolloutStarted(Box::new(rollout.plan.clone())))];
        for (wild, pick) in picks {
            let legal: Vec<&Deed> = all.iter().filter(|deed| next(&rollout, at(1), deed).is_ok()).collect();
            let deed = if wild == 0 || legal.is_empty() { pick.get(&all) } else { *pick.get(&legal) };
            let time = facts.len() as i64 + 1;
            let Ok(after) = next(&rollout, at(time), deed) else { continue };
            prop_assert!(rollout.end.is_none(), "after the end came {deed:?}");
            is_in_order(&rollout, deed, &after);
            facts.push(fact(time, deed.clone()));
            rollout = after;
        }
        prop_assert_eq!(fold(&facts).unwrap(), vec![rollout]);
    }
}

fn is_in_order(before: &Rollout, deed: &Deed, after: &Rollout) {
    let passed = after.stages.iter().take_while(|stage| stage.phase == Phase::Passed).count();
    let behind = after.stages.iter().skip(passed + 1);
    assert!(
        behind.clone().all(|stage| stage.phase == Phase::Pending && stage.drives.is_empty()),
        "one stage at a time"
    );
    if let Deed::RolloutStageBegun { stage, .. } = deed {
        assert!(before.stages[..*stage].iter().all(|stage| stage.phase == Phase::Passed), "{deed:?} came too early");
    }
    if let Deed::RolloutGateOpened { by: None, stage } = deed {
        assert_eq!(before.stages[*stage].phase, Phase::Green, "a gate opens by itself behind green proofs alone");
    }
    for (was, is) in before.stages.iter().zip(&after.stages) {
        assert!(is.drives.starts_with(&was.drives), "a drive is never forgotten");
    }
    let ids: BTreeSet<_> = after.stages.iter().flat_map(|stage| &stage.drives).collect();
    assert_eq!(ids.len(), after.stages.iter().map(|stage| stage.drives.len()).sum::<usize>(), "each id is taken once");
}

/// Whatever stands, there is something to do, a person to ask, or an end.
#[test]
fn every_place_that_can_be_reached_leads_on() {
    let all = everything();
    let mut known: Vec<Rollout> = vec![start()];
    let mut places = BTreeSet::from([place_of(&known[0])]);
    let mut place = 0;
    while let Some(rollout) = known.get(place).cloned() {
        place += 1;
        match effect(&rollout) {
            Effect::Nothing => assert!(rollout.end.is_some(), "{rollout:?}"),
            Effect::AskPerson(_) => assert!(rollout.needs_person() && !rollout.choices().is_empty(), "{rollout:?}"),
            Effect::End(outcome) => assert!(next(&rollout, at(1), &end(outcome)).is_ok(), "{rollout:?}"),
            Effect::LiftQuarantine(tag) => {
                assert!(next(&rollout, at(1), &Deed::RolloutQuarantineLifted { tag }).is_ok(), "{rollout:?}");
            }
            Effect::BeginStage(_)
            | Effect::DriveStage(..)
            | Effect::BeginSoak(_)
            | Effect::Watch(_)
            | Effect::OpenGate(_)
            | Effect::LiftHold(_)
            | Effect::MarkRelease(_)
            | Effect::BeginBack(_)
            | Effect::DriveBack(..) => {}
        }
        for choice in rollout.choices() {
            let deed = chosen(&rollout, *choice, WHO, "Because").unwrap();
            assert!(next(&rollout, at(1), &deed).is_ok(), "{choice:?} is offered at {rollout:?}");
        }
        for deed in &all {
            if let Ok(after) = next(&rollout, at(1), deed)
                && places.insert(place_of(&after))
            {
                known.push(after);
            }
        }
    }
    let ends: BTreeSet<&str> =
        known.iter().filter_map(|rollout| Some(rollout.end.as_ref()?.outcome.as_str())).collect();
    assert_eq!(ends, BTreeSet::from(["failed", "rolled_back", "stopped", "succeeded"]));
}

/// What tells one place from another; how it was reached does not.
fn place_of(rollout: &Rollout) -> String {
    let phases: Vec<Phase> = rollout.stages.iter().map(|stage| stage.phase).collect();
    let back = rollout.back.as_ref().map(|back| (back.stage, back.rollback.is_some(), back.outcome));
    let end = rollout.end.as_ref().map(|end| end.outcome);
    let (lifted, marked, stop) = (&rollout.lifted, rollout.marked.is_some(), rollout.stop.is_some());
    format!("{phases:?} {lifted:?} {marked} {back:?} {stop} {end:?}")
}

/// From each phase what a person, the world and the driver may bring; nothing else fits.
#[test]
fn the_transitions_of_a_stage_are_these() {
    let mut found = BTreeSet::new();
    for (deeds, first) in places() {
        let standing = after(&deeds);
        assert_eq!(standing.stages[0].phase, first);
        for deed in everything() {
            if let Ok(next) = next(&standing, at(1), &deed) {
                found.insert(format!("{first:?} + {} = {:?}", kind(&deed), next.stages[0].phase));
            }
        }
    }
    insta::assert_snapshot!(found.into_iter().collect::<Vec<_>>().join("\n"), @"
    Deployed + rollout_back_chosen = Deployed
    Deployed + rollout_soak_begun = Soaking
    Deployed + rollout_stop_asked = Deployed
    Deploying + rollout_stage_ended = Deployed
    Deploying + rollout_stage_ended = Failed
    Deploying + rollout_stage_ended = Refused
    Deploying + rollout_stop_asked = Deploying
    Failed + rollout_back_chosen = Failed
    Failed + rollout_stop_asked = Failed
    Failed + rollout_tried_again = Pending
    Green + rollout_back_chosen = Green
    Green + rollout_gate_opened = Open
    Green + rollout_stop_asked = Green
    Green + rollout_tried_again = Deployed
    Open + rollout_hold_lifted = Passed
    Passed + rollout_stage_begun = Passed
    Passed + rollout_stop_asked = Passed
    Pending + rollout_stage_begun = Deploying
    Pending + rollout_stop_asked = Pending
    Red + rollout_back_chosen = Red
    Red + rollout_stop_asked = Red
    Red + rollout_tried_again = Deployed
    Refused + rollout_stop_asked = Refused
    Refused + rollout_tried_again = Pending
    Soaking + rollout_back_chosen = Soaking
    Soaking + rollout_soak_begun = Soaking
    Soaking + rollout_soak_ended = Green
    Soaking + rollout_soak_ended = Red
    Soaking + rollout_soak_ended = Unproved
    Soaking + rollout_soak_seen = Soaking
    Soaking + rollout_stop_asked = Soaking
    Unproved + rollout_back_chosen = Unproved
    Unproved + rollout_gate_opened = Open
    Unproved + rollout_stop_asked = Unproved
    Unproved + rollout_tried_again = Deployed
    ");
}

fn places() -> Vec<(Vec<Deed>, Phase)> {
    let deployed = || vec![begun(0, 1), ended(0, rollback::Outcome::Succeeded, true)];
    let watched = |verdict| [deployed(), vec![soak(0, None), soaked(0, verdict)]].concat();
    vec![
        (vec![], Phase::Pending),
        (vec![begun(0, 1)], Phase::Deploying),
        (vec![begun(0, 1), ended(0, rollback::Outcome::Aborted, false)], Phase::Refused),
        (vec![begun(0, 1), ended(0, rollback::Outcome::Failed, true)], Phase::Failed),
        (deployed(), Phase::Deployed),
        ([deployed(), vec![soak(0, None)]].concat(), Phase::Soaking),
        (watched(Verdict::Passed), Phase::Green),
        (watched(Verdict::Failed), Phase::Red),
        (watched(Verdict::Inconclusive), Phase::Unproved),
        ([watched(Verdict::Passed), vec![gate(0, Some(WHO))]].concat(), Phase::Open),
        ([watched(Verdict::Passed), vec![gate(0, Some(WHO)), lifted(0)]].concat(), Phase::Passed),
    ]
}

fn kind(deed: &Deed) -> String {
    serde_json::to_value(deed).unwrap()["kind"].as_str().unwrap().to_owned()
}

#[test]
fn the_whole_way_goes_from_stage_to_stage_and_lifts_what_was_asked_for() {
    let mut rollout = start();
    let way = [
        (Effect::BeginStage(0), begun(0, 1)),
        (Effect::DriveStage(0, id(0, 1)), ended(0, rollback::Outcome::Succeeded, true)),
        (Effect::BeginSoak(0), soak(0, None)),
        (Effect::Watch(0), seen(0, Verdict::Passed)),
        (Effect::Watch(0), soaked(0, Verdict::Passed)),
        (Effect::AskPerson(0), gate(0, Some(WHO))),
        (Effect::LiftHold(0), lifted(0)),
        (Effect::BeginStage(1), begun(1, 1)),
        (Effect::DriveStage(1, id(1, 1)), ended(1, rollback::Outcome::Succeeded, true)),
        (Effect::BeginSoak(1), soak(1, None)),
        (Effect::Watch(1), soaked(1, Verdict::Passed)),
        (Effect::OpenGate(1), gate(1, None)),
        (Effect::LiftHold(1), lifted(1)),
        (Effect::LiftQuarantine("v2.4.1".into()), Deed::RolloutQuarantineLifted { tag: "v2.4.1".into() }),
        (Effect::MarkRelease("v2.4.1".into()), marked("v2.4.1")),
        (Effect::End(Outcome::Succeeded), end(Outcome::Succeeded)),
    ];
    for (wanted, deed) in way {
        assert_eq!(effect(&rollout), wanted);
        rollout = next(&rollout, at(1), &deed).unwrap();
    }
    assert_eq!(effect(&rollout), Effect::Nothing);
    assert_eq!(words(&rollout, Outcome::Succeeded).0, "v2.4.2 is live in staging and production and stayed well");
}

#[test]
fn a_release_that_is_quarantined_itself_is_freed_before_its_first_stage() {
    let mut rollout = start();
    rollout.plan.lifts = vec!["v2.4.2".into()];
    assert_eq!(effect(&rollout), Effect::LiftQuarantine("v2.4.2".into()));
    assert!(next(&rollout, at(1), &begun(0, 1)).is_err(), "its check would block");
    let freed = next(&rollout, at(1), &Deed::RolloutQuarantineLifted { tag: "v2.4.2".into() }).unwrap();
    assert_eq!(effect(&freed), Effect::BeginStage(0));
}

#[test]
fn a_stage_that_fails_stops_and_offers_the_rollback() {
    let failed = after(&[begun(0, 1), ended(0, rollback::Outcome::Failed, true)]);
    assert_eq!(effect(&failed), Effect::AskPerson(0));
    assert_eq!(failed.choices(), [Choice::RollBack, Choice::Again, Choice::Stop]);
    assert_eq!(stands(&failed), "staging did not work: It says so");
    let refused = after(&[begun(0, 1), ended(0, rollback::Outcome::Failed, false)]);
    assert_eq!(refused.choices(), [Choice::Again, Choice::Stop], "nothing was deployed");

    let back = next(&failed, at(2), &chosen(&failed, Choice::RollBack, WHO, "").unwrap()).unwrap();
    assert_eq!((effect(&back), back.choices()), (Effect::BeginBack(0), &[][..]));
}

#[test]
fn a_gate_opens_by_itself_only_behind_proofs_that_stayed_green() {
    let production = [well(0), vec![gate(0, Some(WHO)), lifted(0), begun(1, 1)]].concat();
    let soaking = [production, vec![ended(1, rollback::Outcome::Succeeded, true), soak(1, None)]].concat();
    let with = |verdict| after(&[soaking.clone(), vec![soaked(1, verdict)]].concat());
    assert_eq!(effect(&with(Verdict::Passed)), Effect::OpenGate(1));
    assert_eq!(effect(&with(Verdict::Inconclusive)), Effect::AskPerson(1), "nothing proved it");
    assert_eq!(effect(&with(Verdict::Failed)), Effect::AskPerson(1));
    assert!(!with(Verdict::Failed).choices().contains(&Choice::Go), "nobody waves a no through");
}

#[test]
fn whoever_stops_lets_a_drive_end_first() {
    let stopped = after(&[begun(0, 1), stop()]);
    assert_eq!(effect(&stopped), Effect::DriveStage(0, id(0, 1)));
    let over = next(&stopped, at(2), &ended(0, rollback::Outcome::Succeeded, true)).unwrap();
    assert_eq!(effect(&over), Effect::End(Outcome::Stopped));
    let (sentence, hint) = words(&over, Outcome::Stopped);
    assert_eq!(sentence, "The rollout of v2.4.2 stopped at staging: Enough");
    assert_eq!(hint, "What was deployed stays, and so does its hold until it expires or you lift it.");
}

#[test]
fn each_deed_is_read_as_it_was_written() {
    for deed in everything() {
        let written = fact(1, deed);
        let text = serde_json::to_string(&written.event).unwrap();
        assert!(text.contains("\"kind\":\"rollout_"), "{text}");
        assert_eq!(serde_json::from_str::<journal::Event>(&text).unwrap(), written.event);
    }
}
