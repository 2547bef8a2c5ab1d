//! Watching a stage: which time counts, and what it comes to. Time is measured by a clock that nobody sets.

use std::time::Duration;

use crate::ids::TagName;
use crate::ports::world::Seen;
use crate::release::name;
use crate::rollback::check::Verdict;

/// A stage while it is watched.
#[derive(Debug, Clone)]
pub struct Watch {
    /// So long it must be watched and well.
    needs: Duration,
    /// More than this between two looks was not watched.
    longest: Duration,
    /// So many noes in a row are a no.
    noes: u8,
    /// So long it may be out of sight.
    patience: Duration,
    /// Something is asked at all.
    asks: bool,
    watched: Duration,
    unseen: Duration,
    in_a_row: u8,
    last: Option<Duration>,
}

/// What a look comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It goes on.
    On,
    /// Nobody watched for so long: what was watched before does not count.
    Anew(Duration),
    Over(Verdict),
}

/// How a stage is watched.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub needs: Duration,
    pub interval: Duration,
    pub noes: u8,
    pub patience: Duration,
    pub asks: bool,
}

impl Watch {
    pub fn new(rule: Rule) -> Self {
        /// A look itself may take its time.
        const SHORTEST: Duration = Duration::from_secs(30);
        Self {
            needs: rule.needs,
            longest: (rule.interval * 4).max(SHORTEST),
            noes: rule.noes.max(1),
            patience: rule.patience,
            asks: rule.asks,
            watched: Duration::ZERO,
            unseen: Duration::ZERO,
            in_a_row: 0,
            last: None,
        }
    }

    /// How much of the time is over.
    pub fn watched(&self) -> Duration {
        self.watched.min(self.needs)
    }

    /// A look at this moment found this.
    pub fn saw(&mut self, now: Duration, verdict: Verdict) -> Came {
        let gap = self.last.map_or(Duration::ZERO, |last| now.saturating_sub(last));
        self.last = Some(now);
        if gap > self.longest {
            (self.watched, self.unseen, self.in_a_row) = (Duration::ZERO, Duration::ZERO, 0);
            return Came::Anew(gap);
        }
        match verdict {
            Verdict::Passed => {
                (self.in_a_row, self.unseen) = (0, Duration::ZERO);
                self.watched += gap;
            }
            Verdict::Failed => {
                self.in_a_row += 1;
                if self.in_a_row >= self.noes {
                    return Came::Over(Verdict::Failed);
                }
            }
            Verdict::Inconclusive | Verdict::Errored if self.asks => {
                self.unseen += gap;
                if self.unseen >= self.patience {
                    return Came::Over(Verdict::Inconclusive);
                }
            }
            Verdict::Inconclusive | Verdict::Errored => self.watched += gap,
        }
        let is_well = verdict == Verdict::Passed;
        match (self.watched >= self.needs, is_well, self.asks) {
            (true, true, _) => Came::Over(Verdict::Passed),
            (true, false, false) => Came::Over(Verdict::Inconclusive),
            (true | false, _, _) => Came::On,
        }
    }
}

/// What the probes say of a stage. Neither configured: nothing can be told.
pub fn judge(version: Option<&Seen<String>>, health: Option<&Seen<u16>>, tag: &TagName) -> (Verdict, String) {
    let version = version.map(|seen| match seen {
        Seen::Answer(said) if name::is_version(said, tag.as_str()) => (Verdict::Passed, format!("{said} answers")),
        Seen::Answer(said) => (Verdict::Failed, format!("{said} answers instead of {tag}")),
        Seen::No(words) | Seen::Nothing(words) => {
            (Verdict::Inconclusive, format!("the live version could not be read: {words}"))
        }
    });
    let health = health.map(|seen| match seen {
        Seen::Answer(status) => (Verdict::Passed, format!("health {status}")),
        Seen::No(words) => (Verdict::Failed, format!("health says no: {words}")),
        Seen::Nothing(words) => (Verdict::Inconclusive, format!("health could not be asked: {words}")),
    });
    let told: Vec<(Verdict, String)> = version.into_iter().chain(health).collect();
    for worst in [Verdict::Failed, Verdict::Inconclusive] {
        if let Some((verdict, sentence)) = told.iter().find(|(verdict, _)| *verdict == worst) {
            return (*verdict, sentence.clone());
        }
    }
    if told.is_empty() {
        return (Verdict::Inconclusive, "no probe is configured, so nothing was asked".to_owned());
    }
    let sentences: Vec<String> = told.into_iter().map(|(_, sentence)| sentence).collect();
    (Verdict::Passed, sentences.join(", "))
}
