//! What each answer does under each policy: every code, every word of the settings, every verdict.

use lastgood_core::ports::shell::{CommandEnd, Ran};
use lastgood_core::rollback::check::samples::Samples;
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict, blocking, outcome};
use lastgood_core::rollback::checks::before;
use lastgood_core::rollback::checks::plan::{CheckPlan, CommandSet};
use lastgood_core::rollback::event::StepOutcome;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{StepName, StepPhase};
use lastgood_core::settings::Settings;

use super::world::{TARGET, World};

const VERDICTS: [Verdict; 4] = [Verdict::Passed, Verdict::Failed, Verdict::Inconclusive, Verdict::Errored];

/// The settings' words; `None` is "off".
const WORDS: [(&str, Option<Policy>); 4] =
    [("block", Some(Policy::Block)), ("warn", Some(Policy::Warn)), ("info", Some(Policy::Info)), ("off", None)];

#[test]
fn each_answer_blocks_warns_or_only_tells_as_the_settings_say() {
    let world = World::new();
    let settable = Question::ALL.iter().filter(|question| {
        let is_probe = matches!(question, Question::LiveVersion | Question::LiveHealth | Question::DeployCommand);
        !is_probe
    });
    let mut seen = 0;
    for question in settable {
        for (word, policy) in WORDS {
            let plan = plan(&world, *question, word);
            let Some(policy) = policy else {
                assert!(!plan.checks.asks(*question) && !before(&plan).contains(question), "{word} {question:?}");
                continue;
            };
            assert!(plan.checks.asks(*question), "{word} {question:?}");
            assert_eq!(plan.checks.policy(*question), policy, "{word} {question:?}");
            for verdict in VERDICTS {
                does(&answer(*question, policy, verdict));
                seen += 1;
            }
        }
    }
    assert_eq!(seen, (Question::ALL.len() - 3) * 3 * VERDICTS.len());
}

/// What an answer does, whichever question it is of.
fn does(answer: &Answer) {
    let is_no = answer.verdict != Verdict::Passed;
    let what = format!("{:?} {:?} {:?}", answer.question, answer.policy, answer.verdict);
    assert_eq!(answer.blocks(), is_no && answer.policy == Policy::Block, "{what}");
    assert_eq!(answer.warns(), is_no && answer.policy == Policy::Warn, "{what}");
    let expected = match (answer.policy, answer.verdict) {
        (Policy::Block, Verdict::Failed) => StepOutcome::Failed,
        (Policy::Block, Verdict::Inconclusive | Verdict::Errored) => StepOutcome::Errored,
        (Policy::Block, Verdict::Passed) | (Policy::Warn | Policy::Info, _) => StepOutcome::Succeeded,
    };
    let beside = [self::answer(Question::TargetExists, Policy::Block, Verdict::Passed), answer.clone()];
    assert_eq!(outcome(&beside), expected, "{what}");
    assert_eq!(blocking(&beside).is_some(), answer.blocks(), "{what}");
}

#[tokio::test]
async fn the_step_ends_as_the_answer_and_its_policy_say() {
    for (word, policy) in WORDS {
        for verdict in VERDICTS {
            let world = World::new();
            let exit = match verdict {
                Verdict::Passed => Some(0),
                Verdict::Failed => Some(1),
                Verdict::Inconclusive => Some(75),
                Verdict::Errored => None,
            };
            let began = world.with(|state| state.now);
            let ran = Ran { exit, tail: Vec::new(), output: None, began, milliseconds: 1, recalled: false };
            world.ends("cargo check", CommandEnd::Exited(ran));
            let mut plan = plan(&world, Question::DependencyCheck, word);
            let commands = CommandSet::of(vec![vec!["cargo".to_owned(), "check".to_owned()]]);
            plan.checks.commands.insert(Question::DependencyCheck, commands);
            let rollback = world.roll_back(plan).await;
            let check = rollback.step(StepName::Check);
            let told = check.answers.iter().find(|answer| answer.question == Question::DependencyCheck);
            assert_eq!(told.map(|answer| (answer.verdict, answer.policy)), policy.map(|policy| (verdict, policy)));
            let phase = match (policy, verdict) {
                (Some(Policy::Block), Verdict::Failed) => StepPhase::Failed,
                (Some(Policy::Block), Verdict::Inconclusive | Verdict::Errored) => StepPhase::Errored,
                (Some(Policy::Block), Verdict::Passed) | (Some(Policy::Warn | Policy::Info) | None, _) => {
                    StepPhase::Succeeded
                }
            };
            assert_eq!(check.phase, phase, "{word} {verdict:?}");
            let warned = check.sentence.contains("1 warning: ");
            assert_eq!(warned, policy == Some(Policy::Warn) && verdict != Verdict::Passed, "{word} {}", check.sentence);
        }
    }
}

/// With this word of the settings for one question, and something to ask.
fn plan(world: &World, question: Question, word: &str) -> Plan {
    let (family, name) = question.code().split_once('.').unwrap();
    let place = if question.step() == StepName::Check {
        format!("[environments.production.checks.{family}.{name}]\npolicy")
    } else {
        format!("[environments.production.proofs.{name}]\ncommands = [[\"true\"]]\npolicy")
    };
    let settings = Settings::parse(&format!("{place} = \"{word}\"\n")).unwrap().environment("production");
    let mut plan = world.plan();
    plan.checks = CheckPlan::new(&settings, &TARGET.into(), None);
    if question == Question::TargetArtifact {
        plan.checks.artifact.assets.push("*".to_owned());
    }
    plan
}

fn answer(question: Question, policy: Policy, verdict: Verdict) -> Answer {
    Answer {
        question,
        verdict,
        policy,
        sentence: "A sentence.".to_owned(),
        evidence: Vec::new(),
        milliseconds: 1,
        asked_at: None,
        outputs: Vec::new(),
        samples: Samples::default(),
    }
}
