//! Deployments with their states, over all environments.
//!
//! REST's newest page is the change detector: it is asked each time with its ETag, and a deployment in it that was seen
//! before with the same `updated_at` (GitHub moves it with each status) needs no further question. The few that changed
//! are asked for their statuses; at the first look, or after a long absence, whole pages come by GraphQL.

mod waiting;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use futures_util::future::join;
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::ports::forge::{Deployment, DeploymentState, Maker};
use serde::{Deserialize, Serialize};

use super::Github;
use super::graphql::Cut;
use super::makers::{Makers, Titles, Wanted};
use super::transport::encode;
use super::wire;

/// Changed ones that are cheaper to ask one by one.
const FEW: usize = 3;

/// What was last good lies within the newest thousand.
const MOST: usize = 1_000;

/// So many deployments of one environment tell what is live and, nearly always, what was last good.
pub(super) const ENOUGH: usize = 10;

/// Where each one costs a request, as without GraphQL, this many do.
const MOST_BY_REST: usize = 300;

/// Questions for statuses that stand in line at once; the transport lets fewer through.
const AT_ONCE: usize = 20;

/// Environments that the newest thousand do not mention are asked for by name, up to this many of them.
const MOST_SOUGHT: usize = 30;

/// A deployment, and when GitHub last changed it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) updated: Timestamp,
    pub(super) deployment: Deployment,
    /// In which look it was asked for by its number.
    #[serde(default)]
    pub(super) asked: u64,
}

/// What is remembered between looks.
#[derive(Default, Serialize, Deserialize)]
struct Known {
    by_id: HashMap<u64, Found>,
    /// Older ones are not read yet; GraphQL goes on from here.
    older: Option<String>,
    /// It was read to its end, or to [`MOST`].
    whole: bool,
    /// There are older ones that nobody reads.
    #[serde(default)]
    cut: bool,
    /// The last look wanted older ones from GraphQL and got none.
    #[serde(default)]
    broken_off: bool,
    /// What the runs are called that made them.
    #[serde(default)]
    makers: Makers,
    /// Looks that asked for some by their number.
    #[serde(default)]
    looks: u64,
}

impl Github {
    /// Newest first, to their end. Who asks it in the middle of a rollback waits for no titles of long ago.
    pub(super) async fn all_deployments(&self, titles: Titles) -> Result<Vec<Deployment>, Trouble> {
        self.deployments_until(None, titles).await
    }

    /// The same; what the runs of long ago are called is learned from look to look.
    pub async fn whole_history(&self) -> Result<Vec<Deployment>, Trouble> {
        self.all_deployments(Titles::Older).await
    }

    /// Newest first, back to where each of these environments shows enough to tell what is live and what was before.
    pub async fn deployments_of(&self, environments: &[EnvironmentName]) -> Result<Vec<Deployment>, Trouble> {
        self.deployments_until(Some(environments), Titles::Newest).await
    }

    async fn deployments_until(
        &self,
        enough: Option<&[EnvironmentName]>,
        titles: Titles,
    ) -> Result<Vec<Deployment>, Trouble> {
        let mut known: Known = self.reader.memory.recall_value(&self.name_of_deployments()).await.unwrap_or_default();
        // Where nothing is known, the whole history is wanted in any case.
        let (newest, first) = if known.is_unread() {
            let (newest, first) = join(self.newest_deployments(), self.deployment_page(None)).await;
            (newest?, Some(first))
        } else {
            (self.newest_deployments().await?, None)
        };
        let before = known.fingerprint();
        known.forget_gone(&newest);
        let listed: HashMap<u64, String> = newest.iter().map(|found| (found.id, found.reference.clone())).collect();
        self.bring_up(&mut known, newest, first, &listed).await?;
        if !known.whole {
            self.read_older(&mut known, enough).await;
        }
        self.seek_unmentioned(&mut known).await?;
        known.name_as(&listed);
        self.learn_titles(&mut known, titles).await;
        if known.fingerprint() != before {
            self.reader.memory.keep_value(&self.name_of_deployments(), &known).await;
        }
        self.history_cut.store(known.cut || !known.whole, Ordering::Relaxed);
        Ok(known.list())
    }

    async fn bring_up(
        &self,
        known: &mut Known,
        newest: Vec<wire::Deployment>,
        first: Option<Option<Cut<Found>>>,
        listed: &HashMap<u64, String>,
    ) -> Result<(), Trouble> {
        if known.reaches(&newest) {
            self.catch_up(known, newest).await?;
            return self.look_at_waiting(known, listed).await;
        }
        // What lies between is not known: the whole history is read anew.
        *known = Known { makers: std::mem::take(&mut known.makers), ..Known::default() };
        let first = match first {
            Some(asked) => asked,
            None => self.deployment_page(None).await,
        };
        self.read_from(known, newest, first).await
    }

    async fn learn_titles(&self, known: &mut Known, titles: Titles) {
        let wanted = Wanted::of(known.by_id.values().map(|found| &found.deployment));
        self.learn_makers(&wanted, titles, &mut known.makers).await;
    }

