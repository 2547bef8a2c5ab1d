//! Drives one rollback from where it stands to its end.
//!
//! Order, always: write the intent, act, write the outcome. A step found with an intent and no outcome is looked up at
//! its destination. A journal that cannot be written stops everything at once: nothing happens that is not recorded.

mod budget;
mod clocks;
mod left;

use std::time::Duration;

use jiff::Timestamp;

use crate::error::{Code, Trouble};
use crate::ids::{RollbackId, RunId};
use crate::journal::{NewFact, Subject};
use crate::ports::Ports;
use crate::ports::world::{About, Alert, Request};
use crate::rollback::check::Answer;
use crate::rollback::checks::armed::Armed;
use crate::rollback::event::{Ending, Event};
use crate::rollback::next::{Effect, begin, effect, next};
use crate::rollback::plan::Plan;
use crate::rollback::{Outcome, Rollback, StepName, StepPhase, steps};

pub(super) use clocks::{Clocks, is_within};

/// How often the engine looks, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between two looks at a run in its first minute. GitHub suggests 2 to 3 s.
    pub follow: Duration,
    /// Between two looks at an older run.
    pub follow_later: Duration,
    /// Between two looks for a run whose dispatch named none.
    pub look_up: Duration,
    /// How long a run is looked for before a person is asked. GitHub lists a new run within seconds.
    pub look_up_for: Duration,
    /// Between two probes of the live service.
    pub probe: Duration,
    /// How long the live service may take to show the target.
    pub probe_for: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            follow: Duration::from_secs(2),
            follow_later: Duration::from_secs(5),
            look_up: Duration::from_secs(2),
            look_up_for: Duration::from_secs(45),
            probe: Duration::from_secs(2),
            probe_for: Duration::from_secs(90),
        }
    }
}

impl Pace {
    /// The same, faster; for a rehearsal whose time runs faster. GitHub is not asked more often than every 20 ms, and a
    /// service not more often than every 5 ms.
    pub fn faster(self, speed: f64) -> Self {
        let sooner = |time: Duration| time.div_f64(speed.max(1.0));
        let quick = |time: Duration| sooner(time).max(Duration::from_millis(20));
        Self {
            follow: quick(self.follow),
            follow_later: quick(self.follow_later),
            look_up: quick(self.look_up),
            look_up_for: quick(self.look_up_for).max(Duration::from_secs(2)),
            probe: sooner(self.probe).max(Duration::from_millis(5)),
            probe_for: quick(self.probe_for).max(Duration::from_secs(5)),
        }
    }
}

/// One rollback being driven. Exactly one of these exists for an environment.
pub struct Engine {
    pub(super) ports: Ports,
    pub(super) pace: Pace,
    pub(super) rollback: Rollback,
    repository: String,
    /// Both clocks as this engine began.
    begun: (Timestamp, Duration),
    /// Settled and not durable yet: what comes next waits for them. Each with where it leads.
    noted: Vec<(NewFact, Rollback)>,
    /// Answers that came before the rollback was asked for.
    pub(super) armed: Option<Armed>,
    /// What the remote said of the target while the hold was taken.
    pub(super) target: Option<Answer>,
    /// The rollback tag's object, made while the hold was taken.
    pub(super) tag: Option<steps::tag::Made>,
    /// When the remote was last seen to have our hold.
    pub(super) hold_seen: Option<Clocks>,
    /// When the questions before it were last answered, where this process asked them.
    pub(super) checked: Option<Clocks>,
    /// An earlier process left it.
    pub(super) taken_up: bool,
    /// A person was asked whether it goes on.
    asked_whether: bool,
    /// A person was called because it takes longer than it may.
    called_beyond_budget: bool,
    /// The newest run of the workflow, as it was last looked for; ours is newer. Only where nothing else tells them apart.
    pub(super) newest: Option<RunId>,
}

/// Whether a step acts for the first time or finds its intent already written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    Fresh,
    Resumed,
}

impl Engine {
    /// Writes the first fact of a new rollback, and with it the intent of its first step: one wait for the disk for both.
    pub async fn start(
        ports: Ports,
        pace: Pace,
        repository: String,
        id: RollbackId,
        plan: Plan,
    ) -> Result<Self, Trouble> {
        let begun = Self::resume(ports, pace, repository, begin(id, plan.clone()));
        let mut engine = Self { taken_up: false, ..begun };
        let fact = engine.new_fact(plan.started, Event::RollbackStarted(Box::new(plan)));
        engine.noted.push((fact, engine.rollback.clone()));
        // Whoever asked for something already is heard before anything begins.
        match engine.ports.person.asked_within(Duration::ZERO).await {
            Some(request) => engine.hear(request).await?,
            None => engine.intend(StepName::Hold)?,
        }
        engine.keep().await?;
        Ok(engine)
    }

