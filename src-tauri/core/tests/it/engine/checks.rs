//! Each question before a rollback, and what its answers do.

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::ids::RunId;
use lastgood_core::ports::forge::{DeploymentState, Maker, Protection, RunRecord};
use lastgood_core::ports::history::{ChangeKind, FileChange, Key, Signature};
use lastgood_core::ports::readiness::Rights;
use lastgood_core::ports::world::Seen;
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict, blocking};
use lastgood_core::rollback::checks;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, StepName};

use super::outcome;
use super::world::{BAD, Call, Cut, Fault, REPOSITORY, World, object};

#[tokio::test]
async fn all_questions_are_asked_and_all_is_well() {
    let world = World::new();
    let answers = ask(&world, &world.plan()).await;
    let asked: Vec<&str> = answers.iter().map(|answer| answer.question.code()).collect();
    assert_eq!(
        asked,
        [
            "target.exists",
            "workflow.ready",
            "target.quarantine",
            "access.ready",
            "target.ran",
            "target.signature",
            "environment.idle",
            "risk.migrations",
            "risk.config",
            "risk.workflow",
            "risk.dependencies",
            "risk.changes"
        ]
    );
    for answer in &answers {
        assert_eq!(answer.verdict, Verdict::Passed, "{answer:?}");
        assert_eq!(answer.asked_at, Some(world.with(|state| state.now)));
    }
    assert!(blocking(&answers).is_none());
}

#[tokio::test]
async fn deployments_are_asked_for_once_however_many_questions_need_them() {
    let world = World::new();
    ask(&world, &world.plan()).await;
    assert_eq!(world.with(|state| state.calls[&Call::Deployments]), 1);
}

#[tokio::test]
async fn a_clear_no_is_said_before_what_could_not_be_asked() {
    let world = World::new();
    world.fails(Call::RemoteTag, 1..9, Fault::Broken);
    world.with(|state| state.readiness.rights.push = false);
    let answers = ask(&world, &world.plan()).await;
    assert_eq!(blocking(&answers).unwrap().question, Question::AccessReady);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Failed);
    assert!(rollback.step(StepName::Check).sentence.starts_with("This account may not write"));
}

#[tokio::test]
async fn access_is_told_by_rights_and_scopes() {
    let scopes = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    for (rights, verdict, policy) in [
        (
            Rights { push: true, scopes: scopes(&["repo", "workflow"]), ..Rights::default() },
            Verdict::Passed,
            Policy::Block,
        ),
        (Rights { push: true, scopes: scopes(&["public_repo"]), ..Rights::default() }, Verdict::Passed, Policy::Block),
        (
            Rights { push: true, private: true, scopes: scopes(&["public_repo"]), ..Rights::default() },
            Verdict::Failed,
            Policy::Block,
        ),
        (Rights { push: true, scopes: scopes(&[]), ..Rights::default() }, Verdict::Failed, Policy::Block),
        (Rights { push: true, archived: true, ..Rights::default() }, Verdict::Failed, Policy::Block),
        (Rights::default(), Verdict::Failed, Policy::Block),
        // Nothing tells what such a token may do; that is no yes, and no reason to hold a rollback up.
        (Rights { push: true, scopes: None, ..Rights::default() }, Verdict::Inconclusive, Policy::Warn),
    ] {
        let world = World::new();
        world.with(|state| state.readiness.rights = rights.clone());
        let answer = one(&world, Question::AccessReady).await;
        assert_eq!((answer.verdict, answer.policy), (verdict, policy), "{rights:?}");
    }
    let world = World::new();
    world.fails(Call::Rights, 1..2, Fault::Broken);
    assert_eq!(one(&world, Question::AccessReady).await.verdict, Verdict::Errored);
}

#[tokio::test]
async fn a_token_of_which_github_tells_nothing_warns_and_the_rollback_goes_on() {
    let world = World::new();
    world.with(|state| state.readiness.rights.scopes = None);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let check = &rollback.step(StepName::Check).sentence;
    assert!(check.contains("1 warning: This account may write; whether its token"), "{check}");
    let mut plan = world.plan();
    plan.checks.policies.insert(Question::AccessReady, Policy::Info);
    let answers = ask(&world, &plan).await;
    let answer = answers.into_iter().find(|answer| answer.question == Question::AccessReady).unwrap();
    assert_eq!(answer.policy, Policy::Info, "the settings may ask for less");
}

