//! A fix on its way: a branch here, pushed by the person's git, its checklist, and the pull request that brings it.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::fix::checklist::{SHIPPED, of_playbook};
use lastgood_core::fix::event::{Base, Beginning, Deed, Event, PullRequest};
use lastgood_core::fix::{self, Fix, IllegalFact, branch_name, fold, id_of, next};
use lastgood_core::ids::{FixId, ObjectId, RollbackId, TagName};
use lastgood_core::incident;
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::publishing::{self, Publishing};
use lastgood_core::ports::{Clock, Journal, Repository};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollout::mending::to_mend;
use lastgood_core::settings::{FIX_BRANCH, PLAYBOOK};

use super::{Workspace, blocking, fresh};
use crate::clock::SystemClock;
use crate::git::BranchOutcome;

/// A fix as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixWish {
    /// The rollback whose cause it mends; `None`: a fix by hand.
    pub rollback: Option<RollbackId>,
    pub base: Base,
    /// `None`: as the settings say.
    pub branch: Option<String>,
    /// What the branch is named after; `None`: the rollback's reason.
    pub about: Option<String>,
    pub by: String,
}

impl Workspace {
    /// Every fix of this repository, oldest first.
    pub async fn fixes(&self) -> Result<Vec<Fix>, Trouble> {
        fold(&self.facts().await?).map_err(|illegal| broken(&illegal))
    }

    /// `None`: the newest.
    ///
    /// # Errors
    /// [`Code::FixUnknown`].
    pub async fn fix(&self, id: Option<&FixId>) -> Result<Fix, Trouble> {
        let mut all = self.fixes().await?.into_iter().rev();
        all.find(|fix| id.is_none_or(|id| fix.id == *id))
            .ok_or_else(|| Trouble::new(Code::FixUnknown, "No fix was begun here.", "Begin one: lastgood fix begin"))
    }

    /// The newest rollback that is still to be mended; what a fix or a rollout is about where nobody says.
    pub async fn newest_way_back(&self) -> Result<Option<Rollback>, Trouble> {
        let (rollbacks, rollouts) = (self.rollbacks().await?, self.rollouts().await?);
        Ok(to_mend(&rollbacks, &rollouts).cloned())
    }

    /// Makes the branch here and checks nothing out. Begun twice for one rollback, it is one.
    ///
    /// # Errors
    /// [`Code::BranchTaken`], [`Code::TagMissing`], [`Code::RemoteUnreachable`].
    pub async fn begin_fix(&self, wish: FixWish) -> Result<Fix, Trouble> {
        let rollback = match &wish.rollback {
            Some(id) => Some(self.rollback(id).await?),
            None => None,
        };
        let id = rollback.as_ref().map_or_else(|| FixId::new(format!("fix-{}", fresh())), |found| id_of(&found.id));
        if let Some(known) = self.fixes().await?.into_iter().find(|fix| fix.id == id) {
            return Ok(known);
        }
        let bad = rollback.as_ref().and_then(|rollback| rollback.plan.from.clone());
        let reason = wish.about.or_else(|| rollback.as_ref().map(Rollback::why)).unwrap_or_default();
        let pattern = self.settings().rollout.fix_branch.clone().unwrap_or_else(|| FIX_BRANCH.to_owned());
        let branch = wish.branch.unwrap_or_else(|| branch_name(&pattern, bad.as_ref(), &reason));
        let commit = self.base_commit(&wish.base, bad.as_ref()).await?;
        let (git, name, at) = (self.repository.clone(), branch.clone(), commit.clone());
        // Create-only: made again, it has one effect.
        blocking(move || git.create_branch(&name, &at)).await?;
        let (checklist, playbook) = self.checklist().await?;
        let incident = rollback.as_ref().map(|rollback| incident::opening::id_of(&rollback.id));
        let known = incident::next::fold(&self.facts().await?).unwrap_or_default();
        let beginning = Beginning {
            incident: incident.filter(|id| known.iter().any(|incident| incident.id == *id)),
            rollback: wish.rollback,
            bad,
            branch,
            base: wish.base,
            commit,
            checklist,
            playbook,
            by: wish.by,
        };
        let at = self.record_fix(&id, Deed::FixBegan(Box::new(beginning.clone()))).await?;
        Ok(fix::begin(id, at, beginning))
    }

    /// Ticks an item of the checklist, or takes it back.
    ///
    /// # Errors
    /// [`Code::FixUnknown`], [`Code::FixRefused`].
    pub async fn set_fix_item(&self, id: &FixId, item: usize, done: bool, by: &str) -> Result<Fix, Trouble> {
        let deed = Deed::FixItemSet { item, done, by: by.to_owned() };
        self.change_fix(id, deed, "There is no such item, or it is so already.").await
    }

