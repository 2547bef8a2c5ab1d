//! What people add to a post-mortem, as the journal keeps it. The text itself is no fact: it changes with every key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ObjectId, PostmortemId};
use crate::postmortem::About;
use crate::postmortem::line::{LineId, LineKind};
use crate::postmortem::times::Landmark;

/// Every kind of this family begins with it.
pub const PREFIX: &str = "postmortem_";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub postmortem: PostmortemId,
    #[serde(flatten)]
    pub deed: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Deed {
    PostmortemCreated {
        about: About,
        by: String,
    },
    /// A person says when it was; `None` takes back what people said.
    PostmortemMomentSet {
        landmark: Landmark,
        to: Option<Timestamp>,
        reason: String,
        by: String,
    },
    PostmortemLineHidden {
        line: LineId,
        by: String,
    },
    PostmortemLineShown {
        line: LineId,
        by: String,
    },
    /// An empty comment takes the one before away.
    PostmortemLineCommented {
        line: LineId,
        comment: String,
        by: String,
    },
    PostmortemLineAdded(Box<Added>),
    /// Pushed to a branch, from which a pull request can be opened.
    PostmortemPublished(Published),
}

/// A line that a person wrote or pasted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub line: LineId,
    pub at: Timestamp,
    pub kind: LineKind,
    pub text: String,
    /// Whose words or deed it is.
    pub who: Option<String>,
    /// Where it was pasted from, such as Slack; `None` where it was written by hand.
    pub pasted_from: Option<String>,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub branch: String,
    pub commit: ObjectId,
    /// The document's path in the repository.
    pub path: String,
    /// Where a pull request can be opened from the branch; absent where the forge is not known.
    pub link: Option<String>,
    pub by: String,
}
