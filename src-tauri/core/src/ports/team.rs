//! What the whole team sees: holds and quarantines, kept on the remote.

use async_trait::async_trait;

use crate::error::Trouble;
use crate::hold::mark::{MarkName, Marks};
use crate::ids::ObjectId;

/// The remote's marks. Each changes by compare-and-swap: of two writers at once, one wins and the other is told.
#[async_trait]
pub trait Team: Send + Sync {
    /// Every mark that the remote keeps.
    ///
    /// # Errors
    /// `NoRemote`, `RemoteUnreachable`.
    async fn marks(&self) -> Result<Marks, Trouble>;

    /// What was read last, where that is kept. A change may stand on it, because the remote compares; nothing else may.
    fn remembered(&self) -> Option<Marks> {
        None
    }

    /// The object that the remote has under this name; `None`: nothing.
    ///
    /// # Errors
    /// `NoRemote`, `RemoteUnreachable`.
    async fn object(&self, name: &MarkName) -> Result<Option<ObjectId>, Trouble>;

    /// Puts a mark with this text where the remote has `expected`; `None`: where it has nothing.
    async fn put(&self, name: &MarkName, text: &str, expected: Option<&ObjectId>) -> Result<Put, Trouble>;

    /// Takes the mark away where the remote has `expected`.
    async fn remove(&self, name: &MarkName, expected: &ObjectId) -> Result<Put, Trouble>;
}

/// How a change on the remote ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// The remote is as it was asked to be; the object that it has, which says nothing after a removal.
    Done(ObjectId),
    /// The remote has something else there by now.
    Changed,
    /// A hook or a rule of the remote said no; its own words.
    Refused(String),
    /// Nothing is known of what the remote did.
    Unknown(String),
}
