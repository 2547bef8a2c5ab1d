//! One call of the git program over the network: bounded in time and in what it may say.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use lastgood_core::error::Trouble;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdin, ChildStdout};

use super::program;
use super::trouble;

/// Of each stream this much is kept; the rest is read and dropped.
const KEPT: u64 = 256 << 10;

/// How a call ended.
#[derive(Debug)]
pub(super) enum Ended {
    Exited(Said),
    /// The time was up; the program and all that it had started were ended.
    TimedOut,
}

#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: ExitStatus,
    pub(super) out: String,
    err: String,
}

impl Said {
    /// The error stream on one line: what a person may need to know.
    pub(super) fn reason(&self) -> String {
        let lines = self.err.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("; ")
    }

    /// What the remote itself wrote, line by line.
    pub(super) fn of_remote(&self) -> Vec<&str> {
        let lines = self.err.lines().filter_map(|line| line.strip_prefix("remote:"));
        lines.map(str::trim).filter(|line| !line.is_empty()).collect()
    }
}

/// Runs to the end, or to the deadline. A call that is dropped is ended as well.
pub(super) async fn call(mut command: Command, deadline: Duration) -> Result<Ended, Trouble> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::start(command)?;
    let out = group.child.stdout.take();
    let err = group.child.stderr.take();
    let whole = async { tokio::join!(hear(out), hear(err), group.wait()) };
    match tokio::time::timeout(deadline, whole).await {
        Ok((out, err, status)) => Ok(Ended::Exited(Said { status: status.map_err(trouble::unreachable)?, out, err })),
        Err(_) => Ok(Ended::TimedOut),
    }
}

async fn hear(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    if let Some(stream) = stream {
        let mut limited = stream.take(KEPT);
        let heard = limited.read_to_end(&mut kept).await;
        let rest = tokio::io::copy(&mut limited.into_inner(), &mut tokio::io::sink()).await;
        if let Err(error) = heard.and(rest.map(|_| 0)) {
            tracing::debug!(%error, "git's words were cut off");
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// A process and all that it starts: ssh, helpers for credentials and protocols.
pub(super) struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    /// Dropped before its end, all of it is ended.
    pub(super) fn start(mut command: Command) -> Result<Self, Trouble> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut command = tokio::process::Command::from(command);
        let child = command.kill_on_drop(true).spawn().map_err(|error| program::not_started(&error))?;
        Ok(Self { child, ended: false })
    }

    /// Both ends of its pipes, where it was given them.
    pub(super) fn pipes(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        self.child.stdin.take().zip(self.child.stdout.take())
    }

    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.ended = true;
        Ok(status)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            end(&self.child);
        }
    }
}

#[cfg(unix)]
fn end(child: &Child) {
    let id = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
    if let Some(id) = id
        && let Err(error) = rustix::process::kill_process_group(id, rustix::process::Signal::KILL)
    {
        tracing::debug!(%error, "git's processes were gone already");
    }
}

/// The child itself ends as it is dropped; its helpers end when their pipes close.
#[cfg(not(unix))]
fn end(_: &Child) {}
