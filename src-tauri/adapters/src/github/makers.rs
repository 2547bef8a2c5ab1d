//! What the runs behind deployments are called. GitHub names a dispatched run's branch as what it deployed; the run's title
//! alone may tell which version it was given, and GraphQL knows no titles. A run stays called what it is called, so that
//! each is asked for once.
//!
//! What is live must not wait for titles: a look asks a few times, and the next one goes on. Lists of runs that are read
//! for something else tell them as well.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RunId};
use lastgood_core::ports::forge::{Deployment, Maker, RunRecord};

use super::Github;
use super::deployments::ENOUGH;
use super::transport::encode;
use super::wire::{Run, Runs};

/// Requests in one look for the titles that tell what is live and what was before; where there is time for them, as many
/// for older ones.
const MOST: u32 = 2;

/// With more missing ones than this their workflow's list is asked too.
const FEW: usize = 3;

/// By the run's number; `None` for one that GitHub has no more.
pub(super) type Makers = HashMap<u64, Option<Maker>>;

/// Which titles a look asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Titles {
    None,
    /// Those that tell what is live and what was before.
    Newest,
    /// Some of the older ones as well, until all are known.
    Older,
}

/// Runs that made what succeeded, each environment's newest first.
pub(super) struct Wanted {
    newest: Vec<RunId>,
    older: Vec<RunId>,
}

/// What this process heard of runs beside what it asked for.
#[derive(Default)]
pub(super) struct Heard {
    makers: HashMap<u64, Maker>,
    /// How often GitHub told nothing of a run; those come behind all others.
    failed: HashMap<u64, u32>,
}

impl Wanted {
    pub(super) fn of<'a>(deployments: impl Iterator<Item = &'a Deployment>) -> Self {
        let mut newest_first: Vec<&Deployment> = deployments.filter(|one| one.succeeded.is_some()).collect();
        newest_first.sort_by_key(|deployment| std::cmp::Reverse((deployment.created, deployment.id)));
        let mut places: HashMap<&EnvironmentName, usize> = HashMap::new();
        let mut runs: Vec<(usize, RunId)> = Vec::new();
        for deployment in newest_first {
            let place = places.entry(&deployment.environment).or_default();
            *place += 1;
            runs.extend(deployment.run.map(|run| (*place, run)));
        }
        runs.sort_by_key(|(place, _)| *place);
        let mut seen = HashSet::new();
        runs.retain(|(_, run)| seen.insert(*run));
        let (newest, older): (Vec<_>, Vec<_>) = runs.into_iter().partition(|(place, _)| *place <= ENOUGH);
        let numbers = |part: Vec<(usize, RunId)>| part.into_iter().map(|(_, run)| run).collect();
        Self { newest: numbers(newest), older: numbers(older) }
    }
}

impl Heard {
    pub(super) fn note(&mut self, runs: &[RunRecord]) {
        self.makers.extend(runs.iter().map(|run| (run.id.0, Maker::of(run))));
    }

    /// Those of them that are still missing, in the order in which they are asked for.
    fn tell(&self, wanted: &[RunId], makers: &mut Makers) -> Vec<RunId> {
        for run in wanted {
            if let Some(maker) = self.makers.get(&run.0) {
                makers.entry(run.0).or_insert_with(|| Some(maker.clone()));
            }
        }
        let mut missing = missing(wanted, makers);
        missing.sort_by_key(|run| self.failed.get(&run.0).copied().unwrap_or_default());
        missing
    }
}

impl Github {
    /// What cannot be learned now is left for the next look: it is no reason to show nothing.
    pub(super) async fn learn_makers(&self, wanted: &Wanted, titles: Titles, makers: &mut Makers) {
        if titles == Titles::None {
            return;
        }
        self.learn(&wanted.newest, Titles::Newest, makers).await;
        if titles == Titles::Older {
            self.learn(&wanted.older, Titles::Older, makers).await;
        }
    }

    async fn learn(&self, wanted: &[RunId], titles: Titles, makers: &mut Makers) {
        if missing(wanted, makers).is_empty() {
            return;
        }
        // Whoever reads a list of runs has this: what is on its way is not asked for twice.
        let mut heard = self.heard.lock().await;
        let mut left = MOST;
        for next in heard.tell(wanted, makers) {
            if left == 0 || self.may_not_read_runs() {
                return;
            }
            if makers.contains_key(&next.0) {
                continue;
            }
            left -= 1;
            match self.learn_one(next, makers).await {
                Ok(Some(run)) if left > 0 && missing(wanted, makers).len() >= FEW => {
                    left -= 1;
                    self.hear_list(&run, titles, &mut heard).await;
                    drop(heard.tell(wanted, makers));
                }
                Ok(_) => {}
                Err(trouble) => {
                    *heard.failed.entry(next.0).or_default() += 1;
                    self.note_trouble(&trouble);
                }
            }
        }
    }

    /// The run, where GitHub has it and its workflow.
    async fn learn_one(&self, id: RunId, makers: &mut Makers) -> Result<Option<RunRecord>, Trouble> {
        match self.reader.ask::<Run>(&self.path(&format!("/actions/runs/{id}"))).await {
            Ok(run) => {
                let run = run.value.record();
                makers.insert(id.0, Some(Maker::of(&run)));
                Ok(Some(run).filter(|run| !run.workflow.is_empty()))
            }
            Err(trouble) if trouble.code == Code::NotOnGithub => {
                makers.insert(id.0, None);
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// The newest runs of its workflow; where older ones are wanted, those before it.
    async fn hear_list(&self, run: &RunRecord, titles: Titles, heard: &mut Heard) {
        let before = match titles {
            Titles::Older => format!("&created={}", encode(&format!("<={}", run.created))),
            Titles::Newest | Titles::None => String::new(),
        };
        let workflow = encode(&run.workflow);
        let route = self.path(&format!("/actions/workflows/{workflow}/runs?per_page=100{before}"));
        match self.reader.ask::<Runs>(&route).await {
            Ok(list) => {
                let runs: Vec<RunRecord> = list.value.workflow_runs.into_iter().map(Run::record).collect();
                heard.note(&runs);
            }
            Err(trouble) => self.note_trouble(&trouble),
        }
    }

    fn may_not_read_runs(&self) -> bool {
        self.known_of_the_token().runs_refused.load(Ordering::Relaxed)
    }

    /// A token that may not read runs is not asked again. Behind a limit, or a token that is wrong, nothing is sent anyway.
    fn note_trouble(&self, trouble: &Trouble) {
        tracing::info!("the titles of runs: {trouble}");
        if trouble.code == Code::TokenTooWeak {
            self.known_of_the_token().runs_refused.store(true, Ordering::Relaxed);
        }
    }
}

fn missing(wanted: &[RunId], makers: &Makers) -> Vec<RunId> {
    wanted.iter().filter(|run| !makers.contains_key(&run.0)).copied().collect()
}
