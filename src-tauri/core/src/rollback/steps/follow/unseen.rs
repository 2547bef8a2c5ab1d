//! What is said of a run that cannot be seen just now.

use crate::error::Trouble;
use crate::rollback::engine::Engine;
use crate::rollback::event::Event;

/// Each outage is told once, and each limit in it: of a limit it is known how long it lasts.
#[derive(Default)]
pub(super) struct Unseen {
    limit: Option<String>,
}

impl Unseen {
    /// Whether there was something to tell.
    ///
    /// # Errors
    /// Where the journal cannot be written.
    pub(super) async fn tell(&mut self, engine: &mut Engine, trouble: &Trouble) -> Result<bool, Trouble> {
        let limit = engine.ports.forge.waiting().map(|waiting| waiting.sentence());
        if engine.rollback().out_of_sight.is_some() && limit == self.limit {
            return Ok(false);
        }
        self.limit.clone_from(&limit);
        let sentence = limit.unwrap_or_else(|| trouble.message.clone());
        engine.write(Event::RunOutOfSight { sentence }).await?;
        Ok(true)
    }
}
