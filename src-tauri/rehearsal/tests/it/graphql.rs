//! The GraphQL face: the same facts as REST, in GitHub's words, with its limits.

use lastgood_rehearsal::state::Access;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::kit::{Kit, read};

/// What an overview of the repository asks for, in one request.
const OVERVIEW: &str = "query Overview($owner: String!, $name: String!, $first: Int!, $after: String) {
    repository(owner: $owner, name: $name) {
        databaseId nameWithOwner isArchived viewerPermission
        defaultBranchRef { name target { oid } }
        releases(first: $first, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
            nodes {
                databaseId tagName name isPrerelease isDraft isLatest publishedAt createdAt url
                author { login } tagCommit { oid } description descriptionHTML
            }
            pageInfo { hasNextPage endCursor } totalCount
        }
        environments(first: 50) { nodes { name databaseId } totalCount }
        deployments(first: 100, orderBy: { field: CREATED_AT, direction: DESC }, environments: [\"production\"]) {
            nodes {
                databaseId createdAt environment ref { name prefix } commitOid task creator { login __typename }
                state latestStatus { state createdAt environmentUrl logUrl }
                statuses(first: 10) { nodes { state createdAt } }
            }
            pageInfo { hasNextPage endCursor } totalCount
        }
        refs(refPrefix: \"refs/tags/\", first: 100, orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) {
            nodes { name target { __typename oid ... on Tag { message tagger { name email date } target { oid } } } }
            totalCount
        }
    }
    rateLimit { limit remaining resetAt cost nodeCount }
}";

#[tokio::test]
async fn one_query_holds_what_rest_tells_in_many() {
    let kit = Kit::start().await;
    let answer = overview(&kit, 100, Value::Null).await;
    let repository = &answer["data"]["repository"];
    let rest = kit.get("").await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    assert_eq!((&repository["databaseId"], &repository["nameWithOwner"]), (&rest["id"], &rest["full_name"]));
    assert_eq!((&repository["viewerPermission"], &repository["isArchived"]), (&json!("WRITE"), &json!(false)));
    let main = kit.get("/git/ref/heads/main").await;
    assert_eq!(repository["defaultBranchRef"], json!({ "name": "main", "target": { "oid": main["object"]["sha"] } }));

    let releases = kit.get("/releases").await;
    let same = [("/databaseId", "/id"), ("/tagName", "/tag_name"), ("/name", "/name"), ("/description", "/body")];
    let dates = [("/publishedAt", "/published_at"), ("/createdAt", "/created_at"), ("/url", "/html_url")];
    for (ours, theirs) in same.into_iter().chain(dates).chain([("/author/login", "/author/login")]) {
        assert_eq!(picked(&repository["releases"]["nodes"], ours), picked(&releases, theirs), "{ours}");
    }
    assert_eq!(picked(&repository["releases"]["nodes"], "/isLatest")[..2], [json!(true), json!(false)]);
    let tags = kit.get("/tags").await;
    assert_eq!(picked(&repository["releases"]["nodes"], "/tagCommit/oid"), picked(&tags, "/commit/sha"));
    assert!(
        repository["releases"]["nodes"][0]["descriptionHTML"].as_str().unwrap().starts_with("<h2>What changed</h2>")
    );

    let environments = kit.get("/environments").await;
    assert_eq!(repository["environments"]["totalCount"], environments["total_count"]);
    let ids = picked(&environments["environments"], "/id");
    assert_eq!(picked(&repository["environments"]["nodes"], "/databaseId"), ids);
}

#[tokio::test]
async fn what_has_an_id_is_found_by_it() {
    let kit = Kit::start().await;
    let (release, repository) = (kit.get("/releases/latest").await, kit.get("").await);
    let ids = json!([release["node_id"], repository["node_id"]]).to_string();
    let by_ids = "id ... on Release { tagName } ... on Repository { nameWithOwner }";
    let answer = ask(&kit, &format!("{{ nodes(ids: {ids}) {{ {by_ids} }} }}")).await;
    let found = [
        json!({ "id": release["node_id"], "tagName": "v2.4.1" }),
        json!({ "id": repository["node_id"], "nameWithOwner": repository["full_name"] }),
    ];
    assert_eq!(answer["data"]["nodes"], json!(found), "{answer}");
    let deployment = kit.get("/deployments").await[0].clone();
    let one = format!("{{ node(id: {}) {{ __typename ... on Deployment {{ databaseId }} }} }}", deployment["node_id"]);
    let told = json!({ "__typename": "Deployment", "databaseId": deployment["id"] });
    assert_eq!(ask(&kit, &one).await["data"]["node"], told);
    let answer = ask(&kit, "{ node(id: \"nobody\") { id } }").await;
    assert_eq!(
        (&answer["data"]["node"], &answer["errors"][0]["type"]),
        (&Value::Null, &json!("NOT_FOUND")),
        "{answer}"
    );
}

