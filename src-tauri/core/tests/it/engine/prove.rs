//! "It said no" and "it could not tell" stay apart, and nothing is claimed that was not asked.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::ports::forge::{Deployment, Maker};
use lastgood_core::ports::world::{Request, Seen};
use lastgood_core::rollback::check::{Question, Verdict};
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::{Plan, Proofs};
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::gap::quarantine;
use super::world::{BAD, Call, Fault, Service, TARGET, World};
use super::{choose, outcome, words};

#[tokio::test]
async fn the_old_version_just_after_the_deploy_is_not_yet_a_no() {
    let (_, rollback) =
        served(|world| world.with(|state| state.service = Service::Follows(Duration::from_secs(60)))).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    assert_eq!(rollback.step(StepName::Prove).sentence, "v2.4.0: v2.4.0 answers; healthy 3 times in a row");
}

#[tokio::test]
async fn each_look_of_a_probe_is_kept_with_its_time_and_what_it_said() {
    let (_, rollback) =
        served(|world| world.with(|state| state.service = Service::Follows(Duration::from_secs(60)))).await;
    let of = |question: Question| {
        let answer = rollback.step(StepName::Prove).answers.iter().find(|answer| answer.question == question);
        answer.unwrap().samples.clone()
    };
    let version = of(Question::LiveVersion);
    assert!(version.kept.is_sorted_by_key(|sample| sample.at) && version.kept.len() > 2, "{version:?}");
    let (last, before) = version.kept.split_last().unwrap();
    assert_eq!((last.verdict, last.words.as_str()), (Verdict::Passed, "v2.4.0"));
    assert!(before.iter().all(|sample| (sample.verdict, sample.words.as_str()) == (Verdict::Failed, "v2.5.0")));
    let health = of(Question::LiveHealth);
    let seen: Vec<(Verdict, &str)> = health.kept.iter().map(|one| (one.verdict, one.words.as_str())).collect();
    assert_eq!(seen, [(Verdict::Passed, "200"); 3]);
}

#[tokio::test]
async fn a_version_without_its_v_is_the_same_version() {
    let (_, rollback) = served(|world| world.with(|state| state.service = Service::Says("2.4.0\n"))).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
}

#[tokio::test]
async fn a_version_without_the_prefix_of_its_series_is_the_same_version() {
    let world = World::new();
    world.with(|state| {
        let tag = state.local[&TARGET.into()].clone();
        state.remote.insert("api-v2.4.0".into(), tag.object.clone());
        state.local.insert("api-v2.4.0".into(), tag);
        state.service = Service::Says("2.4.0");
    });
    let rollback = world.roll_back(Plan { from: None, to: "api-v2.4.0".into(), ..world.plan() }).await;
    assert_eq!(rollback.step(StepName::Prove).sentence, "api-v2.4.0: 2.4.0 answers; healthy 3 times in a row");
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
}

#[tokio::test]
async fn another_version_to_the_end_is_a_no() {
    let (_, rollback) = served(|world| world.with(|state| state.service = Service::Says("v2.5.0"))).await;
    assert_eq!(ending(&rollback), (StepPhase::Failed, Some(Code::ProofFailed), "v2.5.0 answers instead of v2.4.0."));
    assert_eq!(outcome(&rollback), Outcome::Failed);
}

#[tokio::test]
async fn a_service_that_cannot_be_asked_is_no_evidence_and_a_person_decides() {
    let (world, rollback) = served(|world| world.with(|state| state.service = Service::Unreachable)).await;
    let (phase, code, sentence) = ending(&rollback);
    assert_eq!((phase, code), (StepPhase::Inconclusive, Some(Code::ProofUnclear)));
    assert_eq!(sentence, "The live version could not be read: the connection was refused");
    assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::ItWorked, Choice::GiveUp]);
    assert_eq!(world.alerts(), [sentence]);
}

