//! A deploy from this machine while GitHub, and perhaps the remote, are away: at most once, and whatever is not known is said.

use std::sync::Arc;

use lastgood_core::error::Code;
use lastgood_core::ids::TagName;
use lastgood_core::ports::shell::{CommandEnd, CommandPlace, Distrust, Ran};
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::check::{Policy, Question, Verdict};
use lastgood_core::rollback::event::{Choice, Event};
use lastgood_core::rollback::local::{LocalDeploy, LocalEnd, LocalOutcome};
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{BAD, Call, Crash, Effects, Fault, Life, Service, TARGET, World, object};
use super::{choose, outcome, words};

pub(crate) const COMMAND: &str = "./deploy.sh --here";

const PUSHED: Effects = Effects { tags: 1, pushes: 1, dispatches: 0 };

#[tokio::test]
async fn a_deploy_from_this_machine_needs_no_github() {
    let (world, plan) = github_away();
    let rollback = world.roll_back(plan).await;
    assert_eq!((outcome(&rollback), world.effects()), (Outcome::Succeeded, PUSHED));
    assert_eq!(
        rollback.step(StepName::Dispatch).sentence,
        "./deploy.sh --here deployed from this machine, exit 0 after 1.2 s"
    );
    assert_eq!(rollback.step(StepName::Follow).sentence, "Nothing to follow: the deploy was made on this machine");
    assert_eq!(words(&rollback).0, "production is back on v2.4.0");
    assert_eq!(words(&rollback).1, "Lift the hold when a fix is ready. GitHub has no record of this deploy.");
    let ended = rollback.local.unwrap().ended.unwrap();
    assert_eq!((ended.how, ended.output), (LocalOutcome::Exited(0), Some("f00d".into())));
    for call in [Call::Workflows, Call::Deployments, Call::Rights, Call::Dispatch, Call::NewestRuns, Call::Run] {
        assert_eq!(world.with(|state| state.calls.get(&call).copied()), None, "{call:?} asks GitHub");
    }
}

#[tokio::test]
async fn the_command_stands_among_the_targets_files_and_is_told_what_to_deploy() {
    let (world, mut plan) = github_away();
    plan.proofs.url = Some("https://shop.example".to_owned());
    world.roll_back(plan).await;
    let order = world.with(|state| state.readiness.orders[0].clone());
    assert_eq!((order.argv.as_slice(), order.recall_for), (&["./deploy.sh", "--here"].map(str::to_owned)[..], None));
    assert_eq!((order.place, order.deadline.as_secs()), (CommandPlace::Worktree(object('c')), 600));
    let told: Vec<(&str, &str)> = order.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let commit = object('c');
    assert_eq!(
        told,
        [
            ("LASTGOOD_ENVIRONMENT", "production"),
            ("LASTGOOD_URL", "https://shop.example"),
            ("LASTGOOD_TAG", TARGET),
            ("LASTGOOD_COMMIT", commit.as_str()),
        ]
    );
}

#[tokio::test]
async fn the_facts_tell_it_before_it_begins_and_behind_it() {
    let (world, plan) = github_away();
    world.roll_back(plan).await;
    let told = world.told();
    let at = |label: &str| told.iter().position(|told| told == label).unwrap_or_else(|| panic!("{label}: {told:#?}"));
    let order = ["dispatch started", "local began", "local ended", "dispatch succeeded", "follow succeeded"].map(at);
    assert!(order.is_sorted(), "{told:#?}");
    assert!(!world.has_fact("dispatch sent"));
}

#[tokio::test]
async fn what_only_github_could_tell_is_said_as_not_asked_and_blocks_nothing() {
    let (world, mut plan) = github_away();
    for question in [Question::EnvironmentIdle, Question::TargetRan, Question::RiskWorkflow] {
        plan.checks.policies.insert(question, Policy::Block);
    }
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let answers = &rollback.step(StepName::Check).answers;
    for (question, policy) in [
        (Question::WorkflowReady, Policy::Info),
        (Question::AccessReady, Policy::Info),
        (Question::RiskWorkflow, Policy::Info),
        (Question::EnvironmentIdle, Policy::Warn),
        (Question::TargetRan, Policy::Warn),
    ] {
        let answer = answers.iter().find(|answer| answer.question == question).unwrap();
        assert_eq!((answer.verdict, answer.policy), (Verdict::Inconclusive, policy), "{question:?}");
        assert!(answer.sentence.starts_with("Not asked: "), "{}", answer.sentence);
    }
    let trusted = answers.iter().find(|answer| answer.question == Question::DeployCommand).unwrap();
    assert_eq!(trusted.sentence, "./deploy.sh --here is trusted, and deploys from this machine");
}

