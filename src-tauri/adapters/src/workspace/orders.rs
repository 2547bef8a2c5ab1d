//! What a person tells GitHub about a run: approve it, reject it, cancel it.
//!
//! Each is intent, act, outcome, and leaves once. An answer that never came is looked up at the run itself.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, RunId};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{Decision, PendingApproval, Written};
use lastgood_core::rollback::event::{Event, OrderOutcome, RunOrder};

use super::Workspace;
use crate::github::Github;
use crate::github::account::{TokenKind, kind};

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
        let decision = match wish.order {
            RunOrder::Cancel => None,
            RunOrder::Approve | RunOrder::Reject => Some(self.decision(&github, &wish).await?),
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
            Written::Unknown(trouble) => look_up(&github, &wish, trouble).await,
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

/// No answer came. A run that waits no more, or is over, tells that the order arrived; a run that still waits tells
/// nothing: it may be on its way.
async fn look_up(github: &Github, wish: &OrderWish, trouble: Trouble) -> (OrderOutcome, Result<String, Trouble>) {
    let arrived = match wish.order {
        RunOrder::Cancel => github.run(wish.run).await.is_ok_and(|run| run.is_over()),
        RunOrder::Approve | RunOrder::Reject => match github.pending_approvals(wish.run).await {
            Ok(pending) => !pending.iter().any(|one| one.environment == wish.environment),
            Err(_) => false,
        },
    };
    if arrived {
        return (OrderOutcome::Done, Ok(format!("{} (GitHub's answer was lost; the run tells it)", done(wish))));
    }
    let message = format!("Whether GitHub took it is not known: {}", trouble.message);
    let hint = "Look at the run's page; say it again if it still waits.";
    (OrderOutcome::Unknown, Err(Trouble::new(Code::OrderUnknown, message, hint)))
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