#[tokio::test]
async fn looking_again_proves_what_is_back() {
    let (world, _) = served(|world| world.with(|state| state.service = Service::Unreachable)).await;
    world.with(|state| state.service = Service::Follows(Duration::ZERO));
    let rollback = decide(&world, Choice::LookAgain).await;
    assert_eq!(words(&rollback).0, "production is back on v2.4.0");
}

#[tokio::test]
async fn a_person_may_vouch_for_it_and_the_record_says_that_a_person_did() {
    let (world, _) = served(|world| world.with(|state| state.service = Service::Unreachable)).await;
    let rollback = decide(&world, Choice::ItWorked).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let (phase, code, sentence) = ending(&rollback);
    assert_eq!((phase, code), (StepPhase::Succeeded, None));
    assert_eq!(sentence, "A person said that it works. The live version could not be read: the connection was refused");
    assert_eq!(world.quarantined(), ["v2.5.0"]);
}

#[tokio::test]
async fn giving_up_says_that_the_run_is_over_and_keeps_the_hold() {
    let (world, _) = served(|world| world.with(|state| state.service = Service::Unreachable)).await;
    let rollback = decide(&world, Choice::GiveUp).await;
    assert_eq!(
        words(&rollback),
        (
            "Rollback of production stopped after follow",
            "Run 7001 is over: see what is live. The hold stays until 2026-03-03 10:00 UTC, or until you lift it."
        )
    );
    assert!(world.hold().is_some());
}

#[tokio::test]
async fn stop_while_the_person_is_asked_ends_it() {
    let world = World::new();
    world.with(|state| state.service = Service::Unreachable);
    world.asks_when("prove inconclusive", Request::StopAfterThisStep);
    assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Aborted);
}

#[tokio::test]
async fn health_must_be_well_so_many_times_in_a_row() {
    let no = || Seen::No("503".to_owned());
    let well = || Seen::Answer(200);
    let flapping = vec![well(), well(), no(), well(), no(), well(), well(), well()];
    let (world, rollback) = served(|world| world.with(|state| state.health = flapping)).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    assert_eq!(world.with(|state| state.calls[&Call::Health]), 8);
}

#[tokio::test]
async fn health_that_flaps_to_the_end_is_a_no() {
    let flapping = (0..200).map(|n| if n % 2 == 0 { Seen::Answer(200) } else { Seen::No("503".to_owned()) }).collect();
    let (_, rollback) = served(|world| world.with(|state| state.health = flapping)).await;
    assert_eq!(ending(&rollback), (StepPhase::Failed, Some(Code::ProofFailed), "Health says no: 503"));
}

#[tokio::test]
async fn health_that_becomes_well_in_the_last_moment_is_asked_to_the_end_of_its_row() {
    let late = (0..45).map(|_| Seen::Nothing("no route".to_owned())).chain([Seen::Answer(200)]).collect();
    let (_, rollback) = served(|world| world.with(|state| state.health = late)).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
}

#[tokio::test]
async fn health_that_cannot_be_asked_is_no_evidence() {
    let (_, rollback) =
        served(|world| world.with(|state| state.health = vec![Seen::Nothing("no route".to_owned())])).await;
    assert_eq!(
        ending(&rollback),
        (StepPhase::Inconclusive, Some(Code::ProofUnclear), "Health could not be asked: no route")
    );
}

#[tokio::test]
async fn without_a_probe_githubs_record_counts_and_the_sentence_says_that_the_service_was_not_asked() {
    let (world, rollback) = unprobed(|_| {}).await;
    assert_eq!(words(&rollback).0, "production is back on v2.4.0");
    let sentence = ending(&rollback).2;
    assert!(sentence.contains("the service itself was not asked"), "{sentence}");
    assert_eq!(world.with(|state| state.calls.get(&Call::Version).copied()), None);
}

