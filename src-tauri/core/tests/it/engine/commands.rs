//! Questions that commands answer: trust, presets, patience, and being stopped.

use std::sync::Arc;
use std::time::Duration;

use lastgood_core::ids::EvidenceHash;
use lastgood_core::ports::shell::{CommandEnd, CommandOrder, CommandPlace, Distrust, Ran};
use lastgood_core::ports::world::{Request, Seen};
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict};
use lastgood_core::rollback::checks;
use lastgood_core::rollback::checks::plan::CommandSet;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::outcome;
use super::world::{Call, Fault, REPOSITORY, TARGET, World, object};

#[tokio::test]
async fn commands_run_in_their_order_and_the_first_that_says_no_is_the_answer() {
    let world = World::new();
    world.command("cargo audit", 0, "0 vulnerabilities");
    world.command("cargo deny check", 2, "banned");
    world.command("never reached", 0, "");
    let plan = with(
        &world,
        Question::SecurityScan,
        &[&["cargo", "audit"], &["cargo", "deny", "check"], &["never", "reached"]],
    );
    let answer = one(&world, &plan, Question::SecurityScan).await.unwrap();
    assert_eq!((answer.verdict, answer.policy), (Verdict::Failed, Policy::Warn));
    assert_eq!(answer.sentence, "cargo deny check said no (exit 2).");
    assert_eq!(
        answer.evidence,
        ["$ cargo audit", "exit 0 after 1.2 s", "$ cargo deny check", "banned", "exit 2 after 1.2 s"]
    );
    assert_eq!(answer.outputs.len(), 2);
    let orders = world.with(|state| state.readiness.orders.clone());
    assert_eq!(orders[0].place, CommandPlace::Worktree(object('c')));
    assert_eq!(orders[0].variables[2], ("LASTGOOD_TAG".to_owned(), "v2.4.0".to_owned()));
    assert_eq!(world.with(|state| state.calls[&Call::Command]), 2);
}

#[tokio::test]
async fn what_is_not_trusted_is_not_run_and_says_what_to_do() {
    let world = World::new();
    world.ends("cargo audit", CommandEnd::NotTrusted(Distrust::Command));
    let plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
    let answer = one(&world, &plan, Question::SecurityScan).await.unwrap();
    assert_eq!((answer.verdict, answer.policy), (Verdict::Inconclusive, Policy::Warn));
    assert_eq!(answer.sentence, "cargo audit was not run: it is not trusted yet.");
    assert!(answer.evidence[1].contains("lastgood trust --grant "), "{:?}", answer.evidence);
}

#[tokio::test]
async fn nothing_runs_for_a_tag_that_is_another_one_on_the_remote_or_of_which_it_tells_nothing() {
    for (harm, says) in [
        (
            (|world| world.with(|state| drop(state.remote.insert(TARGET.into(), object('e'))))) as fn(&World),
            "v2.4.0 is another object on the remote.",
        ),
        (|world| world.with(|state| drop(state.remote.remove(&TARGET.into()))), "The remote has no tag v2.4.0."),
        (|world| world.fails(Call::RemoteTag, 1..99, Fault::Broken), "The remote cannot be reached."),
    ] {
        for is_asked in [true, false] {
            let world = World::new();
            world.command("cargo check --locked", 0, "fine");
            harm(&world);
            let mut plan = with(&world, Question::DependencyCheck, &[&["cargo", "check", "--locked"]]);
            if !is_asked {
                plan.checks.off.insert(Question::TargetExists);
            }
            let answer = one(&world, &plan, Question::DependencyCheck).await.unwrap();
            assert_eq!(answer.verdict, Verdict::Inconclusive);
            assert_eq!(answer.sentence, format!("cargo check --locked was not run: {says}"));
            assert!(world.with(|state| state.readiness.orders.is_empty()), "{says}");
        }
    }
}

#[tokio::test]
async fn the_remote_is_asked_once_for_the_target_and_for_what_waits_for_it() {
    let world = World::new();
    world.command("cargo audit", 0, "fine");
    let plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
    assert_eq!(one(&world, &plan, Question::SecurityScan).await.unwrap().verdict, Verdict::Passed);
    assert_eq!(world.with(|state| state.calls[&Call::RemoteTag]), 1);
}

