//! What a person is called for while a run goes on: nobody should wait for what will not come by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::ids::RunId;
use crate::rollback::engine::Engine;

/// An outage of GitHub's shorter than this is over before anybody could do something about it.
const BLIND: Duration = Duration::from_secs(60);

/// GitHub's word for a run that waits for an approval.
const WAITING: &str = "waiting";

/// Each reason calls once, and again only when it had gone.
#[derive(Default)]
pub(super) struct Stuck {
    blind_since: Option<Duration>,
    called: BTreeSet<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    OutOfSight,
    Waits,
}

impl Stuck {
    pub(super) async fn look(&mut self, engine: &Engine, run: RunId) {
        for (reason, stands, words) in self.reasons(engine, run) {
            if !stands {
                self.called.remove(&reason);
            } else if self.called.insert(reason) {
                let (title, body) = words;
                engine.alert(title, body, true).await;
            }
        }
    }

    fn reasons(&mut self, engine: &Engine, run: RunId) -> [(Reason, bool, (String, String)); 2] {
        let (rollback, now) = (engine.rollback(), engine.ports.clock.elapsed());
        let blind = rollback.out_of_sight.clone();
        self.blind_since = blind.as_ref().map(|_| self.blind_since.unwrap_or(now));
        let unseen = self.blind_since.is_some_and(|since| now.saturating_sub(since) >= BLIND);
        let waits = rollback.seen.as_ref().is_some_and(|seen| seen.status == WAITING);
        let environment = &rollback.plan.environment;
        [
            (
                Reason::OutOfSight,
                unseen,
                (format!("Run {run} has been out of sight for a minute"), blind.unwrap_or_default()),
            ),
            (
                Reason::Waits,
                waits,
                (
                    format!("Run {run} waits for an approval"),
                    format!("Nothing happens to {environment} until somebody approves it."),
                ),
            ),
        ]
    }
}
