//! The primary rate limit: so many calls an hour, counted per resource.

use jiff::{SignedDuration, Timestamp};

const LIMIT: u64 = 5_000;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What a call is counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Core,
    Graphql,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

#[derive(Debug)]
pub(crate) struct Rates {
    core: Rate,
    graphql: Rate,
}

impl Resource {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
        }
    }
}

impl Rate {
    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

impl Rates {
    pub(crate) fn new(now: Timestamp) -> Self {
        let rate = Rate { limit: LIMIT, used: 0, reset: later(now) };
        Self { core: rate, graphql: rate }
    }

    /// The rate as it is now; a new hour starts anew.
    pub(crate) fn at(&mut self, resource: Resource, now: Timestamp) -> &mut Rate {
        let rate = match resource {
            Resource::Core => &mut self.core,
            Resource::Graphql => &mut self.graphql,
        };
        if rate.reset <= now {
            rate.used = 0;
            rate.reset = later(now);
        }
        rate
    }
}

fn later(now: Timestamp) -> Timestamp {
    now.checked_add(HOUR).unwrap_or(Timestamp::MAX)
}