    /// Takes up a rollback that an earlier process left unfinished.
    pub fn resume(ports: Ports, pace: Pace, repository: String, rollback: Rollback) -> Self {
        // A clock that was set back while nothing ran must not make the countdown longer than it is.
        let begun = (ports.clock.now().max(rollback.plan.started), ports.clock.elapsed());
        // Whoever decides about a step that waits for that decides about going on.
        let asked_whether = rollback.current().is_some_and(|step| step.phase == StepPhase::Inconclusive);
        Self {
            ports,
            pace,
            rollback,
            repository,
            begun,
            noted: Vec::new(),
            armed: None,
            target: None,
            tag: None,
            hold_seen: None,
            checked: None,
            taken_up: true,
            asked_whether,
            called_beyond_budget: false,
            newest: None,
        }
    }

    /// Knows what the checks of the same plan said a moment ago.
    #[must_use]
    pub fn armed(self, armed: Option<Armed>) -> Self {
        Self { armed, ..self }
    }

    pub fn rollback(&self) -> &Rollback {
        &self.rollback
    }

    /// Goes on until the rollback is over, or until it needs a person and nobody is there.
    ///
    /// # Errors
    /// Only where the journal cannot be written; what was acknowledged stays, and the rollback can be taken up again.
    pub async fn drive(mut self) -> Result<Rollback, Trouble> {
        loop {
            while let Some(request) = self.ports.person.asked_within(Duration::ZERO).await {
                self.hear(request).await?;
            }
            let effect = effect(&self.rollback, self.steady_now());
            if !matches!(effect, Effect::Begin(_)) && !self.noted.is_empty() {
                // Whoever sees it may ask for something before it goes on.
                self.keep().await?;
                continue;
            }
            match effect {
                Effect::Begin(step) | Effect::Resume(step) if self.is_left_too_long() => self.ask_whether(step)?,
                Effect::Begin(step) => {
                    self.intend(step)?;
                    // Questions change nothing, and are durable before anybody waits for an answer. The tag and the dispatch
                    // write a word of their own in the last moment before they act; nothing acts before that.
                    if !matches!(step, StepName::Check | StepName::Tag | StepName::Dispatch) {
                        self.keep().await?;
                    }
                    self.act(step, Attempt::Fresh).await?;
                }
                Effect::Resume(step) => self.act(step, Attempt::Resumed).await?,
                Effect::WaitUntil(time) => {
                    let left = time.duration_since(self.steady_now());
                    self.listen(Duration::try_from(left).unwrap_or_default()).await?;
                }
                Effect::AskPerson(step) => {
                    if !self.ask_person(step).await? {
                        return Ok(self.rollback);
                    }
                }
                Effect::End(outcome) => self.end(outcome).await?,
                Effect::Nothing => return Ok(self.rollback),
            }
        }
    }

    fn intend(&mut self, step: StepName) -> Result<(), Trouble> {
        let key = self.key(step);
        self.note(Event::StepStarted { step, key })
    }

    /// Records an event, then stands where it leads; it is durable when this returns.
    pub(super) async fn write(&mut self, event: Event) -> Result<(), Trouble> {
        self.note(event)?;
        self.keep().await
    }

    /// Stands where an event leads, and leaves it to the next `keep` to make it durable: for outcomes whose next intent
    /// follows at once, and for answers that come together. Nothing acts on the world before that. An event that does
    /// not fit is a mistake in the engine itself.
    pub(super) fn note(&mut self, event: Event) -> Result<(), Trouble> {
        let at = self.ports.clock.now();
        let after = next(&self.rollback, at, &event)
            .map_err(|illegal| Trouble::new(Code::Internal, illegal.to_string(), "Report this with the journal."))?;
        self.noted.push((self.new_fact(at, event), after.clone()));
        self.rollback = after;
        Ok(())
    }

    /// Makes durable what was noted, in one go.
    pub(super) async fn keep(&mut self) -> Result<(), Trouble> {
        if self.noted.is_empty() {
            return Ok(());
        }
        let (facts, stands): (Vec<_>, Vec<_>) = std::mem::take(&mut self.noted).into_iter().unzip();
        let facts = self.ports.journal.append_all(facts).await?;
        for (fact, rollback) in facts.iter().zip(&stands) {
            self.ports.watcher.saw(fact, rollback);
        }
        Ok(())
    }

