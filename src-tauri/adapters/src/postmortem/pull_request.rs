//! The pull request of a post-mortem, and what became of it. A branch has at most one that is open: it is looked up before
//! one is opened, and after an answer that never came.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{PullRequest, PullRequestOrder, Standing};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::{Deed, Published, PullRequestOpened};
use lastgood_core::postmortem::section::SectionName;
use lastgood_core::postmortem::{Postmortem, PullRequest as Known};

use super::Postmortems;

pub(super) struct Wanted<'a> {
    pub(super) title: String,
    /// The branch that it is to be merged into.
    pub(super) base: String,
    /// The document.
    pub(super) text: &'a str,
}

impl Postmortems<'_> {
    /// The one that brings this branch, opened where there is none; `None` where the repository is on no GitHub.
    pub(super) async fn pull_request(
        &self,
        postmortem: &Postmortem,
        published: &Published,
        wanted: Wanted<'_>,
    ) -> Result<Option<PullRequestOpened>, Trouble> {
        if self.workspace.slug().is_none() {
            return Ok(None);
        }
        let github = self.workspace.connect().await?;
        let branch = &published.branch;
        let there = github.pull_request_of(branch).await?;
        let (number, url) = match there.filter(is_open) {
            Some(there) => (there.number, there.url),
            None => match github.open_pull_request(&order(postmortem, published, wanted)).await {
                Written::Done(opened) => (opened.number, opened.url),
                Written::Refused(trouble) | Written::NotSent(trouble) => return Err(trouble),
                Written::Unknown(trouble) => {
                    let found = github.pull_request_of(branch).await.ok().flatten().filter(is_open);
                    found.map(|found| (found.number, found.url)).ok_or_else(|| unknown(&trouble))?
                }
            },
        };
        let opened = PullRequestOpened { branch: branch.clone(), number, url, by: published.by.clone() };
        let is_known = |known: &Known| known.opened.number == number && known.merged.is_none();
        if !postmortem.pull_requests.iter().any(is_known) {
            self.record(&postmortem.id, Deed::PostmortemPullRequestOpened(opened.clone())).await?;
        }
        Ok(Some(opened))
    }

    /// Asks GitHub what became of the newest pull request, unless it was merged; its end is a fact, and so is that it was
    /// opened anew.
    pub async fn look(&self, postmortem: Postmortem) -> Result<Postmortem, Trouble> {
        let Some(Known { opened, merged: known }) = postmortem.unmerged() else { return Ok(postmortem) };
        let number = opened.number;
        let now = match self.workspace.connect().await?.pull_request(number).await?.map(|found| found.standing) {
            Some(Standing::Merged { .. }) => Some(true),
            Some(Standing::Closed) => Some(false),
            Some(Standing::Open) => None,
            None => return Ok(postmortem),
        };
        let deed = match now {
            now if now == *known => return Ok(postmortem),
            Some(merged) => Deed::PostmortemPullRequestEnded { number, merged },
            None => Deed::PostmortemPullRequestOpened(opened.clone()),
        };
        self.record(&postmortem.id, deed).await?;
        self.find(&postmortem.id).await
    }
}

fn is_open(found: &PullRequest) -> bool {
    found.standing == Standing::Open
}

fn order(postmortem: &Postmortem, published: &Published, wanted: Wanted<'_>) -> PullRequestOrder {
    let document = Document::parse(wanted.text);
    let summary = document.section(SectionName::Summary).map(|section| section.body.trim().to_owned());
    let summary = summary.filter(|words| !words.is_empty()).map_or(String::new(), |words| format!("{words}\n\n"));
    let body = format!("{summary}Adds `{}`.\n\n<!-- lastgood:postmortem {} -->\n", published.path, postmortem.id);
    PullRequestOrder { title: wanted.title, body, head: published.branch.clone(), base: wanted.base, draft: false }
}

fn unknown(trouble: &Trouble) -> Trouble {
    let message =
        format!("The branch is pushed; whether its pull request was opened is not known: {}", trouble.message);
    Trouble::new(
        Code::RemoteUnreachable,
        message,
        "Publish again when the network is back; one that is there is found.",
    )
}
