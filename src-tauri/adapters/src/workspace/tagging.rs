//! Tags that reach GitHub also where git cannot: no git program, no way to the remote, no key for it.
//!
//! Git goes first. Where it does not get through, GitHub's API makes the same object and names it, create-only: an id
//! covers all that a tag says, so that a push that arrived after all and the API's have one effect.

use std::sync::Arc;

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};
use lastgood_core::ports::{Forge, Repository};
use lastgood_core::release::Release;

use crate::git::GitRepository;
use crate::github::Github;

pub(super) struct Tagging {
    pub(super) git: Arc<GitRepository>,
    pub(super) github: Arc<Github>,
}

#[async_trait]
impl Repository for Tagging {
    async fn releases(&self) -> Result<Vec<Release>, Trouble> {
        self.git.releases().await
    }

    async fn local_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        self.git.local_tag(tag).await
    }

    async fn remote_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        match self.git.remote_tag(tag).await {
            // What git says of its own trouble is more to the point than what GitHub would.
            Err(trouble) if is_without_git(&trouble) => self.github.tag(tag).await.map_err(|_| trouble),
            told => told,
        }
    }

    async fn make_tag(&self, order: &TagOrder) -> Result<ObjectId, Trouble> {
        self.git.make_tag(order).await
    }

    async fn name_tag(&self, tag: &TagName, object: &ObjectId) -> Result<(), Trouble> {
        self.git.name_tag(tag, object).await
    }

    async fn push_tag(&self, tag: &TagName, object: &ObjectId) -> Result<PushOutcome, Trouble> {
        let pushed = self.git.push_tag(tag, object).await;
        let stuck = match &pushed {
            Ok(PushOutcome::Unknown(_)) => true,
            Ok(_) => false,
            Err(trouble) => is_without_git(trouble),
        };
        if !stuck {
            return pushed;
        }
        match self.by_api(tag, object).await {
            Some(outcome @ (PushOutcome::Created | PushOutcome::AlreadyThere | PushOutcome::Taken)) => Ok(outcome),
            Some(PushOutcome::Refused(_) | PushOutcome::Unknown(_)) | None => pushed,
        }
    }

    fn expect_push(&self) {
        self.git.expect_push();
    }
}

impl Tagging {
    /// `None` where GitHub did not make the very object that is here.
    async fn by_api(&self, tag: &TagName, object: &ObjectId) -> Option<PushOutcome> {
        let (order, tagger) = self.git.tag_order(tag, object).await.ok()??;
        match self.github.create_tag(&order, &tagger).await {
            Written::Done(made) if made == *object => Some(self.github.place_tag(tag, object).await),
            Written::Done(_) | Written::Refused(_) | Written::NotSent(_) | Written::Unknown(_) => None,
        }
    }
}

fn is_without_git(trouble: &Trouble) -> bool {
    matches!(trouble.code, Code::GitMissing | Code::NoRemote | Code::RemoteUnreachable)
}
