//! Which release ran when: one span for each successful deployment, until the next one. A deployment of which nothing tells
//! what it brought ends a span and begins none.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::ids::{EnvironmentName, RunId, TagName};
use crate::journal::Fact;
use crate::live::Source;
use crate::live::brought::{Brought, Releases};
use crate::live::runs::Told;
use crate::live::untold::Untold;
use crate::ports::forge::Deployment;
use crate::release::{Release, sort};
use crate::rollback::event::{Event, Evidence, StepOutcome};
use crate::rollback::{Outcome, StepName};

/// A release in an environment, from its deployment to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub tag: TagName,
    pub from: Timestamp,
    /// `None` while it runs.
    pub to: Option<Timestamp>,
    /// GitHub's deployment; `None` where a run or the journal alone tells of it.
    pub deployment: Option<u64>,
    /// GitHub's run, where it is the evidence.
    pub run: Option<RunId>,
    /// It came after a newer release: somebody went back.
    pub went_back: bool,
    /// The one behind it was older: somebody went back from it.
    pub left_behind: bool,
}

impl Span {
    /// What tells of it.
    pub fn source(&self) -> Source {
        match (self.deployment, self.run) {
            (Some(_), _) => Source::Deployment,
            (None, Some(_)) => Source::Run,
            (None, None) => Source::Journal,
        }
    }

    pub fn seconds(&self, now: Timestamp) -> i64 {
        self.to.unwrap_or(now).as_second().saturating_sub(self.from.as_second()).max(0)
    }
}

/// What ran when, and what was put over it without anybody telling which release it is.
pub(super) struct History {
    /// Oldest first.
    pub(super) spans: Vec<Span>,
    pub(super) untold: Option<Untold>,
}

/// Runs count where the environment has no deployment.
pub(super) fn history(
    environment: &EnvironmentName,
    releases: &[Release],
    deployments: &[Deployment],
    runs: &[Told],
    facts: &[Fact],
) -> History {
    let known = Releases::new(releases);
    let mut own = own_runs(environment, facts);
    own.retain(|run| !run.is_anothers(deployments, &known));
    let own = at_githubs_times(environment, own, deployments);
    let theirs = deployments.iter().filter(|found| !own.iter().any(|run| run.left(found, &known)));
    let mut starts = from_deployments(environment, &known, theirs);
    if !deployments.iter().any(|found| found.environment == *environment) {
        starts.extend(runs.iter().map(Start::of_run));
    }
    add_own(&mut starts, own);
    starts.sort_by_key(|start| start.from);
    one_after_the_other(starts, &rank(releases))
}

fn one_after_the_other(starts: Vec<Start>, order: &HashMap<TagName, usize>) -> History {
    let mut spans: Vec<Span> = Vec::new();
    let mut untold = None;
    for Start { what, from, deployment, run, .. } in starts {
        let open = spans.last_mut().filter(|last| last.to.is_none());
        let tag = match what {
            What::Release(tag) if open.as_ref().is_some_and(|last| last.tag == tag) => continue,
            What::Release(tag) => tag,
            What::Untold(what) => {
                open.into_iter().for_each(|last| last.to = Some(from));
                untold = Some(what);
                continue;
            }
        };
        open.into_iter().for_each(|last| last.to = Some(from));
        untold = None;
        if let Some(last) = spans.last_mut() {
            last.left_behind = order.get(&tag) < order.get(&last.tag);
        }
        let went_back = spans.last().is_some_and(|last| last.left_behind);
        spans.push(Span { tag, from, to: None, deployment, run, went_back, left_behind: false });
    }
    History { spans, untold }
}

struct Start {
    what: What,
    from: Timestamp,
    deployment: Option<u64>,
    run: Option<RunId>,
    /// The run that made the deployment, where GitHub names it.
    by: Option<RunId>,
}

enum What {
    Release(TagName),
    Untold(Untold),
}

impl Start {
    fn of_run(told: &Told) -> Self {
        let what = What::Release(told.tag.clone());
        Self { what, from: told.at, deployment: None, run: Some(told.run), by: None }
    }

    fn tag(&self) -> Option<&TagName> {
        match &self.what {
            What::Release(tag) => Some(tag),
            What::Untold(_) => None,
        }
    }
}

/// The successful run of one of our own rollbacks.
struct OwnRun {
    to: TagName,
    branch: String,
    /// GitHub's number of it, once it was found.
    run: Option<RunId>,
    /// Nothing but that number ties it to the rollback.
    by_number: bool,
    /// Both by this machine's clock.
    sent: Timestamp,
    over: Timestamp,
    /// GitHub's deployment of it, where it names the run, and when that succeeded.
    succeeded: Option<(u64, Timestamp)>,
}

impl OwnRun {
    /// GitHub names the branch that a run was dispatched from, and its head, as what the run deployed. One whose title
    /// names another release is somebody else's, however near it is.
    fn left(&self, deployment: &Deployment, releases: &Releases<'_>) -> bool {
        let from_here = deployment.reference.trim_start_matches("refs/heads/") == self.branch;
        self.is_named_by(deployment)
            || (from_here && !self.is_called_another(deployment, releases) && self.made(deployment))
    }

    /// The run that was taken for ours deployed another release: somebody began it by hand.
    fn is_anothers(&self, deployments: &[Deployment], releases: &Releases<'_>) -> bool {
        let tells = |one: &Deployment| self.is_named_by(one) && self.is_called_another(one, releases);
        self.by_number && deployments.iter().any(tells)
    }

    fn is_named_by(&self, deployment: &Deployment) -> bool {
        self.run.is_some() && self.run == deployment.run
    }

    fn is_called_another(&self, deployment: &Deployment, releases: &Releases<'_>) -> bool {
        let told = deployment.maker.as_ref().and_then(|maker| releases.of_title(&maker.title));
        told.is_some_and(|release| release.tag != self.to)
    }

