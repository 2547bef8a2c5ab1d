//! Asking questions inside a step: what comes together is written together, and the person is heard meanwhile.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use futures_util::stream::{Stream, StreamExt};

use crate::arming::is_enough;
use crate::error::Trouble;
use crate::rollback::check::samples::Samples;
use crate::rollback::check::{Answer, Question, Verdict};
use crate::rollback::checks::stopping::{self, Halt};
use crate::rollback::checks::{self, command};
use crate::rollback::engine::Engine;
use crate::rollback::event::Event;

/// Between two looks at whether waiting still makes sense.
const LOOK: Duration = Duration::from_millis(250);

/// A command that is ended has so long to be gone and to have its words kept.
const ENDING: Duration = Duration::from_secs(5);

/// What came of it.
#[derive(Default)]
pub(super) struct Asked {
    /// In the order in which they are shown.
    pub(super) answers: Vec<Answer>,
    /// A person stopped it while questions were open.
    pub(super) stopped: bool,
}

/// Asks these questions; `known` are answered already. Commands that are left behind are ended, and what they wrote is
/// their answer.
pub(super) async fn ask(engine: &mut Engine, questions: Vec<Question>, known: Vec<Answer>) -> Result<Asked, Trouble> {
    let ports = engine.ports.clone();
    let plan = engine.rollback().plan.clone();
    let repository = engine.repository().to_owned();
    let (stopper, stop) = stopping::stop();
    let mut asking = Asking {
        begun: ports.clock.elapsed(),
        open: questions.clone(),
        coming: checks::ask_until(questions, &ports, &repository, &plan, stop),
        asked: Asked::default(),
    };
    for answer in known {
        asking.tell(engine, answer)?;
    }
    // A question only asks; a command runs, and its intent is durable before that.
    if asking.is_commanded() {
        engine.keep().await?;
    }
    if let Some(why) = asking.hear_all(engine).await? {
        stopper.stop(why);
        asking.hear_last_words(engine).await?;
        asking.asked.stopped = why == Halt::Person;
    }
    let Asking { begun, open, coming, mut asked } = asking;
    drop(coming);
    if !asked.stopped {
        for question in open {
            let answer = left_behind(engine, question, begun);
            engine.note(Event::Answered(Box::new(answer.clone())))?;
            asked.answers.push(answer);
        }
    }
    asked.answers.sort_by_key(|answer| answer.question);
    Ok(asked)
}

/// Questions under way.
struct Asking<S> {
    begun: Duration,
    open: Vec<Question>,
    coming: S,
    asked: Asked,
}

/// `None` where there was nothing to ask.
type Told = (Question, Option<Answer>);

impl<S: Stream<Item = Told> + Unpin> Asking<S> {
    /// Why it ended before all had answered; `None` where all have.
    async fn hear_all(&mut self, engine: &mut Engine) -> Result<Option<Halt>, Trouble> {
        loop {
            let told = match self.coming.next().now_or_never() {
                Some(told) => told,
                None if is_stopped(engine) => return Ok(Some(Halt::Person)),
                None => match self.wait(engine).await? {
                    Some(told) => told,
                    None if !is_stopped(engine) && self.is_enough(engine) => return Ok(Some(Halt::Patience)),
                    None => continue,
                },
            };
            let Some(told) = told else { return Ok(None) };
            self.hear(engine, told)?;
            engine.listen(Duration::ZERO).await?;
        }
    }

    /// Only commands are waited for, which are ended by now; what else is open is left.
    async fn hear_last_words(&mut self, engine: &mut Engine) -> Result<(), Trouble> {
        let clock = engine.ports.clock.clone();
        let begun = clock.elapsed();
        while self.is_commanded() && clock.elapsed().saturating_sub(begun) < ENDING {
            match self.wait(engine).await? {
                Some(Some(told)) => self.hear(engine, told)?,
                Some(None) => return Ok(()),
                None => {}
            }
        }
        Ok(())
    }

    /// For an answer or for the next look; hears the person meanwhile. What was noted is durable before.
    async fn wait(&mut self, engine: &mut Engine) -> Result<Option<Option<Told>>, Trouble> {
        engine.keep().await?;
        let person = engine.ports.person.clone();
        match select(self.coming.next(), person.asked_within(LOOK)).await {
            Either::Left((told, _)) => return Ok(Some(told)),
            Either::Right((Some(request), _)) => engine.hear(request).await?,
            Either::Right((None, _)) => engine.call_beyond_budget().await,
        }
        Ok(None)
    }

    fn is_enough(&self, engine: &Engine) -> bool {
        let checks = &engine.rollback().plan.checks;
        let waited = engine.ports.clock.elapsed().saturating_sub(self.begun);
        is_enough(&self.open, checks, waited)
    }

    fn is_commanded(&self) -> bool {
        self.open.iter().any(|question| Question::COMMANDED.contains(question))
    }

    fn hear(&mut self, engine: &mut Engine, (question, answer): Told) -> Result<(), Trouble> {
        self.open.retain(|open| *open != question);
        answer.map_or(Ok(()), |answer| self.tell(engine, answer))
    }

    fn tell(&mut self, engine: &mut Engine, answer: Answer) -> Result<(), Trouble> {
        engine.note(Event::Answered(Box::new(answer.clone())))?;
        self.asked.answers.push(answer);
        Ok(())
    }
}

fn is_stopped(engine: &Engine) -> bool {
    engine.rollback().undo_asked || engine.rollback().stop_asked
}

/// The clock of a rollback does not wait for what could only warn.
fn left_behind(engine: &Engine, question: Question, begun: Duration) -> Answer {
    let checks = &engine.rollback().plan.checks;
    let clock = &engine.ports.clock;
    let taken = clock.elapsed().saturating_sub(begun);
    Answer {
        question,
        verdict: Verdict::Inconclusive,
        policy: checks.policy(question),
        sentence: command::no_patience(question, checks.patience()),
        evidence: vec!["The rollback went on without it.".to_owned()],
        milliseconds: u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
        asked_at: Some(clock.now()),
        outputs: Vec::new(),
        samples: Samples::default(),
    }
}
