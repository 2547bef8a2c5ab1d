//! A rehearsal with a client: the verbs of these tests.

use std::path::Path;

use jiff::Timestamp;
use lastgood_rehearsal::{Description, GitHub, Options, Rehearsal};
use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};

/// The time at which every test begins.
pub(crate) const EPOCH: &str = "2026-11-22T14:40:00Z";
/// Longer than any deploy at the speed of these tests.
pub(crate) const DEPLOY: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);

pub(crate) struct Kit {
    pub(crate) rehearsal: Rehearsal,
    client: Client,
    _folder: Option<tempfile::TempDir>,
}

pub(crate) fn options(folder: &Path) -> Options {
    let epoch: Timestamp = EPOCH.parse().unwrap();
    Options { directory: folder.to_owned(), port: 0, seed: 7, epoch, speed: 1.0 }
}

pub(crate) fn client() -> Client {
    // A provider may be there already: tests share the process.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl Kit {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rehearsal = Rehearsal::start(options(folder.path())).await.unwrap();
        Self { rehearsal, client: client(), _folder: Some(folder) }
    }

    pub(crate) async fn start_in(folder: &Path) -> Self {
        let rehearsal = Rehearsal::start(options(folder)).await.unwrap();
        Self { rehearsal, client: client(), _folder: None }
    }

    pub(crate) fn github(&self) -> &GitHub {
        self.rehearsal.github()
    }

    pub(crate) fn description(&self) -> &Description {
        self.rehearsal.description()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: jiff::SignedDuration) {
        self.github().advance(time).unwrap();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let Description { api, token, .. } = self.description();
        self.client.request(method, format!("{api}{path}")).bearer_auth(token)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Response {
        let path = format!("/repos/acme/connectias{path}");
        let request = self.request(method, &path).header(header::CONTENT_TYPE, "application/json");
        request.body(body.to_string()).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        read(self.send(Method::POST, path, body).await).await
    }

    pub(crate) async fn try_get(&self, path: &str) -> reqwest::Result<Response> {
        self.request(Method::GET, &format!("/repos/acme/connectias{path}")).send().await
    }

    /// The JSON below the repository's path; it must be there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = read(self.try_get(path).await.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "GET {path} answers {value}");
        value
    }

    /// Dispatches a deploy and returns the number of its run.
    pub(crate) async fn deploy(&self, version: &str) -> u64 {
        let (status, answer) = self.dispatch(version, json!({ "return_run_details": true })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["workflow_run_id"].as_u64().unwrap()
    }

    pub(crate) async fn dispatch(&self, version: &str, extra: Value) -> (StatusCode, Value) {
        let mut body = json!({ "ref": "main", "inputs": { "version_tag": version, "environment": "production" } });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.post("/actions/workflows/deploy.yml/dispatches", body).await
    }

    /// A branch on the remote with a commit of its own on top of `from`.
    pub(crate) fn branch(&self, name: &str, from: &str) {
        let bare = git2::Repository::open_bare(&self.description().remote).unwrap();
        let base = bare.revparse_single(from).unwrap().peel_to_commit().unwrap();
        let mut tree = bare.treebuilder(Some(&base.tree().unwrap())).unwrap();
        tree.insert("NOTES.md", bare.blob(name.as_bytes()).unwrap(), 0o100_644).unwrap();
        let tree = bare.find_tree(tree.write().unwrap()).unwrap();
        let author = git2::Signature::now("on-call", "on-call@example.com").unwrap();
        let reference = format!("refs/heads/{name}");
        bare.commit(Some(&reference), &author, &author, "docs: notes", &tree, &[&base]).unwrap();
    }

    pub(crate) async fn run(&self, id: u64) -> Value {
        self.get(&format!("/actions/runs/{id}")).await
    }

    /// Status and body of the sample service.
    pub(crate) async fn service(&self, path: &str) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.description().service);
        read(self.client.get(url).send().await.unwrap()).await
    }
}

/// Status and JSON body; `null` for a body that is none.
pub(crate) async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}
