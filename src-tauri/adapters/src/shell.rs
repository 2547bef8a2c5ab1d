//! One command: an array of words in a folder, bounded in time and in what it may write. No shell reads it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::path::Path;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::process::Child;

/// Of what a command writes, so much of its beginning is kept, and as much of its end.
pub const KEPT: usize = 512 << 10;

/// What it started may outlive it and hold its output open; nobody waits longer for that.
const LEFTOVERS: Duration = Duration::from_secs(2);

/// How a command ended.
#[derive(Debug)]
pub struct Finished {
    /// `None` where a signal ended it, the deadline, or a person.
    pub exit: Option<i32>,
    pub how: How,
    /// Both streams, in the order in which they were written.
    pub output: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    ByItself,
    TimedOut,
    Stopped,
}

/// Runs to the end or to the deadline, or until `stop` comes. A call that is dropped is ended as well, with all that the command started.
///
/// # Errors
/// Where the program cannot be started.
pub async fn run(
    argv: &[String],
    folder: &Path,
    variables: &[(String, String)],
    deadline: Duration,
    stop: impl Future<Output = ()>,
) -> io::Result<Finished> {
    let mut stop = pin!(stop);
    if stop.as_mut().now_or_never().is_some() {
        return Ok(Finished { exit: None, how: How::Stopped, output: String::new() });
    }
    let (reader, mut group) = Group::start(argv, folder, variables)?;
    let heard = Arc::new(Mutex::new(Heard::default()));
    let into = Arc::clone(&heard);
    let listening = tokio::task::spawn_blocking(move || listen(reader, &into));
    let (ended, how) = tokio::select! {
        ended = group.child.wait() => (Some(ended), How::ByItself),
        () = tokio::time::sleep(deadline) => (None, How::TimedOut),
        () = stop => (None, How::Stopped),
    };
    // Whatever the command left running goes with its folder.
    group.end();
    drop(tokio::time::timeout(LEFTOVERS, listening).await);
    let exit = ended.transpose()?.and_then(|status| status.code());
    let output = heard.lock().unwrap_or_else(PoisonError::into_inner).text();
    Ok(Finished { exit, how, output })
}

/// The program that a command needs beyond its first word, where that is known: cargo's own word for a missing
/// subcommand is an exit code like any other.
pub fn missing(argv: &[String]) -> Option<String> {
    let subcommand = match argv {
        [cargo, subcommand, ..] if cargo == "cargo" => {
            ["audit", "deny", "vet", "outdated", "geiger"].contains(&subcommand.as_str()).then_some(subcommand)
        }
        _ => None,
    };
    let program = format!("cargo-{}", subcommand?);
    let file: OsString = if cfg!(windows) { format!("{program}.exe").into() } else { program.clone().into() };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("CARGO_HOME").map(|home| Path::new(&home).join("bin"));
    let mut folders = std::env::split_paths(&path).chain(home);
    (!folders.any(|folder| folder.join(&file).is_file())).then_some(program)
}

fn listen(mut reader: PipeReader, heard: &Mutex<Heard>) {
    let mut part = [0; 8192];
    while let Ok(count) = reader.read(&mut part) {
        if count == 0 {
            break;
        }
        heard.lock().unwrap_or_else(PoisonError::into_inner).add(&part[..count]);
    }
}

/// The beginning and the end of what was written.
#[derive(Default)]
struct Heard {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: usize,
}

impl Heard {
    fn add(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..over);
        self.left_out += over;
    }

    /// Lines that were cut are left out whole: half a secret would be recognised by nobody.
    fn text(&mut self) -> String {
        let tail: &[u8] = self.tail.make_contiguous();
        let whole = self.left_out + self.head.len() + tail.len();
        if self.left_out == 0 {
            self.head.extend_from_slice(tail);
            return String::from_utf8_lossy(&self.head).into_owned();
        }
        let head = &self.head[..self.head.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)];
        let tail = &tail[tail.iter().position(|byte| *byte == b'\n').map_or(tail.len(), |at| at + 1)..];
        let cut = whole - head.len() - tail.len();
        format!("{}… {cut} bytes left out …\n{}", String::from_utf8_lossy(head), String::from_utf8_lossy(tail))
    }
}

/// A process and all that it starts.
struct Group {
    child: Child,
    #[cfg_attr(not(unix), allow(dead_code, reason = "the process itself is enough to end its tree"))]
    id: Option<u32>,
    ended: bool,
}

impl Group {
    fn start(argv: &[String], folder: &Path, variables: &[(String, String)]) -> io::Result<(PipeReader, Self)> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no program is named"));
        };
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        crate::git::forget_repository(&mut command);
        command.env_remove(crate::workspace::TOKEN_VARIABLE);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // The writers go with the command, so that the reader hears the end.
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let id = child.id();
        Ok((reader, Self { child, id, ended: false }))
    }

    fn end(&mut self) {
        if !std::mem::replace(&mut self.ended, true) {
            end(self);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(unix)]
fn end(group: &Group) {
    let id = group.id.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
    if let Some(id) = id
        && let Err(error) = rustix::process::kill_process_group(id, rustix::process::Signal::KILL)
    {
        tracing::debug!(%error, "the command's processes were gone already");
    }
}

/// Windows has no process groups of this kind; its own tool ends a tree of processes.
#[cfg(not(unix))]
fn end(group: &Group) {
    if let Some(id) = group.child.id() {
        let ended = Command::new("taskkill")
            .args(["/T", "/F", "/PID", &id.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if let Err(error) = ended {
            tracing::debug!(%error, "the command's processes could not be ended");
        }
    }
}
