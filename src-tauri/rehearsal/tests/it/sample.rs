//! The sample: the same each time, and the story that the rest of the product tells of it.

use lastgood_rehearsal::Rehearsal;
use serde_json::Value;

use crate::kit::{Kit, options};

#[tokio::test]
async fn two_starts_give_the_same_ids() {
    let (first, second) = (Kit::start().await, Kit::start().await);
    for path in ["/git/matching-refs/tags/", "/commits?per_page=100", "/releases", "/actions/runs", "/deployments"] {
        assert_eq!(ids(&first.get(path).await), ids(&second.get(path).await), "{path}");
    }
}

#[tokio::test]
async fn another_seed_gives_other_numbers_and_the_same_commits() {
    let first = Kit::start().await;
    let folder = tempfile::tempdir().unwrap();
    let options = lastgood_rehearsal::Options { seed: 8, ..options(folder.path()) };
    let other = Rehearsal::start(options).await.unwrap();
    let (first, other) = (first.github().state(), other.github().state());
    assert_ne!(first.runs[0].id, other.runs[0].id);
    assert_eq!(first.runs[0].head_sha, other.runs[0].head_sha);
}

#[tokio::test]
async fn the_bad_release_brings_fourteen_commits_five_pull_requests_and_two_configuration_keys() {
    let kit = Kit::start().await;
    let comparison = kit.get("/compare/v2.4.0...v2.4.1").await;
    assert_eq!(comparison["total_commits"], 14);
    let merges = texts(&comparison["commits"], "/commit/message");
    let merges: Vec<&String> = merges.iter().filter(|message| message.starts_with("Merge pull request #")).collect();
    assert_eq!(merges.len(), 5);
    assert!(merges[4].contains("#412 ") && merges[4].ends_with("Turn on advanced fuel metering"), "{merges:?}");
    let files = texts(&comparison["files"], "/filename");
    assert!(!files.iter().any(|file| file.starts_with("migrations/") || file.starts_with(".github/")), "{files:?}");
    let config =
        comparison["files"].as_array().unwrap().iter().find(|file| file["filename"] == "config/production.env");
    let patch = config.unwrap()["patch"].as_str().unwrap();
    let added: Vec<&str> = patch.lines().filter_map(|line| line.strip_prefix('+')).collect();
    assert_eq!(added, ["FUEL_LIMIT=250000", "PLUGIN_CACHE=on"]);
}

#[tokio::test]
async fn every_commit_but_a_merge_changes_something() {
    let kit = Kit::start().await;
    let repository = git2::Repository::open(&kit.description().clone).unwrap();
    let mut walk = repository.revwalk().unwrap();
    walk.push_head().unwrap();
    let commits: Vec<_> = walk.map(|id| repository.find_commit(id.unwrap()).unwrap()).collect();
    assert_eq!(commits.len(), 40);
    for commit in commits.iter().filter(|commit| commit.parent_count() == 1) {
        let message = commit.message().unwrap();
        assert_ne!(commit.tree_id(), commit.parent(0).unwrap().tree_id(), "{message}");
    }
}

#[tokio::test]
async fn the_clone_is_clean_on_main_with_the_remote_as_origin() {
    let kit = Kit::start().await;
    let repository = git2::Repository::open(&kit.description().clone).unwrap();
    assert_eq!(repository.head().unwrap().shorthand().unwrap(), "main");
    assert_eq!(repository.statuses(None).unwrap().len(), 0);
    let origin = repository.find_remote("origin").unwrap().url().unwrap().to_owned();
    assert_eq!(std::path::Path::new(&origin), kit.description().remote);
}

#[tokio::test]
async fn production_went_back_from_the_session_store_after_twenty_hours() {
    let kit = Kit::start().await;
    let deployments = kit.get("/deployments?environment=production").await;
    assert_eq!(texts(&deployments, "/ref"), ["main"; 7], "each was dispatched from main");
    let runs = kit.get("/actions/workflows/deploy.yml/runs").await;
    let mut titles = texts(&runs["workflow_runs"], "/display_title");
    titles.retain(|title| title.ends_with(" to production"));
    let told: Vec<&str> = titles.iter().filter_map(|title| title.split(' ').nth(1)).collect();
    assert_eq!(told, ["v2.4.1", "v2.4.0", "v2.3.1", "v2.2.3", "v2.3.0", "v2.2.3", "v2.2.2"]);
    let at = |index: usize| deployments[index]["created_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(at(3).duration_since(at(4)).as_hours(), 20);
    let staging = kit.get("/deployments?environment=staging").await;
    assert_eq!(staging.as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn ci_failed_for_the_bad_release_alone() {
    let kit = Kit::start().await;
    let runs = kit.get("/actions/workflows/ci.yml/runs").await;
    let conclusions = texts(&runs["workflow_runs"], "/conclusion");
    assert_eq!(conclusions, ["failure", "success", "success", "success", "success", "success"]);
    let id = runs["workflow_runs"][0]["id"].as_u64().unwrap();
    let jobs = kit.get(&format!("/actions/runs/{id}/jobs")).await;
    let steps = &jobs["jobs"][0]["steps"];
    assert_eq!(texts(steps, "/conclusion"), ["success", "success", "success", "failure", "success"]);
}

fn ids(value: &Value) -> Vec<String> {
    let list = value.get("workflow_runs").unwrap_or(value).as_array().unwrap();
    let id = |item: &Value| format!("{}{}{}", item["id"], item["sha"], item["object"]["sha"]);
    let ids: Vec<String> = list.iter().map(id).collect();
    assert!(!ids.is_empty());
    ids
}

fn texts(list: &Value, pointer: &str) -> Vec<String> {
    let text = |item: &Value| item.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(text).collect()
}
