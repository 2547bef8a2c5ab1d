//! Runs as evidence, where no deployment tells.

use lastgood_core::ids::{EnvironmentName, RunId};
use lastgood_core::live::runs::Serving;
use lastgood_core::live::{Environment, Source, know};
use lastgood_core::ports::forge::RunRecord;

use super::kit::{PRODUCTION, Team, at, deployment};

#[test]
fn a_title_a_tag_or_what_a_push_stood_on_tells_the_release() {
    let team = Team::new(&["v1", "v2", "v3"], &[]);
    let mut by_tag = run("Ship it", 200);
    by_tag.head = Some("v2.0.0".to_owned());
    let mut by_push = run("Ship it", 300);
    (by_push.event, by_push.commit) = ("push".to_owned(), "commit of v3.0.0".into());
    let known = seen(&team, &[by_push, by_tag, run("Deploy (v1.0.0).", 100)], false);
    let told: Vec<&str> = known.spans.iter().map(|span| span.tag.as_str()).collect();
    assert_eq!(told, ["v1.0.0", "v2.0.0", "v3.0.0"]);
    let live = known.live.unwrap();
    assert_eq!((live.source, live.since), (Source::Run, Some(at(300))));
}

#[test]
fn a_dispatched_run_stands_on_its_branch_and_tells_nothing_by_its_commit() {
    let team = Team::new(&["v1"], &[]);
    let mut silent = run("Deploy", 100);
    silent.commit = "commit of v1.0.0".into();
    assert_eq!(seen(&team, &[silent], false).live, None);
}

#[test]
fn a_title_that_names_two_releases_names_none() {
    let team = Team::new(&["v1", "v2"], &[]);
    assert_eq!(seen(&team, &[run("From v1.0.0 to v2.0.0", 100)], false).live, None);
    assert!(seen(&team, &[run("Deploy v1.0.0 (v1.0.0)", 100)], false).live.is_some());
}

#[test]
fn a_run_that_failed_or_went_elsewhere_counts_for_nothing() {
    let team = Team::new(&["v1"], &[]);
    let mut failed = run("Deploy v1.0.0", 100);
    failed.conclusion = Some("failure".to_owned());
    assert_eq!(seen(&team, &[failed], false).live, None);
    assert_eq!(seen(&team, &[run("Deploy v1.0.0 to staging", 100)], false).live, None);
    assert_eq!(seen(&team, &[run("Deploy v1.0.0", 100)], true).live, None, "which of them it went to is not told");
    assert!(seen(&team, &[run("Deploy v1.0.0 to production", 100)], true).live.is_some());
}

#[test]
fn where_deployments_tell_runs_are_not_asked() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0)]);
    assert_eq!(seen(&team, &[run("Deploy v2.0.0", 100)], false).live.unwrap().version, "v1.0.0");
    team.deployments = vec![deployment("v1.0.0", 0)];
    team.deployments[0].environment = "staging".into();
    assert_eq!(seen(&team, &[run("Deploy v2.0.0", 100)], false).live.unwrap().version, "v2.0.0");
}

fn seen(team: &Team, runs: &[RunRecord], shared: bool) -> Environment {
    let all: [EnvironmentName; 2] = [PRODUCTION.into(), "staging".into()];
    let mut sightings = team.sightings();
    sightings.runs = Some((Serving { environment: &all[0], all: &all, shared }, runs));
    know(&sightings)
}

fn run(title: &str, second: i64) -> RunRecord {
    RunRecord {
        id: RunId(second.unsigned_abs()),
        workflow: "deploy.yml".to_owned(),
        title: title.to_owned(),
        event: "workflow_dispatch".to_owned(),
        head: Some("main".to_owned()),
        commit: "0".into(),
        status: "completed".to_owned(),
        conclusion: Some("success".to_owned()),
        created: at(second),
        updated: at(second),
        actor: "@release-manager".to_owned(),
        url: String::new(),
    }
}
