//! The page of the bad release on GitHub says what mended it.

use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{Latest, ReleaseEdit};
use lastgood_core::rollback::Rollback;

use super::RolloutDrive;

impl RolloutDrive<'_> {
    /// Written twice it stands there once. What fails here is said and fails nothing.
    pub(super) async fn mark(&self, bad: &TagName) -> String {
        let unsaid = |why: &str| format!("The release {bad} on GitHub does not say what mended it: {why}");
        let rollback = match &self.rollout.plan.rollback {
            Some(id) => self.workspace.rollback(id).await.ok(),
            None => None,
        };
        let Some(rollback) = rollback.filter(|rollback| rollback.marked) else {
            return unsaid("it does not say either that it was rolled back.");
        };
        match self.write_notes(bad, &rollback).await {
            Ok(true) => format!("The release {bad} on GitHub says that {} mended it", self.rollout.plan.tag),
            Ok(false) => unsaid("GitHub has no release of it."),
            Err(trouble) => unsaid(&trouble.message),
        }
    }

    /// `false`: GitHub has no release of it.
    async fn write_notes(&self, bad: &TagName, rollback: &Rollback) -> Result<bool, Trouble> {
        let github = self.workspace.connect().await?;
        let Some(page) = github.release_of(bad).await? else { return Ok(false) };
        let notes = Some(rollback.mended_notes(&page.notes, &self.rollout.plan.tag));
        let edit = ReleaseEdit { notes, latest: Latest::Not, ..ReleaseEdit::default() };
        match github.edit_release(page.release.id, &edit).await {
            Written::Done(()) => Ok(true),
            Written::Refused(trouble) | Written::NotSent(trouble) | Written::Unknown(trouble) => Err(trouble),
        }
    }
}