#[tokio::test]
async fn a_rollback_by_the_workflow_asks_nothing_of_the_command() {
    let world = World::new();
    let rollback = world.roll_back(world.plan()).await;
    assert!(rollback.step(StepName::Check).answers.iter().all(|answer| answer.question != Question::DeployCommand));
    assert_eq!(rollback.local, None);
}

#[tokio::test]
async fn a_limit_of_githubs_is_not_waited_for() {
    let (world, plan) = github_away();
    world.with(|state| state.closed_until = Some(state.elapsed + std::time::Duration::from_secs(3_000)));
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    assert!(!world.has_fact("check waits") && !world.has_fact("dispatch waits"));
}

#[tokio::test]
async fn with_the_remote_away_too_the_tag_and_the_hold_stay_here_and_the_end_says_so() {
    for push in [Fault::LostBefore, Fault::Broken] {
        let (world, plan) = github_away();
        for call in [Call::RemoteTag, Call::Marks, Call::Object, Call::Put, Call::Remove] {
            world.fails(call, 1..99, Fault::Broken);
        }
        world.fails(Call::PushTag, 1..99, push);
        let rollback = world.roll_back(plan).await;
        assert_eq!((outcome(&rollback), world.effects()), (Outcome::Succeeded, Effects { pushes: 0, ..PUSHED }));
        let tag = rollback.step(StepName::Tag);
        assert!(tag.sentence.contains("kept here; the remote did not confirm it"), "{}", tag.sentence);
        let hold = rollback.step(StepName::Hold);
        assert!(hold.sentence.starts_with("production is held on this machine only"), "{}", hold.sentence);
        let end = words(&rollback).1;
        assert!(end.contains("did not confirm the tag rollback-20260302-100000: push it"), "{end}");
        assert!(world.hold().is_some() && world.team_hold().is_none());
        assert_eq!(world.quarantined(), [BAD]);
    }
}

#[tokio::test]
async fn a_tag_that_moved_stops_it_here_and_on_a_remote_that_answers() {
    let (world, plan) = github_away();
    world.with(|state| drop(state.remote.insert(TARGET.into(), object('e'))));
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Failed);

    let (world, plan) = github_away();
    world.fails(Call::RemoteTag, 1..9, Fault::Broken);
    world.with(|state| state.local.get_mut(&TagName::new(TARGET)).unwrap().object = object('e'));
    let rollback = world.roll_back(plan).await;
    assert_eq!((outcome(&rollback), runs(&world)), (Outcome::Errored, 0));
}

#[tokio::test]
async fn a_command_that_says_no_ends_it_and_the_hold_stays() {
    let (world, plan) = github_away();
    world.command(COMMAND, 3, "no space left");
    let rollback = world.roll_back(plan).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((outcome(&rollback), dispatch.code), (Outcome::Failed, Some(Code::DeployFailed)));
    assert_eq!(dispatch.sentence, "./deploy.sh --here said no (exit 3 after 1.2 s).");
    assert!(rollback.may_have_run(), "it may have changed something before it said no");
    assert!(world.hold().is_some() && world.team_hold().is_some());
}

#[tokio::test]
async fn what_is_not_trusted_is_not_run_and_nothing_is_tagged() {
    for distrust in [Distrust::Repository, Distrust::Command] {
        let (world, plan) = github_away();
        world.ends(COMMAND, CommandEnd::NotTrusted(distrust));
        let rollback = world.roll_back(plan).await;
        assert_eq!((outcome(&rollback), world.effects(), runs(&world)), (Outcome::Failed, Effects::default(), 0));
        assert!(words(&rollback).0.contains("nobody trusts it on this machine yet"), "{}", words(&rollback).0);
        assert_eq!(world.team_hold(), None, "nothing was done, so nothing is held");
    }
}