#[tokio::test]
async fn deployments_tell_what_became_of_them() {
    let kit = Kit::start().await;
    let answer = overview(&kit, 1, Value::Null).await;
    let found = &answer["data"]["repository"]["deployments"];
    let deployments = kit.get("/deployments?environment=production").await;
    for (ours, theirs) in [("/databaseId", "/id"), ("/commitOid", "/sha"), ("/ref/name", "/ref"), ("/task", "/task")] {
        assert_eq!(picked(&found["nodes"], ours), picked(&deployments, theirs), "{ours}");
    }
    let states = picked(&found["nodes"], "/latestStatus/state");
    assert_eq!(states[..3], [json!("SUCCESS"), json!("INACTIVE"), json!("INACTIVE")]);
    assert_eq!(picked(&found["nodes"], "/state")[..2], [json!("ACTIVE"), json!("INACTIVE")]);
    let newest = &found["nodes"][0];
    assert_eq!(newest["creator"], json!({ "login": "github-actions", "__typename": "Bot" }));
    assert_eq!(newest["ref"]["prefix"], "refs/heads/");
    assert_eq!(newest["latestStatus"]["environmentUrl"], kit.description().service);
    let id = newest["databaseId"].as_u64().unwrap();
    let statuses = kit.get(&format!("/deployments/{id}/statuses")).await;
    assert_eq!(picked(&newest["statuses"]["nodes"], "/createdAt"), picked(&statuses, "/created_at"));

    let oldest = ask(
        &kit,
        "{ repository(owner: \"ACME\", name: \"Connectias\") { deployments(first: 1) { nodes { databaseId } } } }",
    )
    .await;
    let all = kit.get("/deployments").await;
    let last = all.as_array().unwrap().last().unwrap()["id"].clone();
    assert_eq!(oldest["data"]["repository"]["deployments"]["nodes"][0]["databaseId"], last, "oldest first, by default");
}

#[tokio::test]
async fn tags_show_their_own_object_and_what_it_leads_to() {
    let kit = Kit::start().await;
    let answer = overview(&kit, 1, Value::Null).await;
    let refs = &answer["data"]["repository"]["refs"];
    assert_eq!(refs["totalCount"], 6);
    let newest = &refs["nodes"][0];
    let rest = kit.get("/git/ref/tags/v2.4.1").await;
    let tag = kit.get(&format!("/git/tags/{}", rest["object"]["sha"].as_str().unwrap())).await;
    assert_eq!((&newest["name"], &newest["target"]["__typename"]), (&json!("v2.4.1"), &json!("Tag")));
    assert_eq!((&newest["target"]["oid"], &newest["target"]["target"]["oid"]), (&tag["sha"], &tag["object"]["sha"]));
    assert_eq!(newest["target"]["tagger"], tag["tagger"]);
    assert_eq!(newest["target"]["message"], tag["message"]);
}

#[tokio::test]
async fn pages_follow_each_other_by_cursor() {
    let kit = Kit::start().await;
    let (mut after, mut tags) = (Value::Null, Vec::new());
    for _ in 0..3 {
        let answer = overview(&kit, 2, after).await;
        let page = &answer["data"]["repository"]["releases"];
        tags.extend(picked(&page["nodes"], "/tagName"));
        assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(6), &json!(tags.len() < 6)));
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(tags, picked(&kit.get("/releases").await, "/tag_name"));
    let unknown = overview(&kit, 2, json!("bm90aGluZw==")).await;
    assert_eq!(unknown["errors"][0]["type"], "INVALID_CURSOR_ARGUMENTS", "{unknown}");
}

