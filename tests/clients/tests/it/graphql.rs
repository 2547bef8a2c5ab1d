//! GitHub's published GraphQL schema, held beside the rehearsal's and beside what our client asks.

use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_clients::{Served, compare_schema};
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Forge;

#[tokio::test]
async fn names_types_and_defaults_are_githubs_and_so_is_what_we_ask() {
    let served = Served::at_speed(1.0).await;
    let description = served.description();
    let slug = RepositorySlug::new(&description.owner, &description.repo).unwrap();
    let github = Github::new(&description.api, &Secret::new(description.token.as_str()), slug).unwrap();
    assert!(github.first_look().await.is_some(), "the first look is one query");
    github.deployments().await.unwrap();

    let requests = served.github().requests();
    let asked = requests.iter().filter(|request| request.path_and_query.ends_with("/graphql"));
    let queries: Vec<String> = asked.map(|request| query(&request.body)).collect();
    assert!(!queries.is_empty());
    assert_eq!(compare_schema(&served, &queries).await, [""; 0]);
}

#[tokio::test]
async fn a_field_that_github_lacks_is_found() {
    let served = Served::at_speed(1.0).await;
    let faults = compare_schema(&served, &["{ viewer { shoeSize } }".to_owned()]).await;
    assert!(faults.len() == 1 && faults[0].contains("shoeSize"), "{faults:?}");
}

fn query(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["query"].as_str().unwrap().to_owned()
}
