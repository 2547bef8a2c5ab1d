//! What the runs behind deployments are called. GitHub names a dispatched run's branch as what it deployed; the run's title
//! alone may tell which version it was given, and GraphQL knows no titles. A run stays called what it is called, so that
//! each is asked for once.

use std::collections::{HashMap, HashSet};

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RunId;
use lastgood_core::ports::forge::{Maker, RunRecord};

use super::Github;
use super::transport::encode;
use super::wire::{Run, Runs};

/// Runs that are asked for by their number in one look; the next one goes on.
const MOST_SINGLE: usize = 10;

/// More missing ones than this are sought in the list of their workflow's runs.
const FEW: usize = 3;

/// Pages of that list in one look.
const MOST_PAGES: u32 = 5;

/// By the run's number; `None` for one that GitHub has no more.
pub(super) type Makers = HashMap<u64, Option<Maker>>;

impl Github {
    /// `wanted` in the order of their weight. What cannot be learned now is left for the next look: it is no reason to show
    /// nothing.
    pub(super) async fn learn_makers(&self, wanted: &[RunId], makers: &mut Makers) {
        let mut listed: HashSet<String> = HashSet::new();
        for _ in 0..MOST_SINGLE {
            let missing: Vec<RunId> = wanted.iter().filter(|run| !makers.contains_key(&run.0)).copied().collect();
            let Some(next) = missing.first() else { return };
            let learned = match self.run_record(*next).await {
                Ok(run) => {
                    makers.insert(next.0, Some(Maker::of(&run)));
                    let many = missing.len() > FEW && !run.workflow.is_empty();
                    if many && listed.insert(run.workflow.clone()) {
                        self.learn_of_list(&run.workflow, &missing, makers).await
                    } else {
                        Ok(())
                    }
                }
                Err(trouble) if trouble.code == Code::NotOnGithub => {
                    makers.insert(next.0, None);
                    Ok(())
                }
                Err(trouble) => Err(trouble),
            };
            if let Err(trouble) = learned {
                tracing::info!("the titles of runs: {trouble}");
                return;
            }
        }
    }

    async fn learn_of_list(&self, workflow: &str, missing: &[RunId], makers: &mut Makers) -> Result<(), Trouble> {
        for page in 1..=MOST_PAGES {
            let Some(oldest) = missing.iter().filter(|run| !makers.contains_key(&run.0)).min() else { break };
            let further = if page == 1 { String::new() } else { format!("&page={page}") };
            let workflow = encode(workflow);
            let route = self.path(&format!("/actions/workflows/{workflow}/runs?per_page=100{further}"));
            let found = self.reader.ask::<Runs>(&route).await?.value.workflow_runs;
            let runs: Vec<RunRecord> = found.into_iter().map(Run::record).collect();
            // Numbers grow with time: what is older than the whole page may be on the next one.
            let goes_on = runs.iter().map(|run| run.id).min().is_some_and(|last| last > *oldest);
            let sought = runs.iter().filter(|run| missing.contains(&run.id));
            makers.extend(sought.map(|run| (run.id.0, Some(Maker::of(run)))));
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    async fn run_record(&self, id: RunId) -> Result<RunRecord, Trouble> {
        Ok(self.reader.ask::<Run>(&self.path(&format!("/actions/runs/{id}"))).await?.value.record())
    }
}
