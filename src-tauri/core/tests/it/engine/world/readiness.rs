//! What checks ask beyond the first four: history, rights, and commands.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::forge::{Protection, RunRecord};
use lastgood_core::ports::history::{Difference, Key, Signature};
use lastgood_core::ports::readiness::Rights;
use lastgood_core::ports::shell::{CommandEnd, CommandOrder, Distrust, Ran};
use lastgood_core::ports::world::Seen;
use lastgood_core::ports::{History, Readiness, Shell};

use super::{Call, World, object, trouble};

/// The workflow that deploys, and what it says.
pub(crate) const DEPLOY: &str = ".github/workflows/deploy.yml";
pub(crate) const DISPATCHED: &str = "on: workflow_dispatch\njobs:\n  ship:\n    environment: production\n";

/// How checks find the world; all is well by default.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(crate) rights: Rights,
    pub(crate) open_runs: Vec<RunRecord>,
    /// Those of the deploy workflow that succeeded.
    pub(crate) earlier_runs: Vec<RunRecord>,
    /// What GitHub has more of than was read.
    pub(crate) cut: Option<Cut>,
    pub(crate) protection: Protection,
    pub(crate) assets: Option<Vec<String>>,
    pub(crate) difference: Difference,
    /// By commit and path.
    pub(crate) files: BTreeMap<(ObjectId, String), String>,
    /// Branches as they were last fetched.
    pub(crate) branches: BTreeMap<String, ObjectId>,
    pub(crate) signature: Signature,
    /// By the command on one line; what is not here is not on this machine.
    pub(crate) commands: BTreeMap<String, CommandEnd>,
    /// Commands that never end.
    pub(crate) endless: Vec<String>,
    pub(crate) orders: Vec<CommandOrder>,
    /// The installation that is known to be good: its address and what it answers.
    pub(crate) reference: Option<(String, Seen<u16>)>,
    /// How a command ends that is told this address.
    pub(crate) elsewhere: Option<(String, CommandEnd)>,
    /// How long each answer about the version was allowed to take.
    pub(crate) timeouts: Vec<Option<u32>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Deployments,
    Runs,
}

impl Default for Ready {
    fn default() -> Self {
        Self {
            rights: Rights { push: true, scopes: Some(vec!["repo".to_owned()]), ..Rights::default() },
            open_runs: Vec::new(),
            earlier_runs: Vec::new(),
            cut: None,
            protection: Protection::default(),
            assets: None,
            difference: Difference::default(),
            files: files(),
            branches: BTreeMap::from([("main".to_owned(), object('f'))]),
            signature: Signature::Verified(Key {
                kind: "SSH",
                id: "SHA256:abc".to_owned(),
                owner: "@platform-lead".to_owned(),
            }),
            commands: BTreeMap::new(),
            endless: Vec::new(),
            orders: Vec::new(),
            reference: None,
            elsewhere: None,
            timeouts: Vec::new(),
        }
    }
}

/// The target's and the branch's.
fn files() -> BTreeMap<(ObjectId, String), String> {
    let file = |commit, path: &str, text: &str| ((object(commit), path.to_owned()), text.to_owned());
    [file('c', DEPLOY, DISPATCHED), file('f', DEPLOY, DISPATCHED), file('c', "Cargo.lock", "")].into()
}

#[async_trait]
impl History for World {
    async fn difference(&self, _: &ObjectId, _: &ObjectId) -> Result<Difference, Trouble> {
        Ok(self.with(|state| state.readiness.difference.clone()))
    }

    async fn files(&self, commit: &ObjectId, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, Trouble> {
        Ok(self.with(|state| {
            let find = |path: &String| state.readiness.files.get(&(commit.clone(), path.clone()));
            paths.iter().map(|path| find(path).map(|text| text.clone().into_bytes())).collect()
        }))
    }

    async fn folder(&self, commit: &ObjectId, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
        let within = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        Ok(self.with(|state| {
            let files = state.readiness.files.iter().filter(|((of, path), _)| of == commit && within(path));
            files.map(|((_, path), text)| (path.clone(), text.clone().into_bytes())).collect()
        }))
    }

    async fn branch(&self, name: &str) -> Result<Option<ObjectId>, Trouble> {
        Ok(self.with(|state| state.readiness.branches.get(name).cloned()))
    }

    async fn signature(&self, _: &TagName, _: Option<&str>) -> Result<Signature, Trouble> {
        Ok(self.with(|state| state.readiness.signature.clone()))
    }
}

#[async_trait]
impl Readiness for World {
    async fn rights(&self) -> Result<Rights, Trouble> {
        match self.enter(Call::Rights) {
            Some(_) => Err(trouble(Code::GithubUnreachable, "GitHub did not answer.")),
            None => Ok(self.with(|state| state.readiness.rights.clone())),
        }
    }

    async fn assets(&self, _: &TagName) -> Result<Option<Vec<String>>, Trouble> {
        Ok(self.with(|state| state.readiness.assets.clone()))
    }
}

#[async_trait]
impl Shell for World {
    async fn run_until(&self, order: &CommandOrder, stop: BoxFuture<'_, ()>) -> CommandEnd {
        self.enter(Call::Command);
        let shown = order.shown();
        self.with(|state| state.readiness.orders.push(order.clone()));
        if self.with(|state| state.readiness.endless.contains(&shown)) {
            stop.await;
            return CommandEnd::Stopped(self.ran(None, "half way"));
        }
        let elsewhere = self.with(|state| state.readiness.elsewhere.clone());
        if let Some((_, end)) = elsewhere.filter(|(url, _)| order.variables.iter().any(|(_, value)| value == url)) {
            return end;
        }
        let known = self.with(|state| state.readiness.commands.get(&shown).cloned());
        known.unwrap_or_else(|| CommandEnd::Missing(order.argv[0].clone()))
    }

    async fn distrust(&self, order: &CommandOrder) -> Result<Option<Distrust>, Trouble> {
        Ok(self.with(|state| match state.readiness.commands.get(&order.shown()) {
            Some(CommandEnd::NotTrusted(distrust)) => Some(*distrust),
            Some(_) | None => None,
        }))
    }
}

impl World {
    /// A command that ends like this, with a last line.
    pub(crate) fn command(&self, shown: &str, exit: i32, line: &str) {
        self.ends(shown, CommandEnd::Exited(self.ran(Some(exit), line)));
    }

    fn ran(&self, exit: Option<i32>, line: &str) -> Ran {
        Ran {
            exit,
            tail: vec![line.to_owned()],
            output: Some("f00d".into()),
            began: self.with(|state| state.now),
            milliseconds: 1200,
            recalled: false,
        }
    }

    pub(crate) fn ends(&self, shown: &str, end: CommandEnd) {
        self.with(|state| state.readiness.commands.insert(shown.to_owned(), end));
    }

    pub(crate) fn seconds(&self) -> Duration {
        self.with(|state| state.elapsed)
    }
}