    /// Where GitHub names the run, no clock is asked: GitHub's may be far from this machine's.
    fn made(&self, deployment: &Deployment) -> bool {
        match (self.run, deployment.run) {
            (Some(own), Some(named)) if own == named => true,
            // Its own deployment is known, and this is another one. Else ours may have begun the run that deploys.
            (Some(_), Some(_)) if self.succeeded.is_some() => false,
            (Some(_) | None, _) => self.spans(deployment.created),
        }
    }

    fn is_told_by(&self, start: &Start) -> bool {
        let named = start.by.or(start.run);
        let same = match (self.run, named) {
            (Some(own), Some(named)) => own == named,
            // Its own deployment is known, and this is another one.
            _ if self.succeeded.is_some() => false,
            (Some(_) | None, _) => self.spans(start.from),
        };
        start.tag() == Some(&self.to) && same
    }

    fn spans(&self, at: Timestamp) -> bool {
        at.duration_since(self.sent) >= -CLOCK_SKEW && at.duration_since(self.over) <= CLOCK_SKEW
    }
}

/// How far GitHub's clock and this machine's may differ where only times tell.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(30);

fn from_deployments<'a>(
    environment: &EnvironmentName,
    releases: &Releases<'_>,
    deployments: impl Iterator<Item = &'a Deployment>,
) -> Vec<Start> {
    deployments
        .filter(|deployment| deployment.environment == *environment)
        .filter_map(|deployment| {
            let from = deployment.succeeded?;
            let what = match releases.brought_by(deployment) {
                Brought::Release(release) => What::Release(release.tag.clone()),
                Brought::NoRelease => What::Untold(Untold::no_release(deployment, from)),
                Brought::NotTold => What::Untold(Untold::not_told(deployment, from)),
            };
            Some(Start { what, from, deployment: Some(deployment.id), run: None, by: deployment.run })
        })
        .collect()
}

fn own_runs(environment: &EnvironmentName, facts: &[Fact]) -> Vec<OwnRun> {
    let mut begun = HashMap::new();
    let mut runs = Vec::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(id) = &fact.subject.rollback else { continue };
        if let Some(Event::RollbackStarted(plan)) = fact.event.rollback() {
            // A deploy from this machine leaves no deployment on GitHub, whatever came at that time.
            let branch = if plan.deploy.local.is_some() { String::new() } else { plan.deploy.branch.clone() };
            let to = plan.to.clone();
            let (sent, over) = (plan.started, plan.started);
            begun.insert(id, OwnRun { to, branch, run: None, by_number: false, sent, over, succeeded: None });
        }
        if let (Some(Event::DispatchSent | Event::LocalBegan { .. }), Some(run)) =
            (fact.event.rollback(), begun.get_mut(id))
        {
            run.sent = fact.at;
        }
        if let (Some(Event::RunFound { run: found, how }), Some(run)) = (fact.event.rollback(), begun.get_mut(id)) {
            (run.run, run.by_number) = (Some(*found), *how == Evidence::TimeAndActor);
        }
        if let Some(Event::StepEnded(ending)) = fact.event.rollback()
            && (ending.step, ending.outcome) == (StepName::Follow, StepOutcome::Succeeded)
            && let Some(run) = begun.remove(id)
        {
            runs.push(OwnRun { over: fact.at, ..run });
        }
    }
    runs
}

/// Among GitHub's deployments a run of ours stands where GitHub's clock has it.
fn at_githubs_times(environment: &EnvironmentName, own: Vec<OwnRun>, deployments: &[Deployment]) -> Vec<OwnRun> {
    let here = || deployments.iter().filter(|found| found.environment == *environment);
    let placed = own.into_iter().map(|run| {
        let mut left = here().filter(|found| run.run.is_some() && found.run == run.run);
        let succeeded = left.find_map(|found| Some((found.id, found.succeeded?)));
        OwnRun { succeeded, ..run }
    });
    placed.collect()
}

/// Our own rollbacks count where no deployment and no run tells of their target. What such a run brought is known here,
/// whatever GitHub says that its deployment is of.
fn add_own(starts: &mut Vec<Start>, own: Vec<OwnRun>) {
    for run in own {
        if !starts.iter().any(|start| run.is_told_by(start)) {
            let (deployment, from) = run.succeeded.map_or((None, run.over), |(id, at)| (Some(id), at));
            starts.push(Start { what: What::Release(run.to), from, deployment, run: None, by: None });
        }
    }
}

/// A release's place among its kin, oldest first.
fn rank(releases: &[Release]) -> HashMap<TagName, usize> {
    let mut ordered = releases.to_vec();
    sort(&mut ordered, crate::release::Sort::Version);
    ordered.iter().rev().enumerate().map(|(place, release)| (release.tag.clone(), place)).collect()
}

/// Half of them took less; one that hung does not spoil it.
pub fn median(taken: &[i64]) -> Option<i64> {
    let mut sorted = taken.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

/// Seconds of each successful rollback of this environment, oldest first: what "usually takes" is made of. Who goes
/// forward takes another time.
pub fn durations(environment: &EnvironmentName, facts: &[Fact]) -> Vec<i64> {
    let mut begun = HashMap::new();
    let mut taken = Vec::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(id) = &fact.subject.rollback else { continue };
        if matches!(fact.event.rollback(), Some(Event::RollbackStarted(plan)) if !plan.forward) {
            begun.insert(id, fact.at);
        }
        if let Some(Event::RollbackEnded { outcome: Outcome::Succeeded, .. }) = fact.event.rollback()
            && let Some(at) = begun.get(id)
        {
            taken.push(fact.at.as_second() - at.as_second());
        }
    }
    taken
}