#[tokio::test]
async fn a_signature_is_one_of_many_things_and_a_warning_at_most() {
    let key = || Key { kind: "GPG", id: "ABCD".to_owned(), owner: "platform-lead".to_owned() };
    let unchecked = Signature::Unchecked { reason: "gpg is not on this machine".to_owned(), hint: String::new() };
    for (signature, verdict, words) in [
        (Signature::Missing, Verdict::Failed, "no tag"),
        (Signature::Lightweight, Verdict::Failed, "lightweight"),
        (Signature::Unsigned, Verdict::Failed, "is not signed"),
        (Signature::UnknownKey(key()), Verdict::Inconclusive, "a GPG key that nothing here knows"),
        (Signature::Verified(key()), Verdict::Passed, "signed by platform-lead"),
        (Signature::Bad(key()), Verdict::Failed, "changed after it was signed"),
        (Signature::Expired(key()), Verdict::Failed, "is over"),
        (Signature::Revoked(key()), Verdict::Failed, "was revoked"),
        (unchecked, Verdict::Inconclusive, "could not be checked"),
    ] {
        let world = World::new();
        world.with(|state| state.readiness.signature = signature.clone());
        let answer = one(&world, Question::TargetSignature).await;
        assert_eq!((answer.verdict, answer.policy), (verdict, Policy::Warn), "{signature:?}");
        assert!(answer.sentence.contains(words), "{}", answer.sentence);
    }
}

#[tokio::test]
async fn another_deploy_is_a_warning_that_names_it_and_who_must_approve() {
    let world = World::new();
    let reviewers = vec!["@platform-lead".to_owned(), "sre".to_owned()];
    let protection = Protection { reviewers, wait_minutes: 5, ..Protection::default() };
    world.with(|state| state.readiness.protection = protection);
    let idle = one(&world, Question::EnvironmentIdle).await;
    assert_eq!(idle.verdict, Verdict::Passed);
    assert_eq!(idle.evidence, ["@platform-lead or sre must approve each deploy", "every deploy waits 5 min"]);
    world.with(|state| {
        let mut newer = state.deployments[0].clone();
        (newer.id, newer.reference) = (9, "v2.6.0".to_owned());
        newer.created = state.now;
        (newer.state, newer.succeeded) = (DeploymentState::Waiting, None);
        // One that never got on and lies behind a success.
        let mut stuck = newer.clone();
        stuck.created = state.deployments[1].created;
        state.deployments.insert(0, newer);
        state.deployments.push(stuck);
    });
    let busy = one(&world, Question::EnvironmentIdle).await;
    assert_eq!((busy.verdict, busy.policy), (Verdict::Failed, Policy::Warn));
    assert_eq!(busy.sentence, "Another deploy of v2.6.0 to production is waiting for an approval.");
    world.with(|state| state.deployments.remove(0));
    assert_eq!(one(&world, Question::EnvironmentIdle).await.verdict, Verdict::Passed, "what is stuck blocks nobody");
    world.with(|state| state.readiness.open_runs = vec![open_run(8, "ci.yml"), open_run(7, "deploy.yml")]);
    let running = one(&world, Question::EnvironmentIdle).await;
    assert_eq!(running.sentence, "Run 7 of deploy.yml is in progress; it may be for production.");
}

#[tokio::test]
async fn artifacts_are_asked_for_only_where_some_are_named() {
    let world = World::new();
    let mut plan = world.plan();
    plan.checks.artifact.assets = vec!["shop-*.tar.gz".to_owned()];
    let verdict = async |world: &Arc<World>, plan: &Plan| {
        let answers = ask(world, plan).await;
        answers.into_iter().find(|answer| answer.question == Question::TargetArtifact).unwrap()
    };
    let gone = verdict(&world, &plan).await;
    assert_eq!((gone.verdict, gone.policy), (Verdict::Failed, Policy::Block));
    world.with(|state| state.readiness.assets = Some(vec!["notes.txt".to_owned()]));
    assert_eq!(verdict(&world, &plan).await.sentence, "The release of v2.4.0 has no file shop-*.tar.gz.");
    world.with(|state| state.readiness.assets = Some(vec!["shop-2.4.0.tar.gz".to_owned()]));
    assert_eq!(verdict(&world, &plan).await.evidence, ["file shop-2.4.0.tar.gz"]);
    plan.checks.artifact.url = Some("https://images.example/v2.4.0".to_owned());
    assert_eq!(verdict(&world, &plan).await.verdict, Verdict::Passed);
    world.with(|state| state.health = vec![Seen::No("health 404".to_owned())]);
    assert_eq!(verdict(&world, &plan).await.verdict, Verdict::Failed);
    world.with(|state| state.health = vec![Seen::Nothing("no route".to_owned())]);
    assert_eq!(verdict(&world, &plan).await.verdict, Verdict::Inconclusive);
}

