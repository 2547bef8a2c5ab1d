//! The course of one attempt: from its facts to the moments of its jobs and steps, future ones included.

use jiff::Timestamp;

use super::{
    pace::Pace,
    plan::{PlannedJob, PlannedStep, QUEUE_SECONDS},
    run::Attempt,
};

/// How something ended, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It worked.
    Success,
    /// It did not.
    Failure,
    /// Somebody, or a newer run, ended it.
    Cancelled,
    /// It never began, because something before it failed.
    Skipped,
}

impl Conclusion {
    /// The word that GitHub uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }
}

/// An end: when and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// When.
    pub at: Timestamp,
    /// How.
    pub conclusion: Conclusion,
}

/// The whole course of an attempt.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// When it got its turn; an attempt that waits in its group or was replaced there has none.
    pub starts_at: Option<Timestamp>,
    /// Its jobs as far as they are decided.
    pub jobs: Vec<JobTimes>,
    /// Its end; `None` while it waits for a person.
    pub end: Option<End>,
    /// Whether a newer run took its place in the queue.
    pub evicted: bool,
}

/// The course of one job.
#[derive(Debug, Clone)]
pub struct JobTimes {
    /// Its place in the plan.
    pub index: usize,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a runner took it; `None` while it waits for a person.
    pub started_at: Option<Timestamp>,
    /// Its end.
    pub end: Option<End>,
    /// Its steps.
    pub steps: Vec<StepTimes>,
}

/// The course of one step.
#[derive(Debug, Clone, Copy)]
pub struct StepTimes {
    /// When it begins.
    pub started_at: Timestamp,
    /// Its end.
    pub end: End,
}

impl Timeline {
    /// An attempt that never got its turn.
    pub fn unstarted(end: Option<End>, evicted: bool) -> Self {
        Self { starts_at: None, jobs: Vec::new(), end, evicted }
    }

    /// The course of an attempt that gets its turn at `start`.
    pub fn of(attempt: &Attempt, start: Timestamp, shared_pace: &Pace) -> Self {
        let course = undisturbed(attempt, start, attempt.pace.as_ref().unwrap_or(shared_pace));
        match attempt.cancelled_at {
            Some(at) if course.end.is_none_or(|end| at < end.at) => course.cut(at),
            Some(_) | None => course,
        }
    }

    fn cut(mut self, at: Timestamp) -> Self {
        let cancelled = End { at, conclusion: Conclusion::Cancelled };
        self.jobs.retain(|job| job.created_at <= at);
        for job in self.jobs.iter_mut().filter(|job| job.end.is_none_or(|end| end.at > at)) {
            job.end = Some(cancelled);
            job.started_at = job.started_at.filter(|started| *started <= at);
            for step in job.steps.iter_mut().filter(|step| step.end.at > at) {
                let begun = step.started_at <= at;
                let conclusion = if begun { Conclusion::Cancelled } else { Conclusion::Skipped };
                *step = StepTimes { started_at: step.started_at.min(at), end: End { at, conclusion } };
            }
        }
        self.end = Some(cancelled);
        self
    }
}

fn undisturbed(attempt: &Attempt, start: Timestamp, pace: &Pace) -> Timeline {
    let mut jobs: Vec<JobTimes> = Vec::new();
    let mut last = End { at: start, conclusion: Conclusion::Success };
    for (index, job) in attempt.plan.jobs.iter().enumerate() {
        let times = if last.conclusion == Conclusion::Success {
            job_times(index, job, attempt, last.at, pace)
        } else {
            skipped(index, last.at)
        };
        let end = times.end;
        jobs.push(times);
        match end {
            Some(end) if end.conclusion == Conclusion::Skipped => {}
            Some(end) => last = end,
            None => return Timeline { starts_at: Some(start), jobs, end: None, evicted: false },
        }
    }
    Timeline { starts_at: Some(start), jobs, end: Some(last), evicted: false }
}

fn job_times(index: usize, job: &PlannedJob, attempt: &Attempt, from: Timestamp, pace: &Pace) -> JobTimes {
    let waiting = JobTimes { index, created_at: from, started_at: None, end: None, steps: Vec::new() };
    let mut from = from;
    if job.gated {
        let environment = job.environment.as_deref().unwrap_or_default();
        match attempt.review(environment) {
            None => return waiting,
            Some(review) if review.approved => from = from.max(review.at),
            Some(review) => {
                let end = End { at: from.max(review.at), conclusion: Conclusion::Failure };
                return JobTimes { end: Some(end), ..waiting };
            }
        }
    }
    let started_at = pace.after(from, QUEUE_SECONDS);
    let (steps, end) = step_times(&job.steps, started_at, pace);
    JobTimes { started_at: Some(started_at), end: Some(end), steps, ..waiting }
}

/// After a failure the steps left are skipped; GitHub's own closing step still runs.
fn step_times(plan: &[PlannedStep], start: Timestamp, pace: &Pace) -> (Vec<StepTimes>, End) {
    let mut end = End { at: start, conclusion: Conclusion::Success };
    let mut steps = Vec::with_capacity(plan.len());
    for (index, step) in plan.iter().enumerate() {
        let started_at = end.at;
        let closing = index + 1 == plan.len();
        let conclusion = match (end.conclusion, &step.failure) {
            (Conclusion::Success, Some(_)) => Conclusion::Failure,
            (Conclusion::Success, None) => Conclusion::Success,
            (Conclusion::Failure | Conclusion::Cancelled | Conclusion::Skipped, _) if closing => Conclusion::Success,
            (Conclusion::Failure | Conclusion::Cancelled | Conclusion::Skipped, _) => Conclusion::Skipped,
        };
        let at = if conclusion == Conclusion::Skipped { started_at } else { pace.after(started_at, step.seconds) };
        steps.push(StepTimes { started_at, end: End { at, conclusion } });
        end.at = at;
        if conclusion == Conclusion::Failure {
            end.conclusion = Conclusion::Failure;
        }
    }
    (steps, end)
}

fn skipped(index: usize, at: Timestamp) -> JobTimes {
    let end = Some(End { at, conclusion: Conclusion::Skipped });
    JobTimes { index, created_at: at, started_at: Some(at), end, steps: Vec::new() }
}
