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
    /// Pushed to a branch. It is the intent of a pull request as well: a branch without one is looked up before one is opened.
    PostmortemPublished(Published),
    PostmortemPullRequestOpened(PullRequestOpened),
    /// Read from GitHub: it is over.
    PostmortemPullRequestEnded {
        number: u64,
        merged: bool,
    },
    /// Intent: the last moment before GitHub is asked for an issue.
    PostmortemTicketBegun {
        /// Stands in the text, so that it is found again.
        mark: String,
        /// The action's words.
        action: String,
        by: String,
    },
    /// Outcome of that.
    PostmortemTicketEnded {
        mark: String,
        ending: TicketEnding,
    },
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
pub struct PullRequestOpened {
    pub branch: String,
    pub number: u64,
    pub url: String,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TicketEnding {
    Opened {
        number: u64,
        url: String,
    },
    /// GitHub said no, or nothing left this machine.
    Refused {
        sentence: String,
    },
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
