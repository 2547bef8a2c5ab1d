//! Deployments that wait for somebody below the newest page.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt};
use lastgood_core::error::{Code, Trouble};

use super::{AT_ONCE, Found, Known};
use crate::github::{Github, wire};

/// So many of them are looked at each time.
const MOST_WAITING: usize = 10;

impl Github {
    /// One that waits for an approval may go on when a hundred newer ones are there. Those that were asked for longest ago
    /// come first; an answer that is as before costs no call. One of which GitHub tells nothing stays as it was.
    pub(super) async fn look_at_waiting(
        &self,
        known: &mut Known,
        listed: &HashMap<u64, String>,
    ) -> Result<(), Trouble> {
        let is_below = |found: &&Found| !listed.contains_key(&found.deployment.id);
        let below = known.by_id.values().filter(|found| !found.is_settled()).filter(is_below);
        let mut waiting: Vec<Found> = below.cloned().collect();
        if waiting.is_empty() {
            return Ok(());
        }
        known.looks += 1;
        waiting.sort_by_key(|found| (found.asked, found.deployment.id));
        waiting.truncate(MOST_WAITING);
        let asked = waiting.into_iter().map(|found| self.clone().asked_again(Found { asked: known.looks, ..found }));
        for (id, answer) in stream::iter(asked).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
            match answer {
                Ok(found) => drop(known.by_id.insert(id, found)),
                Err(trouble) if trouble.code == Code::NotOnGithub => drop(known.by_id.remove(&id)),
                Err(trouble) if matches!(trouble.code, Code::TokenRejected | Code::RateLimited) => return Err(trouble),
                Err(trouble) => {
                    tracing::info!("deployment {id}, which waits: {trouble}");
                    known.by_id.entry(id).and_modify(|found| found.asked = known.looks);
                }
            }
        }
        Ok(())
    }

    async fn asked_again(self, found: Found) -> (u64, Result<Found, Trouble>) {
        let id = found.deployment.id;
        let pages = self.run_pages();
        let told = |statuses: Vec<_>| Found { deployment: wire::told_by(found.deployment, &statuses, &pages), ..found };
        (id, self.statuses_of(id).await.map(told))
    }
}
