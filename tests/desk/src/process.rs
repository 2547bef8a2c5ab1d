use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Failure, find};

/// How long a process group may take to end after it was asked, before it is killed.
const FAREWELL: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(50);

/// A program in a process group of its own; dropping it ends the whole group.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts `program`; `prepare` adds arguments and environment.
    ///
    /// It is asked to end also when the calling thread ends without dropping this value, as by Ctrl C.
    pub fn start(program: &Path, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Result<Self, Failure> {
        let mut command = with_parent_death_signal(program);
        command.stdin(Stdio::null()).process_group(0);
        prepare(&mut command);
        let name = program.display().to_string();
        match command.spawn() {
            Ok(child) => Ok(Self { name, child }),
            Err(error) => Err(Failure::new(format!("{name} did not start: {error}"))),
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, or `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end, as long as it takes.
    pub fn wait(&mut self) -> Result<ExitStatus, Failure> {
        self.child.wait().map_err(|error| Failure::new(format!("{} could not be waited for: {error}", self.name)))
    }

    /// Ends the whole group without a farewell, as a crash or a power cut would; it is gone when this returns.
    pub fn kill(mut self) {
        self.end_at_once();
    }

    /// Writes to its standard input and closes that. Asks for a piped input.
    pub fn tell(&mut self, text: &str) -> Result<(), Failure> {
        let Some(mut input) = self.child.stdin.take() else {
            return Err(Failure::new(format!("{} has no input pipe", self.name)));
        };
        input.write_all(text.as_bytes()).map_err(|error| Failure::new(format!("{} does not read: {error}", self.name)))
    }

    /// The first line that it prints, trimmed; empty when it ended without one. Asks for a piped output.
    pub fn first_line(&mut self) -> Result<String, Failure> {
        let Some(output) = self.child.stdout.take() else {
            return Err(Failure::new(format!("{} has no output pipe", self.name)));
        };
        let mut line = String::new();
        match BufReader::new(output).read_line(&mut line) {
            Ok(_) => Ok(line.trim().to_owned()),
            Err(error) => Err(Failure::new(format!("{} could not be read: {error}", self.name))),
        }
    }

    fn end_at_once(&mut self) {
        self.signal(Signal::KILL);
        // The leader is reaped here; the others by the system, in its own time.
        self.child.wait().ok();
        wait_until(FAREWELL, || !group_lives(self.id()));
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.id()).ok().and_then(Pid::from_raw) {
            // A group that is gone already is what was wanted.
            kill_process_group(group, signal).ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        wait_until(FAREWELL, || self.ended().is_some() && !group_lives(self.id()));
        self.end_at_once();
    }
}

/// Asks again and again until `condition` holds; false when `limit` passes first.
pub fn wait_until(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if condition() {
            return true;
        }
        if start.elapsed() >= limit {
            return false;
        }
        thread::sleep(POLL);
    }
}

fn with_parent_death_signal(program: &Path) -> Command {
    let Some(setpriv) = find("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}

/// Whether any process of the group still runs; one that has ended and waits to be reaped does not.
fn group_lives(group: u32) -> bool {
    let group = group.to_string();
    fs::read_dir("/proc").into_iter().flatten().flatten().any(|entry| {
        // After the name in brackets come the state, the parent and the group (proc_pid_stat(5)).
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().take(3).collect();
        matches!(fields.as_slice(), [state, _, own] if *own == group && !matches!(*state, "Z" | "X"))
    })
}
