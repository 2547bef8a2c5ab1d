//! What a person tells GitHub about a run: approve it, reject it, cancel it.
//!
//! Each is intent, act, outcome, and leaves once. An answer that never came is looked up at the run itself: what was
//! decided about it since, and how it ended.

use futures_util::future::join;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, RunId};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{Decision, PendingApproval, Written};
use lastgood_core::rollback::event::{Event, OrderOutcome, RunOrder};

use super::Workspace;
use crate::github::account::{TokenKind, kind};
use crate::github::{Github, Review};

/// One order as a person gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderWish {
    pub run: RunId,
    pub environment: EnvironmentName,
    /// The rollback that the run belongs to.
    pub rollback: Option<RollbackId>,
    pub order: RunOrder,
    pub by: String,
    pub comment: String,
}

impl Workspace {
    /// What this run waits for; nothing where it waits for nobody.
    pub async fn approvals(&self, run: RunId) -> Result<Vec<PendingApproval>, Trouble> {
        self.connect().await?.pending_approvals(run).await
    }

    /// The run of this environment that waits for an approval: the rollback's own, else the only one there is.
    ///
    /// # Errors
    /// [`Code::NothingWaits`]; [`Code::Usage`] where several wait and none is a rollback's.
    pub async fn waiting_run(&self, environment: &EnvironmentName) -> Result<(RunId, Option<RollbackId>), Trouble> {
        let unfinished = self.unfinished().await?;
        let own = unfinished.iter().find(|rollback| rollback.plan.environment == *environment);
        let github = self.connect().await?;
        let mut found = Vec::new();
        for run in github.waiting_runs().await? {
            if let Some(rollback) = own.filter(|rollback| rollback.run == Some(run.id)) {
                return Ok((run.id, Some(rollback.id.clone())));
            }
            if github.pending_approvals(run.id).await?.iter().any(|one| one.environment == *environment) {
                found.push(run.id);
            }
        }
        match found[..] {
            [] => Err(nothing_waits(environment)),
            [run] => Ok((run, None)),
            _ => {
                let runs: Vec<String> = found.iter().map(ToString::to_string).collect();
                let message = format!("Several runs wait for {environment}: {}.", runs.join(", "));
                Err(Trouble::new(Code::Usage, message, "Name one with --run."))
            }
        }
    }

    /// Gives the order. The words say what became of it.
    ///
    /// # Errors
    /// [`Code::NotAReviewer`], [`Code::NothingWaits`], GitHub's own no; [`Code::OrderUnknown`] where nothing can tell.
    pub async fn order(&self, wish: OrderWish) -> Result<String, Trouble> {
        let github = self.connect().await?;
        let (decision, before) = match wish.order {
            RunOrder::Cancel => (None, None),
            RunOrder::Approve | RunOrder::Reject => {
                let (decision, before) = join(self.decision(&github, &wish), github.reviews(wish.run)).await;
                (Some(decision?), before.ok())
            }
        };
        let (run, order) = (wish.run, wish.order);
        let intent = Event::RunOrdered { run, order, by: wish.by.clone(), comment: wish.comment.clone() };
        self.record(&wish.environment, wish.rollback.clone(), intent).await?;
        let written = match &decision {
            Some(decision) => github.decide(run, decision).await,
            None => github.cancel(run).await,
        };
        let (outcome, told) = match written {
            Written::Done(()) => (OrderOutcome::Done, Ok(done(&wish))),
            Written::Refused(trouble) => (OrderOutcome::Refused, Err(trouble)),
            Written::NotSent(trouble) => (OrderOutcome::NotSent, Err(trouble)),
            Written::Unknown(trouble) => match look_up(&github, &wish, before).await {
                Arrived::Yes => (OrderOutcome::Done, Ok(found_done(&wish))),
                Arrived::No(trouble) => (OrderOutcome::Refused, Err(trouble)),
                Arrived::NobodyKnows(words) => (OrderOutcome::Unknown, Err(unknown(&wish, &words, &trouble))),
            },
        };
        let sentence = told.as_ref().map_or_else(|trouble| trouble.message.clone(), Clone::clone);
        let ended = Event::RunOrderEnded { run, order, outcome, sentence };
        self.record(&wish.environment, wish.rollback, ended).await?;
        told
    }

    async fn decision(&self, github: &Github, wish: &OrderWish) -> Result<Decision, Trouble> {
        if self.token().is_some_and(|token| kind(&token) == TokenKind::GithubApp) {
            let message = "GitHub takes approvals from no token of a GitHub App.";
            let hint = "Sign in as yourself, with a personal token or with gh, or decide on the run's page.";
            return Err(Trouble::new(Code::TokenTooWeak, message, hint));
        }
        let pending = github.pending_approvals(wish.run).await?;
        let here = pending.into_iter().find(|one| one.environment == wish.environment);
        let here = here.ok_or_else(|| nothing_waits(&wish.environment))?;
        if !here.can_approve {
            return Err(not_a_reviewer(&here));
        }
        let approve = wish.order == RunOrder::Approve;
        Ok(Decision { environment_ids: vec![here.environment_id], approve, comment: wish.comment.clone() })
    }
}

