//! Where updates go.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Trouble;
use crate::incident::Receipt;
use crate::message::render::Letter;

/// One configured channel. Nothing below `send` repeats a request that may have arrived.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Sends the letter, once.
    async fn send(&self, letter: &Letter) -> Sent;

    /// Asks the service whether it would take something, or says that it cannot be asked.
    async fn test(&self) -> Result<Tested, Trouble>;

    /// Evidence at the destination that this letter arrived, after its answer was lost. `None`: there is no way to tell.
    async fn look_up(&self, _letter: &Letter) -> Option<Receipt> {
        None
    }

    /// Where a letter is that a person found there, so that the next one goes to the same place. `said` is its address or its
    /// number as they see it, or empty; nothing is written to the service.
    async fn found(&self, _letter: &Letter, said: &str) -> Option<Receipt> {
        Receipt::found(said, said)
    }
}

/// What a test showed, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tested {
    /// The service was asked, and answered well.
    Answered(String),
    /// It cannot be asked without telling somebody something: nothing left this machine.
    NotAsked(String),
}

impl Tested {
    pub fn sentence(&self) -> &str {
        match self {
            Self::Answered(sentence) | Self::NotAsked(sentence) => sentence,
        }
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
    /// These have it; to the others it may go again, and to them alone.
    Partly {
        receipt: Box<Receipt>,
        reached: Vec<String>,
        trouble: Trouble,
    },
    /// It left, and no answer tells what became of it.
    Unknown(Trouble),
}
