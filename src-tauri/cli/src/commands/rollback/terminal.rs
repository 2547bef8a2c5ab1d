//! The person at a terminal: Ctrl C stops after this step, a question is answered by typing.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ports::Person;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::choosing::Offer;
use lastgood_core::rollback::event::Choice;
use tokio::sync::{Mutex, mpsc};

use crate::arguments;
use crate::output::{self, INTERRUPTED, plain};

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

    async fn asked(&self, hint: &str, offers: &[Offer]) -> Option<Request> {
        if !self.talks {
            return None;
        }
        if !hint.is_empty() {
            output::line(&plain(&format!("  {hint}")));
        }
        lines(offers).iter().for_each(|line| output::line(line));
        loop {
            let question = format!("What now? {}: ", names(offers));
            let answer = tokio::task::spawn_blocking(move || ask(&question));
            let mut requests = self.requests.lock().await;
            let answer = tokio::select! {
                answer = answer => answer.ok()?,
                // Whoever interrupts the question leaves it open.
                _ = requests.recv() => return None,
            };
            if answer.is_empty() {
                return None;
            }
            if let Some(offer) = offers.iter().find(|offer| name(offer.choice) == answer) {
                return Some(Request::Choose(offer.choice));
            }
            output::line(&plain(&format!("{answer} is no choice here.")));
        }
    }
}

/// What each choice leads to, a line each.
pub(crate) fn lines(offers: &[Offer]) -> Vec<String> {
    offers.iter().map(|offer| format!("  {:<11} {}", name(offer.choice), offer.sentence)).collect()
}

pub(crate) fn names(offers: &[Offer]) -> String {
    offers.iter().map(|offer| name(offer.choice)).collect::<Vec<_>>().join(" | ")
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
    output::aside(
        "Left as it stands: what GitHub was told goes on, and a hold that was taken stays. \
         The same command takes it up.",
    );
    std::process::exit(INTERRUPTED.into())
}

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
