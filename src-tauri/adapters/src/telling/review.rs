//! A second person reads what goes to customers before it leaves.

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, IncidentId, UpdateId};
use lastgood_core::incident::event::{Event, Verdict};
use lastgood_core::incident::next::is_same_person;
use lastgood_core::incident::outbox::{Delivery, SendPhase};
use lastgood_core::incident::{Incident, Stage, Update, cadence};
use lastgood_core::ports::Clock;
use lastgood_core::settings::telling::ChannelKind;

use super::Telling;
use crate::clock::SystemClock;

impl Telling {
    /// What `by` says of an update that waits for a second person.
    ///
    /// # Errors
    /// [`Code::IncidentRefused`] where it does not wait, or `by` wrote it.
    pub async fn review(
        &self,
        id: &IncidentId,
        update: &UpdateId,
        by: &str,
        verdict: Verdict,
        note: &str,
    ) -> Result<Incident, Trouble> {
        let incident = self.incident(id).await?;
        let Some(waiting) = incident.update(update).filter(|update| waits(update)) else {
            let hint = format!("Look what waits: `lastgood incident show {id}`.");
            return Err(Trouble::new(Code::IncidentRefused, "This update waits for no second person.", hint));
        };
        if by.trim().is_empty() || is_same_person(by, &waiting.by) {
            let message = format!("{} wrote this update; somebody else reads it.", waiting.by);
            let hint = "Ask another person; they say who they are.";
            return Err(Trouble::new(Code::IncidentRefused, message, hint));
        }
        let now = SystemClock.now();
        let late = verdict == Verdict::Approved && waiting.deliveries.iter().any(|delivery| is_late(delivery, now));
        // Nothing leaves then: nobody is promised more.
        let ends = waiting.stage == Stage::Resolved || late;
        let due = |audience| cadence::next_due(&incident, audience, now, &self.settings.incident);
        let promises = |delivery: &&Delivery| delivery.phase == SendPhase::Review && !self.is_notes(&delivery.channel);
        let read = waiting.deliveries.iter().filter(promises);
        let audiences = read.map(|delivery| delivery.audience).filter(|_| !ends);
        let event = Event::IncidentReviewGiven {
            update: update.clone(),
            by: by.trim().to_owned(),
            verdict,
            note: note.trim().to_owned(),
            expires_at: self.expiry(now),
            due: audiences.filter_map(|audience| Some((audience, due(audience)?))).collect(),
            late,
        };
        self.write(id, event).await
    }

    /// Notes of a release are told to nobody in particular.
    fn is_notes(&self, channel: &ChannelName) -> bool {
        self.channel_settings(channel).is_ok_and(|settings| settings.kind == ChannelKind::ReleaseNotes)
    }
}

fn waits(update: &Update) -> bool {
    update.deliveries.iter().any(|delivery| delivery.phase == SendPhase::Review)
}

fn is_late(delivery: &Delivery, now: Timestamp) -> bool {
    delivery.phase == SendPhase::Review && now >= delivery.expires_at
}
