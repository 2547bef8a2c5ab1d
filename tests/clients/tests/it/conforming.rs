//! Every answer of the rehearsal, held against GitHub's own REST description by Prism.

use lastgood_clients::{Prism, Served};
use reqwest::{Client, Method};
use serde_json::{Value, json};

#[tokio::test]
async fn every_answer_is_one_that_github_describes() {
    let served = Served::at_speed(1.0).await;
    let prism = Prism::before(&served).await;
    let mut asker = Asker::of(&served, &prism);
    for path in ["/", "/user", "/rate_limit", "/meta"] {
        asker.ask(Method::GET, path, None).await;
    }
    let dispatch = json!({ "ref": "main", "inputs": { "version_tag": "v2.4.0" }, "return_run_details": true });
    let going = asker.post("/actions/workflows/deploy.yml/dispatches", dispatch).await["workflow_run_id"].clone();
    git_and_releases(&mut asker).await;
    deployments(&mut asker).await;
    runs(&mut asker, &going).await;
    served.github().advance(jiff::SignedDuration::from_secs(5)).unwrap();
    for path in ["", "/jobs", "/pending_deployments"] {
        asker.get(&format!("/actions/runs/{going}{path}")).await;
    }
    asker.post(&format!("/actions/runs/{going}/cancel"), Value::Null).await;
    asker.post(&format!("/actions/runs/{going}/rerun"), Value::Null).await;
    issues(&mut asker).await;
    pull_requests(&served, &mut asker).await;
    asker.get("/collaborators/on-call/permission").await;
    assert_eq!(asker.faults, [""; 0], "of {} answers", asker.asked);
    assert_eq!(prism.violations().await, [""; 0]);
    assert!(asker.asked > 50, "{}", asker.asked);
}

#[tokio::test]
async fn refusals_are_as_github_describes_them_too() {
    // It does not describe all that it is known to give, such as 422 for a dispatch.
    let served = Served::at_speed(1.0).await;
    let prism = Prism::before(&served).await;
    let mut asker = Asker::of(&served, &prism);
    asker.refused(Method::GET, "/releases/tags/v9.9.9", None, 404).await;
    asker.refused(Method::GET, "/git/ref/tags/v9.9.9", None, 404).await;
    asker.refused(Method::GET, "/compare/v1...v2", None, 404).await;
    asker.refused(Method::GET, "/commits/v9.9.9", None, 422).await;
    let body = json!({ "ref": "refs/tags/v2.4.0", "sha": "0123456789012345678901234567890123456789" });
    asker.refused(Method::POST, "/git/refs", Some(body), 422).await;
    asker.refused(Method::POST, "/releases", Some(json!({ "tag_name": "v2.4.0" })), 422).await;
    let ended = served.github().state().runs[0].id;
    asker.refused(Method::POST, &format!("/actions/runs/{ended}/cancel"), None, 409).await;
    assert_eq!(asker.faults, [""; 0]);
}

#[tokio::test]
async fn what_github_does_not_describe_is_stopped() {
    let served = Served::at_speed(1.0).await;
    let prism = Prism::before(&served).await;
    let mut asker = Asker::of(&served, &prism);
    asker.post("/actions/workflows/deploy.yml/dispatches", json!({ "inputs": {} })).await;
    assert!(asker.faults.iter().any(|fault| fault.contains("required property 'ref'")), "{:?}", asker.faults);
    assert_eq!(served.github().requests(), [], "it did not reach the rehearsal");
    let told = prism.violations().await;
    assert!(told.len() == 1 && told[0].contains("/dispatches"), "{told:?}");
}

async fn issues(asker: &mut Asker) {
    let issue = asker.post("/issues", json!({ "title": "Slow", "labels": ["bug"], "assignees": ["on-call"] })).await;
    let path = format!("/issues/{}", issue["number"]);
    asker.get(&path).await;
    asker.get("/issues?state=all").await;
    asker.post(&format!("{path}/comments"), json!({ "body": "Better now." })).await;
    asker.get(&format!("{path}/comments")).await;
    let closing = json!({ "state": "closed", "state_reason": "completed" });
    asker.ask(Method::PATCH, &repository(&path), Some(closing)).await;
}

async fn pull_requests(served: &Served, asker: &mut Asker) {
    served.branch("notes", "v2.4.0");
    let new = json!({ "title": "Notes", "head": "notes", "base": "main", "body": "What happened" });
    let number = asker.post("/pulls", new.clone()).await["number"].clone();
    asker.refused(Method::POST, "/pulls", Some(new), 422).await;
    asker.get("/pulls?head=acme:notes&state=all").await;
    for path in ["", "/files"] {
        asker.get(&format!("/pulls/{number}{path}")).await;
    }
    asker.ask(Method::PUT, &repository(&format!("/pulls/{number}/merge")), None).await;
    asker.get(&format!("/pulls/{number}")).await;
}

