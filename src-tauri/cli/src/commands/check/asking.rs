//! Asks all of it, until it is interrupted: what was answered by then is told, and what commands wrote is kept.

use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use lastgood_core::ports::Ports;
use lastgood_core::rollback::check::{Answer, Question};
use lastgood_core::rollback::checks;
use lastgood_core::rollback::checks::stopping::{self, Halt};
use lastgood_core::rollback::plan::Plan;

/// A command that is ended has so long to be gone and to have its words kept.
const ENDING: Duration = Duration::from_secs(5);

/// What came of it.
pub(super) struct Asked {
    /// In the order in which they are shown.
    pub(super) answers: Vec<Answer>,
    /// Those that nobody answered any more.
    pub(super) open: Vec<Question>,
    /// It was interrupted.
    pub(super) stopped: bool,
}

pub(super) async fn ask(ports: &Ports, repository: &str, plan: &Plan) -> Asked {
    let (stopper, stop) = stopping::stop();
    let open = checks::before(plan);
    let mut coming = checks::ask_until(open.clone(), ports, repository, plan, stop);
    let mut asked = Asked { answers: Vec::new(), open, stopped: false };
    // Commands have process groups of their own: an interrupt reaches them by way of this one.
    asked.stopped = tokio::select! {
        () = asked.hear(&mut coming, |_| true) => false,
        _ = tokio::signal::ctrl_c() => true,
    };
    if asked.stopped {
        stopper.stop(Halt::Person);
        let commanded = |open: &[Question]| open.iter().any(|question| Question::COMMANDED.contains(question));
        let again = pin!(tokio::signal::ctrl_c());
        tokio::select! {
            () = asked.hear(&mut coming, commanded) => {}
            () = tokio::time::sleep(ENDING) => {}
            _ = again => {}
        }
    }
    asked.answers.sort_by_key(|answer| answer.question);
    asked
}

impl Asked {
    /// Hears answers while there are some to come, and while what is open is worth it.
    async fn hear(
        &mut self,
        coming: &mut (impl Stream<Item = (Question, Option<Answer>)> + Unpin),
        while_open: impl Fn(&[Question]) -> bool,
    ) {
        while while_open(&self.open) {
            let Some((question, answer)) = coming.next().await else { return };
            self.open.retain(|open| *open != question);
            self.answers.extend(answer);
        }
    }
}
