//! The step of a deploy workflow that refuses while its environment is held: the shell's own answers, on a real remote.

use std::process::Command;

use lastgood_core::hold::mark::MarkName;

use crate::holds::{theirs, write};
use crate::kit::{Done, Stage, finish, git};

#[tokio::test(flavor = "multi_thread")]
async fn it_lets_a_free_environment_pass_and_refuses_a_held_one() {
    let stage = Stage::start().await;
    assert_eq!(deploy(&stage, "production", "").code, Some(0));
    theirs(&stage, "Migrating; echo $HOME `id`", 86_400);
    let refused = deploy(&stage, "production", "");
    assert_eq!(refused.code, Some(1));
    assert!(refused.out.contains("Refused: production is held by @on-call until "), "{refused:?}");
    assert!(refused.out.contains("Migrating; echo $HOME `id`"), "a reason is data: {refused:?}");
    assert_eq!(deploy(&stage, "staging", "").code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_has_expired_is_in_nobodys_way() {
    let stage = Stage::start().await;
    theirs(&stage, "Migrating", -1);
    let passed = deploy(&stage, "production", "");
    assert_eq!(passed.code, Some(0));
    assert!(passed.out.contains("has expired"), "{passed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_refuses() {
    let stage = Stage::start().await;
    write(&stage, "production", "Hold production\n\nOwner: @on-call\nExpires-seconds: 17x");
    let refused = deploy(&stage, "production", "");
    assert_eq!(refused.code, Some(1));
    assert!(refused.out.contains("until when cannot be read"), "{refused:?}");

    let blob = git(&stage.description().remote, &["hash-object", "-w", "HEAD"]);
    git(&stage.description().remote, &["update-ref", "refs/lastgood/hold/production", &blob]);
    assert_eq!(deploy(&stage, "production", "").code, Some(1));

    let gone = finish(script(&stage, "production", "").env("REMOTE", stage.path("nowhere")));
    assert_eq!(gone.code, Some(1));
    assert!(gone.out.contains("whether production is held cannot be read"), "{gone:?}");
    assert_eq!(finish(script(&stage, "", "").env_remove("ENVIRONMENT")).code, Some(1));
    assert_eq!(finish(script(&stage, "production", "").env_remove("REMOTE")).code, Some(1));
    assert_eq!(deploy(&stage, &"é".repeat(200), "").code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rollback_that_holds_the_environment_deploys_to_it_and_no_other_does() {
    let stage = Stage::start().await;
    let done = finish(&mut stage.rollback(&[])).last();
    let id = done["rollback"].as_str().unwrap();
    assert_eq!(deploy(&stage, "production", id).code, Some(0));
    assert_eq!(deploy(&stage, "production", "rb-000000000000").code, Some(1));
    assert_eq!(deploy(&stage, "production", "").code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_spells_every_name_as_lastgood_does() {
    let stage = Stage::start().await;
    for name in [
        "Production",
        "a/b",
        "v2.4.0",
        "..",
        ".x",
        "x.",
        "a.lock",
        "a.lock.b",
        "größe 1",
        "%41",
        "a..b",
        "@{-1}",
        "a'\"$b",
    ] {
        let spelt = MarkName::hold(&name.into()).to_string();
        write(&stage, spelt.strip_prefix("hold/").unwrap(), "Hold it\n\nExpires-seconds: 99999999999");
        let refused = deploy(&stage, name, "");
        assert_eq!(refused.code, Some(1), "{name}: {refused:?}");
        assert!(refused.out.contains("is held by"), "{name}: {refused:?}");
    }
}

#[test]
fn it_is_a_step_that_a_workflow_file_takes() {
    let folder = tempfile::tempdir().unwrap();
    let step = finish(&mut crate::kit::lastgood(folder.path(), &["hold", "snippet"])).out;
    assert!(step.contains("\n- name: Refuse while the environment is held\n"), "{step}");
    assert!(step.contains("ENVIRONMENT: ${{ inputs.environment }}"), "{step}");
    let run: Vec<&str> = step.split_once("  run: |\n").unwrap().1.lines().collect();
    assert!(run.iter().all(|line| line.is_empty() || line.starts_with("    ")), "{step}");
    assert!(!step.split_once("run: |").unwrap().1.contains("${{"), "what GitHub fills in goes through the environment");
}

pub(crate) fn deploy(stage: &Stage, environment: &str, rollback: &str) -> Done {
    finish(&mut script(stage, environment, rollback))
}

/// The step's script as `lastgood hold snippet` prints it.
fn script(stage: &Stage, environment: &str, rollback: &str) -> Command {
    let step = stage.run(&["hold", "snippet"]).out;
    let lines = step.split_once("  run: |\n").unwrap().1.lines();
    let text: Vec<&str> = lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    let mut command = stage.lastgood(&[]);
    let kept: Vec<_> =
        command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    command = Command::new("sh");
    command.env_clear();
    for (name, value) in kept.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        command.env(name, value);
    }
    command
        .args(["-c", &text.join("\n")])
        .env("ENVIRONMENT", environment)
        .env("ROLLBACK", rollback)
        .env("REMOTE", &stage.description().remote)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    command
}
