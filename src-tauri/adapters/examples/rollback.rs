//! Lastgood's side of `cargo xtask bench rollback`: `rollback CLONE API TOKEN DATA`. Each line on standard input asks for
//! one measurement, and is answered with one line of JSON, in milliseconds.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::StreamExt;
use jiff::SignedDuration;
use lastgood_adapters::desk::desk;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Audience, Workspace, fresh};
use lastgood_core::error::Trouble;
use lastgood_core::ids::{EnvironmentName, RollbackId, TagName};
use lastgood_core::journal::{Fact, NewFact, Story};
use lastgood_core::planning::Wish;
use lastgood_core::ports::world::{Alert, Desktop};
use lastgood_core::ports::{Journal, Watcher};
use lastgood_core::rollback::check::Question;
use lastgood_core::rollback::checks::armed::Armed;
use lastgood_core::rollback::engine::{Engine, Pace};
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName, checks};
use serde_json::{Value, json};

const ENVIRONMENT: &str = "production";
const TARGET: &str = "v2.4.0";

/// The rehearsal's time runs this much faster; what polls it keeps up.
const SPEED: f64 = 1000.0;

/// GitHub's "Best practices for using the REST API", and a little.
const BETWEEN_WRITES: Duration = Duration::from_millis(1_100);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [clone, api, token, data] = words.as_slice() else {
        return Err("usage: rollback CLONE API TOKEN DATA".into());
    };
    let place = Place::at(data.into())?;
    let access = Access::rehearsal(api, Secret::new(token.as_str()), SPEED);
    let workspace = Workspace::open(Path::new(clone), &place, access)?;
    for line in std::io::stdin().lock().lines() {
        let told = match line?.trim() {
            "roll back" => roll_back(&workspace).await?,
            "journal" => journal(&workspace).await?,
            "check" => check(&workspace).await?,
            other => return Err(format!("nobody knows {other}").into()),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{told}")?;
        out.flush()?;
    }
    Ok(())
}

/// As a person clicks on an armed button: what is planned, asked and written counts from there.
async fn roll_back(workspace: &Workspace) -> Result<Value, Box<dyn Error>> {
    let known = workspace.know().await?;
    let armed = arm(workspace, workspace.plan(ENVIRONMENT, wish(), &known)?).await?;
    let moments = Moments::default();
    // The round before wrote to GitHub, which wants a second between writes; nobody clicks twice in one.
    tokio::time::sleep(BETWEEN_WRITES).await;
    let clicked = Instant::now();
    let plan = workspace.plan(ENVIRONMENT, wish(), &known)?;
    let drive = workspace.begin_armed(plan, audience(&moments), Some(armed)).await?;
    let rollback = drive.to_the_end().await?;
    lift(workspace, &rollback).await?;
    Ok(json!({
        "dispatched": moments.after(clicked, Moment::Dispatched)?,
        "proved": moments.after(clicked, Moment::Ended(StepName::Prove))?,
        "started": moments.after(clicked, Moment::Started)?,
        "held": moments.after(clicked, Moment::Ended(StepName::Hold))?,
        "checked": moments.after(clicked, Moment::Ended(StepName::Check))?,
        "tagged": moments.after(clicked, Moment::Ended(StepName::Tag))?,
        "followed": moments.after(clicked, Moment::Ended(StepName::Follow))?,
    }))
}

/// The same act with a watch at the journal: what it takes until the dispatch is accepted.
async fn journal(workspace: &Workspace) -> Result<Value, Box<dyn Error>> {
    let known = workspace.know().await?;
    let armed = arm(workspace, workspace.plan(ENVIRONMENT, wish(), &known)?).await?;
    let moments = Moments::default();
    tokio::time::sleep(BETWEEN_WRITES).await;
    // What `begin` reads before the first fact.
    let begun = Instant::now();
    workspace.rollbacks().await?;
    let read = begun.elapsed();
    let plan = workspace.plan(ENVIRONMENT, wish(), &known)?;
    let mut ports = workspace.ports(audience(&moments))?;
    let spent = Arc::new(Mutex::new(Duration::ZERO));
    ports.journal =
        Arc::new(Timed { journal: ports.journal.clone(), spent: Arc::clone(&spent), moments: moments.clone() });
    let id = RollbackId::new(format!("rb-{}", fresh()));
    let pace = Pace::default().faster(8.0 * SPEED);
    let engine = Engine::start(ports, pace, workspace.key().to_owned(), id, plan).await?;
    let rollback = engine.armed(Some(armed)).drive().await?;
    lift(workspace, &rollback).await?;
    let spent = *spent.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(json!({ "journal": milliseconds(read + spent) }))
}

