//! When an environment is armed again, and when it is armed no more.

use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::arming::{Ground, LIMIT, OLD, Slot, Standing, Trigger, is_enough, still_asked, unmoved};
use lastgood_core::error::Code;
use lastgood_core::rollback::check::{Policy, Question, Verdict};
use lastgood_core::rollback::checks::plan::CheckPlan;

#[test]
fn the_first_look_asks_and_an_unchanged_ground_does_not() {
    let mut slot = Slot::default();
    assert_eq!(slot.standing(&"v2.4.0".into(), at(0)), Standing::Asked);
    assert_eq!(slot.look(&ground(), at(0)), Some((1, Trigger::First)));
    assert_eq!(slot.look(&ground(), at(30)), None, "one asking at a time, however long it takes");
    assert!(slot.answered(1, true, at(31)));
    assert_eq!(slot.look(&ground(), at(32)), None);
    assert_eq!(slot.standing(&"v2.4.0".into(), at(32)), Standing::Fresh);
}

#[test]
fn each_thing_that_changes_asks_again_and_is_named() {
    type Change = fn(&mut Ground);
    let changes: [(Change, Trigger); 9] = [
        (|ground| ground.target = "v2.3.1".into(), Trigger::Target),
        (|ground| ground.object = "b".into(), Trigger::Moved),
        (|ground| ground.tags += 1, Trigger::Tag),
        (|ground| ground.deployments += 1, Trigger::Deployment),
        (|ground| ground.runs += 1, Trigger::Run),
        (|ground| ground.probe += 1, Trigger::Probe),
        (|ground| ground.settings += 1, Trigger::Settings),
        (|ground| ground.team += 1, Trigger::Team),
        (|ground| ground.facts += 1, Trigger::Facts),
    ];
    for (change, trigger) in changes {
        let mut slot = armed();
        let mut now = ground();
        change(&mut now);
        assert_eq!(slot.look(&now, at(1)), Some((2, trigger)));
        assert_eq!(slot.look(&now, at(2)), None, "{trigger:?} asks once");
    }
}

#[test]
fn age_asks_again_and_too_much_of_it_disarms() {
    let mut slot = armed();
    assert_eq!(slot.look(&ground(), OLD), Some((2, Trigger::Age)));
    assert_eq!(slot.standing(&"v2.4.0".into(), OLD), Standing::Fresh, "what is known counts while it is asked anew");
    assert_eq!(slot.standing(&"v2.4.0".into(), LIMIT), Standing::Fresh);
    assert_eq!(slot.standing(&"v2.4.0".into(), LIMIT + at(1)), Standing::TooOld);
    assert!(slot.failed(2));
    assert_eq!(slot.standing(&"v2.4.0".into(), LIMIT + at(1)), Standing::TooOld, "a failure renews nothing");
    assert_eq!(slot.look(&ground(), LIMIT + at(2)), Some((3, Trigger::Age)));
    assert!(slot.answered(3, true, LIMIT + at(3)));
    assert_eq!(slot.standing(&"v2.4.0".into(), LIMIT + at(4)), Standing::Fresh);
}

#[test]
fn a_machine_that_slept_knows_nothing_until_it_has_asked_again() {
    let mut slot = armed();
    slot.wake();
    assert_eq!(slot.standing(&"v2.4.0".into(), at(2)), Standing::Asked);
    assert_eq!(slot.look(&ground(), at(2)), Some((2, Trigger::WokeUp)));
    assert!(slot.answered(2, true, at(3)));
    assert_eq!(slot.standing(&"v2.4.0".into(), at(3)), Standing::Fresh);
}

#[test]
fn a_person_who_looks_again_has_it_asked_anew_while_what_is_known_counts() {
    let mut slot = Slot::default();
    slot.look(&ground(), at(0)).unwrap();
    assert!(slot.answered(1, true, at(1)));
    assert_eq!(slot.look(&ground(), at(2)), None);
    slot.want();
    assert_eq!(slot.look(&ground(), at(2)), Some((2, Trigger::Person)));
    assert_eq!(slot.standing(&ground().target, at(2)), Standing::Fresh);
    assert!(slot.answered(2, true, at(3)));
    assert_eq!(slot.look(&ground(), at(4)), None, "once");
}

#[test]
fn a_newer_asking_wins_over_an_older_whichever_answers_first() {
    let mut slot = Slot::default();
    let mut moved = ground();
    moved.object = "b".into();
    assert_eq!(slot.look(&ground(), at(0)), Some((1, Trigger::First)));
    assert_eq!(slot.look(&moved, at(1)), Some((2, Trigger::Moved)));
    assert!(slot.answered(2, true, at(2)));
    assert!(!slot.answered(1, true, at(3)), "it stood on what is no more");
    assert!(!slot.failed(1));
    assert_eq!(slot.look(&moved, at(4)), None);
}

#[test]
fn what_came_so_far_counts_and_the_rest_renews_it() {
    let mut slot = Slot::default();
    slot.look(&ground(), at(0));
    assert!(slot.answered(1, false, at(20)));
    assert_eq!(slot.standing(&"v2.4.0".into(), at(21)), Standing::Fresh);
    assert_eq!(slot.look(&ground(), at(21) + OLD), None, "it is still asked: no pile-up");
    assert!(slot.answered(1, true, at(100)));
    assert_eq!(slot.standing(&"v2.4.0".into(), at(100) + LIMIT), Standing::Fresh);
}

#[test]
fn a_slow_command_that_could_only_warn_is_not_waited_for() {
    let mut checks = CheckPlan { patience_seconds: Some(20), ..CheckPlan::default() };
    let open = [Question::SecurityScan];
    assert!(!is_enough(&open, &checks, at(19)));
    assert!(is_enough(&open, &checks, at(20)));
    assert!(!is_enough(&[Question::SecurityScan, Question::AccessReady], &checks, at(60)), "what blocks is waited for");
    checks.policies.insert(Question::SecurityScan, Policy::Block);
    assert!(!is_enough(&open, &checks, at(60)));
    let answer = still_asked(Question::DependencyCheck, &checks, at(20), Timestamp::UNIX_EPOCH);
    assert_eq!((answer.verdict, answer.milliseconds, answer.blocks()), (Verdict::Inconclusive, 20_000, false));
}

#[test]
fn a_tag_that_moved_since_it_was_armed_is_not_rolled_back_to() {
    let (target, pinned) = (&"v2.4.0".into(), &"a".into());
    assert_eq!(unmoved(Some((target, pinned)), target, &"b".into()).unwrap_err().code, Code::TargetMoved);
    assert!(unmoved(Some((target, pinned)), target, pinned).is_ok());
    assert!(unmoved(Some((&"v2.3.1".into(), pinned)), target, &"b".into()).is_ok(), "another target was armed");
    assert!(unmoved(None, target, pinned).is_ok(), "nothing was pinned; the checks compare both sides");
}

fn armed() -> Slot {
    let mut slot = Slot::default();
    slot.look(&ground(), at(0));
    assert!(slot.answered(1, true, at(0)));
    slot
}

fn ground() -> Ground {
    let object = "a".into();
    let target = "v2.4.0".into();
    Ground { target, object, tags: 1, deployments: 1, runs: 1, probe: 1, settings: 1, team: 1, facts: 1 }
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
