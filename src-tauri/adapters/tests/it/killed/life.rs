//! One life of the process that is killed: the real ports of a real rollback, with a place to die at each point, or to
//! find the disk full.

use std::ffi::OsStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use lastgood_adapters::desk::Bell;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Workspace, fresh};
use lastgood_core::error::Trouble;
use lastgood_core::hold::mark::{MarkName, Marks};
use lastgood_core::ids::{ObjectId, RollbackId, TagName};
use lastgood_core::journal::{Fact, NewFact, Story};
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};
use lastgood_core::ports::team::Put;
use lastgood_core::ports::world::Request;
use lastgood_core::ports::{Journal, Ports, Repository, Team};
use lastgood_core::release::Release;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::engine::{Engine, Pace};
use lastgood_core::rollback::event::Choice;
use serde::{Deserialize, Serialize};

use super::disk::Disk;
use crate::again::say;
use crate::rehearsed::Rehearsed;
use crate::workspace::audience::{audience, plan};

/// Faster than the rehearsal's server can be asked.
const SPEED: f64 = 1_000.0;

/// What one life is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Orders {
    pub(super) api: String,
    pub(super) token: String,
    pub(super) clone: String,
    pub(super) data: String,
    /// At the point of this number, counted from 1, it ends.
    pub(super) die_at: Option<usize>,
    /// At the point of this name, the so manieth of it, it ends.
    pub(super) die_on: Option<(String, usize)>,
    /// From the point of this name on, the so manieth of it, this disk is full.
    pub(super) full_from: Option<(String, usize, Disk)>,
    /// What the person says who is asked.
    pub(super) choice: Option<Choice>,
    /// The person takes it back: in the countdown, or as soon as a next life begins.
    pub(super) undo: bool,
}

impl Orders {
    pub(super) fn of(rehearsed: &Rehearsed) -> Self {
        let description = rehearsed.description();
        Self {
            api: description.api.clone(),
            token: description.token.clone(),
            clone: description.clone.display().to_string(),
            data: rehearsed.beside("data").display().to_string(),
            die_at: None,
            die_on: None,
            full_from: None,
            choice: None,
            undo: false,
        }
    }

    pub(super) fn words(&self) -> String {
        serde_json::to_string(self).unwrap()
    }

    pub(super) fn read(told: &OsStr) -> Self {
        serde_json::from_str(told.to_str().unwrap()).unwrap()
    }
}

pub(super) fn open(orders: &Orders) -> Workspace {
    try_open(orders).unwrap()
}

fn try_open(orders: &Orders) -> Result<Workspace, Trouble> {
    let place = Place::at(orders.data.as_str().into())?;
    let access = Access::rehearsal(&orders.api, Secret::new(orders.token.as_str()), SPEED);
    Workspace::open(orders.clone.as_ref(), &place, access)
}

/// What is passed before anything is opened.
pub(super) const OPENING: &str = "before it opens";

/// Begins the rollback, or takes it up; says each point that it passes, and what stopped it.
pub(super) async fn live(orders: Orders) {
    let points = Arc::new(Points::of(&orders));
    match roll_back(&orders, &points).await {
        Ok(rollback) => say(if rollback.end.is_some() { "rests at its end" } else { "rests with a person" }),
        Err(trouble) => {
            say(format!("acknowledged {}", points.acknowledged.load(Ordering::Relaxed)));
            say(format!("refused {}", serde_json::to_string(&trouble).unwrap()));
            panic!("{trouble:?}");
        }
    }
}

async fn roll_back(orders: &Orders, points: &Arc<Points>) -> Result<Rollback, Trouble> {
    if orders.full_from.as_ref().is_some_and(|(on, ..)| on == OPENING) {
        points.pass(OPENING);
    }
    let workspace = try_open(orders)?;
    let (audience, _, bell) = audience();
    if let Some(choice) = orders.choice {
        bell.ring(Request::Choose(choice));
    }
    let ports = points.around(workspace.ports(audience)?);
    let (pace, key) = (Pace::default().faster(8.0 * SPEED), workspace.key().to_owned());
    let known = workspace.rollbacks().await?.pop();
    // Nobody else is there: where a person must decide, it rests.
    match (orders.undo, &known) {
        (true, None) => *points.bell.lock().unwrap() = Some(bell),
        (true, Some(_)) => drop(bell.ring(Request::Undo).then_some(bell)),
        (false, _) => drop(bell),
    }
    let engine = match known {
        Some(rollback) => Engine::resume(ports, pace, key, rollback),
        None => {
            let id = RollbackId::new(format!("rb-{}", fresh()));
            let mut plan = plan(&workspace, Some("v2.4.0")).await;
            if orders.undo {
                plan.undo_until = plan.started + COUNTDOWN;
            }
            Engine::start(ports, pace, key, id, plan).await?
        }
    };
    engine.drive().await
}

/// Long enough that nobody is late.
const COUNTDOWN: SignedDuration = SignedDuration::from_mins(10);

/// Facts that come as often as they come.
pub(super) const CHANCE: [&str; 2] = ["answered", "run_seen"];

struct Points {
    passed: Mutex<Vec<String>>,
    die_at: Option<usize>,
    die_on: Option<(String, usize)>,
    full_from: Option<(String, usize, Disk)>,
    /// Facts that the journal took.
    acknowledged: AtomicUsize,
    /// Who takes it back once it is checked.
    bell: Mutex<Option<Bell>>,
}