    /// There are more than anybody reads, or GitHub did not tell the rest.
    pub(super) fn is_history_cut(&self) -> bool {
        self.history_cut.load(Ordering::Relaxed)
    }

    /// Whether this repository was read before, so that only what changed must be asked for.
    pub(super) async fn remembers_deployments(&self) -> bool {
        self.reader.memory.recall_value::<Known>(&self.name_of_deployments()).await.is_some()
    }

    /// Keeps what the first look brought, as if it had been read here.
    pub(super) async fn keep_first(&self, page: Cut<Found>, titles: Titles) -> Vec<Deployment> {
        let mut known = Known::default();
        known.add(page);
        self.learn_titles(&mut known, titles).await;
        self.reader.memory.keep_value(&self.name_of_deployments(), &known).await;
        known.list()
    }

    async fn newest_deployments(&self) -> Result<Vec<wire::Deployment>, Trouble> {
        Ok(self.reader.ask(&self.path("/deployments?per_page=100")).await?.value)
    }

    fn name_of_deployments(&self) -> String {
        self.reader.address(&self.path("#deployments"))
    }

    /// Those that are new or changed, and those whose story is not over.
    async fn catch_up(&self, known: &mut Known, newest: Vec<wire::Deployment>) -> Result<(), Trouble> {
        let changed: Vec<wire::Deployment> = newest.into_iter().filter(|found| !known.has(found)).collect();
        if changed.len() > FEW
            && let Some(page) = self.deployment_page(None).await
        {
            known.add_newest(page);
            return Ok(());
        }
        self.add_each(known, changed).await
    }

    async fn read_from(
        &self,
        known: &mut Known,
        newest: Vec<wire::Deployment>,
        first: Option<Cut<Found>>,
    ) -> Result<(), Trouble> {
        match first {
            Some(page) => known.add(page),
            None => {
                let route = self.path("/deployments?per_page=100");
                let pages = u32::try_from(MOST_BY_REST / 100).unwrap_or(1);
                let all = if newest.len() < 100 {
                    newest
                } else {
                    self.reader.all::<Vec<wire::Deployment>>(&route, pages).await?
                };
                known.cut = all.len() >= MOST_BY_REST;
                self.add_each(known, all).await?;
                (known.older, known.whole) = (None, true);
            }
        }
        Ok(())
    }

    /// A page that does not come leaves the rest for the next look; where it does not come then either, REST tells it.
    async fn read_older(&self, known: &mut Known, enough: Option<&[EnvironmentName]>) {
        while let Some(after) = known.older.clone() {
            if enough.is_some_and(|names| known.tells_of(names)) {
                return;
            }
            let Some(page) = self.deployment_page(Some(&after)).await else {
                let again = std::mem::replace(&mut known.broken_off, true);
                if again || self.graphql_is_refused() {
                    self.read_older_by_rest(known).await;
                }
                return;
            };
            known.broken_off = false;
            known.add(page);
        }
        known.whole = true;
    }

    /// As far as REST is asked; what it does not tell is left for the next look.
    async fn read_older_by_rest(&self, known: &mut Known) {
        if known.by_id.len() >= MOST_BY_REST {
            return;
        }
        let (route, pages) = (self.path("/deployments?per_page=100"), u32::try_from(MOST_BY_REST / 100).unwrap_or(1));
        let read = async {
            let all = self.reader.all::<Vec<wire::Deployment>>(&route, pages).await?;
            let ended = all.len() < MOST_BY_REST;
            let missing = all.into_iter().filter(|found| !known.has(found)).collect();
            self.add_each(known, missing).await?;
            Ok::<_, Trouble>(ended)
        };
        match read.await {
            Ok(true) => (known.older, known.whole, known.broken_off) = (None, true, false),
            Ok(false) => {}
            Err(trouble) => tracing::debug!("older deployments: {trouble}"),
        }
    }

    /// Previews by the thousand must not push production out of sight.
    async fn seek_unmentioned(&self, known: &mut Known) -> Result<(), Trouble> {
        if known.by_id.len() < MOST_BY_REST {
            return Ok(());
        }
        let mentioned = known.environments();
        let missing = self.all_environments().await?.into_iter().map(|listed| listed.name);
        for name in missing.filter(|name| !mentioned.contains(name)).take(MOST_SOUGHT) {
            let route = self.path(&format!("/deployments?environment={}&per_page=30", encode(name.as_str())));
            let found: Vec<wire::Deployment> = self.reader.ask(&route).await?.value;
            let changed = found.into_iter().filter(|found| !known.has(found)).collect();
            self.add_each(known, changed).await?;
        }
        Ok(())
    }

    async fn add_each(&self, known: &mut Known, changed: Vec<wire::Deployment>) -> Result<(), Trouble> {
        let asked = changed.into_iter().map(|deployment| self.clone().with_statuses(deployment));
        known.take_in(stream::iter(asked).buffer_unordered(AT_ONCE).collect().await)
    }

