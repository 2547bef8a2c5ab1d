//! The state at one moment.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    State,
    deployment::{self, Deployment},
    plan::{PlannedStep, SWITCH_STEP},
    queue,
    run::{Attempt, Run, Version},
    timeline::{Conclusion, End, JobTimes, StepTimes, Timeline},
};

/// What GitHub shows at one moment.
#[derive(Debug)]
pub struct View<'s> {
    /// The moment.
    pub now: Timestamp,
    /// Runs, newest first.
    pub runs: Vec<RunView<'s>>,
    /// Deployments, newest first.
    pub deployments: Vec<Deployment>,
    /// The version that each environment runs.
    pub live: BTreeMap<String, Version>,
}

/// A run with all of its attempts.
#[derive(Debug)]
pub struct RunView<'s> {
    /// Its facts.
    pub run: &'s Run,
    /// Its attempts, oldest first; at least one.
    pub attempts: Vec<AttemptView<'s>>,
}

/// An attempt at one moment.
#[derive(Debug)]
pub struct AttemptView<'s> {
    /// Its facts.
    pub attempt: &'s Attempt,
    /// From 1.
    pub number: usize,
    /// `queued`, `pending`, `waiting`, `in_progress` or `completed`.
    pub status: &'static str,
    /// Its end, if that has come.
    pub end: Option<End>,
    /// When it got its turn, if that has come.
    pub started_at: Option<Timestamp>,
    /// Its last change.
    pub updated_at: Timestamp,
    /// Whether a newer run replaced it in the queue.
    pub evicted: bool,
    /// Jobs that exist by now.
    pub jobs: Vec<JobView<'s>>,
}

/// A job at one moment.
#[derive(Debug)]
pub struct JobView<'s> {
    /// Number over all of GitHub.
    pub id: u64,
    /// Its name.
    pub name: &'s str,
    /// The environment that it deploys to.
    pub environment: Option<&'s str>,
    /// `queued`, `waiting`, `in_progress` or `completed`.
    pub status: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a runner took it.
    pub started_at: Option<Timestamp>,
    /// Its end, if that has come.
    pub end: Option<End>,
    /// Its steps.
    pub steps: Vec<StepView<'s>>,
}

/// A step at one moment.
#[derive(Debug)]
pub struct StepView<'s> {
    /// Its plan.
    pub step: &'s PlannedStep,
    /// `queued`, `in_progress` or `completed`.
    pub status: &'static str,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Its end, if that has come.
    pub end: Option<End>,
}

impl<'s> View<'s> {
    /// Computes the view. All of `state` that lies after `now` is left out.
    pub fn of(state: &'s State, now: Timestamp) -> Self {
        let timelines = queue::timelines(&state.runs, &state.pace);
        let mut runs: Vec<RunView<'s>> = Vec::new();
        let mut deployments = state.deployments.clone();
        let mut switches: BTreeMap<String, (Timestamp, Version)> = BTreeMap::new();
        for (index, run) in state.runs.iter().enumerate() {
            let mut attempts = Vec::new();
            for (number, attempt) in run.attempts.iter().enumerate() {
                let Some(timeline) = timelines.get(&(index, number)) else { continue };
                deployments.extend(deployment::of_attempt(run, attempt, timeline, now));
                note_switch(&mut switches, run, attempt, timeline, now);
                attempts.push(attempt_view(number + 1, attempt, timeline, now));
            }
            runs.push(RunView { run, attempts });
        }
        deployment::retire(&mut deployments);
        runs.sort_by_key(|view| {
            std::cmp::Reverse((view.run.attempts.first().map(|first| first.created_at), view.run.id))
        });
        deployments.sort_by_key(|deployment| std::cmp::Reverse((deployment.created_at, deployment.id)));
        let live = switches.into_iter().map(|(environment, (_, version))| (environment, version)).collect();
        Self { now, runs, deployments, live }
    }

    /// The run of that number.
    pub fn run(&self, id: u64) -> Option<&RunView<'s>> {
        self.runs.iter().find(|view| view.run.id == id)
    }

    /// The job of that number, with its run and attempt.
    pub fn job(&self, id: u64) -> Option<(&RunView<'s>, &AttemptView<'s>, &JobView<'s>)> {
        self.runs.iter().find_map(|run| {
            run.attempts
                .iter()
                .find_map(|attempt| attempt.jobs.iter().find(|job| job.id == id).map(|job| (run, attempt, job)))
        })
    }
}

