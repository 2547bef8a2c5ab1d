//! Asking questions inside a step: what comes together is written together, and the person is heard meanwhile.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use futures_util::stream::StreamExt;

use crate::error::Trouble;
use crate::rollback::check::samples::Samples;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::checks;
use crate::rollback::engine::Engine;
use crate::rollback::event::Event;

/// Between two looks at whether waiting still makes sense.
const LOOK: Duration = Duration::from_millis(250);

/// What came of it.
#[derive(Default)]
pub(super) struct Asked {
    /// In the order in which they are shown.
    pub(super) answers: Vec<Answer>,
    /// A person stopped it while questions were open.
    pub(super) stopped: bool,
}

/// Asks these questions; `known` are answered already. Commands that are left behind are ended.
pub(super) async fn ask(engine: &mut Engine, questions: Vec<Question>, known: Vec<Answer>) -> Result<Asked, Trouble> {
    let ports = engine.ports.clone();
    let plan = engine.rollback().plan.clone();
    let repository = engine.repository().to_owned();
    let begun = ports.clock.elapsed();
    let mut open = questions.clone();
    let mut coming = checks::ask(questions, &ports, &repository, &plan);
    let mut asked = Asked::default();
    for answer in known {
        tell(engine, &mut asked, answer)?;
    }
    // A question only asks; a command runs, and its intent is durable before that.
    if open.iter().any(|question| Question::COMMANDED.contains(question)) {
        engine.keep().await?;
    }
    loop {
        let answer = match coming.next().now_or_never() {
            Some(answer) => answer,
            None if engine.rollback().undo_asked || engine.rollback().stop_asked => {
                asked.stopped = true;
                break;
            }
            None => {
                engine.keep().await?;
                match select(coming.next(), ports.person.asked_within(LOOK)).await {
                    Either::Left((answer, _)) => answer,
                    Either::Right((Some(request), _)) => {
                        engine.hear(request).await?;
                        continue;
                    }
                    Either::Right((None, _)) => {
                        engine.call_beyond_budget().await;
                        let patience = ports.clock.elapsed().saturating_sub(begun) < plan.checks.patience();
                        if patience || open.iter().any(|question| plan.checks.policy(*question) == Policy::Block) {
                            continue;
                        }
                        break;
                    }
                }
            }
        };
        let Some(answer) = answer else {
            open.clear();
            break;
        };
        open.retain(|question| *question != answer.question);
        tell(engine, &mut asked, answer)?;
        engine.listen(Duration::ZERO).await?;
    }
    drop(coming);
    if !asked.stopped {
        for question in open {
            let answer = left_behind(engine, question, begun);
            tell(engine, &mut asked, answer)?;
        }
    }
    asked.answers.sort_by_key(|answer| answer.question);
    Ok(asked)
}

fn tell(engine: &mut Engine, asked: &mut Asked, answer: Answer) -> Result<(), Trouble> {
    engine.note(Event::Answered(Box::new(answer.clone())))?;
    asked.answers.push(answer);
    Ok(())
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
        sentence: format!(
            "{} had no answer within {} s, and could only warn.",
            question.title(),
            checks.patience().as_secs()
        ),
        evidence: vec!["The rollback went on without it.".to_owned()],
        milliseconds: u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
        asked_at: Some(clock.now()),
        outputs: Vec::new(),
        samples: Samples::default(),
    }
}