#[tokio::test]
async fn migrations_are_listed_one_by_one() {
    let world = differing(&[
        ("db/migrations/0007_people.sql", ChangeKind::Added),
        ("db/migrations/0008_plans.sql", ChangeKind::Added),
        ("src/main.rs", ChangeKind::Modified),
    ]);
    let answer = one(&world, Question::RiskMigrations).await;
    assert_eq!((answer.verdict, answer.policy), (Verdict::Failed, Policy::Warn));
    assert_eq!(answer.sentence, "2 migrations ran since v2.4.0 and are not undone by a rollback.");
    assert_eq!(answer.evidence.len(), 2);
    let mut plan = world.plan();
    plan.checks.migrations = Some(vec!["sql/**".to_owned()]);
    let elsewhere = ask(&world, &plan).await;
    assert!(
        elsewhere.iter().all(|answer| answer.question != Question::RiskMigrations || answer.verdict == Verdict::Passed)
    );
}

#[tokio::test]
async fn each_of_many_migrations_is_listed() {
    let paths: Vec<String> = (0..130).map(|number| format!("db/migrations/{number:04}.sql")).collect();
    let files: Vec<(&str, ChangeKind)> = paths.iter().map(|path| (path.as_str(), ChangeKind::Added)).collect();
    let answer = one(&differing(&files), Question::RiskMigrations).await;
    assert_eq!(answer.sentence, "130 migrations ran since v2.4.0 and are not undone by a rollback.");
    assert_eq!(answer.evidence.len(), 130);
    assert_eq!(answer.evidence[129], "db/migrations/0129.sql added since the target");
}

#[tokio::test]
async fn configuration_is_told_key_by_key_and_never_by_value() {
    let world = differing(&[("deploy/production.env", ChangeKind::Modified), (".env", ChangeKind::Modified)]);
    world.with(|state| {
        let files = &mut state.readiness.files;
        let mut put = |commit, path: &str, text: &str| files.insert((object(commit), path.to_owned()), text.to_owned());
        put('c', "deploy/production.env", "PORT=1\nOLD_KEY=hunter2\n");
        put('b', "deploy/production.env", "# why\nPORT=2\nNEW_KEY=hunter3\n");
        put('c', ".env", "A=1\n# one\n");
        put('b', ".env", "# two\nA=1\n");
    });
    let answer = one(&world, Question::RiskConfig).await;
    assert_eq!(answer.sentence, "1 configuration file differs between v2.4.0 and live.");
    assert_eq!(
        answer.evidence,
        ["deploy/production.env: the rollback adds OLD_KEY; removes NEW_KEY; changes the value of PORT"]
    );
}

#[tokio::test]
async fn dependencies_come_majors_first_and_only_inform() {
    let world = differing(&[("Cargo.lock", ChangeKind::Modified)]);
    let lock = |packages: &[(&str, &str)]| {
        let entry = |(name, version): &(&str, &str)| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry\"\n")
        };
        packages.iter().map(entry).collect::<String>()
    };
    world.with(|state| {
        let files = &mut state.readiness.files;
        files.insert((object('c'), "Cargo.lock".to_owned()), lock(&[("anyhow", "1.0.1"), ("tokio", "0.2.1")]));
        files.insert((object('b'), "Cargo.lock".to_owned()), lock(&[("anyhow", "1.0.9"), ("tokio", "0.3.0")]));
    });
    let answer = one(&world, Question::RiskDependencies).await;
    assert_eq!(answer.policy, Policy::Info);
    assert_eq!(answer.sentence, "2 dependencies differ between v2.4.0 and live, 1 by a major version.");
    assert_eq!(answer.evidence, ["tokio 0.3.0 → 0.2.1 (major)", "anyhow 1.0.9 → 1.0.1"]);
}

