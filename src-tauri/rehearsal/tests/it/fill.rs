//! A long past, for whoever measures.

use lastgood_rehearsal::{Fill, FillError};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::kit::{Kit, read};

#[tokio::test]
async fn a_long_past_lies_before_the_sample_and_changes_nothing_of_it() {
    let kit = Kit::start().await;
    let live = kit.service("/version").await;
    let wanted = json!({ "commits": 120, "tags": 60, "releases": 40, "runs": 30, "deployments": 20 });
    let request = kit.request(Method::POST, "/_rehearsal/fill").body(wanted.to_string());
    assert_eq!(read(request.send().await.unwrap()).await, (StatusCode::CREATED, wanted));

    let releases = kit.get("/releases?per_page=100").await;
    let tags: Vec<&str> = releases.as_array().unwrap().iter().map(|one| one["tag_name"].as_str().unwrap()).collect();
    assert_eq!((tags.len(), tags[0], tags[6], tags[45]), (46, "v2.4.1", "v0.5.9", "v0.2.0"));
    assert_eq!(kit.get("/releases/latest").await["tag_name"], "v2.4.1");
    assert_eq!(kit.get("/actions/runs").await["total_count"], 19 + 30);
    let deployments = kit.get("/deployments?per_page=100").await;
    assert_eq!(deployments.as_array().unwrap().len(), 13 + 20);
    assert_eq!((&deployments[0]["ref"], &deployments[13]["ref"]), (&json!("main"), &json!("main")));
    assert_eq!(kit.service("/version").await, live);

    let repository = git2::Repository::open_bare(&kit.description().remote).unwrap();
    let mut walk = repository.revwalk().unwrap();
    walk.push_ref("refs/heads/main").unwrap();
    assert_eq!(walk.count(), 40 + 120 + 1, "all of it is in every clone of main");
    assert_eq!(repository.tag_names(Some("v0.*")).unwrap().len(), 60);
    let tag = repository.find_reference("refs/tags/v0.5.9").unwrap();
    assert_eq!(tag.peel_to_tag().unwrap().name(), Ok("v0.5.9"), "each has its object, as every clone will ask for");
    let fetched =
        repository.references_glob("refs/tags/*").unwrap().filter(|one| one.as_ref().unwrap().peel_to_commit().is_ok());
    assert_eq!(fetched.count(), 60 + 6);
}

#[tokio::test]
async fn the_same_numbers_give_the_same_past_and_only_once() {
    let fill = Fill { releases: 12, deployments: 3, ..Fill::default() };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let kit = Kit::start().await;
        let whole = Fill { commits: 12, tags: 12, releases: 12, runs: 3, deployments: 3 };
        assert_eq!(kit.github().fill(fill).unwrap(), whole);
        assert!(matches!(kit.github().fill(fill), Err(FillError::Filled)));
        let state = kit.github().state();
        let ids: Vec<u64> =
            state.releases.iter().map(|one| one.id).chain(state.runs.iter().map(|one| one.id)).collect();
        seen.push((ids, kit.get("/git/matching-refs/tags/").await, kit.get("/deployments").await[0]["id"].clone()));
    }
    let [first, second] = [&seen[0], &seen[1]];
    assert_eq!((&first.0, &first.2), (&second.0, &second.2));
    let id = |refs: &serde_json::Value| {
        refs.as_array().unwrap().iter().map(|one| one["object"]["sha"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(id(&first.1), id(&second.1));
}
