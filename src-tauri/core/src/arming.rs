//! Arming: when the target of an environment is checked again, whose answers count, and for how long. Pure: the
//! clock comes in.
//!
//! An arming stands on its [`Ground`]. When that changes, or the arming grows old, it is asked anew; one asking an
//! environment, and the newest wins. What is older than [`LIMIT`] is no arming any more.

use std::time::Duration;

use jiff::Timestamp;

use crate::error::{Code, Trouble};
use crate::ids::{ObjectId, TagName};
use crate::rollback::check::samples::Samples;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::checks::plan::CheckPlan;

/// An arming of this age is asked anew.
pub const OLD: Duration = Duration::from_secs(60);

/// What two rounds did not renew is no arming any more.
pub const LIMIT: Duration = Duration::from_secs(120);

/// What the answers stand on. The numbers are digests of what was seen: compared, never interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    pub target: TagName,
    /// Pinned: the object that the target's tag has.
    pub object: ObjectId,
    pub tags: u64,
    pub deployments: u64,
    pub runs: u64,
    pub probe: u64,
    pub settings: u64,
    /// The hold and the quarantines that the team's remote shows.
    pub team: u64,
    /// Facts of whichever process.
    pub facts: u64,
}

/// Why it is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// It was never asked.
    First,
    Target,
    /// The target's tag has another object.
    Moved,
    Tag,
    Deployment,
    Run,
    Probe,
    Settings,
    Team,
    Facts,
    /// A person looked again.
    Person,
    Age,
    WokeUp,
}

impl Ground {
    /// The first thing that is different now.
    fn differs(&self, now: &Self) -> Option<Trigger> {
        let same = [
            (self.target == now.target, Trigger::Target),
            (self.object == now.object, Trigger::Moved),
            (self.settings == now.settings, Trigger::Settings),
            (self.team == now.team, Trigger::Team),
            (self.deployments == now.deployments, Trigger::Deployment),
            (self.runs == now.runs, Trigger::Run),
            (self.probe == now.probe, Trigger::Probe),
            (self.tags == now.tags, Trigger::Tag),
            (self.facts == now.facts, Trigger::Facts),
        ];
        same.into_iter().find(|(same, _)| !same).map(|(_, trigger)| trigger)
    }
}

/// One environment's arming.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slot {
    asking: Option<Asking>,
    done: Option<Done>,
    woke: bool,
    wanted: bool,
    count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Asking {
    number: u64,
    ground: Ground,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Done {
    ground: Ground,
    /// By the steady clock.
    at: Duration,
}

/// What the button may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There are answers, and they are fresh.
    Fresh,
    /// There are none yet, or they do not count: the machine slept, or the target is another.
    Asked,
    /// Nothing renewed them in time.
    TooOld,
}

impl Slot {
    /// Whether to ask now, and under which number. An asking on the same ground goes on; on another, it is overtaken.
    pub fn look(&mut self, now: &Ground, at: Duration) -> Option<(u64, Trigger)> {
        let trigger = match (&self.asking, &self.done) {
            (Some(asking), _) => asking.ground.differs(now)?,
            (None, _) if self.woke => Trigger::WokeUp,
            (None, None) => Trigger::First,
            (None, Some(done)) => {
                let wanted = self.wanted.then_some(Trigger::Person);
                let old = (at.saturating_sub(done.at) >= OLD).then_some(Trigger::Age);
                done.ground.differs(now).or(wanted).or(old)?
            }
        };
        self.wanted = false;
        self.count += 1;
        self.asking = Some(Asking { number: self.count, ground: now.clone() });
        Some((self.count, trigger))
    }

    /// The answers of this asking came, all of them or as many as count. False: a newer one overtook it.
    pub fn answered(&mut self, number: u64, whole: bool, at: Duration) -> bool {
        let Some(asking) = self.asking.as_ref().filter(|asking| asking.number == number) else { return false };
        self.done = Some(Done { ground: asking.ground.clone(), at });
        self.woke = false;
        if whole {
            self.asking = None;
        }
        true
    }

    /// This asking came to nothing. What is known stays, and grows old. False: a newer one overtook it.
    pub fn failed(&mut self, number: u64) -> bool {
        let ours = self.asking.as_ref().is_some_and(|asking| asking.number == number);
        if ours {
            self.asking = None;
        }
        ours
    }

    /// The machine slept ([`crate::awake`]): nothing that was known before counts, nor what was asked.
    pub fn wake(&mut self) {
        self.woke = true;
        self.asking = None;
    }

    /// A person looks again: it is asked anew, also where nothing that is seen changed. What is known counts meanwhile.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    pub fn standing(&self, target: &TagName, at: Duration) -> Standing {
        match &self.done {
            Some(done) if done.ground.target == *target && !self.woke => {
                if at.saturating_sub(done.at) > LIMIT {
                    Standing::TooOld
                } else {
                    Standing::Fresh
                }
            }
            Some(_) | None => Standing::Asked,
        }
    }
}

/// The target's tag still has the object that was pinned when this target was armed.
///
/// # Errors
/// [`Code::TargetMoved`].
pub fn unmoved(pinned: Option<(&TagName, &ObjectId)>, target: &TagName, object: &ObjectId) -> Result<(), Trouble> {
    match pinned {
        Some((armed, pinned)) if armed == target && pinned != object => {
            let message = format!("{target} moved since it was armed.");
            Err(Trouble::new(Code::TargetMoved, message, "Wait until it is armed again, and look what moved."))
        }
        Some(_) | None => Ok(()),
    }
}

/// The questions that are open could only warn, and were waited for long enough.
pub fn is_enough(open: &[Question], checks: &CheckPlan, waited: Duration) -> bool {
    waited >= checks.patience() && open.iter().all(|question| checks.policy(*question) != Policy::Block)
}

/// Stands in for an answer that is still to come, and could only warn.
pub fn still_asked(question: Question, checks: &CheckPlan, waited: Duration, now: Timestamp) -> Answer {
    Answer {
        question,
        verdict: Verdict::Inconclusive,
        policy: checks.policy(question),
        sentence: format!("{} is still being asked, and could only warn.", question.title()),
        evidence: Vec::new(),
        milliseconds: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
        asked_at: Some(now),
        outputs: Vec::new(),
        samples: Samples::default(),
    }
}