#[tokio::test]
async fn a_changed_lock_file_that_nobody_can_read_is_named_and_no_dependency() {
    for path in ["yarn.lock", "web/pnpm-lock.yaml", "go.sum", "Cargo.lock"] {
        let world = differing(&[(path, ChangeKind::Modified)]);
        world.with(|state| state.readiness.files.insert((object('c'), path.to_owned()), "= =".to_owned()));
        let answer = one(&world, Question::RiskDependencies).await;
        assert_eq!((answer.verdict, answer.policy), (Verdict::Inconclusive, Policy::Info), "{answer:?}");
        assert_eq!(answer.sentence, format!("{path} changed since v2.4.0, and cannot be read here."));
    }
    let several = differing(&[("yarn.lock", ChangeKind::Modified), ("go.sum", ChangeKind::Modified)]);
    let answer = one(&several, Question::RiskDependencies).await;
    assert_eq!(answer.sentence, "2 lock files changed since v2.4.0, and cannot be read here.");
    assert_eq!(answer.evidence[0], "yarn.lock changed, and cannot be read here");
}

#[tokio::test]
async fn dependencies_that_differ_are_told_beside_a_lock_file_that_nobody_can_read() {
    let world = differing(&[("yarn.lock", ChangeKind::Modified), ("Cargo.lock", ChangeKind::Modified)]);
    let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry\"\n";
    world.with(|state| state.readiness.files.insert((object('c'), "Cargo.lock".to_owned()), lock.to_owned()));
    let answer = one(&world, Question::RiskDependencies).await;
    let sentence =
        "1 dependency differs between v2.4.0 and live, 0 by a major version, and not every lock file could be read.";
    assert_eq!((answer.verdict, answer.sentence.as_str()), (Verdict::Failed, sentence));
    assert_eq!(answer.evidence, ["yarn.lock changed, and cannot be read here", "a none → 1.0.0"]);
}

#[tokio::test]
async fn without_any_lock_file_nothing_is_claimed_of_dependencies() {
    let world = World::new();
    assert_eq!(one(&world, Question::RiskDependencies).await.evidence, ["unchanged: Cargo.lock"]);
    world.with(|state| state.readiness.files.remove(&(object('c'), "Cargo.lock".to_owned())));
    let answer = one(&world, Question::RiskDependencies).await;
    assert_eq!(answer.verdict, Verdict::Inconclusive);
    assert_eq!(answer.sentence, "v2.4.0 has no lock file at its top, so dependencies cannot be compared.");
}

#[tokio::test]
async fn commits_and_pull_requests_that_leave_are_counted() {
    let world = World::new();
    world.with(|state| {
        state.readiness.difference.undone = 3;
        state.readiness.difference.titles =
            ["Add people (#412)", "Fix (a typo)", "Clean up"].map(str::to_owned).to_vec();
    });
    let answer = one(&world, Question::RiskChanges).await;
    assert_eq!(answer.sentence, "3 commits leave with this rollback, 1 pull request among them.");
    assert_eq!((answer.policy, answer.evidence.len()), (Policy::Info, 3));
}

#[tokio::test]
async fn where_live_is_no_release_nothing_is_compared_and_nothing_is_claimed() {
    let world = World::new();
    let mut plan = world.plan();
    plan.from = None;
    for answer in ask(&world, &plan).await {
        let expected =
            if answer.question.code().starts_with("risk.") { Verdict::Inconclusive } else { Verdict::Passed };
        assert_eq!(answer.verdict, expected, "{answer:?}");
    }
}

#[tokio::test]
async fn the_settings_decide_what_an_answer_does_and_what_is_asked() {
    let world = differing(&[("db/migrations/1.sql", ChangeKind::Added)]);
    let mut plan = world.plan();
    plan.checks.policies.insert(Question::RiskMigrations, Policy::Block);
    plan.checks.off.insert(Question::TargetSignature);
    world.with(|state| state.readiness.signature = Signature::Unsigned);
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Failed);
    assert_eq!(
        rollback.step(StepName::Check).sentence,
        "1 migration ran since v2.4.0 and is not undone by a rollback."
    );
    assert!(!world.told().iter().any(|told| told.starts_with("target.signature")));
    assert_eq!(world.effects().pushes, 0);
}

