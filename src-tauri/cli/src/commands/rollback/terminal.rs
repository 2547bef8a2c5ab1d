//! The person at a terminal: Ctrl C stops after this step, a question is answered by typing.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ports::Person;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::Choice;

use crate::arguments;

pub(crate) struct Terminal {
    /// Decided on the command line; counts once.
    decided: Mutex<Option<Choice>>,
    talks: bool,
    interrupted: AtomicBool,
}

impl Terminal {
    /// `talks`: questions may be asked, where standard input is a terminal.
    pub(crate) fn new(decided: Option<Choice>, talks: bool) -> Self {
        let talks = talks && io::stdin().is_terminal();
        Self { decided: Mutex::new(decided), talks, interrupted: AtomicBool::new(false) }
    }

    fn take_decided(&self) -> Option<Choice> {
        self.decided.lock().map_or(None, |mut decided| decided.take())
    }
}

#[async_trait]
impl Person for Terminal {
    async fn asked_within(&self, time: Duration) -> Option<Request> {
        tokio::select! {
            () = tokio::time::sleep(time) => None,
            pressed = tokio::signal::ctrl_c(), if !time.is_zero() => {
                pressed.ok()?;
                if self.interrupted.swap(true, Ordering::Relaxed) {
                    // The second time they mean it; the journal knows where it stands.
                    std::process::exit(1);
                }
                Some(Request::StopAfterThisStep)
            }
        }
    }

    async fn asked(&self) -> Option<Request> {
        if let Some(choice) = self.take_decided() {
            return Some(Request::Choose(choice));
        }
        if !self.talks {
            return None;
        }
        let answer = tokio::task::spawn_blocking(|| ask("What now? look-again | send-again | it-worked | give-up: "));
        let answer = answer.await.ok()?;
        if answer.is_empty() {
            return None;
        }
        // What does not fit is ignored by the engine, which asks again.
        let choice = CHOICES.into_iter().find(|choice| name(*choice) == answer).unwrap_or(Choice::LookAgain);
        Some(Request::Choose(choice))
    }
}

const CHOICES: [Choice; 4] = [Choice::LookAgain, Choice::SendAgain, Choice::ItWorked, Choice::GiveUp];

/// Asks one question and reads one line; empty at the end of input.
pub(crate) fn ask(question: &str) -> String {
    let mut out = io::stdout().lock();
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
