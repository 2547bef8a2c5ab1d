//! What GitHub says of this account's rights, and of what a deploy needs.

use async_trait::async_trait;

use crate::error::Trouble;
use crate::ids::TagName;

/// The forge, as far as only checks need it. All of it reads.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// What this account and its token may do here.
    async fn rights(&self) -> Result<Rights, Trouble>;

    /// Names of the files of the release on this tag; `None` where the tag has no release.
    async fn assets(&self, tag: &TagName) -> Result<Option<Vec<String>>, Trouble>;
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// May push, and with that dispatch.
    pub push: bool,
    /// Archived repositories take nothing.
    pub archived: bool,
    pub private: bool,
    /// Scopes of a classic token; fine-grained tokens name none.
    pub scopes: Option<Vec<String>>,
}
