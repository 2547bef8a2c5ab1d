//! Everything of a post-mortem that is not typed, folded together: what every view and every export shows.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::ids::RollbackId;
use crate::incident::Incident;
use crate::journal::Fact;
use crate::live::spans::Span;
use crate::postmortem::line::{Line, Weight};
use crate::postmortem::timeline::{self, Record};
use crate::postmortem::times::{self, Times};
use crate::postmortem::{Postmortem, scope};
use crate::rollback::{Rollback, next};

/// A post-mortem told from its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    pub postmortem: Postmortem,
    /// In the order of time, the hidden ones too, with gaps.
    pub lines: Vec<Line>,
    pub times: Times,
    pub rollbacks: Vec<Rollback>,
    pub incident: Option<Incident>,
    /// What ran in the environment, oldest first; empty where GitHub could not be asked.
    pub spans: Vec<Span>,
    /// The time that a picture of the whole shows.
    pub window: Option<(Timestamp, Timestamp)>,
}

/// `spans` are those of the environment that it is about.
pub fn tell(postmortem: Postmortem, record: &Record<'_>, spans: Vec<Span>, gap: SignedDuration) -> Story {
    let lines = timeline::lines(&postmortem.about, &postmortem.curation, record);
    let times = times::times(&postmortem.about, &postmortem.curation, record, &lines);
    let window = window(&lines, &times);
    let lines = timeline::with_gaps(lines, gap, &postmortem.curation);
    let rollbacks = postmortem.about.rollbacks.iter().filter_map(|id| rollback(record.facts, id)).collect();
    let incident = scope::incident(&postmortem.about, record.facts);
    Story { postmortem, lines, times, rollbacks, incident, spans, window }
}

impl Story {
    /// The lines that a reader sees; without `details`, those that a short timeline needs, and how many it leaves out.
    pub fn visible(&self, details: bool) -> (Vec<&Line>, usize) {
        let shown = self.lines.iter().filter(|line| !line.hidden);
        let (kept, left_out): (Vec<&Line>, Vec<&Line>) = shown.partition(|line| details || line.weight == Weight::Main);
        (kept, left_out.len())
    }
}

/// From landmark to landmark; what came days later, such as the lifting of a hold, would make the rest invisible.
fn window(lines: &[Line], times: &Times) -> Option<(Timestamp, Timestamp)> {
    let of = |all: &[Timestamp]| all.iter().min().copied().zip(all.iter().max().copied());
    let landmarks: Vec<Timestamp> = times.landmarks.iter().filter_map(|found| found.at).collect();
    let seen: Vec<Timestamp> = lines.iter().filter(|line| !line.hidden).map(|line| line.at).collect();
    of(&landmarks).filter(|(from, to)| from < to).or_else(|| of(&seen))
}

/// A rollback whose facts do not fit together is left out; its lines are there all the same.
fn rollback(facts: &[Fact], id: &RollbackId) -> Option<Rollback> {
    let mut own: Vec<Fact> = facts.iter().filter(|fact| fact.subject.rollback.as_ref() == Some(id)).cloned().collect();
    own.sort_by(|one, other| (&one.writer, one.sequence).cmp(&(&other.writer, other.sequence)));
    next::fold(&own).ok().flatten()
}
