//! Each thing that can say no or break, one at a time.

use lastgood_core::error::Code;
use lastgood_core::ports::world::Seen;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{Call, Effects, Fate, Fault, Life, Service, World};
use super::{outcome, words};

const NOTHING: Effects = Effects { tags: 0, pushes: 0, dispatches: 0 };
const TAGGED: Effects = Effects { tags: 1, pushes: 0, dispatches: 0 };
const PUSHED: Effects = Effects { tags: 1, pushes: 1, dispatches: 0 };
const DISPATCHED: Effects = Effects { tags: 1, pushes: 1, dispatches: 1 };

pub(super) struct Case {
    what: &'static str,
    pub(super) harm: fn(&World),
    step: StepName,
    outcome: Outcome,
    code: Code,
    says: &'static str,
    effects: Effects,
}

/// What goes wrong, where it ends, what the end says, and what had happened by then.
#[rustfmt::skip]
pub(super) const CASES: [Case; 19] = {
    use Code::*;
    use Outcome::{Errored, Failed};
    use StepName::*;
    [
        Case { what: "journal unreadable", harm: |w| w.fails(Call::ReadJournal, 1..2, Fault::Broken), step: Hold, outcome: Errored, code: JournalBroken, says: "The journal cannot be read", effects: NOTHING },
        Case { what: "target gone here", harm: |w| w.fails(Call::LocalTag, 1..2, Fault::No), step: Check, outcome: Failed, code: CheckBlocked, says: "v2.4.0 is no longer in this repository", effects: NOTHING },
        Case { what: "repository unreadable", harm: |w| w.fails(Call::LocalTag, 1..2, Fault::Broken), step: Check, outcome: Errored, code: CheckBlocked, says: "The repository cannot be read", effects: NOTHING },
        Case { what: "target gone from the remote", harm: |w| w.fails(Call::RemoteTag, 1..2, Fault::No), step: Check, outcome: Failed, code: CheckBlocked, says: "The remote has no tag v2.4.0", effects: NOTHING },
        Case { what: "remote unreachable", harm: |w| w.fails(Call::RemoteTag, 1..2, Fault::Broken), step: Check, outcome: Errored, code: CheckBlocked, says: "The remote cannot be reached", effects: NOTHING },
        Case { what: "no workflow", harm: |w| w.fails(Call::Workflows, 1..2, Fault::No), step: Check, outcome: Failed, code: CheckBlocked, says: "deploy.yml is not on main", effects: NOTHING },
        Case { what: "GitHub unreachable", harm: |w| w.fails(Call::Workflows, 1..2, Fault::Broken), step: Check, outcome: Errored, code: CheckBlocked, says: "GitHub cannot be reached", effects: NOTHING },
        Case { what: "workflow switched off", harm: |w| w.with(|s| s.workflows[0].state = "disabled_manually".into()), step: Check, outcome: Failed, code: CheckBlocked, says: "deploy.yml is switched off on GitHub (disabled_manually)", effects: NOTHING },
        Case { what: "quarantine unreadable", harm: |w| w.fails(Call::ReadJournal, 2..3, Fault::Broken), step: Check, outcome: Errored, code: CheckBlocked, says: "The journal cannot be read", effects: NOTHING },
        Case { what: "disk full", harm: |w| w.fails(Call::MakeTag, 1..3, Fault::Broken), step: Tag, outcome: Errored, code: RepositoryUnwritable, says: "The disk is full", effects: NOTHING },
        Case { what: "disk full at the name", harm: |w| w.fails(Call::NameTag, 1..2, Fault::Broken), step: Tag, outcome: Errored, code: RepositoryUnwritable, says: "The disk is full", effects: NOTHING },
        Case { what: "push refused", harm: |w| w.fails(Call::PushTag, 1..2, Fault::No), step: Tag, outcome: Failed, code: PushRefused, says: "The remote refused the tag: tags are protected", effects: TAGGED },
        Case { what: "no git", harm: |w| w.fails(Call::PushTag, 1..2, Fault::Broken), step: Tag, outcome: Errored, code: GitMissing, says: "There is no git here", effects: TAGGED },
        Case { what: "dispatch refused", harm: |w| w.fails(Call::Dispatch, 1..2, Fault::No), step: Dispatch, outcome: Failed, code: TokenTooWeak, says: "GitHub refused the dispatch", effects: PUSHED },
        Case { what: "dispatch not sent", harm: |w| w.fails(Call::Dispatch, 1..2, Fault::NotSent), step: Dispatch, outcome: Failed, code: GithubUnreachable, says: "GitHub cannot be reached", effects: PUSHED },
        Case { what: "run failed", harm: |w| w.with(|s| s.fate = Fate::Fails), step: Follow, outcome: Failed, code: RunFailed, says: "Run 7001 ended with failure in deploy · Ship it", effects: DISPATCHED },
        Case { what: "wrong version", harm: |w| w.with(|s| s.service = Service::Says("v2.5.0")), step: Prove, outcome: Failed, code: ProofFailed, says: "v2.5.0 answers instead of v2.4.0", effects: DISPATCHED },
        Case { what: "unhealthy", harm: |w| w.with(|s| s.health = vec![Seen::No("503".into())]), step: Prove, outcome: Failed, code: ProofFailed, says: "Health says no: 503", effects: DISPATCHED },
        Case { what: "tag taken", harm: |w| w.with(|s| { s.remote.insert("rollback-20260302-100000".into(), "f".into()); }), step: Tag, outcome: Failed, code: PushRefused, says: "The remote has another tag named rollback-20260302-100000", effects: TAGGED },
    ]
};

