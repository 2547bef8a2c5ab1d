//! What a rollout will do: its stages from the settings, its release pinned.

use lastgood_core::error::Code;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::release::PointsAt;
use lastgood_core::rollout::plan::{Gate, RolloutWish, StagePlan, plan, stages};
use lastgood_core::settings::Settings;

use super::kit::{WHO, at, stage};
use crate::live::kit::Team;

#[test]
fn without_settings_staging_comes_first_behind_a_gate_that_a_person_opens() {
    let found = named("", &["production", "staging"], "production").unwrap();
    assert_eq!(found, [stage("staging", Gate::Person), stage("production", Gate::Automatic)]);
    assert_eq!(named("", &["production", "docs"], "production").unwrap(), [stage("production", Gate::Automatic)]);
    assert_eq!(named("", &["production", "staging"], "staging").unwrap(), [stage("staging", Gate::Automatic)]);
}

#[test]
fn the_team_names_its_stages() {
    let text = r#"
        [rollout]
        fix_branch = "hotfix/{tag}"
        playbook = "RUNBOOK.md"
        [[rollout.stages]]
        environment = "canary"
        soak_minutes = 1
        [[rollout.stages]]
        environment = "production"
        gate = "person"
    "#;
    let found = named(text, &["production", "canary"], "production").unwrap();
    let canary = StagePlan { soak_seconds: 60, ..stage("canary", Gate::Automatic) };
    assert_eq!(found, [canary, stage("production", Gate::Person)]);
    let settings = Settings::parse(text).unwrap().rollout;
    assert_eq!(
        (settings.fix_branch.as_deref(), settings.playbook.as_deref()),
        (Some("hotfix/{tag}"), Some("RUNBOOK.md"))
    );
}

#[test]
fn a_stage_that_is_not_known_or_comes_twice_is_refused() {
    let one = |name: &str| format!("[[rollout.stages]]\nenvironment = \"{name}\"\n");
    let trouble = named(&one("canary"), &["production"], "production").unwrap_err();
    assert_eq!(trouble.code, Code::EnvironmentUnknown);
    assert_eq!(trouble.hint, "Known are: production. Change [[rollout.stages]] in lastgood.toml.");
    let trouble = named(&one("production").repeat(2), &["production"], "production").unwrap_err();
    assert_eq!((trouble.code, trouble.message.as_str()), (Code::SettingsInvalid, "production is a stage twice."));
    let trouble = Settings::parse("[[rollout.stages]]\nenvironment = \"a\"\ngate = \"nobody\"\n").unwrap_err();
    assert!(trouble.message.starts_with("lastgood.toml, line 3"), "{}", trouble.message);
}

#[test]
fn the_release_is_pinned_and_what_is_quarantined_is_lifted_only_where_it_was_asked_for() {
    let quarantined = ["v1.0.0".into(), "v2.0.0".into()];
    let mut team = Team::new(&["v1", "v2", "v3"], &[]);
    let made = |lift_bad, tag: &str| plan(wish(tag, lift_bad), &team.releases, &quarantined, at(7));
    let kept = made(false, "v3.0.0").unwrap();
    assert_eq!((kept.object.as_str(), kept.commit.as_str()), ("object of v3.0.0", "commit of v3.0.0"));
    assert!(kept.lifts.is_empty(), "the bad release stays quarantined");
    assert_eq!(made(true, "v3.0.0").unwrap().lifts, ["v2.0.0".into()]);
    let same = made(false, "v2.0.0").unwrap();
    assert_eq!((same.lifts.as_slice(), same.bad), (&["v2.0.0".into()][..], None), "it was not to blame");
    assert_eq!(made(false, "v9.0.0").unwrap_err().code, Code::TagMissing);
    team.releases[0].points_at = PointsAt::Tree("tree".into());
    let tag = team.releases[0].tag.clone();
    let trouble = plan(RolloutWish { tag, ..wish("v1.0.0", false) }, &team.releases, &[], at(7)).unwrap_err();
    assert_eq!(trouble.code, Code::TagMissing);
}

#[test]
fn a_release_that_does_not_come_where_the_rollback_was_mends_nothing() {
    let team = Team::new(&["v1", "v2", "v3"], &[]);
    let quarantined = ["v2.0.0".into()];
    let of = |names: &[&str]| {
        let stages = names.iter().map(|name| stage(name, Gate::Automatic)).collect();
        plan(RolloutWish { stages, ..wish("v3.0.0", true) }, &team.releases, &quarantined, at(7)).unwrap()
    };
    let short = of(&["staging"]);
    assert_eq!((short.bad, short.lifts.as_slice()), (None, &[][..]), "nothing is marked as mended, nothing lifted");
    let whole = of(&["staging", "production"]);
    assert_eq!((whole.bad, whole.lifts.as_slice()), (Some("v2.0.0".into()), &["v2.0.0".into()][..]));
}

fn named(text: &str, known: &[&str], last: &str) -> Result<Vec<StagePlan>, lastgood_core::error::Trouble> {
    let known: Vec<EnvironmentName> = known.iter().map(|name| EnvironmentName::new(*name)).collect();
    stages(&Settings::parse(text).unwrap().rollout, &known, &last.into())
}

fn wish(tag: &str, lift_bad: bool) -> RolloutWish {
    RolloutWish {
        tag: tag.into(),
        bad: Some("v2.0.0".into()),
        rollback: None,
        environment: Some("production".into()),
        fix: None,
        reason: "Mends it".to_owned(),
        who: WHO.to_owned(),
        stages: vec![stage("production", Gate::Automatic)],
        lift_bad,
        rehearsal: false,
    }
}