#[tokio::test]
async fn presets_fit_the_targets_files_and_only_inform_until_somebody_trusts_them() {
    let world = World::new();
    assert!(one(&world, &world.plan(), Question::SecurityScan).await.is_none(), "nothing fits, so nothing is asked");
    for (file, text, dependency, security) in [
        ("Cargo.toml", "", Some("cargo check --locked"), Some("cargo audit")),
        (
            "package-lock.json",
            "",
            Some("npm ci --ignore-scripts --no-audit --no-fund"),
            Some("npm audit --audit-level=high"),
        ),
        (
            "yarn.lock",
            "",
            Some("yarn install --frozen-lockfile --ignore-scripts --non-interactive"),
            Some("yarn audit --level high"),
        ),
        (
            "pnpm-lock.yaml",
            "",
            Some("pnpm install --frozen-lockfile --ignore-scripts"),
            Some("pnpm audit --audit-level high"),
        ),
        ("pubspec.lock", "", Some("dart pub get --enforce-lockfile"), Some("osv-scanner --lockfile=pubspec.lock")),
    ] {
        let world = World::new();
        world.with(|state| state.readiness.files.insert((object('c'), file.to_owned()), text.to_owned()));
        for (question, shown) in [(Question::DependencyCheck, dependency), (Question::SecurityScan, security)] {
            if let Some(shown) = shown {
                world.ends(shown, CommandEnd::NotTrusted(Distrust::Repository));
            }
            let answer = one(&world, &world.plan(), question).await;
            assert_eq!(answer.is_some(), shown.is_some(), "{file} {question:?}");
            if let Some(answer) = answer {
                assert_eq!((answer.verdict, answer.policy), (Verdict::Inconclusive, Policy::Info));
                assert!(answer.sentence.starts_with(shown.unwrap()), "{}", answer.sentence);
            }
        }
    }
}

#[tokio::test]
async fn where_the_target_has_rules_of_cargo_deny_they_are_asked_behind_the_audit() {
    let world = World::new();
    for file in ["Cargo.toml", "deny.toml"] {
        world.with(|state| state.readiness.files.insert((object('c'), file.to_owned()), String::new()));
    }
    world.command("cargo audit", 0, "");
    world.command("cargo deny check", 4, "license not allowed");
    let answer = one(&world, &world.plan(), Question::SecurityScan).await.unwrap();
    assert_eq!(answer.sentence, "cargo deny check said no (exit 4).");
}

#[tokio::test]
async fn yarn_of_today_and_flutter_take_other_words() {
    for (files, question, shown) in [
        (["yarn.lock", ".yarnrc.yml"], Question::DependencyCheck, "yarn install --immutable --mode=skip-build"),
        (["yarn.lock", ".yarnrc.yml"], Question::SecurityScan, "yarn npm audit --severity high --recursive"),
        (["pubspec.lock", "pubspec.yaml"], Question::DependencyCheck, "flutter pub get --enforce-lockfile"),
    ] {
        let world = World::new();
        for file in files {
            let text = if file == "pubspec.yaml" { "dependencies:\n  flutter:\n    sdk: flutter\n" } else { "" };
            world.with(|state| state.readiness.files.insert((object('c'), file.to_owned()), text.to_owned()));
        }
        world.command(shown, 0, "fine");
        let answer = one(&world, &world.plan(), question).await.unwrap();
        assert_eq!(answer.verdict, Verdict::Passed, "{shown}: {answer:?}");
    }
}

#[tokio::test]
async fn a_program_that_is_missing_and_a_deadline_that_passed_are_no_no() {
    let world = World::new();
    let plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
    let missing = one(&world, &plan, Question::SecurityScan).await.unwrap();
    assert_eq!(missing.verdict, Verdict::Inconclusive);
    assert!(missing.sentence.ends_with("cargo is not on this machine."), "{}", missing.sentence);
    let ran = ran(&world, None);
    world.ends("cargo audit", CommandEnd::TimedOut(ran.clone()));
    let late = one(&world, &plan, Question::SecurityScan).await.unwrap();
    assert_eq!(
        (late.verdict, late.sentence.as_str()),
        (Verdict::Inconclusive, "cargo audit was not done within 600 s.")
    );
    world.ends("cargo audit", CommandEnd::Exited(ran));
    assert_eq!(one(&world, &plan, Question::SecurityScan).await.unwrap().verdict, Verdict::Errored);
}

