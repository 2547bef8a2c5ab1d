//! What is said and seen of the releases that run, as the journal keeps it. Each kind begins with `live_`, which no other
//! family's does. A fact without an environment is about all of them.

use serde::{Deserialize, Serialize};

use crate::ids::TagName;

/// What each kind begins with.
pub const PREFIX: &str = "live_";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Event {
    /// A person says that this release is good.
    LiveMarkedGood { tag: TagName, by: String, reason: String },
    /// The same, taken back.
    LiveMarkTakenBack { tag: TagName, by: String, reason: String },
    /// The health of what is live turned, or another release is live. Written once for each turn, not for each look.
    LiveHealthSeen {
        /// `None` where the version that answered belongs to no known release.
        tag: Option<TagName>,
        well: bool,
        sentence: String,
    },
}
