//! What GitHub shows for people to read: here, one release.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{
    Comment, Issue, IssueEdit, IssueOrder, Opened, Published, PullRequest, PullRequestOrder, ReleaseEdit, ReleasePage,
};

use super::{BAD, Call, World, trouble};

#[async_trait]
impl Publishing for World {
    async fn release_of(&self, tag: &TagName) -> Result<Option<ReleasePage>, Trouble> {
        Ok(self.with(|state| state.release.clone()).filter(|page| page.release.tag == *tag))
    }

    async fn latest_release(&self) -> Result<Option<u64>, Trouble> {
        Ok(None)
    }

    async fn edit_release(&self, _: u64, edit: &ReleaseEdit) -> Written<()> {
        if self.enter(Call::EditRelease).is_some() {
            return Written::Refused(trouble(Code::TokenTooWeak, "This token edits no releases."));
        }
        self.with(|state| {
            if let (Some(page), Some(notes)) = (&mut state.release, &edit.notes) {
                page.notes.clone_from(notes);
            }
            state.edits.push(edit.clone());
        });
        Written::Done(())
    }

    async fn open_issue(&self, _: &IssueOrder) -> Written<Opened> {
        Written::Refused(may_not())
    }

    async fn edit_issue(&self, _: u64, _: &IssueEdit) -> Written<()> {
        Written::Refused(may_not())
    }

    async fn comment(&self, _: u64, _: &str) -> Written<Comment> {
        Written::Refused(may_not())
    }

    async fn issue(&self, _: u64) -> Result<Option<Issue>, Trouble> {
        Ok(None)
    }

    async fn newest_issues(&self) -> Result<Vec<Issue>, Trouble> {
        Ok(Vec::new())
    }

    async fn comments(&self, _: u64) -> Result<Vec<Comment>, Trouble> {
        Ok(Vec::new())
    }

    async fn open_pull_request(&self, _: &PullRequestOrder) -> Written<Opened> {
        Written::Refused(may_not())
    }

    async fn pull_request_of(&self, _: &str) -> Result<Option<PullRequest>, Trouble> {
        Ok(None)
    }

    async fn pull_request(&self, _: u64) -> Result<Option<PullRequest>, Trouble> {
        Ok(None)
    }
}

impl World {
    /// GitHub has a release of what is live.
    pub(crate) fn has_a_release(&self) {
        self.with(|state| {
            let release = Published {
                id: 5,
                tag: BAD.into(),
                name: BAD.to_owned(),
                draft: false,
                prerelease: false,
                created: state.now,
                published: Some(state.now),
                author: "release-manager".to_owned(),
                url: String::new(),
            };
            let notes = "Faster checkout.".to_owned();
            state.release = Some(ReleasePage { release, notes, immutable: false, assets: Vec::new() });
        });
    }
}

fn may_not() -> Trouble {
    trouble(Code::TokenTooWeak, "This token opens nothing.")
}