    async fn with_statuses(self, deployment: wire::Deployment) -> Result<Found, Trouble> {
        let statuses = self.statuses_of(deployment.id).await?;
        Ok(Found {
            updated: deployment.updated_at,
            deployment: deployment.with(&statuses, &self.run_pages()),
            asked: 0,
        })
    }

    async fn statuses_of(&self, deployment: u64) -> Result<Vec<wire::DeploymentStatus>, Trouble> {
        let route = self.path(&format!("/deployments/{deployment}/statuses?per_page=100"));
        Ok(self.reader.ask(&route).await?.value)
    }
}

impl Known {
    fn add(&mut self, page: Cut<Found>) {
        self.add_all(page.items);
        let full = self.by_id.len() >= MOST;
        self.cut = full && page.further.is_some();
        self.older = page.further.filter(|_| !full);
        self.whole = self.older.is_none();
    }

    /// The newest page again; what lies below it stays as it was.
    fn add_newest(&mut self, page: Cut<Found>) {
        self.add_all(page.items);
    }

    /// As many as came; the trouble of one is told behind them.
    fn take_in(&mut self, answers: Vec<Result<Found, Trouble>>) -> Result<(), Trouble> {
        let mut broken = None;
        for found in answers {
            match found {
                Ok(found) => drop(self.by_id.insert(found.deployment.id, found)),
                Err(trouble) => broken = Some(trouble),
            }
        }
        broken.map_or(Ok(()), Err)
    }

    fn add_all(&mut self, items: Vec<Found>) {
        self.by_id.extend(items.into_iter().map(|found| (found.deployment.id, found)));
    }

    /// Seen before, unchanged since, and at its end.
    fn has(&self, found: &wire::Deployment) -> bool {
        self.by_id.get(&found.id).is_some_and(|known| known.updated == found.updated_at && known.is_settled())
    }

    /// An empty history that was read to its end is known.
    fn is_unread(&self) -> bool {
        self.by_id.is_empty() && !self.whole
    }

    /// What is known connects to this page without a gap.
    fn reaches(&self, newest: &[wire::Deployment]) -> bool {
        !self.is_unread()
            && newest.last().is_none_or(|oldest| self.by_id.contains_key(&oldest.id) || newest.len() < 100)
    }

    /// A deployment within the page's time that the page does not list was deleted.
    fn forget_gone(&mut self, newest: &[wire::Deployment]) {
        let listed: HashSet<u64> = newest.iter().map(|found| found.id).collect();
        let since = if newest.len() < 100 { None } else { newest.last().map(|oldest| oldest.created_at) };
        self.by_id
            .retain(|id, found| listed.contains(id) || since.is_some_and(|since| found.deployment.created <= since));
        let runs: HashSet<u64> = self.by_id.values().filter_map(|found| Some(found.deployment.run?.0)).collect();
        self.makers.retain(|run, _| runs.contains(run));
    }

    fn tells_of(&self, environments: &[EnvironmentName]) -> bool {
        let of =
            |name: &EnvironmentName| self.by_id.values().filter(|found| found.deployment.environment == *name).count();
        environments.iter().all(|name| of(name) >= ENOUGH)
    }

    fn environments(&self) -> Vec<EnvironmentName> {
        self.by_id.values().map(|found| found.deployment.environment.clone()).collect()
    }

    /// GraphQL has no name for a branch that is gone, nor for a commit; REST names what was asked for.
    fn name_as(&mut self, listed: &HashMap<u64, String>) {
        for (id, reference) in listed {
            if let Some(found) = self.by_id.get_mut(id) {
                found.deployment.reference.clone_from(reference);
            }
        }
    }

    fn list(self) -> Vec<Deployment> {
        let makers = self.makers;
        let maker = |deployment: &Deployment| {
            let known = makers.get(&deployment.run?.0)?;
            Some(known.clone().unwrap_or_else(Maker::gone))
        };
        let of = |found: Found| Deployment { maker: maker(&found.deployment), ..found.deployment };
        let mut list: Vec<Deployment> = self.by_id.into_values().map(of).collect();
        list.sort_by_key(|deployment| std::cmp::Reverse((deployment.created, deployment.id)));
        list
    }

    /// Tells whether anything has to be kept anew.
    fn fingerprint(&self) -> impl PartialEq + use<> {
        let newest = self.by_id.values().map(|found| found.updated).max();
        let states =
            self.by_id.values().map(|found| found.updated.as_second().unsigned_abs()).fold(0, u64::wrapping_add);
        (self.by_id.len(), newest, (self.whole, self.broken_off), states, (self.makers.len(), self.looks))
    }
}

impl Found {
    /// Only another deployment changes it from here, and that moves its `updated_at`.
    fn is_settled(&self) -> bool {
        use DeploymentState::{Error, Failure, InProgress, Inactive, Other, Pending, Queued, Success, Waiting};
        match self.deployment.state {
            Success | Failure | Error | Inactive => true,
            Pending | Queued | InProgress | Waiting | Other(_) => false,
        }
    }
}
