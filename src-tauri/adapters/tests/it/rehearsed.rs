//! A rehearsal's GitHub, and ours looking at it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{DispatchAnswer, DispatchOrder};
use lastgood_rehearsal::state::deployment::{Deployment as Listed, Link, Status};
use lastgood_rehearsal::{Description, Fault, FaultKind, GitHub, Options, RecordedRequest, Rehearsal, When};
use tempfile::TempDir;

/// No answer of a server on this machine takes longer; a server that never answers is given up after it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Rehearsed {
    rehearsal: Rehearsal,
    folder: TempDir,
}

impl Rehearsed {
    pub(crate) async fn start() -> Self {
        Self::at_speed(1.0).await
    }

    pub(crate) async fn at_speed(speed: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("rehearsal");
        let options = Options { directory, port: 0, seed: 7, epoch: Timestamp::now(), speed };
        let rehearsal = Rehearsal::start(options).await.unwrap();
        Self { rehearsal, folder }
    }

    pub(crate) fn server(&self) -> &GitHub {
        self.rehearsal.github()
    }

    pub(crate) fn description(&self) -> &Description {
        self.rehearsal.description()
    }

    /// A path beside the rehearsal, gone with it.
    pub(crate) fn beside(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn token(&self) -> Secret {
        Secret::new(self.description().token.as_str())
    }

    pub(crate) fn slug(&self) -> RepositorySlug {
        RepositorySlug::new(&self.description().owner, &self.description().repo).unwrap()
    }

    /// Ours, with the right token.
    pub(crate) fn github(&self) -> Github {
        self.github_within(PATIENCE)
    }

    pub(crate) fn github_within(&self, deadline: Duration) -> Github {
        Github::within(&self.description().api, &self.token(), self.slug(), deadline).unwrap()
    }

    pub(crate) fn github_with(&self, token: &str) -> Github {
        Github::new(&self.description().api, &Secret::new(token), self.slug()).unwrap()
    }

    pub(crate) fn arm(&self, fault: Fault) {
        self.server().arm(fault);
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.server().advance(time).unwrap();
    }

    pub(crate) async fn dispatch(&self) -> DispatchAnswer {
        self.github().dispatch(&order(&[("version_tag", "v2.4.0")])).await
    }

    /// Requests that reached the server, of this method. Questions to GraphQL change nothing and are left out.
    pub(crate) fn sent(&self, method: &str) -> Vec<RecordedRequest> {
        let counts = |request: &RecordedRequest| request.method == method && request.path_and_query != "/graphql";
        self.server().requests().into_iter().filter(counts).collect()
    }

    /// Questions to GraphQL.
    pub(crate) fn queries(&self) -> usize {
        self.server().requests().iter().filter(|request| request.path_and_query == "/graphql").count()
    }

    /// Runs that were started since the beginning of the test.
    pub(crate) fn started(&self) -> usize {
        self.server().state().runs.len() - RUNS
    }

    /// Puts a file on the default branch.
    pub(crate) fn publish(&self, path: &str, content: &str) {
        let clone = &self.description().clone;
        let file = clone.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
        git(clone, &["add", "--", path]);
        git(clone, &["commit", "--quiet", "-m", "Change a file"]);
        git(clone, &["push", "--quiet", "origin", "HEAD:main"]);
    }
}

/// Runs in the sample's history.
const RUNS: usize = 19;

pub(crate) fn order(inputs: &[(&str, &str)]) -> DispatchOrder {
    let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    DispatchOrder { workflow: "deploy.yml".to_owned(), branch: "main".to_owned(), inputs }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Another answer than the true one.
pub(crate) fn status(code: u16, headers: &[(&str, &str)], when: When) -> FaultKind {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    FaultKind::Status { code, body: None, headers, when }
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=platform-lead", "-c", "user.email=platform-lead@example.com"])
        .args(arguments)
        .current_dir(folder)
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "")])
        .stdin(Stdio::null())
        .output()
        .expect("the tests need git");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A preview that a pull request was deployed to, by no run.
pub(crate) fn preview(number: u64, at: Timestamp, state: &str) -> Listed {
    let id = 9_000_000_000 + number * 10;
    let status = Status {
        id: id + 1,
        state: state.to_owned(),
        creator: "platform-lead".to_owned(),
        description: String::new(),
        at,
        log: Link::None,
        place: Link::None,
    };
    Listed {
        id,
        git_ref: "main".to_owned(),
        sha: "0".repeat(40),
        task: "deploy".to_owned(),
        environment: "preview".to_owned(),
        creator: "platform-lead".to_owned(),
        payload: serde_json::json!({}),
        description: None,
        transient: true,
        production: false,
        created_at: at,
        statuses: vec![status],
    }
}