#[tokio::test]
async fn an_exit_code_that_says_that_it_could_not_tell_is_no_no() {
    for (exit, verdict, sentence) in [
        (1, Verdict::Failed, "cargo audit said no (exit 1)."),
        (74, Verdict::Failed, "cargo audit said no (exit 74)."),
        (75, Verdict::Inconclusive, "cargo audit could not tell (exit 75)."),
        (126, Verdict::Inconclusive, "cargo audit could not run: it may not be executed (exit 126)."),
        (127, Verdict::Inconclusive, "cargo audit could not run: something in it was not found (exit 127)."),
        (128, Verdict::Failed, "cargo audit said no (exit 128)."),
    ] {
        let world = World::new();
        world.command("cargo audit", exit, "the last line");
        let plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
        let answer = one(&world, &plan, Question::SecurityScan).await.unwrap();
        assert_eq!((answer.verdict, answer.sentence.as_str()), (verdict, sentence));
        assert_eq!(answer.evidence[1], "the last line", "{exit}");
    }
}

#[tokio::test]
async fn a_proof_that_could_not_tell_is_for_a_person_to_decide() {
    let world = World::new();
    world.command("./smoke.sh", 75, "the queue was full");
    let rollback = world.roll_back(with(&world, Question::ProofFunctionality, &[&["./smoke.sh"]])).await;
    let prove = rollback.step(StepName::Prove);
    assert_eq!(
        (prove.phase, prove.sentence.as_str()),
        (StepPhase::Inconclusive, "./smoke.sh could not tell (exit 75).")
    );
}

#[tokio::test]
async fn a_proof_that_says_no_is_asked_once_of_the_reference_and_only_there_it_is_no_fault_of_the_release() {
    let reference = "https://other.example".to_owned();
    for (there, phase) in
        [(Some(0), StepPhase::Failed), (Some(1), StepPhase::Inconclusive), (Some(75), StepPhase::Failed)]
    {
        let world = World::new();
        world.command("./smoke.sh", 1, "checkout is broken");
        let end = CommandEnd::Exited(Ran { output: Some("beef".into()), ..ran(&world, there) });
        world.with(|state| state.readiness.elsewhere = Some((reference.clone(), end)));
        let mut plan = with(&world, Question::ProofFunctionality, &[&["./smoke.sh"]]);
        plan.proofs.url = Some("https://shop.example".to_owned());
        plan.proofs.reference = Some(reference.clone());
        let rollback = world.roll_back(plan).await;
        let prove = rollback.step(StepName::Prove);
        assert_eq!(prove.phase, phase, "{there:?}");
        let answer = prove.answers.last().unwrap();
        assert_eq!(outputs(answer), ["f00d", "beef"]);
        assert!(answer.evidence.contains(&format!("reference {reference}:")), "{answer:?}");
        assert_eq!(world.with(|state| state.readiness.orders.len()), 2);
        if phase == StepPhase::Inconclusive {
            assert_eq!(prove.sentence, "./smoke.sh says no, here and at the reference that is known to be good.");
        }
    }
    let world = World::new();
    world.command("./smoke.sh", 1, "checkout is broken");
    let mut plan = with(&world, Question::ProofFunctionality, &[&["./smoke.sh"]]);
    plan.proofs.reference = Some(reference);
    world.roll_back(plan).await;
    assert_eq!(world.with(|state| state.readiness.orders.len()), 1, "it was told no address that could be another");
}

#[tokio::test]
async fn an_answer_is_as_old_as_the_run_that_it_recalls() {
    let world = World::new();
    let mut ran = ran(&world, Some(0));
    ran.began = "2026-03-01T10:00:00Z".parse().unwrap();
    ran.recalled = true;
    world.ends("cargo audit", CommandEnd::Exited(ran.clone()));
    let plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
    assert_eq!(one(&world, &plan, Question::SecurityScan).await.unwrap().asked_at, Some(ran.began));
}

#[tokio::test]
async fn a_rollback_does_not_wait_for_a_command_that_could_only_warn_and_keeps_what_it_wrote() {
    let world = World::new();
    world.with(|state| state.readiness.endless = vec!["cargo audit".to_owned()]);
    let plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
    let begun = world.seconds();
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let check = rollback.step(StepName::Check);
    assert!(check.sentence.contains("Security scan had no answer within 20 s"), "{}", check.sentence);
    let waited = check.ended.unwrap().duration_since(check.started.unwrap()).unsigned_abs();
    assert!(waited >= Duration::from_secs(20) && waited < Duration::from_secs(22), "{waited:?}");
    assert!(world.seconds() > begun);
    let answer = scan(&rollback);
    assert_eq!(answer.sentence, "Security scan had no answer within 20 s, and could only warn.");
    let evidence = ["$ cargo audit", "half way", "stopped after 1.2 s", "The rollback went on without it."];
    assert_eq!(answer.evidence, evidence);
    assert_eq!(outputs(answer), ["f00d"]);
}

