//! A terminal around a rollout: tells of it, hears Ctrl C, asks where somebody is there to answer.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::workspace::{Asked, Audience, Company};
use lastgood_core::journal::Fact;
use lastgood_core::ports::Desktop;
use lastgood_core::rollout::event::Deed;
use lastgood_core::rollout::{Choice, Rollout};
use tokio::sync::{Mutex, mpsc};

use super::word;
use crate::commands::rollback::narrator::Narrator;
use crate::commands::rollback::terminal::{Terminal, ask};
use crate::output::{self, plain};

pub(super) struct Shell {
    by: String,
    json: bool,
    interrupts: Mutex<mpsc::UnboundedReceiver<()>>,
}

impl Shell {
    /// From now on Ctrl C stops it, and the second time leaves.
    pub(super) fn new(by: String, json: bool) -> Self {
        let (sender, interrupts) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                if sender.send(()).is_err() {
                    return;
                }
            }
        });
        Self { by, json, interrupts: Mutex::new(interrupts) }
    }

    fn asks(&self, choice: Choice, reason: &str) -> Asked {
        Asked { choice, by: self.by.clone(), reason: reason.to_owned() }
    }
}

#[async_trait]
impl Company for Shell {
    fn desktop(&self) -> Arc<dyn Desktop> {
        Arc::new(DesktopAlerts::default())
    }

    fn audience(&self) -> Audience {
        Audience {
            desktop: Arc::new(DesktopAlerts::default()),
            person: Arc::new(Terminal::new(Vec::new(), !self.json)),
            watcher: Arc::new(Narrator::new(self.json)),
        }
    }

    async fn asked_within(&self, time: Duration) -> Option<Asked> {
        let mut interrupts = self.interrupts.lock().await;
        if time.is_zero() {
            return interrupts.try_recv().ok().map(|()| self.asks(Choice::Stop, "Interrupted"));
        }
        let sleep = tokio::time::sleep(time);
        tokio::pin!(sleep);
        tokio::select! {
            biased;
            Some(()) = interrupts.recv() => Some(self.asks(Choice::Stop, "Interrupted")),
            () = &mut sleep => None,
        }
    }

    async fn asked(&self, rollout: &Rollout) -> Option<Asked> {
        if self.json || !io::stdin().is_terminal() {
            return None;
        }
        let choices = rollout.choices();
        let words: Vec<&str> = choices.iter().copied().map(word).collect();
        let question = format!("What now? {}: ", words.join(" | "));
        let answer = tokio::task::spawn_blocking(move || ask(&question)).await.ok()?;
        let choice = choices.iter().copied().find(|choice| word(*choice) == answer)?;
        Some(self.asks(choice, "A person said so"))
    }

    fn saw(&self, fact: &Fact, rollout: &Rollout) {
        if self.json {
            return output::json(fact);
        }
        let Some(event) = fact.event.rollout() else { return };
        let name = |stage: &usize| rollout.plan.stages[*stage].environment.to_string();
        let line = match &event.deed {
            Deed::RolloutQuarantineLifted { tag } => format!("✓ {tag} is no longer quarantined"),
            Deed::RolloutStageBegun { stage, .. } => format!("→ {}", name(stage)),
            Deed::RolloutStageEnded(ending) => ending.sentence.clone(),
            Deed::RolloutSoakBegun { stage, seconds, anew } => {
                let anew = anew.as_ref().map_or_else(String::new, |why| format!(" anew: {why}"));
                format!("  {} is watched for {seconds} s{anew}", name(stage))
            }
            Deed::RolloutSoakSeen(look) => format!("  {}", look.sentence),
            Deed::RolloutSoakEnded { sentence, .. } => format!("✓ Watched: {sentence}"),
            Deed::RolloutGateOpened { stage, by } => {
                format!("✓ Gate behind {} opened by {}", name(stage), by.as_deref().unwrap_or("itself"))
            }
            Deed::RolloutHoldLifted { sentence, .. } => format!("✓ {sentence}"),
            Deed::RolloutReleaseMarked { sentence, .. } => format!("  {sentence}"),
            Deed::RolloutBackBegun { stage, .. } => format!("← {}", name(stage)),
            Deed::RolloutStarted(_)
            | Deed::RolloutTriedAgain { .. }
            | Deed::RolloutBackChosen { .. }
            | Deed::RolloutBackEnded(_)
            | Deed::RolloutStopAsked { .. }
            | Deed::RolloutEnded { .. } => return,
        };
        output::line(&plain(&line));
    }

    fn watched(&self, _rollout: &Rollout, _watched: Duration) {}
}