impl Points {
    fn of(orders: &Orders) -> Self {
        Self {
            passed: Mutex::default(),
            die_at: orders.die_at,
            die_on: orders.die_on.clone(),
            full_from: orders.full_from.clone(),
            acknowledged: AtomicUsize::new(0),
            bell: Mutex::default(),
        }
    }

    fn pass(&self, name: &str) {
        let (number, of_its_name) = {
            let mut passed = self.passed.lock().unwrap();
            passed.push(name.to_owned());
            (passed.len(), passed.iter().filter(|one| *one == name).count())
        };
        say(name);
        if let Some((on, times, disk)) = &self.full_from
            && (on.as_str(), *times) == (name, of_its_name)
        {
            disk.fill();
        }
        if name.starts_with("after")
            && name.contains("step_ended check")
            && let Some(bell) = self.bell.lock().unwrap().take()
        {
            bell.ring(Request::Undo);
        }
        let named = self.die_on.as_ref().is_some_and(|(on, times)| on == name && *times == of_its_name);
        if named || Some(number) == self.die_at {
            let this = rustix::process::getpid();
            rustix::process::kill_process(this, rustix::process::Signal::KILL).unwrap();
            loop {
                std::thread::park();
            }
        }
    }

    fn around(self: &Arc<Self>, ports: Ports) -> Ports {
        Ports {
            journal: Arc::new(Mortal { inner: ports.journal.clone(), points: Arc::clone(self) }),
            team: Arc::new(Mortal { inner: ports.team.clone(), points: Arc::clone(self) }),
            repository: Arc::new(Mortal { inner: ports.repository.clone(), points: Arc::clone(self) }),
            ..ports
        }
    }
}

/// A port with places to die.
struct Mortal<T: ?Sized> {
    points: Arc<Points>,
    inner: Arc<T>,
}

#[async_trait]
impl Journal for Mortal<dyn Journal> {
    async fn append(&self, fact: NewFact) -> Result<Fact, Trouble> {
        Ok(self.append_all(vec![fact]).await?.remove(0))
    }

    async fn append_all(&self, facts: Vec<NewFact>) -> Result<Vec<Fact>, Trouble> {
        let names = named(&facts);
        self.points.pass(&format!("before {names}"));
        let written = self.inner.append_all(facts).await;
        let taken = written.as_ref().map_or(0, Vec::len);
        self.points.acknowledged.fetch_add(taken, Ordering::Relaxed);
        self.points.pass(&format!("after {names}"));
        written
    }

    async fn of_rollback(&self, id: &RollbackId) -> Result<Vec<Fact>, Trouble> {
        self.inner.of_rollback(id).await
    }

    async fn of_repository(&self, repository: &str) -> Result<Story, Trouble> {
        self.inner.of_repository(repository).await
    }
}

#[async_trait]
impl Team for Mortal<dyn Team> {
    async fn marks(&self) -> Result<Marks, Trouble> {
        self.inner.marks().await
    }

    fn remembered(&self) -> Option<Marks> {
        self.inner.remembered()
    }

    async fn object(&self, name: &MarkName) -> Result<Option<ObjectId>, Trouble> {
        self.inner.object(name).await
    }

    async fn put(&self, name: &MarkName, text: &str, expected: Option<&ObjectId>) -> Result<Put, Trouble> {
        let put = self.inner.put(name, text, expected).await;
        self.points.pass("done: a mark put");
        put
    }

    async fn remove(&self, name: &MarkName, expected: &ObjectId) -> Result<Put, Trouble> {
        let put = self.inner.remove(name, expected).await;
        self.points.pass("done: a mark removed");
        put
    }
}

#[async_trait]
impl Repository for Mortal<dyn Repository> {
    async fn releases(&self) -> Result<Vec<Release>, Trouble> {
        self.inner.releases().await
    }

    async fn local_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        self.inner.local_tag(tag).await
    }

    async fn remote_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        self.inner.remote_tag(tag).await
    }

    async fn make_tag(&self, order: &TagOrder) -> Result<ObjectId, Trouble> {
        self.inner.make_tag(order).await
    }

    async fn name_tag(&self, tag: &TagName, object: &ObjectId) -> Result<(), Trouble> {
        let named = self.inner.name_tag(tag, object).await;
        self.points.pass("done: the tag named");
        named
    }

    async fn push_tag(&self, tag: &TagName, object: &ObjectId) -> Result<PushOutcome, Trouble> {
        let pushed = self.inner.push_tag(tag, object).await;
        self.points.pass("done: the tag pushed");
        pushed
    }
}

/// How many answers and looks come in one go is chance, and no part of the name.
fn named(facts: &[NewFact]) -> String {
    let mut kinds: Vec<String> = facts.iter().map(kind).collect();
    if kinds.iter().any(|kind| !CHANCE.contains(&kind.as_str())) {
        kinds.retain(|kind| !CHANCE.contains(&kind.as_str()));
    } else {
        kinds.truncate(1);
    }
    kinds.join(", ")
}

/// As the journal calls it.
fn kind(fact: &NewFact) -> String {
    let event = serde_json::to_value(&fact.event).unwrap();
    let of = |place: &str| event["payload"][place].as_str().map(|word| format!(" {word}")).unwrap_or_default();
    format!("{}{}", event["kind"].as_str().unwrap(), of("step"))
}
