//! A remote on this machine: its side of the push is a process, as it is for the git program.

use std::path::Path;
use std::process::{Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};

use super::{LONGEST_ADVERTISEMENT, LONGEST_ANSWER, packet};
use crate::git::network::Group;

pub(super) struct Line {
    process: Group,
    to: ChildStdin,
    from: ChildStdout,
}

impl Line {
    /// The remote's housekeeping waits for somebody with more time (`receive.autogc`), and its refs are not listed a second
    /// time, as those of the place where its objects are (`core.alternateRefsCommand`). Its hooks run as ever.
    pub(super) fn open(mut command: Command, remote: &Path) -> Option<Self> {
        command
            .args(["-c", "receive.autogc=false", "-c", "core.alternateRefsCommand=true", "receive-pack"])
            .arg(remote);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Group::start(command).ok()?;
        let (to, from) = process.pipes()?;
        Some(Self { process, to, from })
    }

    /// What the remote has, to the end of that part.
    pub(super) async fn hear(&mut self) -> Option<Vec<u8>> {
        let mut heard = Vec::new();
        loop {
            let begin = heard.len();
            heard.resize(begin + 4, 0);
            self.from.read_exact(&mut heard[begin..]).await.ok()?;
            let length = packet::length(&heard[begin..])?;
            if length == 0 {
                return Some(heard);
            }
            heard.resize(begin + length, 0);
            self.from.read_exact(&mut heard[begin + 4..]).await.ok()?;
            if heard.len() as u64 > LONGEST_ADVERTISEMENT {
                return None;
            }
        }
    }

    /// Says it, and hears the remote to its end.
    pub(super) async fn say(mut self, request: Vec<u8>) -> Option<Vec<u8>> {
        self.to.write_all(&request).await.ok()?;
        drop(self.to);
        let mut answer = Vec::new();
        self.from.take(LONGEST_ANSWER).read_to_end(&mut answer).await.ok()?;
        self.process.wait().await.ok()?;
        Some(answer)
    }
}
