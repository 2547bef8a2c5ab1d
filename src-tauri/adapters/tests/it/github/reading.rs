//! What GitHub tells of a repository.

use lastgood_adapters::github::{Github, Memory};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::DeploymentState;

use lastgood_rehearsal::{Fault, FaultKind, Fill, When};

use crate::rehearsed::{Rehearsed, status};

#[tokio::test]
async fn the_account_behind_the_token_is_asked_for_once() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    for _ in 0..2 {
        assert_eq!(github.account().await.unwrap(), "platform-lead");
    }
    assert_eq!(rehearsed.sent("GET").len(), 1);
    assert!(github.calls_left().is_some_and(|calls| calls > 4_000));
}

#[tokio::test]
async fn the_repository_tells_its_default_branch_and_its_environments() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    assert_eq!(github.default_branch().await.unwrap(), "main");
    let environments = github.environments().await.unwrap();
    assert_eq!(environments.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["production", "staging"]);
}

#[tokio::test]
async fn deployments_come_newest_first_with_their_states_times_and_addresses() {
    let rehearsed = Rehearsed::start().await;
    let deployments = rehearsed.github().deployments().await.unwrap();
    assert!(deployments.is_sorted_by_key(|found| std::cmp::Reverse((found.created, found.id))));
    let in_production: Vec<_> = deployments.iter().filter(|found| found.environment.as_str() == "production").collect();
    let newest = in_production[0];
    assert_eq!((newest.reference.as_str(), &newest.state), ("main", &DeploymentState::Success));
    let title = |found: &lastgood_core::ports::forge::Deployment| found.maker.as_ref().unwrap().title.clone();
    assert_eq!(title(newest), "Deploy v2.4.1 to production", "its run tells the version");
    assert_eq!(newest.succeeded, Some(newest.state_since));
    assert!(newest.succeeded.unwrap() > newest.created);
    assert_eq!(newest.url.as_deref(), Some(rehearsed.description().service.as_str()));
    assert_eq!(newest.commit.as_str().len(), 40);
    assert!(!newest.creator.is_empty());
    let before = in_production[1];
    assert_eq!((title(before).as_str(), &before.state), ("Deploy v2.4.0 to production", &DeploymentState::Inactive));
    assert!(before.succeeded.unwrap() < before.state_since, "it succeeded before the next one made it inactive");
    let staging = deployments.iter().find(|found| found.environment.as_str() == "staging").unwrap();
    assert_eq!(staging.url, Some(format!("{}/staging", rehearsed.description().service)));
}

#[tokio::test]
async fn a_server_below_a_path_is_asked_below_that_path() {
    let rehearsed = Rehearsed::start().await;
    let api = format!("{}/api/v3", rehearsed.description().api);
    let github = Github::new(&api, &rehearsed.token(), rehearsed.slug()).unwrap();
    assert_eq!(github.default_branch().await.unwrap(), "main");
    assert_eq!(github.workflows().await.unwrap().len(), 1);
    for request in rehearsed.sent("GET") {
        assert!(request.path_and_query.starts_with("/api/v3/repos/acme/connectias"), "{request:?}");
    }
}

#[tokio::test]
async fn words_in_a_path_or_a_query_stay_one_word() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    github.dispatched_runs("../a b?c#d&e=/%2e.yml", "main&event=push#?").await.unwrap_err();
    let request = rehearsed.sent("GET").pop().unwrap().path_and_query;
    let (path, query) = request.split_once('?').unwrap();
    assert_eq!(path, "/repos/acme/connectias/actions/workflows/..%2Fa%20b%3Fc%23d%26e%3D%2F%252e.yml/runs");
    assert!(query.contains("&branch=main%26event%3Dpush%23%3F&"), "{query}");
    let mut order = crate::rehearsed::order(&[]);
    order.workflow = "a/../../x".to_owned();
    github.dispatch(&order).await;
    let path = rehearsed.sent("POST").pop().unwrap().path_and_query;
    assert_eq!(path, "/repos/acme/connectias/actions/workflows/a%2F..%2F..%2Fx/dispatches");
}

#[tokio::test]
async fn a_list_that_tells_only_its_next_page_is_read_to_its_end() {
    let rehearsed = Rehearsed::start().await;
    let more = |state: &mut lastgood_rehearsal::state::State| {
        for number in 0..330 {
            let mut environment = state.environments[1].clone();
            (environment.id, environment.name) = (70_000 + number, format!("preview-{number}"));
            state.environments.push(environment);
        }
    };
    rehearsed.server().change(|state, _| more(state)).unwrap();
    rehearsed.arm(Fault::once("", FaultKind::NoLastPage).for_ever());
    assert_eq!(rehearsed.github().environments().await.unwrap().len(), 332);
}

