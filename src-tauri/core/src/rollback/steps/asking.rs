//! Asking questions inside a step: each answer is written as it comes, and the person is heard meanwhile.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use futures_util::stream::StreamExt;

use crate::error::Trouble;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::checks;
use crate::rollback::engine::Engine;
use crate::rollback::event::Event;

/// Between two looks at whether waiting still makes sense.
const LOOK: Duration = Duration::from_millis(250);

/// What came of it.
pub(super) struct Asked {
    /// In the order in which they are shown.
    pub(super) answers: Vec<Answer>,
    /// A person stopped it while questions were open.
    pub(super) stopped: bool,
}

/// Asks these questions. Commands that are left behind are ended.
pub(super) async fn ask(engine: &mut Engine, questions: Vec<Question>) -> Result<Asked, Trouble> {
    let ports = engine.ports.clone();
    let plan = engine.rollback().plan.clone();
    let repository = engine.repository().to_owned();
    let begun = ports.clock.elapsed();
    let mut open = questions.clone();
    let mut coming = checks::ask(questions, &ports, &repository, &plan);
    let mut asked = Asked { answers: Vec::new(), stopped: false };
    loop {
        let answer = if engine.rollback().undo_asked || engine.rollback().stop_asked {
            match coming.next().now_or_never() {
                Some(answer) => answer,
                None => {
                    asked.stopped = true;
                    break;
                }
            }
        } else {
            match select(coming.next(), ports.person.asked_within(LOOK)).await {
                Either::Left((answer, _)) => answer,
                Either::Right((request, _)) => {
                    if let Some(request) = request {
                        engine.hear(request).await?;
                    } else if ports.clock.elapsed().saturating_sub(begun) >= plan.checks.patience()
                        && open.iter().all(|question| plan.checks.policy(*question) != Policy::Block)
                    {
                        break;
                    }
                    continue;
                }
            }
        };
        let Some(answer) = answer else {
            open.clear();
            break;
        };
        open.retain(|question| *question != answer.question);
        engine.write(Event::Answered(Box::new(answer.clone()))).await?;
        asked.answers.push(answer);
        engine.listen(Duration::ZERO).await?;
    }
    drop(coming);
    if !asked.stopped {
        for question in open {
            let answer = left_behind(engine, question, begun);
            engine.write(Event::Answered(Box::new(answer.clone()))).await?;
            asked.answers.push(answer);
        }
    }
    asked.answers.sort_by_key(|answer| answer.question);
    Ok(asked)
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
    }
}