#[tokio::test]
async fn each_failure_ends_at_its_step_says_so_and_nothing_after_it_happens() {
    for case in CASES {
        let (world, rollback) = meet(&case).await;
        let step = rollback.step(case.step);
        assert_eq!(outcome(&rollback), case.outcome, "{}", case.what);
        assert_eq!(
            (rollback.current().map(|step| step.name), step.code),
            (Some(case.step), Some(case.code)),
            "{}",
            case.what
        );
        assert!(words(&rollback).0.contains(case.says), "{}: {}", case.what, words(&rollback).0);
        assert!(!words(&rollback).1.is_empty(), "{}: there is a next action", case.what);
        assert_eq!(world.effects(), case.effects, "{}", case.what);
        let after = rollback.steps.iter().skip(case.step as usize + 1);
        assert!(after.clone().all(|step| step.phase == StepPhase::Pending), "{}", case.what);
        assert!(world.quarantined().is_empty(), "{}: nothing is proved, so nothing is quarantined", case.what);
    }
}

#[tokio::test]
async fn each_failure_calls_the_person_once_and_urgently() {
    for case in CASES {
        let (world, rollback) = meet(&case).await;
        assert_eq!(world.alerts(), [words(&rollback).0], "{}", case.what);
        assert!(world.with(|state| state.alerts[0].urgent), "{}", case.what);
    }
}

#[tokio::test]
async fn the_hold_is_lifted_where_nothing_was_dispatched_and_stays_where_something_was() {
    for case in CASES {
        let (world, _) = meet(&case).await;
        assert_eq!(world.hold().is_some(), case.effects.dispatches > 0, "{}", case.what);
    }
}

#[tokio::test]
async fn a_target_that_moved_is_not_rolled_back_to() {
    for (here, says) in [(true, "v2.4.0 moved in this repository"), (false, "v2.4.0 is another object on the remote")] {
        let world = World::new();
        world.with(|state| match here {
            true => state.local.get_mut(&"v2.4.0".into()).unwrap().object = "e".into(),
            false => *state.remote.get_mut(&"v2.4.0".into()).unwrap() = "e".into(),
        });
        let rollback = world.roll_back(world.plan()).await;
        assert!(words(&rollback).0.contains(says), "{}", words(&rollback).0);
        assert_eq!(world.effects(), NOTHING);
    }
}

