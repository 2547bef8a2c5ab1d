use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::program;

/// A rehearsal's GitHub in a process of its own, with a long past.
pub(super) struct Stage {
    server: Child,
    pub(super) folder: PathBuf,
    pub(super) api: String,
    pub(super) token: String,
    pub(super) clone: String,
    pub(super) slug: String,
}

impl Stage {
    /// `past` is what the rehearsal is filled with, as JSON; empty: the sample's own story alone.
    pub(super) fn start(lastgood: &Path, folder: PathBuf, past: &str) -> Outcome<Self> {
        // What an interrupted bench left is of no use.
        fs::remove_dir_all(&folder).ok();
        let folder = crate::place::folder(folder)?;
        let mut command = Command::new(lastgood);
        command.args(["rehearsal", "serve", "--dir"]).arg(folder.join("rehearsal"));
        let mut server = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("the rehearsal did not start: {error}")))?;
        let mut line = String::new();
        if let Some(out) = server.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(|error| Failure::new(error.to_string()))?;
        }
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (api, token, clone) = (text("api"), text("token"), text("clone"));
        let slug = format!("{}/{}", text("owner"), text("repo"));
        let stage = Self { server, folder, api, token, clone, slug };
        if !past.is_empty() {
            stage.fill(past)?;
        }
        Ok(stage)
    }

    pub(super) fn fill(&self, past: &str) -> Outcome {
        self.call("POST", "/_rehearsal/fill", past)?;
        // The clone learns of the new tags as a person's would.
        program::run(Command::new("git").args(["-C", &self.clone, "fetch", "--quiet", "--tags", "origin"]))
    }

    /// `gh` knows this host as one that it may reach without encryption, through a proxy that is the server itself.
    pub(super) fn gh(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("gh");
        command.args(arguments).args(["--repo", &format!("github.localhost/{}", self.slug)]);
        command.env("GH_HOST", "github.localhost").env("GH_TOKEN", &self.token);
        command.env("http_proxy", format!("http://127.0.0.1:{}", self.port()));
        command.env("GH_CONFIG_DIR", self.folder.join("gh")).env("GH_NO_UPDATE_NOTIFIER", "1");
        command
    }

    /// The statuses of all requests so far, oldest first.
    pub(super) fn statuses(&self) -> Outcome<Vec<u64>> {
        let body = self.call("GET", "/_rehearsal/requests", "")?;
        let requests: Vec<Value> = serde_json::from_str(&body).map_err(|error| Failure::new(error.to_string()))?;
        Ok(requests.iter().map(|request| request.get("status").and_then(Value::as_u64).unwrap_or(0)).collect())
    }

    fn port(&self) -> &str {
        self.api.rsplit(':').next().unwrap_or_default()
    }

    /// One request over plain HTTP; loopback needs no more.
    pub(super) fn call(&self, method: &str, path: &str, body: &str) -> Outcome<String> {
        let broken = |error: std::io::Error| Failure::new(format!("the rehearsal did not answer {path}: {error}"));
        let host = self.api.trim_start_matches("http://");
        let mut line = TcpStream::connect(host).map_err(broken)?;
        let (token, length) = (&self.token, body.len());
        write!(
            line,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .map_err(broken)?;
        let mut answer = String::new();
        line.read_to_string(&mut answer).map_err(broken)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        if head.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
            return Ok(body.to_owned());
        }
        Err(Failure::new(format!("the rehearsal answered {path} with {}", head.lines().next().unwrap_or_default())))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.server.kill().ok();
        self.server.wait().ok();
    }
}
