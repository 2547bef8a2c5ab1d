//! The countdown before anything leaves this machine: a person's own choice, for every repository.

use lastgood_core::error::Trouble;

use super::Controller;
use crate::ipc::settings::Countdown;

/// Under this name the journal file remembers it.
const COUNTDOWN: &str = "countdown";

/// The countdown in which a rollback can be taken back at no cost.
const SECONDS: u32 = 5;

impl Controller {
    /// As it was chosen; what cannot be read is the usual one.
    pub(super) fn countdown(&self) -> Countdown {
        let kept = self.journal.recall(COUNTDOWN).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn undo_seconds(&self) -> u32 {
        match self.countdown() {
            Countdown::Seconds => SECONDS,
            // Who was asked first has said yes already.
            Countdown::None | Countdown::Ask => 0,
        }
    }

    pub(super) fn choose_countdown(&mut self, choice: Countdown) -> Result<(), Trouble> {
        let text = serde_json::to_string(&choice).unwrap_or_default();
        self.journal.remember(COUNTDOWN, &text)?;
        self.tell_settings();
        Ok(())
    }
}
