//! What continuous integration said of releases.

use lastgood_core::ids::RunId;
use lastgood_core::live::ci::{CiState, judge};
use lastgood_core::ports::forge::RunRecord;

use super::kit::{at, release};

fn run(id: u64, workflow: &str, commit_of: &str, conclusion: Option<&str>) -> RunRecord {
    RunRecord {
        id: RunId(id),
        workflow: workflow.to_owned(),
        title: String::new(),
        event: "push".to_owned(),
        head: Some("main".to_owned()),
        commit: format!("commit of {commit_of}").as_str().into(),
        status: if conclusion.is_some() { "completed" } else { "in_progress" }.to_owned(),
        conclusion: conclusion.map(str::to_owned),
        created: at(1),
        updated: at(2),
        actor: "release-manager".to_owned(),
        url: format!("https://github.example/runs/{id}"),
    }
}

#[test]
fn the_newest_run_of_each_workflow_on_the_commit_of_a_release_decides() {
    let releases = [release("v2.0.0", 2), release("v1.0.0", 1), release("v0.9.0", 0)];
    let runs = [
        run(9, "ci.yml", "v2.0.0", Some("success")),
        run(8, "lint.yml", "v2.0.0", Some("failure")),
        run(7, "ci.yml", "v2.0.0", Some("failure")),
        run(6, "deploy.yml", "v1.0.0", Some("failure")),
        run(5, "ci.yml", "v1.0.0", Some("success")),
        run(4, "ci.yml", "elsewhere", Some("failure")),
    ];
    let told = judge(&releases, &runs, &["deploy.yml".to_owned()]);
    let words: Vec<(&str, CiState, &str)> =
        told.iter().map(|one| (one.tag.as_str(), one.state, one.sentence.as_str())).collect();
    assert_eq!(
        words,
        [("v2.0.0", CiState::Failed, "1 of 2 failed: lint.yml"), ("v1.0.0", CiState::Passed, "ci.yml passed"),],
        "v0.9.0 has no run, and a deploy says nothing of the build"
    );
    assert_eq!(told[0].url, "https://github.example/runs/8");
}

#[test]
fn what_still_runs_is_said_and_what_was_skipped_says_nothing() {
    let releases = [release("v1.0.0", 1)];
    let running = [run(2, "ci.yml", "v1.0.0", None), run(1, "lint.yml", "v1.0.0", Some("success"))];
    let told = judge(&releases, &running, &[]);
    assert_eq!((told[0].state, told[0].sentence.as_str()), (CiState::Running, "1 of 2 still run: ci.yml"));
    let skipped = [run(1, "ci.yml", "v1.0.0", Some("skipped")), run(2, "lint.yml", "v1.0.0", Some("cancelled"))];
    assert!(judge(&releases, &skipped, &[]).is_empty());
    let unknown = [run(1, "ci.yml", "v1.0.0", Some("a_word_of_next_year"))];
    assert!(judge(&releases, &unknown, &[]).is_empty());
}