#[tokio::test]
async fn a_person_who_stops_it_ends_a_command_that_blocks_and_what_it_wrote_is_its_answer() {
    for (request, says) in [(Request::Undo, "Undone: "), (Request::StopAfterThisStep, "Rollback of production stopped")]
    {
        let world = World::new();
        world.with(|state| state.readiness.endless = vec!["cargo audit".to_owned()]);
        world.asks_after(100, request);
        let mut plan = with(&world, Question::SecurityScan, &[&["cargo", "audit"]]);
        plan.checks.policies.insert(Question::SecurityScan, Policy::Block);
        let rollback = world.roll_back(plan).await;
        assert_eq!(outcome(&rollback), Outcome::Aborted);
        assert_eq!(rollback.step(StepName::Check).phase, StepPhase::Aborted);
        assert!(rollback.end.as_ref().unwrap().sentence.starts_with(says));
        assert_eq!((world.effects().tags, world.hold()), (0, None));
        let answer = scan(&rollback);
        assert_eq!((answer.verdict, answer.sentence.as_str()), (Verdict::Inconclusive, "cargo audit was stopped."));
        assert_eq!(answer.evidence, ["$ cargo audit", "half way", "stopped after 1.2 s"]);
        assert_eq!(outputs(answer), ["f00d"]);
    }
}

fn scan(rollback: &Rollback) -> &Answer {
    let mut answers = rollback.step(StepName::Check).answers.iter();
    answers.find(|answer| answer.question == Question::SecurityScan).unwrap()
}

#[tokio::test]
async fn proofs_run_after_the_probes_and_a_failed_one_names_the_next_target() {
    for question in [Question::ProofFunctionality, Question::ProofPerformance, Question::ProofSecurity] {
        let world = World::new();
        world.command("./smoke.sh", 1, "checkout is broken");
        let mut plan = with(&world, question, &[&["./smoke.sh"]]);
        plan.next = Some("v2.3.0".into());
        plan.proofs.url = Some("https://shop.example".to_owned());
        let rollback = world.roll_back(plan).await;
        assert_eq!(outcome(&rollback), Outcome::Failed, "{question:?}");
        let prove = rollback.step(StepName::Prove);
        assert_eq!(prove.sentence, "./smoke.sh said no (exit 1).");
        assert_eq!(prove.hint, "See what is live. The target may be bad too: roll back to v2.3.0 next.");
        let order: CommandOrder = world.with(|state| state.readiness.orders[0].clone());
        assert_eq!(order.variables[1], ("LASTGOOD_URL".to_owned(), "https://shop.example".to_owned()));
        assert_eq!(order.recall_for, None, "what is live now was not proved before");
    }
}

#[tokio::test]
async fn a_proof_that_could_not_run_is_for_a_person_to_decide() {
    let world = World::new();
    world.ends("./smoke.sh", CommandEnd::NotTrusted(Distrust::Command));
    let rollback = world.roll_back(with(&world, Question::ProofFunctionality, &[&["./smoke.sh"]])).await;
    assert_eq!(rollback.step(StepName::Prove).phase, StepPhase::Inconclusive);
}

#[tokio::test]
async fn tests_of_a_service_that_is_not_well_are_not_run() {
    let world = World::new();
    world.with(|state| state.health = vec![Seen::No("503".to_owned())]);
    world.command("./smoke.sh", 0, "");
    let rollback = world.roll_back(with(&world, Question::ProofFunctionality, &[&["./smoke.sh"]])).await;
    assert_eq!(outcome(&rollback), Outcome::Failed);
    assert!(world.with(|state| state.readiness.orders.is_empty()));
}

fn with(world: &World, question: Question, commands: &[&[&str]]) -> Plan {
    let mut plan = world.plan();
    let words = |argv: &&[&str]| argv.iter().map(|word| (*word).to_owned()).collect();
    plan.checks.commands.insert(question, CommandSet::of(commands.iter().map(words).collect()));
    plan
}

fn outputs(answer: &Answer) -> Vec<&str> {
    answer.outputs.iter().map(EvidenceHash::as_str).collect()
}

fn ran(world: &World, exit: Option<i32>) -> Ran {
    let began = world.with(|state| state.now);
    Ran { exit, tail: Vec::new(), output: None, began, milliseconds: 1, recalled: false }
}

async fn one(world: &Arc<World>, plan: &Plan, question: Question) -> Option<Answer> {
    let answers = checks::ask_all(&world.ports(), REPOSITORY, plan).await;
    answers.into_iter().find(|answer| answer.question == question)
}