impl<'s> RunView<'s> {
    /// The newest attempt.
    pub fn last(&self) -> Option<&AttemptView<'s>> {
        self.attempts.last()
    }
}

impl AttemptView<'_> {
    /// Environments that wait for somebody's approval.
    pub fn waits_for(&self) -> impl Iterator<Item = &str> {
        self.jobs.iter().filter(|job| job.status == "waiting").filter_map(|job| job.environment)
    }
}

fn attempt_view<'s>(number: usize, attempt: &'s Attempt, timeline: &Timeline, now: Timestamp) -> AttemptView<'s> {
    let jobs: Vec<JobView<'s>> = timeline
        .jobs
        .iter()
        .filter(|job| job.created_at <= now)
        .filter_map(|job| job_view(attempt, job, now))
        .collect();
    let end = timeline.end.filter(|end| end.at <= now);
    let started_at = timeline.starts_at.filter(|start| *start <= now);
    let any = |status: &str| jobs.iter().any(|job| job.status == status);
    let status = match (end, started_at) {
        (Some(_), _) => "completed",
        (None, None) => "pending",
        (None, Some(_)) if any("waiting") => "waiting",
        (None, Some(_)) if jobs.iter().all(|job| job.status == "queued") => "queued",
        (None, Some(_)) => "in_progress",
    };
    let moments = jobs.iter().flat_map(JobView::moments);
    let updated_at = moments.chain(end.map(|end| end.at)).max().unwrap_or(attempt.created_at);
    AttemptView { attempt, number, status, end, started_at, updated_at, evicted: timeline.evicted, jobs }
}

impl JobView<'_> {
    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        [Some(self.created_at), self.started_at, self.end.map(|end| end.at)].into_iter().flatten()
    }
}

fn job_view<'s>(attempt: &'s Attempt, job: &JobTimes, now: Timestamp) -> Option<JobView<'s>> {
    let planned = attempt.plan.jobs.get(job.index)?;
    let end = job.end.filter(|end| end.at <= now);
    let started_at = job.started_at.filter(|started| *started <= now);
    let reviewed = planned.environment.as_deref().and_then(|name| attempt.review(name));
    let waits = planned.gated && reviewed.is_none_or(|review| review.at > now);
    let status = match (end, started_at) {
        (Some(_), _) => "completed",
        (None, Some(_)) => "in_progress",
        (None, None) if waits => "waiting",
        (None, None) => "queued",
    };
    let steps = planned.steps.iter().zip(&job.steps).filter(|_| started_at.is_some());
    Some(JobView {
        id: attempt.job_id(job.index),
        name: &planned.name,
        environment: planned.environment.as_deref(),
        status,
        created_at: job.created_at,
        started_at,
        end,
        steps: steps.map(|(step, times)| step_view(step, times, now)).collect(),
    })
}

fn step_view<'s>(step: &'s PlannedStep, times: &StepTimes, now: Timestamp) -> StepView<'s> {
    let started_at = Some(times.started_at).filter(|started| *started <= now);
    let end = Some(times.end).filter(|end| started_at.is_some() && end.at <= now);
    let status = match (end, started_at) {
        (Some(_), _) => "completed",
        (None, Some(_)) => "in_progress",
        (None, None) => "queued",
    };
    StepView { step, status, started_at, end }
}

/// An environment runs the new version from the end of the step that switches its traffic; a job without
/// such a step switches when it ends.
fn note_switch(
    switches: &mut BTreeMap<String, (Timestamp, Version)>,
    run: &Run,
    attempt: &Attempt,
    timeline: &Timeline,
    now: Timestamp,
) {
    let Some(version) = &run.version else { return };
    for job in &timeline.jobs {
        let Some(planned) = attempt.plan.jobs.get(job.index) else { continue };
        let Some(environment) = &planned.environment else { continue };
        let switch = planned.steps.iter().position(|step| step.name == SWITCH_STEP);
        let end = switch.map_or(job.end, |index| job.steps.get(index).map(|step| step.end));
        let Some(end) = end.filter(|end| end.conclusion == Conclusion::Success && end.at <= now) else { continue };
        if switches.get(environment).is_none_or(|(at, _)| *at <= end.at) {
            switches.insert(environment.clone(), (end.at, version.clone()));
        }
    }
}