#[tokio::test]
async fn what_cannot_be_answered_is_said_in_githubs_form() {
    let kit = Kit::start().await;
    let nowhere = ask(&kit, "{ repository(owner: \"acme\", name: \"nowhere\") { name } viewer { login } }").await;
    assert_eq!(nowhere["errors"][0]["type"], "NOT_FOUND");
    assert_eq!(nowhere["errors"][0]["path"], json!(["repository"]));
    assert_eq!(
        nowhere["data"],
        json!({ "repository": null, "viewer": { "login": "platform-lead" } }),
        "the rest is there"
    );

    for (arguments, kind) in [("", "MISSING_PAGINATION_BOUNDARIES"), ("(first: 101)", "EXCESSIVE_PAGINATION")] {
        let query = format!(
            "{{ repository(owner: \"acme\", name: \"connectias\") {{ releases{arguments} {{ totalCount }} }} }}"
        );
        let answer = ask(&kit, &query).await;
        assert_eq!(
            (&answer["errors"][0]["type"], answer["data"]["repository"].is_null()),
            (&json!(kind), true),
            "{answer}"
        );
    }
    let unknown = ask(&kit, "{ repository(owner: \"acme\", name: \"connectias\") { stars } }").await;
    assert!(unknown["errors"][0]["message"].as_str().unwrap().contains("stars"), "{unknown}");
    assert!(unknown.get("data").is_none(), "nothing was answered: {unknown}");
    let foreign = "query($states: [MilestoneState!] = OPEN) { viewer { login } }";
    let answer = ask(&kit, foreign).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "variableRequiresValidType", "{answer}");
    let (status, _) = read(send(&kit, json!({ "variables": {} })).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn points_are_counted_apart_from_calls() {
    let kit = Kit::start().await;
    let wide = "{ repository(owner: \"acme\", name: \"connectias\") { deployments(first: 100) { nodes {
        statuses(first: 100) { nodes { creator { login } } } } } refs(refPrefix: \"refs/tags/\", first: 100) {
        nodes { associatedPullRequests(first: 50) { nodes { number } } } } } rateLimit { cost remaining used nodeCount } }";
    let answer = send(&kit, json!({ "query": wide })).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-ratelimit-resource"), header("x-ratelimit-remaining")),
        ("graphql".to_owned(), "4998".to_owned())
    );
    assert!(answer.headers().get("etag").is_none());
    let body = read(answer).await.1;
    let nodes = 100 + 100 * 100 + 100 + 100 * 50;
    let limit = json!({ "cost": 2, "remaining": 4998, "used": 2, "nodeCount": nodes });
    assert_eq!(body["data"]["rateLimit"], limit);
    let rates = read(kit.request(Method::GET, "/rate_limit").send().await.unwrap()).await.1;
    assert_eq!((&rates["resources"]["graphql"]["used"], &rates["resources"]["core"]["used"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn used_up_points_are_refused_with_status_200() {
    let kit = Kit::start().await;
    kit.github().set_remaining_points(1);
    let query = json!({ "query": "{ viewer { login } }" });
    assert_eq!(read(send(&kit, query.clone()).await).await.1["data"]["viewer"]["login"], "platform-lead");
    let refused = send(&kit, query.clone()).await;
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    let (status, body) = read(refused).await;
    assert_eq!((status, &body["errors"][0]["type"]), (StatusCode::OK, &json!("RATE_LIMITED")));
    kit.pass(jiff::SignedDuration::from_hours(1));
    assert_eq!(read(send(&kit, query).await).await.1["errors"], Value::Null);
}

#[tokio::test]
async fn a_pull_request_is_opened_once() {
    let kit = Kit::start().await;
    kit.branch("notes", "v2.4.0");
    let id = ask(&kit, "{ repository(owner: \"acme\", name: \"connectias\") { id } }").await;
    let input = json!({
        "repositoryId": id["data"]["repository"]["id"], "title": "Notes", "headRefName": "notes", "baseRefName": "main",
    });
    let query = "mutation Open($input: CreatePullRequestInput!) { createPullRequest(input: $input) {
        pullRequest { number state headRefName baseRefName author { login } } } }";
    let open = async || read(send(&kit, json!({ "query": query, "variables": { "input": input } })).await).await.1;
    let opened = open().await;
    assert_eq!(opened["data"]["createPullRequest"]["pullRequest"]["number"], 413, "{opened}");
    let again = open().await;
    assert_eq!(again["errors"][0]["message"], "A pull request already exists for acme:notes.");
    let list =
        "{ repository(owner: \"acme\", name: \"connectias\") { pullRequests(first: 5, states: OPEN) { totalCount } } }";
    assert_eq!(ask(&kit, list).await["data"]["repository"]["pullRequests"]["totalCount"], 1);

    kit.github().change(|state, _| state.access = Access::Read).unwrap();
    let refused = open().await;
    assert_eq!(
        (&refused["errors"][0]["type"], refused["data"]["createPullRequest"].is_null()),
        (&json!("FORBIDDEN"), true)
    );
}

#[tokio::test]
async fn a_number_leads_to_an_issue_or_to_a_pull_request() {
    let kit = Kit::start().await;
    let (_, issue) = kit.post("/issues", json!({ "title": "Slow", "labels": ["bug"], "assignees": ["on-call"] })).await;
    let path = format!("/issues/{}", issue["number"]);
    kit.post(&format!("{path}/comments"), json!({ "body": "Better." })).await;
    read(kit.send(Method::PATCH, &path, json!({ "state": "closed", "state_reason": "duplicate" })).await).await;
    kit.branch("notes", "v2.4.0");
    kit.post("/pulls", json!({ "title": "Notes", "head": "notes", "base": "main" })).await;
    let look = async |number: &Value| {
        let fields = "number title closed labels(first: 5) { nodes { name } } assignees(first: 5) { nodes { login } }
            comments(first: 5) { nodes { body author { login } reactionGroups { users { totalCount } } } totalCount }";
        let query = format!(
            "{{ repository(owner: \"acme\", name: \"connectias\") {{ issueOrPullRequest(number: {number}) {{
                __typename
                ... on Issue {{ {fields} state stateReason duplicate: stateReason(enableDuplicate: true) }}
                ... on PullRequest {{ {fields} files(first: 5) {{ nodes {{ path changeType additions }} }} }} }} }} }}"
        );
        let answer = ask(&kit, &query).await;
        (answer["data"]["repository"]["issueOrPullRequest"].clone(), answer["errors"].clone())
    };

    let (found, _) = look(&issue["number"]).await;
    assert_eq!(
        (&found["__typename"], &found["title"], &found["closed"]),
        (&json!("Issue"), &json!("Slow"), &json!(true))
    );
    assert_eq!((&found["state"], &found["stateReason"]), (&json!("CLOSED"), &json!("NOT_PLANNED")));
    assert_eq!(found["duplicate"], "DUPLICATE");
    assert_eq!(found["labels"]["nodes"], json!([{ "name": "bug" }]));
    assert_eq!(found["assignees"]["nodes"], json!([{ "login": "on-call" }]));
    let comment = &found["comments"]["nodes"][0];
    assert_eq!((&comment["body"], &comment["author"]["login"]), (&json!("Better."), &json!("platform-lead")));

    let (found, _) = look(&json!(414)).await;
    assert_eq!((&found["__typename"], &found["comments"]["totalCount"]), (&json!("PullRequest"), &json!(0)));
    let file = json!({ "path": "NOTES.md", "changeType": "ADDED", "additions": 1 });
    assert_eq!(found["files"]["nodes"], json!([file]));

    let (none, errors) = look(&json!(9_999)).await;
    let words = "Could not resolve to an issue or pull request with the number of 9999.";
    assert_eq!((none, &errors[0]["type"], &errors[0]["message"]), (Value::Null, &json!("NOT_FOUND"), &json!(words)));
}

async fn overview(kit: &Kit, first: usize, after: Value) -> Value {
    let variables = json!({ "owner": "acme", "name": "connectias", "first": first, "after": after });
    read(send(kit, json!({ "query": OVERVIEW, "variables": variables })).await).await.1
}

async fn ask(kit: &Kit, query: &str) -> Value {
    let (status, body) = read(send(kit, json!({ "query": query })).await).await;
    assert_eq!(status, StatusCode::OK);
    body
}

async fn send(kit: &Kit, body: Value) -> Response {
    kit.request(Method::POST, "/graphql").body(body.to_string()).send().await.unwrap()
}

fn picked(list: &Value, pointer: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|item| item.pointer(pointer).unwrap_or(&Value::Null).clone()).collect()
}
