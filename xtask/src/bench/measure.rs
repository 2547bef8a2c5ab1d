use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::program;

/// GNU time, which alone tells a child's peak memory; Debian package `time`.
const TIME: &str = "/usr/bin/time";

/// What one or more rounds of a program took.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    times: Vec<Duration>,
    peaks: Vec<u64>,
}

impl Rounds {
    /// Runs the command once, its output thrown away, and adds what it took.
    pub(super) fn add(&mut self, command: &Command, notes: &Path) -> Outcome {
        let mut timed = Command::new(TIME);
        timed.args(["--format", "%M", "--output"]).arg(notes);
        timed.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                timed.env(name, value);
            }
        }
        let start = Instant::now();
        let status = timed.stdin(Stdio::null()).stdout(Stdio::null()).status();
        let took = start.elapsed();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => {
                let line = program::shown(command);
                return Err(Failure::new(format!("`{line}` ended with {status}")));
            }
            Err(error) => {
                return Err(Failure::new(format!("{TIME} (package time) did not start: {error}")));
            }
        }
        self.times.push(took);
        self.peaks.push(peak(notes)?);
        Ok(())
    }

    /// The middle time, in milliseconds.
    pub(super) fn milliseconds(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort();
        times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    /// The highest memory of any round, in MiB.
    pub(super) fn mebibytes(&self) -> f64 {
        let kibibytes = self.peaks.iter().copied().max().unwrap_or_default();
        f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) / 1024.0
    }
}

fn peak(notes: &Path) -> Outcome<u64> {
    fs::read_to_string(notes)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| Failure::new(format!("{TIME} left no memory figure in {}", notes.display())))
}
