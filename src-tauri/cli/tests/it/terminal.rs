//! At a terminal: the program asks, and a person answers or interrupts it.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};

use lastgood_rehearsal::{Fault, FaultKind};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::kit::{Stage, Watch, signal, wait};

const ROLLBACK: [&str; 4] = ["rollback", "production", "--reason", "checkout fails"];

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_begins_when_the_person_types_yes() {
    let stage = Stage::start().await;
    let mut terminal = Terminal::start(stage.lastgood(&ROLLBACK));
    terminal.reads("Begin? Type yes:");
    assert_eq!(stage.records(), [], "nothing happens before the answer");
    terminal.types("yes");
    terminal.reads("production is back on v2.4.0");
    assert_eq!(terminal.end(), Some(0));
    assert_eq!((stage.dispatches(), stage.live().as_str()), (1, "v2.4.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_other_answer_begins_nothing() {
    let stage = Stage::start().await;
    for answer in ["", "no", "y", "yes!"] {
        let mut terminal = Terminal::start(stage.lastgood(&ROLLBACK));
        terminal.reads("Begin? Type yes:");
        terminal.types(answer);
        terminal.reads("Nothing was done.");
        assert_eq!(terminal.end(), Some(1), "{answer}: a no is no mistake in the call");
    }
    assert_eq!((stage.records().len(), stage.dispatches()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_by_typing_and_asked_again_where_the_answer_is_none() {
    let stage = Stage::start().await;
    stage.arm(Fault::once("/dispatches", FaultKind::NoRun));
    let mut terminal = Terminal::start(stage.lastgood(&[&ROLLBACK[..], &["--yes"]].concat()));
    terminal.reads("  send-again  Starts the deploy once more.");
    terminal.reads("What now? look-again | send-again | give-up: ");
    let before = stage.records().len();
    for word in ["perhaps", "it-worked", "look again"] {
        terminal.types(word);
        terminal.reads(&format!("{word} is no choice here."));
        terminal.reads("What now?");
    }
    assert_eq!((stage.records().len(), stage.dispatches()), (before, 1), "a word that is no choice does nothing");
    terminal.types("send-again");
    terminal.reads("production is back on v2.4.0");
    assert_eq!(terminal.end(), Some(0));
    assert_eq!((stage.dispatches(), stage.started()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_question_stays_open() {
    let stage = Stage::start().await;
    stage.arm(Fault::once("/dispatches", FaultKind::NoRun));
    let mut terminal = Terminal::start(stage.lastgood(&[&ROLLBACK[..], &["--yes"]].concat()));
    terminal.reads("What now?");
    signal(terminal.child.id(), "INT");
    terminal.reads("Then decide with --choose look-again | send-again | give-up.");
    assert_eq!(terminal.end(), Some(1));
    assert_eq!((stage.dispatches(), stage.facts("rollback_ended")), (1, 0));
}

/// A program with a terminal of its own.
struct Terminal {
    child: Child,
    master: File,
    _watch: Watch,
    seen: String,
}

impl Terminal {
    fn start(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let side = File::from(open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap());
        command.stdin(side.try_clone().unwrap()).stdout(side.try_clone().unwrap()).stderr(side);
        let child = command.spawn().unwrap();
        // The command holds the program's side open; its end would never show.
        drop(command);
        let watch = Watch::over(&child);
        Self { child, master: File::from(master), _watch: watch, seen: String::new() }
    }

    /// Waits until this is on the screen; what was before it counts no more.
    fn reads(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        loop {
            if let Some((_, rest)) = self.seen.split_once(text) {
                self.seen = rest.to_owned();
                return;
            }
            // A terminal that nobody holds any more is an error to read from, on Linux.
            let count = self.master.read(&mut bytes).unwrap_or(0);
            assert!(count > 0, "it ended without saying {text:?}: {}", self.seen);
            self.seen += &String::from_utf8_lossy(&bytes[..count]);
        }
    }

    fn types(&mut self, line: &str) {
        writeln!(self.master, "{line}").unwrap();
    }

    fn end(self) -> Option<i32> {
        wait(self.child).code
    }
}
