//! A stage for the program: a rehearsal, a home and a data folder of its own, and how it ended.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::time::Duration;

use jiff::Timestamp;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_core::ids::WriterId;
use lastgood_core::journal::{self, Record};
use lastgood_rehearsal::{Description, Fault, GitHub, Options, Rehearsal};
use serde_json::Value;
use tempfile::TempDir;

/// A rollback on a rehearsal takes a few seconds; what takes longer than this hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Everything that every call of the program gets, and nothing of this machine's own.
pub(crate) struct Stage {
    rehearsal: Rehearsal,
    folder: TempDir,
}

impl Stage {
    /// Runs end as soon as they are started.
    pub(crate) async fn start() -> Self {
        Self::at_speed(f64::INFINITY).await
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

    pub(crate) fn arm(&self, fault: Fault) {
        self.server().arm(fault);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The program in the sample's clone, signed in.
    pub(crate) fn lastgood(&self, arguments: &[&str]) -> Command {
        let mut command = lastgood(self.folder.path(), arguments);
        command
            .current_dir(&self.description().clone)
            .env("LASTGOOD_GITHUB_API", &self.description().api)
            .env("LASTGOOD_GITHUB_TOKEN", &self.description().token);
        command
    }

    /// A rollback of production that asks nothing.
    pub(crate) fn rollback(&self, more: &[&str]) -> Command {
        let arguments = ["rollback", "production", "--reason", "checkout fails", "--yes", "--json"];
        self.lastgood(&[&arguments, more].concat())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        finish(&mut self.lastgood(arguments))
    }

    /// Dispatches that reached the server.
    pub(crate) fn dispatches(&self) -> usize {
        let sent = self.server().requests().into_iter();
        sent.filter(|request| request.method == "POST" && request.path_and_query.ends_with("/dispatches")).count()
    }

    /// Runs that were started since the beginning of the test.
    pub(crate) fn started(&self) -> usize {
        self.server().state().runs.iter().filter(|run| run.attempts[0].created_at > self.first_moment()).count()
    }

    /// The sample's history ends well before.
    fn first_moment(&self) -> Timestamp {
        self.server().now().checked_sub(jiff::SignedDuration::from_mins(10)).unwrap()
    }

    pub(crate) fn live(&self) -> String {
        self.server().live("production").unwrap().tag
    }

    /// Rollback tags that the remote has.
    pub(crate) fn rollback_tags(&self) -> Vec<String> {
        let tags = git(&self.description().remote, &["tag", "--list", "rollback-*"]);
        tags.lines().map(str::to_owned).collect()
    }

    /// The journal's records; their chain holds.
    pub(crate) fn records(&self) -> Vec<Record> {
        records_in(&self.data())
    }

    /// Facts of this kind in the journal.
    pub(crate) fn facts(&self, kind: &str) -> usize {
        facts_in(&self.data(), kind)
    }
}

fn records_in(data: &Path) -> Vec<Record> {
    let path = data.join("journal.sqlite");
    if !path.exists() {
        return Vec::new();
    }
    let records = SqliteJournal::open(&path, &WriterId::new("reader")).unwrap().records().unwrap();
    journal::verify(&records).unwrap();
    records
}

/// Facts of this kind in the journal of that data folder; its chain holds.
pub(crate) fn facts_in(data: &Path, kind: &str) -> usize {
    records_in(data).iter().filter(|record| kind_of(&record.event) == kind).count()
}

fn kind_of(event: &str) -> String {
    serde_json::from_str::<Value>(event).unwrap()["kind"].as_str().unwrap().to_owned()
}

/// The program with an empty home below `folder`.
pub(crate) fn lastgood(folder: &Path, arguments: &[&str]) -> Command {
    let home = folder.join("home");
    std::fs::create_dir_all(&home).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastgood"));
    let kept = ["PATH", "SystemRoot", "TEMP", "LLVM_PROFILE_FILE"];
    let kept = kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    command
        .args(arguments)
        .env_clear()
        .envs(kept)
        .envs([("HOME", &home), ("USERPROFILE", &home)])
        .env("LASTGOOD_DATA_DIR", folder.join("data"))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// Each line of the output as JSON.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(read).collect()
    }

    pub(crate) fn last(&self) -> Value {
        self.lines().pop().unwrap_or_else(|| panic!("{self:?}"))
    }

    /// The code of the trouble that ended it, told in both ways.
    pub(crate) fn trouble(&self) -> String {
        let error = self.last()["error"].clone();
        let text = |name: &str| error[name].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned();
        assert!(self.err.starts_with("lastgood: ") && self.err.contains(&text("hint")), "{self:?}");
        text("code")
    }
}

pub(crate) fn finish(command: &mut Command) -> Done {
    wait(command.spawn().unwrap())
}

/// Waits for its end.
pub(crate) fn wait(mut child: Child) -> Done {
    let _watch = Watch::over(&child);
    let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let code = child.wait().unwrap().code();
    Done { code, out: out.join().unwrap(), err: err.join().unwrap() }
}

/// While it lives, a program that takes longer than [`LIMIT`] is killed; it ends without a code then.
pub(crate) struct Watch {
    _ends: Sender<()>,
}

impl Watch {
    pub(crate) fn over(child: &Child) -> Self {
        let (ends, ended) = std::sync::mpsc::channel::<()>();
        let id = child.id();
        std::thread::spawn(move || {
            if ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                kill(id);
            }
        });
        Self { _ends: ends }
    }
}

fn drain(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).unwrap();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A running program whose output is read line by line.
pub(crate) struct Running {
    pub(crate) child: Child,
    lines: BufReader<ChildStdout>,
    _watch: Watch,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let watch = Watch::over(&child);
        Self { child, lines, _watch: watch }
    }

    /// The next line of its output; `None` at its end.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.lines.read_line(&mut line).unwrap() > 0).then(|| line.trim_end().to_owned())
    }

    /// Reads until a fact of this kind, and returns whether it came.
    pub(crate) fn reads(&mut self, kind: &str) -> bool {
        while let Some(line) = self.line() {
            if serde_json::from_str::<Value>(&line).unwrap()["kind"] == kind {
                return true;
            }
        }
        false
    }

    /// As a power cut ends it.
    pub(crate) fn kill(mut self) {
        // It may have ended by itself meanwhile.
        drop(self.child.kill());
        self.child.wait().unwrap();
    }

    /// Its end; nobody reads the rest of its output.
    pub(crate) fn walk_away(self) -> Done {
        drop(self.lines);
        wait(self.child)
    }

    /// Its end, and the rest of its output.
    pub(crate) fn finish(self) -> Done {
        let rest = drain(Some(self.lines));
        let done = wait(self.child);
        Done { out: rest.join().unwrap(), ..done }
    }
}

#[cfg(unix)]
pub(crate) fn signal(id: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
fn kill(id: u32) {
    signal(id, "KILL");
}

#[cfg(not(unix))]
fn kill(id: u32) {
    Command::new("taskkill").args(["/F", "/PID", &id.to_string()]).status().unwrap();
}

pub(crate) fn git<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=platform-lead", "-c", "user.email=platform-lead@example.com"])
        .args(arguments)
        .current_dir(folder)
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "")])
        .envs([("GIT_AUTHOR_DATE", "1700000000 +0200"), ("GIT_COMMITTER_DATE", "1700000000 +0200")])
        .stdin(Stdio::null())
        .output()
        .expect("the tests need git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