#[tokio::test]
async fn trust_that_was_taken_back_meanwhile_counts() {
    let (world, mut plan) = github_away();
    plan.checks.off.insert(Question::DeployCommand);
    world.ends(COMMAND, CommandEnd::NotTrusted(Distrust::Command));
    let rollback = world.roll_back(plan).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((outcome(&rollback), dispatch.code), (Outcome::Failed, Some(Code::CommandUntrusted)));
    assert!(dispatch.hint.contains("lastgood trust --grant "), "{}", dispatch.hint);
    assert!(!rollback.may_have_run() && world.team_hold().is_none());
}

#[tokio::test]
async fn a_command_whose_time_was_over_or_that_a_signal_ended_is_for_a_person_to_judge() {
    for (end, says) in [
        (CommandEnd::TimedOut as fn(Ran) -> CommandEnd, "ended when its time was over"),
        (CommandEnd::Exited, "ended by a signal"),
    ] {
        let (world, plan) = github_away();
        let began = world.with(|state| state.now);
        world.ends(
            COMMAND,
            end(Ran { exit: None, tail: Vec::new(), output: None, began, milliseconds: 1, recalled: false }),
        );
        let rollback = world.roll_back(plan).await;
        let dispatch = rollback.step(StepName::Dispatch);
        assert_eq!((dispatch.phase, dispatch.code), (StepPhase::Inconclusive, Some(Code::DeployUnknown)));
        assert!(dispatch.sentence.contains(says), "{}", dispatch.sentence);
        assert_eq!(rollback.choices(), [Choice::ItWorked, Choice::SendAgain, Choice::GiveUp]);
    }
}

#[tokio::test]
async fn a_person_who_stops_it_ends_the_command_and_keeps_the_hold() {
    let (world, plan) = github_away();
    world.with(|state| state.readiness.endless = vec![COMMAND.to_owned()]);
    world.asks_after(60, Request::StopAfterThisStep);
    let rollback = world.roll_back(plan).await;
    assert_eq!((outcome(&rollback), runs(&world)), (Outcome::Aborted, 1));
    let ended = rollback.local.as_ref().unwrap().ended.as_ref().unwrap();
    assert_eq!((ended.how, ended.tail.as_slice()), (LocalOutcome::Stopped, &["half way".to_owned()][..]));
    assert!(ended.output.is_some(), "what it had written is kept");
    assert!(words(&rollback).1.starts_with("The deploy command may have changed something"), "{}", words(&rollback).1);
    assert!(world.hold().is_some());
}

#[tokio::test]
async fn killed_between_its_beginning_and_its_end_it_is_never_run_again_by_itself() {
    for (crash, ran) in [(Crash::AfterFact as fn(usize) -> Crash, 0), (|number| Crash::BeforeFact(number + 1), 1)] {
        let (world, rollback) = killed(crash).await;
        let dispatch = rollback.step(StepName::Dispatch);
        assert_eq!((dispatch.phase, dispatch.code), (StepPhase::Inconclusive, Some(Code::DeployUnknown)));
        assert!(dispatch.sentence.contains("how far it came is not known"), "{}", dispatch.sentence);
        world.resume("rb-1").await;
        world.resume("rb-1").await;
        assert_eq!(runs(&world), ran, "whoever takes it up runs nothing");

        let rollback = decide(&world, Choice::ItWorked).await;
        assert_eq!((outcome(&rollback), runs(&world)), (Outcome::Succeeded, ran), "the proofs tell, not the person");
    }
}

#[tokio::test]
async fn a_person_who_says_so_has_it_run_once_more() {
    let (world, _) = killed(Crash::AfterFact).await;
    let rollback = decide(&world, Choice::SendAgain).await;
    assert_eq!((outcome(&rollback), runs(&world)), (Outcome::Succeeded, 1));
    assert_eq!(rollback.step(StepName::Dispatch).attempts, 2);
}

#[tokio::test]
async fn giving_up_keeps_the_hold_because_something_may_be_deployed() {
    let (world, _) = killed(Crash::AfterFact).await;
    let rollback = decide(&world, Choice::GiveUp).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert!(rollback.may_have_run() && world.hold().is_some());
}

