//! The inbox, folded from the journal: every end of a rollback and every question to a person; and what was noticed
//! between rollbacks.

use std::collections::BTreeMap;

use lastgood_core::error::Trouble;
use lastgood_core::ids::WriterId;
use lastgood_core::journal::Fact;
use lastgood_core::rollback::event::{Event, StepOutcome};

use super::Controller;
use super::session::Session;
use crate::ipc::inbox::{AlertPlace, InboxItem};
use crate::ipc::notice::Notice;

/// Under this name, and the repository's, the journal file remembers up to which fact of each writer the inbox was read.
const READ: &str = "inbox-read";

/// Older ones are in the list of rollbacks.
const KEPT: usize = 100;

impl Controller {
    pub(super) async fn inbox(&self) -> Result<Vec<InboxItem>, Trouble> {
        let Some(session) = &self.session else { return Ok(Vec::new()) };
        let read = self.read_up_to(session);
        let facts = session.workspace.facts().await?;
        let mut items: Vec<InboxItem> = facts.iter().filter_map(|fact| item(fact, &read)).collect();
        items.extend(self.noticed_items());
        items.extend(self.left_items());
        // RFC 3339 in UTC sorts by time.
        items.sort_by(|a, b| b.at.cmp(&a.at));
        items.truncate(KEPT);
        Ok(items)
    }

    pub(super) async fn unread(&self) -> u32 {
        let items = self.inbox().await.unwrap_or_default();
        u32::try_from(items.iter().filter(|item| !item.read).count()).unwrap_or(u32::MAX)
    }

    pub(super) async fn read_inbox(&mut self) -> Result<(), Trouble> {
        let session = self.session()?;
        let facts = session.workspace.facts().await?;
        let mut read: ReadUpTo = BTreeMap::new();
        for fact in facts.iter() {
            let newest = read.entry(fact.writer.clone()).or_default();
            *newest = fact.sequence.max(*newest);
        }
        if let Ok(text) = serde_json::to_string(&read) {
            self.journal.remember(&name(session), &text)?;
        }
        self.read_left();
        self.read_noticed()?;
        self.tell_inbox().await;
        self.tell_overview().await;
        Ok(())
    }

    pub(super) async fn tell_inbox(&mut self) {
        match self.inbox().await {
            Ok(items) => {
                self.tell_unread(items.iter().filter(|item| !item.read).count());
                self.tell(Notice::Inbox { items });
            }
            Err(trouble) => tracing::warn!("{trouble}"),
        }
    }

    fn read_up_to(&self, session: &Session) -> ReadUpTo {
        let kept = self.journal.recall(&name(session)).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}

/// Each writer counts for itself.
type ReadUpTo = BTreeMap<WriterId, u64>;

fn name(session: &Session) -> String {
    format!("{READ} {}", session.workspace.key())
}

fn item(fact: &Fact, read: &ReadUpTo) -> Option<InboxItem> {
    let (title, body) = match fact.event.rollback()? {
        Event::RollbackEnded { sentence, hint, .. } => (sentence.clone(), hint.clone()),
        Event::StepEnded(ending) if ending.outcome == StepOutcome::Inconclusive => {
            (ending.sentence.clone(), ending.hint.clone())
        }
        Event::StepEnded(_)
        | Event::RollbackStarted(_)
        | Event::ReasonGiven { .. }
        | Event::StepStarted { .. }
        | Event::Answered(_)
        | Event::HoldTaken { .. }
        | Event::HoldLifted { .. }
        | Event::TagMade { .. }
        | Event::NewestRun { .. }
        | Event::Waiting { .. }
        | Event::DispatchSent
        | Event::LocalBegan { .. }
        | Event::LocalEnded(_)
        | Event::TagKept { .. }
        | Event::RunFound { .. }
        | Event::RunSeen(_)
        | Event::RunOutOfSight { .. }
        | Event::Quarantined { .. }
        | Event::ReleaseMarked { .. }
        | Event::QuarantineLifted { .. }
        | Event::PersonChose { .. }
        | Event::UndoAsked
        | Event::StopAsked
        | Event::RunOrdered { .. }
        | Event::RunOrderEnded { .. } => return None,
    };
    Some(InboxItem {
        id: fact.sequence,
        at: fact.at.to_string(),
        title,
        body,
        place: fact
            .subject
            .rollback
            .as_ref()
            .map_or(AlertPlace::Timeline, |id| AlertPlace::Rollback { id: id.to_string() }),
        read: read.get(&fact.writer).is_some_and(|newest| fact.sequence <= *newest),
    })
}
