//! When the service of an environment was well and when it was not, as every look that showed a turn was recorded.

use jiff::Timestamp;

use crate::ids::{EnvironmentName, TagName};
use crate::journal::Fact;
use crate::live::event::Event;
use crate::live::spans::Span;
use crate::live::{Environment, Live};
use crate::rollback::check::Verdict;

/// One look that said no between two that did not is no evidence: a release that is being replaced answers so too.
pub const FAILED_SECONDS: i64 = 120;

/// From one turn to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    pub tag: Option<TagName>,
    pub well: bool,
    pub from: Timestamp,
    /// `None` while it lasts.
    pub to: Option<Timestamp>,
}

impl Spell {
    /// How long the release answered so, within one of the times that it ran.
    fn seconds_within(&self, span: &Span, now: Timestamp) -> i64 {
        let from = self.from.max(span.from);
        let to = self.to.unwrap_or(now).min(span.to.unwrap_or(now));
        (to.as_second() - from.as_second()).max(0)
    }

    /// Its proofs failed for longer than a replacement takes.
    pub(super) fn speaks_against(&self, span: &Span, now: Timestamp) -> bool {
        let meant = self.tag.as_ref().is_none_or(|tag| *tag == span.tag);
        !self.well && meant && self.seconds_within(span, now) >= FAILED_SECONDS
    }
}

/// Oldest first.
pub fn spells(facts: &[Fact], environment: &EnvironmentName) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(Event::LiveHealthSeen { tag, well, .. }) = fact.event.live() else { continue };
        match spells.last_mut() {
            Some(last) if last.tag == *tag && last.well == *well => continue,
            Some(last) => last.to = Some(fact.at),
            None => {}
        }
        spells.push(Spell { tag: tag.clone(), well: *well, from: fact.at, to: None });
    }
    spells
}

/// Since when what is live answers as it does now; `None` where no look of this kind was recorded.
pub(super) fn since(spells: &[Spell], tag: Option<&TagName>, verdict: Verdict) -> Option<Timestamp> {
    let well = told(verdict)?;
    spells.last().filter(|last| last.tag.as_ref() == tag && last.well == well).map(|last| last.from)
}

/// What there is to record of this look: only a turn is.
pub fn turn(environment: &Environment, facts: &[Fact]) -> Option<Event> {
    let live: &Live = environment.live.as_ref()?;
    let health = live.health.as_ref()?;
    let well = told(health.verdict)?;
    let spells = spells(facts, &environment.name);
    let same = spells.last().is_some_and(|last| last.tag == live.tag && last.well == well);
    (!same).then(|| Event::LiveHealthSeen { tag: live.tag.clone(), well, sentence: health.sentence.clone() })
}

/// Whether it is well; a look that could not tell turns nothing.
fn told(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Passed => Some(true),
        Verdict::Failed => Some(false),
        Verdict::Inconclusive | Verdict::Errored => None,
    }
}