    /// Lets time pass, and hears what the person asks for meanwhile.
    pub(super) async fn listen(&mut self, time: Duration) -> Result<(), Trouble> {
        if time > Duration::ZERO {
            self.keep().await?;
            self.call_beyond_budget().await;
        }
        if let Some(request) = self.ports.person.asked_within(time).await {
            self.hear(request).await?;
        }
        Ok(())
    }

    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    async fn act(&mut self, step: StepName, attempt: Attempt) -> Result<(), Trouble> {
        let ending: Ending = match step {
            StepName::Hold => steps::hold::run(self).await?,
            StepName::Check => {
                let ending = steps::check::run(self).await?;
                self.checked = Some(self.clocks());
                ending
            }
            StepName::Tag => steps::tag::run(self).await?,
            StepName::Dispatch => steps::dispatch::run(self, attempt).await?,
            StepName::Follow => steps::follow::run(self).await?,
            StepName::Prove => steps::prove::run(self).await?,
            StepName::Close => steps::close::run(self).await?,
        };
        self.note(Event::StepEnded(ending))
    }

    /// A request that came too late changes nothing: the screen shows what happened instead.
    pub(super) async fn hear(&mut self, request: Request) -> Result<(), Trouble> {
        let event = match request {
            Request::Undo => Event::UndoAsked,
            Request::StopAfterThisStep => Event::StopAsked,
            Request::GiveReason(reason) => Event::ReasonGiven { reason },
            Request::Choose(choice) => match self.rollback.current() {
                Some(step) => Event::PersonChose { step: step.name, choice },
                None => return Ok(()),
            },
        };
        if next(&self.rollback, Timestamp::UNIX_EPOCH, &event).is_err() {
            return Ok(());
        }
        self.write(event).await
    }

    async fn end(&mut self, outcome: Outcome) -> Result<(), Trouble> {
        let (sentence, mut hint) = steps::close::words(&self.rollback, outcome);
        // Of a hold that nobody could read, or of whose taking nothing is written, ours may stand there all the same.
        let taking = self.rollback.step(StepName::Hold).phase;
        let may_hold = matches!(taking, StepPhase::Running | StepPhase::Inconclusive | StepPhase::Aborted);
        if (self.rollback.held || may_hold) && !self.rollback.may_have_run() {
            match steps::hold::give_back(self).await {
                Ok(()) if !self.rollback.held => {}
                Ok(()) => {
                    let by = self.rollback.plan.who.clone();
                    self.write(Event::HoldLifted { by, reason: sentence.clone() }).await?;
                }
                Err(why) => hint = steps::close::still_held(&self.rollback, &why),
            }
        }
        self.write(Event::RollbackEnded { outcome, sentence: sentence.clone(), hint: hint.clone() }).await?;
        if !self.rollback.undo_asked {
            self.alert(sentence, hint, outcome != Outcome::Succeeded).await;
        }
        Ok(())
    }

    /// Calls a person once, and waits for what changes something. False when nobody is there.
    async fn ask_person(&mut self, step: StepName) -> Result<bool, Trouble> {
        let asked = self.rollback.step(step);
        let hint = asked.hint.clone();
        self.alert(asked.sentence.clone(), hint.clone(), true).await;
        let standing = self.rollback.clone();
        while self.rollback == standing {
            match self.ports.person.asked(&hint, &self.rollback.offers()).await {
                Some(request) => self.hear(request).await?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    pub(super) async fn alert(&self, title: String, body: String, urgent: bool) {
        let alert = Alert { title, body, urgent, about: About::Rollback(self.rollback.id.clone()) };
        self.ports.desktop.alert(&alert).await;
    }

    /// The time by a clock that nobody sets, so that the countdown neither stretches nor shrinks.
    pub(super) fn steady_now(&self) -> Timestamp {
        let (now, elapsed) = self.begun;
        now.checked_add(self.ports.clock.elapsed().saturating_sub(elapsed)).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn clocks(&self) -> Clocks {
        Clocks::read(&*self.ports.clock)
    }

    fn key(&self, step: StepName) -> String {
        let attempt = self.rollback.step(step).attempts + 1;
        format!("{}/{}/{attempt}", self.rollback.id, step.as_str())
    }

    fn new_fact(&self, at: Timestamp, event: Event) -> NewFact {
        let subject = Subject::repository(&self.repository)
            .environment(self.rollback.plan.environment.clone())
            .rollback(self.rollback.id.clone());
        NewFact { at, subject, event: event.into() }
    }
}
