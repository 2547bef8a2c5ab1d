//! The person at a terminal: Ctrl C stops after this step, a question is answered by typing.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ports::Person;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::Choice;
use tokio::sync::{Mutex, mpsc};

use crate::arguments;

pub(crate) struct Terminal {
    talks: bool,
    /// What they asked for, on the command line and then with the keyboard.
    requests: Mutex<mpsc::UnboundedReceiver<Request>>,
}

impl Terminal {
    /// `first` is heard first. From now on Ctrl C asks to stop, and the second time leaves. `talks`: questions may be
    /// asked, where standard input is a terminal.
    pub(crate) fn new(first: Vec<Request>, talks: bool) -> Self {
        let (sender, requests) = mpsc::unbounded_channel();
        for first in first {
            // The receiver is in this very function.
            drop(sender.send(first));
        }
        tokio::spawn(hear_interrupts(sender));
        Self { talks: talks && io::stdin().is_terminal(), requests: Mutex::new(requests) }
    }
}

#[async_trait]
impl Person for Terminal {
    async fn asked_within(&self, time: Duration) -> Option<Request> {
        let mut requests = self.requests.lock().await;
        if time.is_zero() {
            return requests.try_recv().ok();
        }
        let sleep = tokio::time::sleep(time);
        tokio::pin!(sleep);
        tokio::select! {
            biased;
            Some(request) = requests.recv() => Some(request),
            () = &mut sleep => None,
        }
    }

    async fn asked(&self) -> Option<Request> {
        if !self.talks {
            return None;
        }
        let answer = tokio::task::spawn_blocking(|| ask("What now? look-again | send-again | it-worked | give-up: "));
        let mut requests = self.requests.lock().await;
        let answer = tokio::select! {
            answer = answer => answer.ok()?,
            // Whoever interrupts the question leaves it open.
            _ = requests.recv() => return None,
        };
        if answer.is_empty() {
            return None;
        }
        // What does not fit is ignored by the engine, which asks again.
        let choice = CHOICES.into_iter().find(|choice| name(*choice) == answer).unwrap_or(Choice::LookAgain);
        Some(Request::Choose(choice))
    }
}

async fn hear_interrupts(requests: mpsc::UnboundedSender<Request>) {
    let mut before = false;
    while tokio::signal::ctrl_c().await.is_ok() {
        if before {
            leave();
        }
        before = requests.send(Request::StopAfterThisStep).is_ok();
    }
}

/// The second time they mean it. Nothing is lost: the journal knows where the rollback stands.
#[expect(clippy::disallowed_methods, reason = "waiting for what they want to leave is what they refuse")]
fn leave() -> ! {
    std::process::exit(1)
}

const CHOICES: [Choice; 4] = [Choice::LookAgain, Choice::SendAgain, Choice::ItWorked, Choice::GiveUp];

/// Asks one question and reads one line; empty at the end of input.
pub(crate) fn ask(question: &str) -> String {
    // Not locked while it waits: whoever interrupts the question still has something to say.
    let mut out = io::stdout();
    drop(write!(out, "{question}"));
    drop(out.flush());
    let mut answer = String::new();
    drop(io::stdin().lock().read_line(&mut answer));
    answer.trim().to_owned()
}

/// A choice's name on the command line.
pub(crate) fn name(choice: Choice) -> &'static str {
    match choice {
        Choice::LookAgain => "look-again",
        Choice::SendAgain => "send-again",
        Choice::ItWorked => "it-worked",
        Choice::GiveUp => "give-up",
    }
}

impl From<arguments::Choice> for Choice {
    fn from(choice: arguments::Choice) -> Self {
        match choice {
            arguments::Choice::LookAgain => Self::LookAgain,
            arguments::Choice::SendAgain => Self::SendAgain,
            arguments::Choice::ItWorked => Self::ItWorked,
            arguments::Choice::GiveUp => Self::GiveUp,
        }
    }
}