    /// Pushes the branch as it is here, where the remote has none of its name. Whose it has is left alone.
    ///
    /// # Errors
    /// [`Code::PushRefused`], [`Code::BranchTaken`], [`Code::RemoteUnreachable`].
    pub async fn push_fix(&self, id: &FixId, by: &str) -> Result<Fix, Trouble> {
        let fix = self.fix(Some(id)).await?;
        let branch = fix.beginning.branch.clone();
        let (git, name) = (self.repository.clone(), branch.clone());
        let here = blocking(move || git.local_branch(&name)).await?.ok_or_else(|| {
            let message = format!("The branch {branch} is no longer here.");
            Trouble::new(Code::TagMissing, message, "Fetch it, or make it again.")
        })?;
        match self.repository.remote_branch(&branch).await? {
            Some(there) if there == here => {}
            Some(_) => return Err(elsewhere(&branch)),
            None => match self.repository.push_branch(&branch, &here, None).await? {
                BranchOutcome::Pushed => {}
                BranchOutcome::Moved => return Err(elsewhere(&branch)),
                BranchOutcome::Refused(words) => {
                    let message = format!("The remote refused the branch: {words}");
                    return Err(Trouble::new(
                        Code::PushRefused,
                        message,
                        "Choose another name, or ask who may push it.",
                    ));
                }
                BranchOutcome::Unknown(words) => {
                    let message = format!("Whether the branch arrived is not known: {words}");
                    return Err(Trouble::new(Code::RemoteUnreachable, message, "Push it again; that does no harm."));
                }
            },
        }
        let deed = Deed::FixBranchPushed { commit: here, by: by.to_owned() };
        self.change_fix(id, deed, "The fix went on meanwhile.").await
    }

    /// Links the pull request of this number, else the newest one that brings the fix's branch.
    ///
    /// # Errors
    /// [`Code::NotOnGithub`] where there is none.
    pub async fn link_fix(&self, id: &FixId, number: Option<u64>, by: &str) -> Result<Fix, Trouble> {
        let fix = self.fix(Some(id)).await?;
        let github = self.connect().await?;
        let branch = &fix.beginning.branch;
        let found = match number {
            Some(number) => github.pull_request(number).await?,
            None => github.pull_request_of(branch).await?,
        };
        let found = found.ok_or_else(|| {
            let message = number.map_or_else(
                || format!("GitHub has no pull request that brings {branch}."),
                |number| format!("GitHub has no pull request #{number} here."),
            );
            Trouble::new(Code::NotOnGithub, message, "Push the branch, open one, and link it then.")
        })?;
        let pull_request = PullRequest { number: found.number, url: found.url, title: found.title };
        if fix.pull_request.as_ref() == Some(&pull_request) {
            return Ok(fix);
        }
        let deed = Deed::FixPullRequestLinked { pull_request, by: by.to_owned() };
        self.change_fix(id, deed, "The fix went on meanwhile.").await
    }

    /// What GitHub says of the linked pull request now; `None` where none is linked, or it is gone.
    pub async fn pull_request_of(&self, fix: &Fix) -> Result<Option<publishing::PullRequest>, Trouble> {
        let Some(linked) = &fix.pull_request else { return Ok(None) };
        self.connect().await?.pull_request(linked.number).await
    }

    async fn base_commit(&self, base: &Base, bad: Option<&TagName>) -> Result<ObjectId, Trouble> {
        let missing = |name: &str| {
            let message = format!("{name} leads to no commit here.");
            Trouble::new(Code::TagMissing, message, "Fetch it, or begin the branch elsewhere with --from.")
        };
        match (base, bad) {
            (Base::DefaultBranch, _) => {
                let tip = self.repository.default_tip().await?;
                self.repository.bring(&tip).await?;
                Ok(tip.commit)
            }
            (Base::BadRelease, Some(bad)) => {
                let found = self.repository.local_tag(bad).await?;
                found.and_then(|target| target.commit).ok_or_else(|| missing(bad.as_str()))
            }
            (Base::BadRelease, None) => Err(missing("What was live before the rollback")),
            (Base::Named(name), _) => {
                let (git, wanted) = (self.repository.clone(), name.clone());
                blocking(move || git.commit_named(&wanted)).await?.ok_or_else(|| missing(name))
            }
        }
    }

    /// The playbook's tasks as the default branch has them here, else the shipped ones.
    async fn checklist(&self) -> Result<(Vec<String>, Option<String>), Trouble> {
        let path = self.settings().rollout.playbook.clone().unwrap_or_else(|| PLAYBOOK.to_owned());
        let (git, file) = (self.repository.clone(), path.clone());
        let text = blocking(move || git.read_head_file(&file)).await?;
        let items = text.map(|bytes| of_playbook(&String::from_utf8_lossy(&bytes))).unwrap_or_default();
        Ok(if items.is_empty() { (SHIPPED.map(str::to_owned).to_vec(), None) } else { (items, Some(path)) })
    }

    async fn change_fix(&self, id: &FixId, deed: Deed, refusal: &str) -> Result<Fix, Trouble> {
        let fix = self.fix(Some(id)).await?;
        let refused = |_| Trouble::new(Code::FixRefused, refusal, "Look at it again: lastgood fix show");
        next(&fix, SystemClock.now(), &deed).map_err(refused)?;
        let at = self.record_fix(id, deed.clone()).await?;
        next(&fix, at, &deed).map_err(refused)
    }

    async fn record_fix(&self, id: &FixId, deed: Deed) -> Result<jiff::Timestamp, Trouble> {
        let subject = Subject::repository(&self.key);
        let event = Event { fix: id.clone(), deed }.into();
        Ok(self.journal.append(NewFact { at: SystemClock.now(), subject, event }).await?.at)
    }
}

fn elsewhere(branch: &str) -> Trouble {
    let message = format!("The remote has a branch {branch} that stands elsewhere.");
    Trouble::new(Code::BranchTaken, message, "Push it yourself with git, so that nobody's commits are lost.")
}

fn broken(illegal: &IllegalFact) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal tells of something that cannot happen: {illegal}."),
        "Use the newest version of Lastgood with this data folder.",
    )
}
