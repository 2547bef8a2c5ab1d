//! A small model of the world around one rollback, shared by all ports: remote and local tags, runs, the live service,
//! the journal, a clock that moves when the engine waits, a person with a script. It counts effects, and it fails and
//! crashes where a test says so.

mod forge;
mod git;
mod labels;
mod publishing;
mod readiness;
mod small;
mod start;
mod team;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::mark::{Mark, MarkName, Marks};
use lastgood_core::hold::record::HoldRecord;
use lastgood_core::hold::{self, Hold};
use lastgood_core::ids::{EnvironmentName, ObjectId, RollbackId, RunId, TagName};
use lastgood_core::journal::{self, Fact, Record};
use lastgood_core::ports::Ports;
use lastgood_core::ports::forge::{Deployment, DispatchOrder, Workflow};
use lastgood_core::ports::publishing::{ReleaseEdit, ReleasePage};
use lastgood_core::ports::repository::TagOrder;
use lastgood_core::ports::world::{Alert, Request, Seen};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::engine::{Engine, Pace};
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::next::fold;
use lastgood_core::rollback::plan::Plan;
use tokio::sync::Notify;

pub(crate) use labels::label;
pub(crate) use readiness::{Cut, DEPLOY, DISPATCHED, Ready};
pub(crate) use start::{BAD, ENVIRONMENT, REPOSITORY, TARGET, object};

/// No rollback in these tests takes this long; one that does never ends.
const FOREVER: Duration = Duration::from_secs(4 * 3600);

pub(crate) struct World {
    state: Mutex<State>,
    crashed: Notify,
}

/// What happens to the world while nobody drives.
pub(crate) type Happening = fn(&mut State);

pub(crate) struct State {
    pub(crate) now: Timestamp,
    pub(crate) elapsed: Duration,
    pub(crate) records: Vec<Record>,
    facts: Vec<Fact>,
    standing: BTreeMap<RollbackId, Rollback>,
    pub(crate) local: BTreeMap<TagName, Tag>,
    pub(crate) remote: BTreeMap<TagName, ObjectId>,
    /// Holds and quarantines on the remote.
    pub(crate) marks: BTreeMap<MarkName, Mark>,
    /// How often the remote's marks changed.
    pub(crate) marked: u32,
    pub(crate) runs: Vec<Run>,
    /// Runs that other people dispatched, or this account by other ways.
    pub(crate) strangers: Vec<Run>,
    /// What becomes of a run.
    pub(crate) fate: Fate,
    /// A run's title shows the key that its workflow was given.
    pub(crate) titles_keys: bool,
    /// GitHub names the run in its answer.
    pub(crate) names_runs: bool,
    /// GitHub lists a new run only so long after it was dispatched.
    pub(crate) listed_after: Duration,
    /// GitHub's clock runs so far ahead of this machine's.
    pub(crate) github_is_ahead: SignedDuration,
    /// So long GitHub takes no calls after a refusal because of a limit.
    pub(crate) limit: Duration,
    /// GitHub takes no calls until then.
    pub(crate) closed_until: Option<Duration>,
    /// The limit is over as soon as somebody asked for it.
    pub(crate) closed_once: bool,
    /// GitHub's page of the release that is rolled back from, and how it was changed.
    pub(crate) release: Option<ReleasePage>,
    pub(crate) edits: Vec<ReleaseEdit>,
    /// What was read of the remote's marks some time ago.
    pub(crate) remembered: Option<Marks>,
    /// Times in which GitHub tells nothing about runs.
    pub(crate) dark: Vec<Range<Duration>>,
    pub(crate) workflows: Vec<Workflow>,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) keeps_deployments: bool,
    pub(crate) service: Service,
    pub(crate) readiness: Ready,
    /// Answers of the health probe, in turn; the last one stays.
    pub(crate) health: Vec<Seen<u16>>,
    pub(crate) asks: Vec<(When, Request)>,
    pub(crate) alerts: Vec<Alert>,
    /// Tags that were made and have no name yet.
    pub(crate) objects: HashMap<ObjectId, TagOrder>,
    pub(crate) tag_orders: Vec<TagOrder>,
    pub(crate) orders: Vec<DispatchOrder>,
    pub(crate) effects: Effects,
    pub(crate) calls: BTreeMap<Call, u32>,
    /// When the run was looked at.
    pub(crate) looks: Vec<Duration>,
    pub(crate) faults: Vec<(Call, Range<u32>, Fault)>,
    pub(crate) crash: Option<Crash>,
    /// Behind the fact of this number the machine sleeps: so long by the wall's clock, and by the one that nobody sets.
    pub(crate) sleeps_after_fact: Option<(usize, Duration, Duration)>,
    /// In this call the machine sleeps so long, with a clock that stands still in a sleep, while somebody changes the world.
    pub(crate) sleeps_in: Option<(Call, Duration, Happening)>,
    /// Behind the fact of this number somebody changes the world.
    pub(crate) meanwhile: Option<(usize, Happening)>,
    /// When this fact is written, the wall clock is set back by so much.
    pub(crate) set_back_at_fact: Option<(String, SignedDuration)>,
    /// Where each fact found the rollback, and what it was.
    pub(crate) taken: Vec<(Rollback, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) object: ObjectId,
    pub(crate) commit: ObjectId,
    pub(crate) message: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) created: Timestamp,
    pub(crate) begun: Duration,
}