async fn git_and_releases(asker: &mut Asker) {
    let releases = asker.get("/releases").await;
    let (first, second) = (releases[0]["id"].clone(), releases[1]["id"].clone());
    let tag = asker.get("/git/ref/tags/v2.4.0").await["object"]["sha"].clone();
    let commit = asker.get("/commits/main").await["sha"].clone();
    let (tag, commit) = (tag.as_str().unwrap(), commit.as_str().unwrap());
    for path in ["", "/releases/latest", "/releases/tags/v2.4.0", "/tags", "/branches", "/branches/main"] {
        asker.get(path).await;
    }
    for path in
        ["/git/matching-refs/tags/v2", "/commits", "/compare/v2.4.0...v2.4.1", "/contents/README.md", "/contents/src"]
    {
        asker.get(path).await;
    }
    asker.get(&format!("/releases/{first}")).await;
    asker.get(&format!("/releases/{first}/assets")).await;
    asker.get(&format!("/git/tags/{tag}")).await;
    asker.get(&format!("/git/commits/{commit}")).await;
    let made = json!({ "tag": "t1", "message": "m", "object": commit, "type": "commit" });
    let made = asker.post("/git/tags", made).await["sha"].clone();
    asker.post("/git/refs", json!({ "ref": "refs/tags/t1", "sha": made })).await;
    asker.post("/releases", json!({ "tag_name": "t1", "draft": true })).await;
    asker
        .ask(Method::PATCH, &repository(&format!("/releases/{second}")), Some(json!({ "make_latest": "false" })))
        .await;
}

async fn deployments(asker: &mut Asker) {
    asker.get("/environments").await;
    asker.get("/environments/production").await;
    let id = asker.get("/deployments?environment=production").await[0]["id"].clone();
    asker.get(&format!("/deployments/{id}")).await;
    let status = asker.get(&format!("/deployments/{id}/statuses")).await[0]["id"].clone();
    asker.get(&format!("/deployments/{id}/statuses/{status}")).await;
    let new = json!({ "ref": "main", "environment": "staging", "auto_merge": false, "required_contexts": [] });
    let new = asker.post("/deployments", new).await["id"].clone();
    // GitHub's own answers have an empty text for no address, and its description has none for that.
    let url = "https://production.acme.example";
    asker
        .post(
            &format!("/deployments/{new}/statuses"),
            json!({ "state": "success", "log_url": url, "environment_url": url }),
        )
        .await;
}

async fn runs(asker: &mut Asker, going: &Value) {
    for path in ["/actions/workflows", "/actions/workflows/deploy.yml", "/actions/workflows/deploy.yml/runs"] {
        asker.get(path).await;
    }
    asker.get(&format!("/actions/runs/{going}")).await;
    let ended = asker.get("/actions/runs?per_page=5&status=completed").await["workflow_runs"][0]["id"].clone();
    for path in ["", "/attempts/1", "/attempts/1/jobs", "/approvals", "/pending_deployments", "/artifacts"] {
        asker.get(&format!("/actions/runs/{ended}{path}")).await;
    }
    let job = asker.get(&format!("/actions/runs/{ended}/jobs")).await["jobs"][0]["id"].clone();
    asker.get(&format!("/actions/jobs/{job}")).await;
    // The text lies elsewhere; who asks is only told where.
    asker.get(&format!("/actions/jobs/{job}/logs")).await;
    asker.get(&format!("/check-runs/{job}/annotations")).await;
}

/// Asks through Prism and notes what it finds wrong.
struct Asker {
    client: Client,
    api: String,
    token: String,
    asked: usize,
    faults: Vec<String>,
}

impl Asker {
    fn of(served: &Served, prism: &Prism) -> Self {
        // A provider may be there already: tests share the process.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, api: prism.api.clone(), token: served.description().token.clone(), asked: 0, faults: Vec::new() }
    }

    async fn get(&mut self, path: &str) -> Value {
        self.ask(Method::GET, &repository(path), None).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, &repository(path), Some(body).filter(|body| !body.is_null())).await
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.send(method.clone(), path, body).await;
        if status >= 400 {
            self.faults.push(format!("{method} {path}: {status} {answer}"));
        }
        answer
    }

    async fn refused(&mut self, method: Method, path: &str, body: Option<Value>, expected: u16) {
        let (status, answer) = self.send(method.clone(), &repository(path), body).await;
        if status != expected || answer["type"].is_string() {
            self.faults.push(format!("{method} {path}: {status} and not {expected}: {answer}"));
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        self.asked += 1;
        let request = self.client.request(method, format!("{}{path}", self.api)).bearer_auth(&self.token);
        let request = request.header("accept", "application/vnd.github+json").header("user-agent", "lastgood-clients");
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        if let Some(violations) = answer.headers().get("sl-violations") {
            self.faults.push(format!("{path}: {}", String::from_utf8_lossy(violations.as_bytes())));
        }
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }
}

fn repository(path: &str) -> String {
    format!("/repos/acme/connectias{path}")
}
