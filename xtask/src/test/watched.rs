use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;

use super::count::Count;
use crate::failure::{Failure, Outcome};
use crate::program;

/// Runs to the end with its output on the terminal, and counts the tests it tells of; with whether it ended well.
pub(super) fn watch(command: &mut Command) -> Outcome<(Count, bool)> {
    let failed = |line: String, error| Failure::new(format!("`{line}` did not run: {error}"));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(program::shown(command), error))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let count = thread::scope(|scope| {
        let errors = scope.spawn(|| stderr.map(pass_on).unwrap_or_default());
        let told = stdout.map(pass_on).unwrap_or_default();
        told + errors.join().unwrap_or_default()
    });
    let status = child.wait().map_err(|error| failed(program::shown(command), error))?;
    Ok((count, status.success()))
}

fn pass_on(output: impl Read) -> Count {
    BufReader::new(output).split(b'\n').map_while(Result::ok).fold(Count::default(), |sum, line| {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        sum + Count::of_line(&line)
    })
}
