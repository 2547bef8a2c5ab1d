use std::path::PathBuf;
use std::process::Stdio;

use lastgood_desk::{Failure, Process};
use serde_json::{Value, json};

use crate::{Desk, http, program};

/// A loopback GitHub in a process of its own, as `lastgood rehearsal serve` keeps it: it outlives the window under test.
#[derive(Debug)]
pub struct Rehearsal {
    _process: Process,
    description: Value,
}

impl Rehearsal {
    /// Starts it, this many times faster than life, and points the desk's programs at it.
    pub fn start(desk: &mut Desk, speed: u32) -> Result<Self, Failure> {
        let folder = desk.home().join("github");
        let mut process = Process::start(&program::terminal()?, |command| {
            command
                .args(["rehearsal", "serve", "--speed", &speed.to_string(), "--dir"])
                .arg(&folder)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
        })?;
        let line = process.first_line()?;
        let description: Value = serde_json::from_str(&line)
            .map_err(|error| Failure::new(format!("the rehearsal said {line:?}: {error}")))?;
        let rehearsal = Self { _process: process, description };
        desk.set("LASTGOOD_GITHUB_API", rehearsal.text("api"));
        desk.set("LASTGOOD_GITHUB_TOKEN", rehearsal.text("token"));
        Ok(rehearsal)
    }

    /// The same; nobody on the desk is signed in to it.
    pub fn start_signed_out(desk: &mut Desk, speed: u32) -> Result<Self, Failure> {
        let rehearsal = Self::start(desk, speed)?;
        desk.set("LASTGOOD_GITHUB_TOKEN", "");
        Ok(rehearsal)
    }

    /// The only token that it takes.
    pub fn token(&self) -> &str {
        self.text("token")
    }

    /// Sets one of its own switches, such as `sign-in`.
    pub fn switch(&self, name: &str, switches: &Value) -> Result<(), Failure> {
        let address = format!("{}/_rehearsal/{name}", self.text("api"));
        http::post(&address, self.token(), switches).map(|_| ())
    }

    /// Lets something go wrong from now on; one fault of the rehearsal's, as JSON.
    pub fn arm(&self, fault: &Value) -> Result<(), Failure> {
        self.switch("faults", fault)
    }

    /// All goes well again.
    pub fn clear_faults(&self) -> Result<(), Failure> {
        let address = format!("{}/_rehearsal/faults", self.text("api"));
        http::send("DELETE", &address, self.token(), &Value::Null).map(|_| ())
    }

    /// Starts a deploy as somebody else would, by GitHub's own button.
    pub fn deploy(&self, tag: &str) -> Result<(), Failure> {
        let (api, owner, repo) = (self.text("api"), self.text("owner"), self.text("repo"));
        let address = format!("{api}/repos/{owner}/{repo}/actions/workflows/deploy.yml/dispatches");
        let order = json!({ "ref": "main", "inputs": { "version_tag": tag, "environment": "production" } });
        http::post(&address, self.token(), &order).map(|_| ())
    }

    /// Runs git in the remote.
    pub fn git(&self, arguments: &[&str]) -> Result<String, Failure> {
        let answer = std::process::Command::new("git").arg("--git-dir").arg(self.remote()).args(arguments).output();
        let answer = answer.map_err(|error| Failure::new(format!("git did not start: {error}")))?;
        if !answer.status.success() {
            let said = String::from_utf8_lossy(&answer.stderr).into_owned();
            return Err(Failure::new(format!("git {}: {said}", arguments.join(" "))));
        }
        Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    }

    /// How many requests it has seen.
    pub fn requests(&self) -> Result<usize, Failure> {
        let recorded = http::get(&format!("{}/_rehearsal/requests", self.text("api")), Some(self.token()))?;
        Ok(recorded.as_array().map_or(0, Vec::len))
    }

    /// The working clone.
    pub fn clone_folder(&self) -> PathBuf {
        PathBuf::from(self.text("clone"))
    }

    /// The bare repository that stands for GitHub's.
    pub fn remote(&self) -> PathBuf {
        PathBuf::from(self.text("remote"))
    }

    /// What production answers when it is asked for its version.
    pub fn live_version(&self) -> Result<String, Failure> {
        let answer = http::get(&format!("{}/version", self.text("service")), None)?;
        Ok(answer.get("version").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Dispatches that reached the server.
    pub fn dispatches(&self) -> Result<usize, Failure> {
        let recorded = http::get(&format!("{}/_rehearsal/requests", self.text("api")), Some(self.text("token")))?;
        let requests = recorded.as_array().or_else(|| recorded.get("requests").and_then(Value::as_array));
        let is_dispatch = |request: &&Value| {
            let part = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
            part("method") == "POST" && part("path_and_query").ends_with("/dispatches")
        };
        Ok(requests.into_iter().flatten().filter(is_dispatch).count())
    }

    /// The files of a release and their digests, as its GitHub tells them.
    pub fn files_of(&self, tag: &str) -> Result<Vec<(String, String)>, Failure> {
        let (api, owner, repo) = (self.text("api"), self.text("owner"), self.text("repo"));
        let release = http::get(&format!("{api}/repos/{owner}/{repo}/releases/tags/{tag}"), Some(self.token()))?;
        let files = release.get("assets").and_then(Value::as_array).into_iter().flatten();
        let text = |file: &Value, name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(files.map(|file| (text(file, "name"), text(file, "digest"))).collect())
    }

    /// Tags that rollbacks left on the remote.
    pub fn rollback_tags(&self) -> Result<Vec<String>, Failure> {
        Ok(self.git(&["tag", "--list", "rollback-*"])?.lines().map(str::to_owned).collect())
    }

    fn text(&self, name: &str) -> &str {
        self.description.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}
