//! A program that is asked one thing, and answers with a few words in its time.

use std::io::Read;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// It ends within moments of its last word; this often it is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What it printed, if it ended well and in time.
pub(crate) fn hear(mut child: Child, patience: Duration) -> Option<String> {
    let begun = Instant::now();
    let mut output = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = output.read_to_string(&mut text);
        drop(sender.send(read.map(|_| text)));
    });
    let text = receiver.recv_timeout(patience).ok().and_then(Result::ok);
    let left = patience.saturating_sub(begun.elapsed());
    let ended = if text.is_some() { ended(&mut child, left) } else { None };
    if ended.is_none() {
        // It may have ended meanwhile; who is killed waits for nobody.
        drop(child.kill());
        drop(child.wait());
    }
    let text = text?.trim().to_owned();
    (ended?.success() && !text.is_empty()).then_some(text)
}

/// Its output may end before it does.
fn ended(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if begun.elapsed() < patience => std::thread::sleep(LOOK),
            Ok(None) | Err(_) => return None,
        }
    }
}

#[cfg(windows)]
pub(crate) fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
pub(crate) fn without_console(_: &mut Command) {}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "in a test it says that it failed")]
mod tests {
    use std::process::Stdio;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Far below the sleep of the program below.
    const SHORT: Duration = Duration::from_millis(300);

    fn program(words: &str) -> Child {
        Command::new("sh").args(["-c", words]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
    }

    #[test]
    fn a_program_that_said_its_word_and_does_not_end_is_ended() {
        let begun = Instant::now();
        assert_eq!(hear(program("echo token; exec sleep 60 >&-"), SHORT), None);
        assert_eq!(hear(program("exec sleep 60"), SHORT), None);
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }

    #[test]
    fn what_a_program_said_counts_where_it_ended_well() {
        assert_eq!(hear(program("echo token"), PATIENCE).as_deref(), Some("token"));
        assert_eq!(hear(program("echo token; exit 1"), PATIENCE), None);
    }
}
