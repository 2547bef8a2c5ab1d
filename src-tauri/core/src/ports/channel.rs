//! Where updates go.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::Trouble;
use crate::incident::Receipt;
use crate::message::render::Letter;

/// One configured channel. Nothing below `send` repeats a request that may have arrived.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Sends the letter, once.
    async fn send(&self, letter: &Letter) -> Sent;

    /// Asks the service whether it would take something, or says what a first message would show.
    async fn test(&self) -> Result<String, Trouble>;

    /// Evidence at the destination that this letter arrived, after its answer was lost. `None`: there is no way to tell.
    async fn look_up(&self, _letter: &Letter) -> Option<Receipt> {
        None
    }
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    Delivered(Receipt),
    /// The service said no, for good: nothing was sent.
    Refused(Trouble),
    /// Nothing was sent, and it may go again, after this time where the service named one.
    NotSent {
        trouble: Trouble,
        again_in: Option<Duration>,
    },
    /// It left, and no answer tells what became of it.
    Unknown(Trouble),
}
