//! The journal, the live service, the desktop, the clock and the person.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{RollbackId, WriterId};
use lastgood_core::journal::{Fact, Head, NewFact, Story, chain};
use lastgood_core::ports::world::{Alert, Request, Seen, Wanted};
use lastgood_core::ports::{Clock, Desktop, Journal, Person, Probe, Watcher};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::choosing::Offer;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::next::{begin, next};

use super::forge::{ENDS_AFTER, has_succeeded};
use super::{BAD, Call, Crash, Fault, Service, State, When, World, label, rollback_event, trouble};

#[async_trait]
impl Journal for World {
    async fn append(&self, fact: NewFact) -> Result<Fact, Trouble> {
        let number = self.with(|state| state.records.len()) + 1;
        if self.with(|state| state.crash) == Some(Crash::BeforeFact(number)) {
            self.crash::<()>().await;
        }
        if self.enter(Call::Append).is_some() {
            return Err(trouble(Code::JournalUnwritable, "The journal cannot be written."));
        }
        self.write(&fact);
        let told = label(rollback_event(&fact.event));
        self.with(|state| {
            state.hear_fact(&told);
            if let Some((_, change)) = state.meanwhile.take_if(|(at, _)| *at == number) {
                change(state);
            }
            if let Some((_, wall, steady)) = state.sleeps_after_fact.take_if(|(asleep, ..)| *asleep == number) {
                state.now = state.now.checked_add(wall).unwrap();
                state.elapsed += steady;
            }
        });
        if self.with(|state| state.crash) == Some(Crash::AfterFact(number)) {
            self.crash::<()>().await;
        }
        Ok(self.with(|state| state.facts[number - 1].clone()))
    }

    async fn of_rollback(&self, id: &RollbackId) -> Result<Vec<Fact>, Trouble> {
        Ok(self.facts_of(id.as_str()))
    }

    async fn of_repository(&self, repository: &str) -> Result<Story, Trouble> {
        if self.enter(Call::ReadJournal).is_some() {
            return Err(trouble(Code::JournalBroken, "The journal cannot be read."));
        }
        Ok(Arc::new(self.facts().into_iter().filter(|fact| fact.subject.repository == repository).collect()))
    }
}

#[async_trait]
impl Probe for World {
    async fn version(&self, url: &str, timeout_seconds: Option<u32>) -> Seen<String> {
        let reference = self.with(|state| state.readiness.reference.clone());
        if let Some((_, seen)) = reference.filter(|(reference, _)| reference == url) {
            self.enter(Call::Reference);
            return match seen {
                Seen::Answer(_) => Seen::Answer(BAD.to_owned()),
                Seen::No(words) => Seen::No(words),
                Seen::Nothing(words) => Seen::Nothing(words),
            };
        }
        self.with(|state| state.readiness.timeouts.push(timeout_seconds));
        match self.enter(Call::Version) {
            Some(Fault::No) => return Seen::No("404".to_owned()),
            Some(_) => return Seen::Nothing("the connection broke".to_owned()),
            None => {}
        }
        self.with(|state| match state.service {
            Service::Says(words) => Seen::Answer(words.to_owned()),
            Service::Unreachable => Seen::Nothing("the connection was refused".to_owned()),
            Service::Follows(delay) => {
                let shows = |state: &State, run: &&super::Run| {
                    has_succeeded(state, run) && state.age(run) >= ENDS_AFTER + delay
                };
                let newest = state.runs.iter().rev().find(|run| shows(state, run));
                Seen::Answer(newest.map_or_else(|| BAD.to_owned(), |run| run.version.clone()))
            }
        })
    }

    async fn health(&self, wanted: &Wanted) -> Seen<u16> {
        let reference = self.with(|state| state.readiness.reference.clone());
        if let Some((_, seen)) = reference.filter(|(url, _)| *url == wanted.url) {
            self.enter(Call::Reference);
            return seen;
        }
        match self.enter(Call::Health) {
            Some(Fault::No) => return Seen::No("503".to_owned()),
            Some(_) => return Seen::Nothing("the connection broke".to_owned()),
            None => {}
        }
        self.with(|state| if state.health.len() > 1 { state.health.remove(0) } else { state.health[0].clone() })
    }
}

#[async_trait]
impl Desktop for World {
    async fn alert(&self, alert: &Alert) {
        self.with(|state| state.alerts.push(alert.clone()));
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.with(|state| state.now)
    }

    fn elapsed(&self) -> Duration {
        self.with(|state| state.elapsed)
    }
}

#[async_trait]
impl Person for World {
    async fn asked_within(&self, time: Duration) -> Option<Request> {
        let limit = self.elapsed() + time;
        match self.with(|state| state.next_request(limit)) {
            Some((at, request)) => {
                self.pass(at.saturating_sub(self.elapsed()));
                Some(request)
            }
            None => {
                self.pass(time);
                None
            }
        }
    }

    async fn asked(&self, _: &str, _: &[Offer]) -> Option<Request> {
        let (at, request) = self.with(|state| state.next_request(Duration::MAX))?;
        self.pass(at.saturating_sub(self.elapsed()));
        Some(request)
    }
}

impl Watcher for World {
    fn saw(&self, fact: &Fact, rollback: &Rollback) {
        assert_eq!(fact.subject.rollback.as_ref(), Some(&rollback.id), "a watcher sees its own rollback's facts");
    }
}

impl World {
    /// Notes where this fact finds its rollback; it must fit there.
    fn note(&self, fact: &NewFact) {
        let Some(id) = fact.subject.rollback.clone() else { return };
        self.with(|state| {
            let after = match (state.standing.remove(&id), rollback_event(&fact.event)) {
                (Some(standing), event) => {
                    let after = next(&standing, fact.at, event).expect("what is written fits");
                    state.taken.push((standing, label(event)));
                    after
                }
                (None, Event::RollbackStarted(plan)) => begin(id.clone(), (**plan).clone()),
                (None, event) => panic!("{event:?} before its rollback began"),
            };
            state.standing.insert(id, after);
        });
    }

    /// Puts a fact behind the others; whoever wrote it.
    pub(crate) fn write(&self, fact: &NewFact) {
        self.note(fact);
        self.with(|state| {
            let head = state.records.last().map(|last| Head { sequence: last.sequence, hash: last.hash.clone() });
            let record = chain(&WriterId::new("laptop"), head.as_ref(), fact).unwrap();
            state.facts.push(record.read().unwrap());
            state.records.push(record);
        });
    }
}

impl State {
    fn hear_fact(&mut self, label: &str) {
        if let Some((_, by)) = self.set_back_at_fact.take_if(|(fact, _)| fact == label) {
            self.now = self.now.checked_sub(by).unwrap();
        }
        self.hear(&When::Fact(label.to_owned()));
    }

    /// What the person wanted to ask for then is asked for now.
    pub(super) fn hear(&mut self, moment: &When) {
        for (when, _) in &mut self.asks {
            if when == moment {
                *when = When::At(self.elapsed);
            }
        }
    }

    fn next_request(&mut self, limit: Duration) -> Option<(Duration, Request)> {
        let due = |when: &When| match when {
            When::At(at) if *at <= limit => Some(*at),
            When::At(_) | When::Fact(_) | When::Marked => None,
        };
        let times = self.asks.iter().enumerate().filter_map(|(place, (when, _))| due(when).map(|at| (at, place)));
        let (at, place) = times.min()?;
        Some((at, self.asks.remove(place).1))
    }
}
