//! Which commands this repository names, and which of them may run.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, EvidenceHash, ObjectId, TagName};
use lastgood_core::ports::Clock;
use lastgood_core::ports::shell::CommandOrder;
use lastgood_core::rollback::check::Question;
use lastgood_core::rollback::checks::command::{orders, preset};
use lastgood_core::rollback::checks::plan::{CheckPlan, CommandSet};
use lastgood_core::rollback::local::LocalDeploy;

use super::Workspace;
use crate::clock::SystemClock;
use crate::evidence::Evidence;
use crate::trust::{Granted, Trust};

/// A command that would run, were it trusted.
#[derive(Debug, Clone)]
pub struct NamedCommand {
    pub question: Question,
    /// For which it is asked; none where it is asked for all.
    pub environments: Vec<EnvironmentName>,
    pub order: CommandOrder,
    /// It may run, as far as the command itself goes.
    pub granted: bool,
    /// What was allowed for the same question and is named no more: the command as it was before it changed.
    pub before: Option<Granted>,
    /// It fits the project, and `lastgood.toml` does not name it.
    pub preset: bool,
}

impl Workspace {
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What a command wrote, by its hash.
    pub fn output(&self, hash: &EvidenceHash) -> Option<String> {
        self.evidence.read(hash)
    }

    /// Every command of `lastgood.toml` as it is here, and those that fit the checked-out commit.
    pub async fn commands(&self) -> Result<Vec<NamedCommand>, Trouble> {
        let head = ObjectId::new("HEAD");
        let granted = self.trust.granted()?;
        let mut found: Vec<NamedCommand> = Vec::new();
        for environment in self.named_environments() {
            let name = environment.as_ref().map(EnvironmentName::as_str).unwrap_or_default();
            for (question, set, preset) in self.sets(name, &head).await? {
                for order in orders(question, &set, &head, &[]) {
                    let fingerprint = order.fingerprint();
                    let known = found
                        .iter_mut()
                        .find(|known| known.question == question && known.order.fingerprint() == fingerprint);
                    match known {
                        Some(known) => known.environments.extend(environment.clone()),
                        None => found.push(NamedCommand {
                            question,
                            environments: environment.iter().cloned().collect(),
                            granted: granted.iter().any(|granted| granted.fingerprint == fingerprint),
                            before: None,
                            preset,
                            order,
                        }),
                    }
                }
            }
        }
        changed_since(&mut found, &granted);
        Ok(found)
    }

    /// What is named for an environment or fits the project, by what it is for; whether it is a preset.
    async fn sets(&self, environment: &str, head: &ObjectId) -> Result<Vec<(Question, CommandSet, bool)>, Trouble> {
        let settings = self.settings().environment(environment);
        let plan = CheckPlan::new(&settings, &TagName::new("TAG"), None);
        let mut sets = Vec::new();
        for question in Question::COMMANDED.into_iter().filter(|question| plan.asks(*question)) {
            sets.push(match plan.commands.get(&question) {
                Some(set) => (question, set.clone(), false),
                None => (question, CommandSet::of(preset(question, &*self.repository, head).await?), true),
            });
        }
        let deploy = LocalDeploy::of(&settings);
        sets.extend(deploy.map(|deploy| (Question::DeployCommand, CommandSet::of(vec![deploy.argv]), false)));
        Ok(sets)
    }

    /// Lets the command run whose fingerprint begins so; it must be one of those that are named here.
    ///
    /// # Errors
    /// [`Code::Usage`] where none or several begin so.
    pub async fn grant(&self, beginning: &str) -> Result<CommandOrder, Trouble> {
        let all = self.commands().await?;
        let mut fitting: Vec<&NamedCommand> =
            all.iter().filter(|named| named.order.fingerprint().starts_with(beginning)).collect();
        fitting.dedup_by_key(|named| named.order.fingerprint());
        let [named] = fitting.as_slice() else { return Err(no_single(beginning, fitting.len())) };
        self.trust.grant(named.question, &named.order, SystemClock.now())?;
        Ok(named.order.clone())
    }

    /// Takes that back; what it was.
    ///
    /// # Errors
    /// [`Code::Usage`] where none or several begin so.
    pub fn revoke(&self, beginning: &str) -> Result<String, Trouble> {
        let granted = self.trust.granted()?;
        let fitting: Vec<_> = granted.iter().filter(|granted| granted.fingerprint.starts_with(beginning)).collect();
        let [granted] = fitting.as_slice() else { return Err(no_single(beginning, fitting.len())) };
        self.trust.revoke(&granted.fingerprint)?;
        Ok(granted.command.clone())
    }

    /// Those that the settings name; one without a name where they name none.
    fn named_environments(&self) -> Vec<Option<EnvironmentName>> {
        let named: Vec<_> =
            self.settings().environments.keys().map(|name| Some(EnvironmentName::new(name.as_str()))).collect();
        if named.is_empty() { vec![None] } else { named }
    }
}

/// Beside each command that is not allowed: the newest one that was, for the same question, and that nobody names now.
fn changed_since(found: &mut [NamedCommand], granted: &[Granted]) {
    let named: Vec<String> = found.iter().map(|named| named.order.fingerprint()).collect();
    let left: Vec<&Granted> = granted.iter().filter(|granted| !named.contains(&granted.fingerprint)).collect();
    for named in found.iter_mut().filter(|named| !named.granted) {
        let of_it = left.iter().filter(|granted| granted.question == Some(named.question));
        named.before = of_it.max_by_key(|granted| granted.since).map(|granted| (*granted).clone());
    }
}

fn no_single(beginning: &str, count: usize) -> Trouble {
    let message = match count {
        0 => format!("No command's hash begins with {beginning}."),
        several => format!("The hashes of {several} commands begin with {beginning}."),
    };
    Trouble::new(Code::Usage, message, "`lastgood trust --list` shows the commands and their hashes.")
}
