//! The deploy workflow refuses while its environment is held: the step that does it, offered as a pull request.
//!
//! The file is read at the remote's default branch, and the commit is made on top of it without a checkout. A branch and
//! a pull request that are there already are found again, so that asking twice has one effect.

mod insert;
mod step;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EnvironmentName;
use lastgood_core::planning;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{PullRequestOrder, Standing};
use lastgood_core::ports::{Clock, Publishing};

use super::{Known, Workspace};
use crate::clock::SystemClock;
use crate::git::{BranchOutcome, Tip};
use crate::github::Github;
use crate::postmortem::moment;

pub use insert::{Inserted, insert};
pub use step::snippet;

/// One branch for the step, so that a second offer finds the first.
const BRANCH: &str = "lastgood/refuse-while-held";

const TITLE: &str = "Deploy: refuse while the environment is held";

/// What became of the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// The workflow on the default branch refuses already.
    There { path: String },
    /// A pull request with the step is open; `new`: it was opened now.
    Offered { path: String, number: u64, url: String, new: bool },
    /// Why a program cannot put it there; the step is then pasted by hand.
    ByHand { path: String, why: String, snippet: String },
}

impl Workspace {
    /// Offers the step to the workflow that deploys to this environment.
    ///
    /// # Errors
    /// Where GitHub or the remote cannot be asked, or refuses; [`Code::GithubUnreachable`] where it is not known whether
    /// the pull request was opened.
    pub async fn offer_guard(&self, environment: &EnvironmentName, known: &Known) -> Result<Guard, Trouble> {
        let forge = known.forge.as_ref().map_err(Clone::clone)?;
        let settings = self.settings().environment(environment.as_str());
        let deploy = planning::deploy(environment, &settings, &forge.workflows, &forge.default_branch)?;
        let path = format!(".github/workflows/{}", deploy.workflow);
        let default = self.repository.default_tip().await?;
        let text = self.workflow_at(&default, &path).await?;
        let version = Some(deploy.version_input.as_str());
        let whole = match insert(&text, version) {
            Inserted::There => return Ok(Guard::There { path }),
            Inserted::Refused(why) => return Ok(Guard::ByHand { path, why, snippet: snippet() }),
            Inserted::Text(whole) => whole,
        };
        self.push_step(&default, &path, version, whole).await?;
        let (number, url, new) = self.open_once(&default.branch, &path).await?;
        Ok(Guard::Offered { path, number, url, new })
    }

    async fn workflow_at(&self, tip: &Tip, path: &str) -> Result<String, Trouble> {
        self.repository.bring(tip).await?;
        let bytes = self.repository.file_at(&tip.commit, path)?.ok_or_else(|| {
            let message = format!("{path} is not on {}.", tip.branch);
            Trouble::new(Code::NoWorkflow, message, "Name the workflow of the environment in lastgood.toml.")
        })?;
        String::from_utf8(bytes)
            .map_err(|_| Trouble::new(Code::NoWorkflow, format!("{path} is no UTF-8 text."), "Paste the step by hand."))
    }

    /// A branch that has the step already stays as somebody left it; any other is changed on top of what is there.
    async fn push_step(&self, default: &Tip, path: &str, version: Option<&str>, whole: String) -> Result<(), Trouble> {
        let there = self.repository.remote_branch(BRANCH).await?;
        let (parent, whole) = match &there {
            None => (default.commit.clone(), whole),
            Some(commit) => {
                let tip = Tip { branch: BRANCH.to_owned(), commit: commit.clone() };
                match insert(&self.workflow_at(&tip, path).await?, version) {
                    Inserted::There => return Ok(()),
                    Inserted::Text(whole) => (commit.clone(), whole),
                    Inserted::Refused(why) => return Err(branch_in_the_way(&why)),
                }
            }
        };
        let files = vec![(path.to_owned(), whole.into_bytes())];
        let commit = self.repository.commit_files(&parent, files, &format!("{TITLE}\n"), now()).await?;
        judge(self.repository.push_branch(BRANCH, &commit, there.as_ref()).await?)
    }

    /// Looked for before it is opened, and again where the answer to that never came.
    async fn open_once(&self, base: &str, path: &str) -> Result<(u64, String, bool), Trouble> {
        let github = self.connect().await?;
        if let Some((number, url)) = standing(&github).await? {
            return Ok((number, url, false));
        }
        let order = PullRequestOrder {
            title: TITLE.to_owned(),
            body: body(path),
            head: BRANCH.to_owned(),
            base: base.to_owned(),
            draft: false,
        };
        match github.open_pull_request(&order).await {
            Written::Done(opened) => Ok((opened.number, opened.url, true)),
            Written::Refused(trouble) | Written::NotSent(trouble) => Err(trouble),
            Written::Unknown(trouble) => match standing(&github).await? {
                Some((number, url)) => Ok((number, url, true)),
                None => Err(trouble),
            },
        }
    }
}

/// The pull request that is open for the branch.
async fn standing(github: &Github) -> Result<Option<(u64, String)>, Trouble> {
    let found = github.pull_request_of(BRANCH).await?;
    Ok(found.filter(|one| one.standing == Standing::Open).map(|one| (one.number, one.url)))
}

fn now() -> lastgood_core::release::Moment {
    moment(SystemClock.now())
}

fn body(path: &str) -> String {
    format!(
        "`{path}` gets a step that ends a deploy while the environment is held: while a rollback runs, or while somebody \
         holds it with a reason. It reads one ref of this repository below `refs/lastgood/hold/`, says who holds and why, \
         and fails closed where that cannot be read. A rollback's own deploy is known by its id, which an input takes, and goes \
         through. The title of a run shows that id, so that a run whose start nobody confirmed is found again, and which version \
         it deploys where the workflow had no title.\n\n\
         Opened by Lastgood."
    )
}

fn judge(outcome: BranchOutcome) -> Result<(), Trouble> {
    let by_hand = "To paste the step by hand: lastgood hold snippet.";
    match outcome {
        BranchOutcome::Pushed => Ok(()),
        BranchOutcome::Moved => Err(Trouble::new(
            Code::PushRefused,
            format!("Somebody pushed to {BRANCH} in this moment."),
            "Ask again; their change is then kept.",
        )),
        BranchOutcome::Refused(words) => Err(Trouble::new(
            Code::PushRefused,
            format!("The remote refused the branch {BRANCH}: {words}"),
            format!("A token needs the scope workflow to change workflows. {by_hand}"),
        )),
        BranchOutcome::Unknown(words) => Err(Trouble::new(
            Code::RemoteUnreachable,
            format!("Whether {BRANCH} arrived is not known: {words}"),
            "Ask again when the network is back; what arrived is found.",
        )),
    }
}

fn branch_in_the_way(why: &str) -> Trouble {
    let message = format!("The branch {BRANCH} holds a workflow that cannot be changed by a program. {why}");
    Trouble::new(Code::BranchTaken, message, "Delete that branch, or paste the step: lastgood hold snippet.")
}
