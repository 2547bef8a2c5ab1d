//! The repository on this machine and the remote behind it.

use async_trait::async_trait;

use crate::error::Trouble;
use crate::ids::{ObjectId, TagName};
use crate::release::{Moment, Release};

/// Git, as far as releases and rollbacks need it.
///
/// Reading runs nothing of the repository's own: no hooks, no filters, no configured commands.
#[async_trait]
pub trait Repository: Send + Sync {
    /// All releases, in no particular order. Rollback tags are not releases.
    async fn releases(&self) -> Result<Vec<Release>, Trouble>;

    /// Where a local tag leads; `None` when there is no such tag.
    async fn local_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble>;

    /// Where the remote's tag leads; `None` when it has none.
    async fn remote_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble>;

    /// Writes the object of an annotated tag here, under no name: nobody sees it before [`Self::name_tag`]. Of a tag of
    /// that name on the same commit with the same message, its object; so that a repeated call has one effect.
    ///
    /// # Errors
    /// `TagTaken` where another tag has the name, `TagMissing` where the commit is not here.
    async fn make_tag(&self, order: &TagOrder) -> Result<ObjectId, Trouble>;

    /// Gives a tag's object its name here, create-only; the same object under the same name is no other effect.
    ///
    /// # Errors
    /// `TagTaken` where the name has another object.
    async fn name_tag(&self, tag: &TagName, object: &ObjectId) -> Result<(), Trouble>;

    /// Pushes one tag that is named here, expecting that the remote has none of that name. Where the disk is slow to
    /// keep the name, it is kept meanwhile.
    async fn push_tag(&self, tag: &TagName, object: &ObjectId) -> Result<PushOutcome, Trouble>;

    /// A push comes within seconds: whoever can opens the way to the remote now. Nothing is changed by it.
    fn expect_push(&self) {}
}

/// A tag's two ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagTarget {
    /// What the ref points at.
    pub object: ObjectId,
    /// The commit behind it; `None` where it leads to a tree, a blob or nothing.
    pub commit: Option<ObjectId>,
}

/// An annotated tag to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagOrder {
    pub name: TagName,
    pub commit: ObjectId,
    pub message: String,
    pub date: Moment,
}

/// How a push ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote has the tag now.
    Created,
    /// The remote had the same object already: an earlier push arrived.
    AlreadyThere,
    /// The remote has another object under that name.
    Taken,
    /// A hook or a rule of the remote said no; its own words.
    Refused(String),
    /// Nothing is known of what the remote did: the connection broke or the time was up.
    Unknown(String),
}