/// Everything that is asked before a rollback, apart from commands.
async fn check(workspace: &Workspace) -> Result<Value, Box<dyn Error>> {
    let known = workspace.know().await?;
    let plan = workspace.plan(ENVIRONMENT, wish(), &known)?;
    let ports = workspace.ports(audience(&Moments::default()))?;
    let mut questions = checks::before(&plan);
    questions.retain(|question| !Question::COMMANDED.contains(question));
    let begun = Instant::now();
    let answers: Vec<_> = checks::ask(questions, &ports, workspace.key(), &plan).collect().await;
    let took = begun.elapsed();
    let slowest = answers.iter().max_by_key(|answer| answer.milliseconds);
    let slowest = slowest.map(|answer| format!("{} {} ms", answer.question.code(), answer.milliseconds));
    Ok(json!({ "check": milliseconds(took), "from": plan.from, "answers": answers.len(), "slowest": slowest }))
}

async fn arm(workspace: &Workspace, plan: Plan) -> Result<Armed, Trouble> {
    let ports = workspace.ports(audience(&Moments::default()))?;
    let answers = checks::ask_all(&ports, workspace.key(), &plan).await;
    Ok(Armed { plan, answers, open: Vec::new() })
}

async fn lift(workspace: &Workspace, rollback: &Rollback) -> Result<(), Box<dyn Error>> {
    let end = rollback.end.as_ref().ok_or("the rollback is not over")?;
    if end.outcome != Outcome::Succeeded {
        return Err(format!("{} {}", end.sentence, end.hint).into());
    }
    let environment = EnvironmentName::new(ENVIRONMENT);
    workspace.lift_hold(&environment, &rollback.plan.who, "The next round").await?;
    if let Some(bad) = &rollback.plan.from {
        workspace.lift_quarantine(bad, &rollback.plan.who, "The next round").await?;
    }
    Ok(())
}

fn wish() -> Wish {
    Wish {
        to: Some(TagName::new(TARGET)),
        reason: "A bench".to_owned(),
        who: "@platform-lead".to_owned(),
        countdown: SignedDuration::ZERO,
        rehearsal: true,
    }
}

fn audience(moments: &Moments) -> Audience {
    let (desk, _) = desk();
    Audience { desktop: Arc::new(Quiet), person: Arc::new(desk), watcher: Arc::new(moments.clone()) }
}

struct Quiet;

#[async_trait]
impl Desktop for Quiet {
    async fn alert(&self, _: &Alert) {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Started,
    Dispatched,
    Ended(StepName),
}

/// When what happened.
#[derive(Clone, Default)]
struct Moments(Arc<Mutex<Vec<(Moment, Instant)>>>);

impl Moments {
    fn after(&self, clicked: Instant, moment: Moment) -> Result<f64, String> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = seen.iter().find(|(known, _)| *known == moment);
        let (_, at) = found.ok_or_else(|| format!("{moment:?} never came"))?;
        Ok(milliseconds(at.duration_since(clicked)))
    }

    fn has(&self, moment: Moment) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|(known, _)| *known == moment)
    }
}

impl Watcher for Moments {
    fn saw(&self, fact: &Fact, _: &Rollback) {
        let moment = match fact.event.rollback() {
            Some(Event::RollbackStarted(_)) => Moment::Started,
            Some(Event::RunFound { .. }) => Moment::Dispatched,
            Some(Event::StepEnded(ending)) => Moment::Ended(ending.step),
            _ => return,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((moment, Instant::now()));
    }
}

/// A journal with a watch, until the dispatch is accepted.
struct Timed {
    journal: Arc<dyn Journal>,
    spent: Arc<Mutex<Duration>>,
    moments: Moments,
}

impl Timed {
    fn spend(&self, begun: Instant) {
        if self.moments.has(Moment::Dispatched) {
            return;
        }
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) += begun.elapsed();
    }
}

#[async_trait]
impl Journal for Timed {
    async fn append(&self, fact: NewFact) -> Result<Fact, Trouble> {
        let begun = Instant::now();
        let written = self.journal.append(fact).await;
        self.spend(begun);
        written
    }

    async fn append_all(&self, facts: Vec<NewFact>) -> Result<Vec<Fact>, Trouble> {
        let begun = Instant::now();
        let written = self.journal.append_all(facts).await;
        self.spend(begun);
        written
    }

    async fn of_rollback(&self, id: &RollbackId) -> Result<Vec<Fact>, Trouble> {
        self.journal.of_rollback(id).await
    }

    async fn of_repository(&self, repository: &str) -> Result<Story, Trouble> {
        let begun = Instant::now();
        let read = self.journal.of_repository(repository).await;
        self.spend(begun);
        read
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