#[tokio::test]
async fn a_crash_at_any_fact_runs_the_command_at_most_once() {
    let (world, plan) = github_away();
    let undisturbed = world.roll_back(plan).await;
    for number in 1..=world.told().len() {
        for crash in [Crash::BeforeFact(number), Crash::AfterFact(number)] {
            let (world, plan) = github_away();
            world.with(|state| state.crash = Some(crash));
            let Some(end) = world.through_crashes(plan).await else { continue };
            assert!(runs(&world) <= 1, "{crash:?}");
            assert_eq!(world.effects(), PUSHED, "{crash:?}");
            if end.end.is_none() {
                assert_eq!(end.step(StepName::Dispatch).phase, StepPhase::Inconclusive, "{crash:?}");
                continue;
            }
            assert_eq!((words(&end), runs(&world)), (words(&undisturbed), 1), "{crash:?}");
        }
    }
}

#[tokio::test]
async fn without_a_probe_nothing_proves_it_and_githubs_record_is_no_evidence() {
    let (world, mut plan) = github_away();
    (plan.proofs.version, plan.proofs.health) = (None, None);
    let rollback = world.roll_back(plan).await;
    assert_eq!(words(&rollback).0, "The deploy of v2.4.0 to production succeeded; nothing proved that it is live");
}

#[test]
fn its_facts_are_read_as_this_version_writes_them() {
    for (event, text) in [
        (
            Event::LocalBegan { command: "make deploy".to_owned(), fingerprint: "f00d".to_owned() },
            r#"{"kind":"local_began","payload":{"command":"make deploy","fingerprint":"f00d"}}"#,
        ),
        (
            Event::LocalEnded(Box::new(LocalEnd {
                how: LocalOutcome::Exited(3),
                tail: vec!["no room".to_owned()],
                output: Some("beef".into()),
                milliseconds: 12,
            })),
            r#"{"kind":"local_ended","payload":{"how":{"exited":3},"tail":["no room"],"output":"beef","milliseconds":12}}"#,
        ),
        (
            Event::LocalEnded(Box::new(LocalEnd {
                how: LocalOutcome::TimedOut,
                tail: Vec::new(),
                output: None,
                milliseconds: 1,
            })),
            r#"{"kind":"local_ended","payload":{"how":"timed_out","milliseconds":1}}"#,
        ),
        (
            Event::TagKept { tag: "rollback-1".into(), sentence: "No network.".to_owned() },
            r#"{"kind":"tag_kept","payload":{"tag":"rollback-1","sentence":"No network."}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
        assert_eq!(serde_json::from_str::<Event>(text).unwrap(), event);
    }
}

/// GitHub tells nothing; the command deploys the target.
pub(crate) fn github_away() -> (Arc<World>, Plan) {
    let world = World::new();
    for call in [Call::Workflows, Call::Deployments, Call::Rights, Call::Dispatch, Call::DispatchedRuns, Call::Run] {
        world.fails(call, 1..999, Fault::Broken);
    }
    world.command(COMMAND, 0, "deployed");
    world.with(|state| state.service = Service::Says(TARGET));
    let mut plan = world.plan();
    plan.mark_release = false;
    plan.deploy.key_input = None;
    plan.deploy.key_in_title = false;
    plan.deploy.local =
        Some(LocalDeploy { argv: COMMAND.split(' ').map(str::to_owned).collect(), timeout_seconds: 600 });
    (world, plan)
}

/// How often the command was begun.
fn runs(world: &World) -> usize {
    world.with(|state| state.readiness.orders.iter().filter(|order| order.shown() == COMMAND).count())
}

/// Killed at the fact that it begins, or right behind it; and taken up by the next process.
async fn killed(crash: fn(usize) -> Crash) -> (Arc<World>, Rollback) {
    let (world, plan) = github_away();
    world.roll_back(plan).await;
    let began = world.told().iter().position(|told| told == "local began").unwrap() + 1;
    let (world, plan) = github_away();
    world.with(|state| state.crash = Some(crash(began)));
    assert!(matches!(world.live(plan, "rb-1").await, Life::Crashed));
    let rollback = world.resume("rb-1").await.unwrap().rested();
    (world, rollback)
}

async fn decide(world: &Arc<World>, choice: Choice) -> Rollback {
    world.asks_after(1, choose(choice));
    world.resume("rb-1").await.unwrap().rested()
}