#[tokio::test]
async fn a_workflow_whose_inputs_do_not_fit_is_not_dispatched() {
    type Harm = fn(&mut lastgood_core::rollback::plan::Plan, &World);
    let cases: [(Harm, &str); 2] = [
        (|plan, _| plan.deploy.version_input = "release".to_owned(), "deploy.yml has no input named release"),
        (
            |_, world| world.with(|state| state.workflows[0].inputs[1].name = "region".to_owned()),
            "deploy.yml has no input named rollback_id",
        ),
    ];
    for (harm, says) in cases {
        let world = World::new();
        let mut plan = world.plan();
        harm(&mut plan, &world);
        let rollback = world.roll_back(plan).await;
        assert!(words(&rollback).0.contains(says), "{}", words(&rollback).0);
        assert_eq!(world.effects(), NOTHING);
    }
}

#[tokio::test]
async fn a_required_input_without_a_value_blocks() {
    let world = World::new();
    world.with(|state| {
        let mut region = state.workflows[0].inputs[0].clone();
        region.name = "region".to_owned();
        state.workflows[0].inputs.push(region);
    });
    let rollback = world.roll_back(world.plan()).await;
    assert!(words(&rollback).0.contains("deploy.yml asks for region"), "{}", words(&rollback).0);
}

#[tokio::test]
async fn a_target_that_never_ran_here_is_a_warning_and_no_obstacle() {
    for (harm, said) in [
        ((|world| world.with(|state| state.deployments.clear())) as fn(&World), "11 checks passed, 1 warning: "),
        // Whether somebody else deploys is not known then, either.
        (|world| world.fails(Call::Deployments, 1..2, Fault::Broken), "10 checks passed, 2 warnings: "),
    ] {
        let world = World::new();
        harm(&world);
        let rollback = world.roll_back(world.plan()).await;
        assert_eq!(outcome(&rollback), Outcome::Succeeded);
        let check = &rollback.step(StepName::Check).sentence;
        assert!(check.starts_with(said), "{check}");
    }
}

#[tokio::test]
async fn a_push_whose_answer_was_lost_is_looked_at_again_and_pushed_once() {
    for (fault, arrived) in [(Fault::LostBefore, 0), (Fault::LostAfter, 1)] {
        let world = World::new();
        world.fails(Call::PushTag, 1..2, fault);
        let waiting = world.roll_back(world.plan()).await;
        assert_eq!(waiting.step(StepName::Tag).phase, StepPhase::Inconclusive);
        assert_eq!(world.effects().pushes, arrived);

        world.asks_after(60, super::choose(lastgood_core::rollback::event::Choice::LookAgain));
        let rollback = world.resume("rb-1").await.expect("it is in the journal").rested();
        assert_eq!(outcome(&rollback), Outcome::Succeeded);
        assert_eq!(world.effects(), DISPATCHED);
    }
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_stops_everything_at_once() {
    let facts = {
        let world = World::new();
        world.roll_back(world.plan()).await;
        world.told().len()
    };
    for number in 1..=u32::try_from(facts).unwrap() {
        let world = World::new();
        world.fails(Call::Append, number..u32::MAX, Fault::Broken);
        let Life::Refused(trouble) = world.live(world.plan(), "rb-1").await else { panic!("fact {number}") };
        assert_eq!(trouble.code, Code::JournalUnwritable);
        let told = world.told();
        assert_eq!(told.len() as u32, number - 1);
        let effects = world.effects();
        assert_eq!(effects.tags > 0, told.contains(&"tag made".to_owned()), "fact {number}");
        assert_eq!(effects.pushes > 0, told.contains(&"tag made".to_owned()), "fact {number}");
        assert_eq!(effects.dispatches > 0, told.contains(&"dispatch sent".to_owned()), "fact {number}");
    }
}

async fn meet(case: &Case) -> (std::sync::Arc<World>, Rollback) {
    let world = World::new();
    (case.harm)(&world);
    let rollback = world.roll_back(world.plan()).await;
    (world, rollback)
}
