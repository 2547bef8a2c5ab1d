//! Sessions of signed-in people.

use std::time::{Duration, Instant};

/// How long a session lasts.
pub const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// All sessions, in memory.
#[derive(Default)]
pub struct Sessions {
    begun: Vec<Instant>,
}

impl Sessions {
    /// Forgets sessions that are over.
    pub fn expire(&mut self) {
        self.begun.retain(|begun| begun.elapsed() < LIFETIME);
    }
}
