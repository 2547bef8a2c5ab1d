//! A test that runs itself once more, in a process of its own: to be killed, limited, or one of several.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

const TOLD: &str = "LASTGOOD_TEST_TOLD";
const MARK: &str = "> ";

/// What the process that started this one says; `None` in the first process.
pub(crate) fn told() -> Option<OsString> {
    std::env::var_os(TOLD)
}

/// Says a word to the process that started this one.
#[expect(clippy::print_stdout, reason = "standard output is the way to the other process")]
pub(crate) fn say(word: impl std::fmt::Display) {
    println!("\n{MARK}{word}");
}

pub(crate) fn wait_to_be_killed() {
    // Ends also when the process that started this one ends, however it does.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    std::process::abort();
}

/// Starts the test of this name again and tells it `told`.
pub(crate) fn start(test: &str, told: &Path, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Again {
    start_as(std::env::current_exe().unwrap().as_os_str().to_owned(), &[], test, told, prepare)
}

/// The same, started by another program that takes a command line.
pub(crate) fn start_as(
    program: OsString,
    before: &[&str],
    test: &str,
    told: &Path,
    prepare: impl FnOnce(&mut Command) -> &mut Command,
) -> Again {
    let mut command = Command::new(program);
    command.args(before).args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command.env(TOLD, told).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    prepare(&mut command);
    let mut child = command.spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    Again { child, output }
}

pub(crate) struct Again {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Again {
    /// Waits for the next word, and returns it; `None` when there is none any more.
    pub(crate) fn word(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line).unwrap() > 0 {
            if let Some(word) = line.trim_end().strip_prefix(MARK) {
                return Some(word.to_owned());
            }
            line.clear();
        }
        None
    }

    pub(crate) fn hear(&mut self, word: &str) {
        assert_eq!(self.word().as_deref(), Some(word));
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; every word until then.
    pub(crate) fn end(mut self) -> (Vec<String>, ExitStatus) {
        let words = std::iter::from_fn(|| self.word()).collect();
        drop(self.child.stdin.take());
        (words, self.child.wait().unwrap())
    }
}
