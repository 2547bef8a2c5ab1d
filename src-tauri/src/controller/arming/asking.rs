//! One asking of all checks. A slow command that could only warn holds nothing up: the rest is told without it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::desk::desk;
use lastgood_adapters::workspace::{Audience, Workspace};
use lastgood_core::arming::{is_enough, still_asked};
use lastgood_core::error::Trouble;
use lastgood_core::journal::Fact;
use lastgood_core::ports::{Clock, Watcher};
use lastgood_core::rollback::check::{Answer, Question};
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Rollback, checks};
use tokio::sync::mpsc;

use super::{Answered, Answers};
use crate::controller::message::Message;

/// Between two looks at whether waiting still makes sense.
const LOOK: Duration = Duration::from_millis(250);

/// Tells what came once that is enough, and again when all of it is there.
pub(super) async fn ask(
    workspace: Arc<Workspace>,
    plan: Plan,
    number: u64,
    opened: u64,
    sender: mpsc::UnboundedSender<Message>,
) {
    let environment = plan.environment.clone();
    let tell = |result: Result<Answers, Trouble>| {
        let answered = Box::new(Answered { number, result });
        drop(sender.send(Message::Armed(opened, environment.clone(), answered)));
    };
    let (desk, _) = desk();
    let audience =
        Audience { desktop: Arc::new(DesktopAlerts::default()), person: Arc::new(desk), watcher: Arc::new(Nobody) };
    let ports = match workspace.ports(audience) {
        Ok(ports) => ports,
        Err(trouble) => return tell(Err(trouble)),
    };
    let begun = SystemClock.elapsed();
    let mut open = checks::before(&plan);
    let mut coming = checks::ask(open.clone(), &ports, workspace.key(), &plan);
    let mut answers: Vec<Answer> = Vec::new();
    let mut told = false;
    loop {
        match tokio::time::timeout(LOOK, coming.next()).await {
            Ok(Some(answer)) => {
                open.retain(|question| *question != answer.question);
                answers.push(answer);
            }
            Ok(None) => break,
            Err(_) => {}
        }
        let waited = SystemClock.elapsed().saturating_sub(begun);
        if !told && !open.is_empty() && is_enough(&open, &plan.checks, waited) {
            told = true;
            let answers = with_open(&answers, &open, &plan, waited);
            tell(Ok(Answers { plan: plan.clone(), answers, open: open.clone() }));
        }
    }
    drop(coming);
    answers.sort_by_key(|answer| answer.question);
    tell(Ok(Answers { plan: plan.clone(), answers, open: Vec::new() }));
}

fn with_open(answers: &[Answer], open: &[Question], plan: &Plan, waited: Duration) -> Vec<Answer> {
    let standing_in = open.iter().map(|question| still_asked(*question, &plan.checks, waited, SystemClock.now()));
    let mut answers: Vec<Answer> = answers.iter().cloned().chain(standing_in).collect();
    answers.sort_by_key(|answer| answer.question);
    answers
}

/// Arming writes no facts; there is nothing to see.
pub(in crate::controller) struct Nobody;

impl Watcher for Nobody {
    fn saw(&self, _: &Fact, _: &Rollback) {}
}