#[tokio::test]
async fn more_releases_than_a_page_holds_are_all_read_without_graphql_too() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { releases: 230, ..Fill::default() }).unwrap();
    let there = rehearsed.server().state().releases.len();
    assert!(there > 230, "{there}");
    assert_eq!(rehearsed.github().releases().await.unwrap().len(), there);
    rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
    assert_eq!(rehearsed.github().releases().await.unwrap().len(), there);
}

#[tokio::test]
async fn a_history_that_is_longer_than_anybody_reads_says_so() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    github.deployments().await.unwrap();
    assert!(!github.history_is_cut());
    rehearsed.server().fill(Fill { deployments: 320, ..Fill::default() }).unwrap();
    let by_graphql = rehearsed.github();
    assert!(by_graphql.deployments().await.unwrap().len() > 320 && !by_graphql.history_is_cut());
    rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
    let by_rest = rehearsed.github();
    assert_eq!(by_rest.deployments().await.unwrap().len(), 300);
    assert!(by_rest.history_is_cut());
}

#[tokio::test]
async fn graphql_that_one_token_may_not_use_is_asked_again_with_the_next_one() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    for code in [401, 403] {
        rehearsed.arm(Fault::once("/graphql", status(code, &[], When::BeforeEffect)).for_ever());
        for _ in 0..2 {
            assert!(github.first_look().await.is_none());
        }
        rehearsed.server().clear_faults();
        let before = rehearsed.queries();
        assert!(github.first_look().await.is_none());
        assert_eq!(rehearsed.queries(), before, "this token was refused");
        github.renew(&rehearsed.token()).unwrap();
        assert!(github.first_look().await.is_some(), "{code}");
    }
}

#[tokio::test]
async fn a_history_that_graphql_does_not_tell_to_its_end_says_so_until_rest_told_the_rest() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { deployments: 220, ..Fill::default() }).unwrap();
    let all = rehearsed.github().deployments().await.unwrap().len();
    assert!(all > 220, "{all}");

    let github = begun(&rehearsed, "breaks").await;
    rehearsed.arm(Fault::once("/graphql", status(502, &[], When::BeforeEffect)).for_ever());
    assert_eq!(github.deployments().await.unwrap().len(), 100);
    assert!(github.history_is_cut(), "a page did not come");
    assert_eq!((github.deployments().await.unwrap().len(), github.history_is_cut()), (all, false));
    rehearsed.server().clear_faults();

    let github = begun(&rehearsed, "refuses").await;
    rehearsed.arm(Fault::once("/graphql", status(403, &[], When::BeforeEffect)).for_ever());
    assert_eq!((github.deployments().await.unwrap().len(), github.history_is_cut()), (all, false));
}

#[tokio::test]
async fn where_rest_does_not_tell_the_rest_either_the_history_is_cut_until_graphql_answers_again() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { deployments: 320, ..Fill::default() }).unwrap();
    let github = begun(&rehearsed, "refuses").await;
    rehearsed.arm(Fault::once("/graphql", status(502, &[], When::BeforeEffect)).for_ever());
    github.deployments().await.unwrap();
    for _ in 0..2 {
        assert_eq!((github.deployments().await.unwrap().len(), github.history_is_cut()), (300, true));
    }
    rehearsed.server().clear_faults();
    let whole = github.deployments().await.unwrap().len();
    assert!(whole > 320 && !github.history_is_cut(), "{whole}");
}

#[tokio::test]
async fn releases_that_graphql_does_not_tell_are_told_by_rest() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { releases: 230, ..Fill::default() }).unwrap();
    let there = rehearsed.server().state().releases.len();
    let github = begun(&rehearsed, "breaks").await;
    rehearsed.arm(Fault::once("/graphql", status(502, &[], When::BeforeEffect)).for_ever());
    assert_eq!(github.releases().await.unwrap().len(), there);
}

/// With the first look's pages in its memory.
async fn begun(rehearsed: &Rehearsed, name: &str) -> Github {
    let github = rehearsed.github().remembering(Memory::open(&rehearsed.beside(name)));
    assert!(github.first_look().await.is_some());
    github
}