/// What became of an order whose answer was lost.
enum Arrived {
    Yes,
    /// Somebody else decided, or the run ended by itself.
    No(Trouble),
    /// With what is known all the same; empty where nothing is.
    NobodyKnows(String),
}

/// A run that still waits, or goes on, tells nothing: the order may be on its way.
async fn look_up(github: &Github, wish: &OrderWish, before: Option<Vec<Review>>) -> Arrived {
    match wish.order {
        RunOrder::Cancel => how_it_ended(github, wish).await,
        RunOrder::Approve | RunOrder::Reject => who_decided(github, wish, before).await,
    }
}

/// Nothing waits there any more for many reasons. Only a decision that was not there before tells whose it was.
async fn who_decided(github: &Github, wish: &OrderWish, before: Option<Vec<Review>>) -> Arrived {
    let unknown = Arrived::NobodyKnows(String::new());
    let Ok(pending) = github.pending_approvals(wish.run).await else { return unknown };
    if pending.iter().any(|one| one.environment == wish.environment) {
        return unknown;
    }
    let (Some(before), Ok(after), Ok(account)) = (before, github.reviews(wish.run).await, github.account().await)
    else {
        return unknown;
    };
    let verdict = if wish.order == RunOrder::Approve { "approved" } else { "rejected" };
    let mut newer = added(before, after);
    newer.retain(|review| review.environments.contains(&wish.environment));
    if newer.iter().any(|review| review.verdict == verdict && review.by.eq_ignore_ascii_case(&account)) {
        return Arrived::Yes;
    }
    let Some(other) = newer.pop() else {
        return Arrived::NobodyKnows(format!("Run {} does not wait for {} any more. ", wish.run, wish.environment));
    };
    let message = format!("Run {} was {} for {} by @{}.", wish.run, other.verdict, wish.environment, other.by);
    Arrived::No(Trouble::new(Code::NothingWaits, message, "Nothing is left to decide; look at the run's page."))
}

async fn how_it_ended(github: &Github, wish: &OrderWish) -> Arrived {
    let Ok(run) = github.run(wish.run).await else { return Arrived::NobodyKnows(String::new()) };
    if !run.is_over() {
        return Arrived::NobodyKnows(String::new());
    }
    let conclusion = run.conclusion.as_deref().unwrap_or("no word of how");
    match conclusion {
        "cancelled" => Arrived::Yes,
        "success" | "neutral" | "skipped" => {
            let message = format!("Run {} ended before it was cancelled: {conclusion}.", wish.run);
            Arrived::No(Trouble::new(Code::GithubAnswer, message, "Nothing is left to cancel; look at the run's page."))
        }
        // A job that is cancelled may end so as well.
        other => Arrived::NobodyKnows(format!("Run {} is over: {other}. ", wish.run)),
    }
}

/// What is in the second list and was not in the first.
fn added(mut before: Vec<Review>, after: Vec<Review>) -> Vec<Review> {
    let mut is_new = |review: &Review| match before.iter().position(|known| known == review) {
        Some(place) => {
            before.swap_remove(place);
            false
        }
        None => true,
    };
    after.into_iter().filter(|review| is_new(review)).collect()
}

fn found_done(wish: &OrderWish) -> String {
    format!("{} (GitHub's answer was lost; the run tells it)", done(wish))
}

fn unknown(wish: &OrderWish, known: &str, trouble: &Trouble) -> Trouble {
    let message = format!("{known}Whether GitHub took it is not known: {}", trouble.message);
    let hint = match known {
        "" => "Look at the run's page; say it again if it still waits.".to_owned(),
        _ => format!("Look at the page of run {}.", wish.run),
    };
    Trouble::new(Code::OrderUnknown, message, hint)
}

fn done(wish: &OrderWish) -> String {
    let OrderWish { run, environment, .. } = wish;
    match wish.order {
        RunOrder::Approve => format!("Run {run} is approved for {environment}"),
        RunOrder::Reject => format!("Run {run} is rejected for {environment}"),
        RunOrder::Cancel => format!("Run {run} is being cancelled"),
    }
}

fn nothing_waits(environment: &EnvironmentName) -> Trouble {
    let message = format!("No run waits for an approval in {environment}.");
    Trouble::new(Code::NothingWaits, message, "`lastgood status --all` lists what waits.")
}

fn not_a_reviewer(pending: &PendingApproval) -> Trouble {
    let environment = &pending.environment;
    let message = if pending.reviewers.is_empty() {
        format!("{environment} does not take an approval from you.")
    } else {
        format!("{environment} wants the approval of {}.", pending.reviewers.join(" or "))
    };
    Trouble::new(Code::NotAReviewer, message, "Ask one of them; the run goes on by itself when they approve.")
}