/// How often something happened in the world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) tags: u32,
    pub(crate) pushes: u32,
    pub(crate) dispatches: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Tag,
    Push,
    Dispatch,
    /// The remote's holds or quarantines changed.
    Mark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Succeeds,
    Fails,
    Cancelled,
    /// Replaced in the queue before any step began.
    Evicted,
    /// Cancelled before any step began, and nothing came behind it.
    Withdrawn,
    /// GitHub's words for status on the way and for the conclusion.
    Words(&'static str, &'static str),
}

#[derive(Debug, Clone)]
pub(crate) enum Service {
    /// The deployed version answers so long after its run succeeded.
    Follows(Duration),
    Says(&'static str),
    Unreachable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum When {
    At(Duration),
    /// As soon as this fact is in the journal.
    Fact(String),
    /// As soon as the remote has another hold or quarantine.
    Marked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    LocalTag,
    RemoteTag,
    MakeTag,
    NameTag,
    PushTag,
    Workflows,
    Deployments,
    Dispatch,
    DispatchedRuns,
    NewestRuns,
    EditRelease,
    Marks,
    Object,
    Put,
    Remove,
    Run,
    Version,
    Health,
    Reference,
    Rights,
    Command,
    ReadJournal,
    Append,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A definite no.
    No,
    /// GitHub wants it later: after `limit`.
    Limited,
    /// It never left this machine.
    NotSent,
    /// The connection broke before the other side saw it.
    LostBefore,
    /// The connection broke after the other side did it.
    LostAfter,
    /// It broke.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    BeforeFact(usize),
    AfterFact(usize),
    After(Effect),
}

/// How one life of the engine ended.
#[derive(Debug)]
pub(crate) enum Life {
    /// It ended, or it waits for a person who is not there.
    Rested(Box<Rollback>),
    Refused(Trouble),
    Crashed,
}

impl Life {
    pub(crate) fn rested(self) -> Rollback {
        match self {
            Self::Rested(rollback) => *rollback,
            Self::Refused(_) | Self::Crashed => panic!("it should have come to rest: {self:?}"),
        }
    }
}

impl World {
    /// Time passes in which nothing drives the rollback.
    pub(crate) fn is_left_for(&self, time: SignedDuration) {
        self.with(|state| state.now = state.now.checked_add(time).unwrap());
    }

    /// The journal is put back to where it was before this fact; the world stays as it is.
    pub(crate) fn puts_the_journal_back_to_before(&self, label: &str) {
        let kept = self.told().iter().position(|told| told == label).unwrap();
        self.puts_the_journal_back_to(kept);
    }

    /// So many facts are left of it.
    pub(crate) fn puts_the_journal_back_to(&self, kept: usize) {
        self.with(|state| {
            state.records.truncate(kept);
            state.facts.truncate(kept);
            let facts: Vec<Fact> = state.facts.clone();
            state.standing =
                fold(&facts).unwrap().into_iter().map(|standing| (standing.id.clone(), standing)).collect();
        });
    }

    /// The number of this fact in a rollback to which nothing happens.
    pub(crate) async fn place_of(label: &str, plan: fn(&World) -> Plan) -> usize {
        let undisturbed = Self::new();
        undisturbed.roll_back(plan(&undisturbed)).await;
        undisturbed.told().iter().position(|told| told == label).unwrap() + 1
    }

    /// Changes the world, or looks at it.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut self.state.lock().unwrap())
    }

    /// The calls of this kind with these numbers, counted from 1, go wrong.
    pub(crate) fn fails(&self, call: Call, numbers: Range<u32>, fault: Fault) {
        self.with(|state| state.faults.push((call, numbers, fault)));
    }

    fn asks(&self, when: When, request: Request) {
        self.with(|state| state.asks.push((when, request)));
    }

    /// The person asks for this as soon as that fact is in the journal.
    pub(crate) fn asks_when(&self, fact: &str, request: Request) {
        self.asks(When::Fact(fact.to_owned()), request);
    }

    /// The person asks for this as soon as the hold is taken.
    pub(crate) fn asks_when_marked(&self, request: Request) {
        self.asks(When::Marked, request);
    }

    /// The person asks for this so many seconds from now.
    pub(crate) fn asks_after(&self, seconds: u64, request: Request) {
        let at = self.with(|state| state.elapsed) + Duration::from_secs(seconds);
        self.asks(When::At(at), request);
    }

    /// GitHub tells nothing about runs in this time, in seconds from now.
    pub(crate) fn goes_dark(&self, seconds: Range<u64>) {
        self.with(|state| {
            let at = |seconds| state.elapsed + Duration::from_secs(seconds);
            state.dark.push(at(seconds.start)..at(seconds.end));
        });
    }

    /// Starts a rollback and drives it as far as it goes.
    pub(crate) async fn roll_back(self: &Arc<Self>, plan: Plan) -> Rollback {
        self.live(plan, "rb-1").await.rested()
    }

    pub(crate) async fn live(self: &Arc<Self>, plan: Plan, id: &str) -> Life {
        let (ports, repository, id) = (self.ports(), REPOSITORY.to_owned(), RollbackId::new(id));
        let life = async { Engine::start(ports, Pace::default(), repository, id, plan).await?.drive().await };
        // A test that begins many rollbacks would not find room for all of them on its stack.
        self.until_crash(Box::pin(life)).await
    }

    /// What a new process makes of the facts that an earlier one left.
    pub(crate) async fn resume(self: &Arc<Self>, id: &str) -> Option<Life> {
        let rollback = fold(&self.facts_of(id)).expect("the facts fit each other")?;
        let engine = Engine::resume(self.ports(), Pace::default(), REPOSITORY.to_owned(), rollback);
        Some(self.until_crash(Box::pin(engine.drive())).await)
    }

    /// Resumes where needed, until the engine rests.
    pub(crate) async fn through_crashes(self: &Arc<Self>, plan: Plan) -> Option<Rollback> {
        let mut life = self.live(plan, "rb-1").await;
        loop {
            life = match life {
                Life::Rested(rollback) => return Some(*rollback),
                Life::Crashed | Life::Refused(_) => self.resume("rb-1").await?,
            };
        }
    }

    pub(crate) fn facts_of(&self, id: &str) -> Vec<Fact> {
        let of = |fact: &Fact| fact.subject.rollback.as_ref().is_some_and(|known| known.as_str() == id);
        self.facts().into_iter().filter(of).collect()
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        self.with(|state| state.facts.clone())
    }

    /// What happened, one line for each fact.
    pub(crate) fn told(&self) -> Vec<String> {
        self.facts().iter().map(|fact| label(rollback_event(&fact.event))).collect()
    }

    pub(crate) fn has_fact(&self, label: &str) -> bool {
        self.told().iter().any(|told| told == label)
    }

    pub(crate) fn hold(&self) -> Option<Hold> {
        hold::standing(&self.facts(), &EnvironmentName::new(ENVIRONMENT))
    }

    pub(crate) fn quarantined(&self) -> Vec<String> {
        let bad = hold::quarantined(&self.facts(), &EnvironmentName::new(ENVIRONMENT));
        bad.iter().map(|bad| bad.tag.to_string()).collect()
    }

    /// The hold as a teammate's machine sees it.
    pub(crate) fn team_hold(&self) -> Option<HoldRecord> {
        self.seen_marks().hold(&ENVIRONMENT.into()).map(|placed| placed.says.unwrap())
    }

    pub(crate) fn seen_marks(&self) -> Marks {
        self.with(|state| Marks { all: state.marks.values().cloned().collect(), seen: state.now })
    }

    pub(crate) fn effects(&self) -> Effects {
        self.with(|state| state.effects)
    }

    pub(crate) fn alerts(&self) -> Vec<String> {
        self.with(|state| state.alerts.iter().map(|alert| alert.title.clone()).collect())
    }

    pub(crate) fn ports(self: &Arc<Self>) -> Ports {
        Ports {
            repository: self.clone(),
            history: self.clone(),
            team: self.clone(),
            forge: self.clone(),
            readiness: self.clone(),
            publishing: self.clone(),
            shell: self.clone(),
            journal: self.clone(),
            probe: self.clone(),
            desktop: self.clone(),
            clock: self.clone(),
            person: self.clone(),
            watcher: self.clone(),
        }
    }

    async fn until_crash(&self, life: impl Future<Output = Result<Rollback, Trouble>>) -> Life {
        tokio::select! {
            biased;
            ended = life => match ended {
                Ok(rollback) => Life::Rested(Box::new(rollback)),
                Err(trouble) => Life::Refused(trouble),
            },
            () = self.crashed.notified() => Life::Crashed,
        }
    }

    /// Nothing that follows happens any more.
    async fn crash<T>(&self) -> T {
        self.with(|state| state.crash = None);
        self.crashed.notify_one();
        std::future::pending().await
    }

    /// Counts a call, and says how it is to go wrong.
    fn enter(&self, call: Call) -> Option<Fault> {
        self.with(|state| {
            let count = *state.calls.entry(call).and_modify(|count| *count += 1).or_insert(1);
            if call == Call::Run {
                state.looks.push(state.elapsed);
            }
            if let Some((_, time, change)) = state.sleeps_in.take_if(|(asleep, ..)| *asleep == call) {
                state.now = state.now.checked_add(time).unwrap();
                change(state);
            }
            let fault = state.faults.iter().find(|(known, numbers, _)| *known == call && numbers.contains(&count));
            fault.map(|(_, _, fault)| *fault)
        })
    }

    /// Counts an effect; the machine may crash right after it.
    async fn done(&self, effect: Effect) {
        let crashes = self.with(|state| {
            match effect {
                Effect::Tag => state.effects.tags += 1,
                Effect::Push => state.effects.pushes += 1,
                Effect::Dispatch => state.effects.dispatches += 1,
                Effect::Mark => {
                    state.marked += 1;
                    state.hear(&When::Marked);
                }
            }
            state.crash == Some(Crash::After(effect))
        });
        if crashes {
            self.crash().await
        }
    }

    fn pass(&self, time: Duration) {
        self.with(|state| {
            state.elapsed += time;
            state.now = state.now.checked_add(time).unwrap();
            assert!(state.elapsed < FOREVER, "the rollback never ends");
        });
    }
}

fn trouble(code: Code, words: &str) -> Trouble {
    Trouble::new(code, words, "Do something about it.")
}

/// In these tests nothing but rollbacks happens.
pub(crate) fn rollback_event(event: &journal::Event) -> &Event {
    event.rollback().unwrap()
}