#[tokio::test]
async fn what_another_run_is_called_is_no_record_of_ours() {
    let (_, rollback) = unprobed(|world| {
        world.with(|state| {
            state.keeps_deployments = false;
            let newest = &mut state.deployments[0];
            (newest.reference, newest.run) = ("main".to_owned(), Some(RunId(6900)));
            let title = "Deploy v2.4.0 to production".to_owned();
            newest.maker = Some(Maker { event: "workflow_dispatch".to_owned(), title });
        });
    })
    .await;
    let sentence = ending(&rollback).2;
    assert!(sentence.contains("GitHub's newest deployment is of main"), "{sentence}");
}

#[tokio::test]
async fn a_deployment_of_the_target_that_was_there_before_our_run_proves_nothing() {
    for (seconds, proved) in [(-3_600, false), (10, true)] {
        let world = World::new();
        world.with(|state| {
            quarantine(state, TARGET);
            state.keeps_deployments = false;
            // The target ran here last, and a rollback whose workflow leaves no deployment led away from it.
            let newest = state.deployments.remove(0);
            let at = state.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
            let by_api = Deployment { created: at, succeeded: Some(at), reference: TARGET.to_owned(), ..newest };
            state.deployments.insert(0, by_api);
        });
        let plan = Plan { forward: true, frees_target: true, proofs: Proofs::default(), ..world.plan() };
        let rollback = world.roll_back(plan).await;
        let answer = &rollback.step(StepName::Prove).answers[0];
        assert_eq!((answer.verdict == Verdict::Passed, rollback.freed), (proved, proved), "{}", answer.sentence);
        let says = "GitHub shows no deployment since it began";
        assert_eq!(answer.sentence.contains(says), !proved, "{}", answer.sentence);
    }
}

#[tokio::test]
async fn the_deployment_of_a_run_that_is_ours_by_its_number_alone_proves_nothing_where_it_is_called_another_version() {
    for (named, title, proved) in [
        (false, "Deploy v2.3.0 to production", false),
        (false, "Deploy to production", true),
        (false, "Deploy 2.4.0 to production", true),
        (true, "Deploy v2.4.0 in the place of v2.5.0", true),
    ] {
        let world = World::new();
        world.with(|state| {
            (state.keeps_deployments, state.names_runs) = (false, named);
            let newest = &mut state.deployments[0];
            (newest.reference, newest.run) = ("main".to_owned(), Some(RunId(7001)));
            newest.maker = Some(Maker { event: "workflow_dispatch".to_owned(), title: title.to_owned() });
        });
        let plan = Plan { proofs: Proofs::default(), ..world.plan_without_key() };
        let rollback = world.roll_back(plan).await;
        let answer = &rollback.step(StepName::Prove).answers[0];
        assert_eq!(answer.verdict == Verdict::Passed, proved, "{named} {title}: {}", answer.sentence);
        let says = format!("GitHub's newest deployment is of {title:?}");
        assert_eq!(answer.sentence.contains(&says), !proved, "{}", answer.sentence);
    }
}

#[tokio::test]
async fn without_a_probe_and_without_a_record_nothing_is_claimed() {
    for (harm, says) in [
        (
            (|world| world.with(|state| state.keeps_deployments = false)) as fn(&World),
            "GitHub's newest deployment is of v2.5.0",
        ),
        (
            |world| {
                world.with(|state| {
                    state.keeps_deployments = false;
                    state.deployments.clear();
                });
            },
            "GitHub keeps no deployment of production",
        ),
        (|world| world.fails(Call::Deployments, 2..3, Fault::Broken), "GitHub could not be asked"),
    ] {
        let (_, rollback) = unprobed(harm).await;
        assert_eq!(outcome(&rollback), Outcome::Succeeded);
        assert_eq!(rollback.step(StepName::Prove).answers[0].verdict, Verdict::Inconclusive);
        let sentence = ending(&rollback).2;
        assert!(sentence.contains(says) && sentence.contains("was not asked"), "{sentence}");
        assert_eq!(words(&rollback).0, "The deploy of v2.4.0 to production succeeded; nothing proved that it is live");
        assert!(!rollback.is_proved());
    }
}