#[tokio::test]
async fn without_a_deployment_the_journal_and_the_runs_tell_whether_it_ran_here() {
    let ran = async |world: &Arc<World>| {
        world.with(|state| state.deployments.clear());
        let answers = ask(world, &world.plan()).await;
        answers.into_iter().find(|answer| answer.question == Question::TargetRan).unwrap()
    };
    let titled = |title: &str| {
        let world = World::new();
        let run = RunRecord {
            title: title.to_owned(),
            conclusion: Some("success".to_owned()),
            ..open_run(6900, "deploy.yml")
        };
        world.with(|state| state.readiness.earlier_runs = vec![run]);
        world
    };
    let answer = ran(&titled("Deploy v2.4.0 to production")).await;
    assert_eq!(answer.verdict, Verdict::Passed, "{answer:?}");
    assert!(answer.evidence[0].starts_with("run 6900 by @platform-lead"), "{answer:?}");
    let answer = ran(&titled("Deploy v2.4.0")).await;
    assert_eq!(answer.verdict, Verdict::Inconclusive, "{answer:?}");
    let answer = ran(&titled("Deploy v2.4.01 to production")).await;
    assert_eq!(
        (answer.verdict, answer.sentence.as_str()),
        (Verdict::Failed, "v2.4.0 has no record of running in production")
    );

    let world = World::new();
    world.with(|state| state.keeps_deployments = false);
    assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Succeeded);
    let answer = ran(&world).await;
    assert_eq!((answer.verdict, answer.evidence[0].as_str()), (Verdict::Passed, "rollback rb-1 brought it here"));
}

#[tokio::test]
async fn where_github_lists_more_than_was_read_a_missing_record_is_no_no() {
    for (cut, unread) in
        [(Cut::Deployments, "older deployments were not read"), (Cut::Runs, "older successful runs were not read")]
    {
        let world = World::new();
        world.with(|state| {
            state.deployments.clear();
            state.readiness.cut = Some(cut);
        });
        let answer = one(&world, Question::TargetRan).await;
        assert_eq!((answer.verdict, answer.policy), (Verdict::Inconclusive, Policy::Warn), "{answer:?}");
        assert_eq!(answer.sentence, "No record of v2.4.0 in production is among the newest that GitHub lists.");
        assert_eq!(answer.evidence, [unread]);
    }
}

#[tokio::test]
async fn a_deployment_of_a_branch_counts_for_the_target_by_the_title_of_its_run_and_not_by_its_commit() {
    for (event, title, verdict) in [
        ("workflow_dispatch", "Deploy v2.4.0 to production", Verdict::Passed),
        ("workflow_dispatch", "Deploy v2.5.0 to production", Verdict::Failed),
        ("workflow_dispatch", "Roll back from v2.5.0 to v2.4.0", Verdict::Failed),
        ("workflow_dispatch", "Deploy v2.4.0 (2.4.0) to eu-1", Verdict::Passed),
        ("push", "Merge a branch", Verdict::Passed),
    ] {
        let world = World::new();
        let plan = world.plan();
        world.with(|state| {
            state.deployments.truncate(1);
            let found = &mut state.deployments[0];
            (found.reference, found.commit, found.run) = ("main".to_owned(), plan.commit.clone(), Some(RunId(6900)));
            found.maker = Some(Maker { event: event.to_owned(), title: title.to_owned() });
        });
        assert_eq!(one(&world, Question::TargetRan).await.verdict, verdict, "{event}: {title}");
    }
}

fn open_run(id: u64, workflow: &str) -> RunRecord {
    RunRecord {
        id: RunId(id),
        workflow: workflow.to_owned(),
        title: "Deploy v2.6.0".to_owned(),
        event: "workflow_dispatch".to_owned(),
        head: Some("main".to_owned()),
        commit: object('e'),
        status: "in_progress".to_owned(),
        conclusion: None,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        actor: "@platform-lead".to_owned(),
        url: String::new(),
    }
}

pub(super) fn differing(files: &[(&str, ChangeKind)]) -> Arc<World> {
    let world = World::new();
    let files = files.iter().map(|(path, kind)| FileChange { path: (*path).to_owned(), kind: *kind }).collect();
    world.with(|state| state.readiness.difference.files = files);
    assert_eq!(world.plan().from.unwrap().as_str(), BAD);
    world
}

async fn ask(world: &Arc<World>, plan: &Plan) -> Vec<Answer> {
    checks::ask_all(&world.ports(), REPOSITORY, plan).await
}

pub(super) async fn one(world: &Arc<World>, question: Question) -> Answer {
    let answers = ask(world, &world.plan()).await;
    answers.into_iter().find(|answer| answer.question == question).unwrap()
}
