//! What a person sees is what leaves, or nothing does.

use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::Incident;
use lastgood_core::ports::Clock;
use lastgood_core::template::TemplateFault;
use sha2::{Digest, Sha256};

use super::{Composed, Telling, Wish};
use crate::clock::SystemClock;

/// A window reads its words again each minute; older ones promise a time that is not kept.
const FRESH: SignedDuration = SignedDuration::from_secs(150);

impl Composed {
    /// Names exactly these words at exactly this time.
    pub fn seen(&self) -> String {
        let words = serde_json::to_vec(&(&self.message, self.stage)).unwrap_or_default();
        let hash: String = Sha256::digest(words).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{hash}", self.as_of.as_millisecond())
    }
}

impl Telling {
    /// The words that were shown under this name.
    ///
    /// # Errors
    /// [`Code::UpdateChanged`] where they would say something else by now.
    pub async fn as_seen(
        &self,
        incident: &Incident,
        channel: &ChannelName,
        wish: Wish,
        seen: &str,
    ) -> Result<Composed, Trouble> {
        let as_of = seen.split_once('-').and_then(|(time, _)| Timestamp::from_millisecond(time.parse().ok()?).ok());
        let now = SystemClock.now();
        let as_of = as_of.filter(|time| *time <= now && time.duration_until(now) <= FRESH).ok_or_else(changed)?;
        let composed = self.compose(incident, channel, &Wish { as_of: Some(as_of), ..wish }).await?;
        let composed = composed.map_err(TemplateFault::into_trouble)?;
        if composed.seen() == seen { Ok(composed) } else { Err(changed()) }
    }
}

fn changed() -> Trouble {
    Trouble::new(
        Code::UpdateChanged,
        "The message says something else by now than what was shown.",
        "Read it again, then send it.",
    )
}