#[tokio::test]
async fn a_reference_that_is_known_to_be_good_tells_a_broken_service_from_a_broken_probe() {
    let (no, nothing, well) = (Seen::No("503".to_owned()), Seen::Nothing("no route".to_owned()), Seen::Answer(200));
    for (here, there, phase) in [
        (&no, &well, StepPhase::Failed),
        (&no, &no, StepPhase::Inconclusive),
        (&no, &nothing, StepPhase::Failed),
        (&nothing, &well, StepPhase::Failed),
        (&nothing, &nothing, StepPhase::Inconclusive),
        (&nothing, &no, StepPhase::Inconclusive),
    ] {
        let world = World::new();
        let reference = "https://other.example/health".to_owned();
        world.with(|state| {
            state.health = vec![here.clone()];
            state.readiness.reference = Some((reference.clone(), there.clone()));
        });
        let mut plan = world.plan();
        plan.proofs.reference_health = Some(reference);
        let rollback = world.roll_back(plan).await;
        assert_eq!(rollback.step(StepName::Prove).phase, phase, "here {here:?}, there {there:?}");
        assert!(rollback.step(StepName::Prove).answers[1].evidence[1].starts_with("reference https://other.example"));
        assert_eq!(world.with(|state| state.calls[&Call::Reference]), 1, "the reference is asked once, at the end");
    }
}

#[tokio::test]
async fn a_reference_that_tells_its_version_tells_a_service_that_tells_none_from_a_network_that_is_gone() {
    let reference = "https://other.example/version".to_owned();
    for (there, phase) in
        [(Seen::Answer(200), StepPhase::Failed), (Seen::Nothing("gone".into()), StepPhase::Inconclusive)]
    {
        let world = World::new();
        world.with(|state| {
            state.service = Service::Unreachable;
            state.readiness.reference = Some((reference.clone(), there.clone()));
        });
        let mut plan = world.plan();
        plan.proofs.reference_version = Some(reference.clone());
        let rollback = world.roll_back(plan).await;
        assert_eq!(rollback.step(StepName::Prove).phase, phase, "{there:?}");
        assert_eq!(world.with(|state| state.calls[&Call::Reference]), 1);
    }
}

#[tokio::test]
async fn a_service_is_asked_at_the_interval_and_for_the_time_of_its_settings() {
    let world = World::new();
    world.with(|state| state.service = Service::Says(BAD));
    let mut plan = world.plan();
    plan.proofs.interval_seconds = Some(10);
    plan.proofs.within_seconds = Some(40);
    plan.proofs.timeout_seconds = Some(7);
    let rollback = world.roll_back(plan).await;
    assert_eq!(ending(&rollback).2, "v2.5.0 answers instead of v2.4.0.");
    assert_eq!(world.with(|state| state.calls[&Call::Version]), 5, "at once, and behind 10, 20, 30 and 40 seconds");
    assert_eq!(world.with(|state| state.readiness.timeouts.clone()), [Some(7); 5]);
}

async fn served(arrange: impl FnOnce(&World)) -> (Arc<World>, Rollback) {
    let world = World::new();
    arrange(&world);
    let rollback = world.roll_back(world.plan()).await;
    (world, rollback)
}

async fn unprobed(arrange: impl FnOnce(&World)) -> (Arc<World>, Rollback) {
    let world = World::new();
    arrange(&world);
    let mut plan = world.plan();
    plan.proofs = Proofs::default();
    let rollback = world.roll_back(plan).await;
    (world, rollback)
}

async fn decide(world: &Arc<World>, choice: Choice) -> Rollback {
    world.asks_after(60, choose(choice));
    world.resume("rb-1").await.expect("it is in the journal").rested()
}

fn ending(rollback: &Rollback) -> (StepPhase, Option<Code>, &str) {
    let step = rollback.step(StepName::Prove);
    (step.phase, step.code, &step.sentence)
}
