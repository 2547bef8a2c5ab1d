//! `dependency.check`, `security.scan` and the proofs by command: a team's own, or those that fit its kind of project.

mod project;

use std::time::Duration;

use project::Project;

use super::found::Found;
use super::plan::CommandSet;
use crate::error::{Code, Trouble};
use crate::ids::ObjectId;
use crate::ports::shell::{CommandEnd, CommandOrder, CommandPlace, Distrust, Ran};
use crate::ports::{History, Ports};
use crate::rollback::check::{Policy, Question, Verdict};
use crate::rollback::local::LocalDeploy;
use crate::rollback::plan::Plan;

/// `None` where there is nothing to run. Nothing runs before `target` is told, where that is to be waited for.
pub(super) async fn ask(
    question: Question,
    ports: &Ports,
    plan: &Plan,
    target: Option<impl Future<Output = Found>>,
) -> Option<Found> {
    let configured = plan.checks.commands.get(&question);
    let set = match configured {
        Some(set) => set.clone(),
        None => match preset(question, &*ports.history, &plan.commit).await {
            Ok(commands) => CommandSet::of(commands),
            Err(trouble) => return Some(Found::errored(&trouble)),
        },
    };
    let variables = [
        ("LASTGOOD_ENVIRONMENT".to_owned(), plan.environment.to_string()),
        ("LASTGOOD_URL".to_owned(), plan.proofs.url.clone().unwrap_or_default()),
        ("LASTGOOD_TAG".to_owned(), plan.to.to_string()),
    ];
    let orders = orders(question, &set, &plan.commit, &variables);
    let first = orders.first()?;
    if let Some(target) = target
        && let Some(found) = not_for(first, plan, &target.await)
    {
        return Some(found);
    }
    let mut told = Told::default();
    for order in orders {
        let end = ports.shell.run(&order).await;
        if let Some(mut found) = told.hear(&order, end) {
            // Nobody asked for it in so many words, and nobody has said yet that it may run.
            found.policy = (configured.is_none() && told.distrusted).then_some(Policy::Info);
            return Some(found);
        }
    }
    Some(told.all_passed())
}

/// Why nothing runs for this target. Trust was given for what the team releases, and a folder's own tag may lead anywhere. A
/// deploy from this machine does not wait for a remote that is away.
fn not_for(order: &CommandOrder, plan: &Plan, target: &Found) -> Option<Found> {
    let was_not_asked = plan.deploy.local.is_some() && target.verdict == Verdict::Inconclusive;
    if target.verdict == Verdict::Passed || was_not_asked {
        return None;
    }
    let sentence = format!("{} was not run: {}", order.shown(), target.sentence);
    Some(Found::unclear(sentence).with(vec![format!("$ {}", order.shown())]))
}

/// `deploy.command`: whether the command that deploys from here may run.
pub(super) async fn may_deploy(ports: &Ports, plan: &Plan, deploy: &LocalDeploy) -> Found {
    let order = deploy.order(plan);
    let evidence = |more| [vec![format!("$ {}", order.shown())], more].concat();
    match ports.shell.distrust(&order).await {
        Ok(None) => Found::passed(format!("{} is trusted, and deploys from this machine", order.shown())),
        Ok(Some(distrust)) => Found::failed(not_trusted(&order)).with(evidence(vec![what_to_do(&order, distrust)])),
        Err(trouble) => Found::errored(&trouble),
    }
}

/// The orders of one question, in their order.
pub fn orders(
    question: Question,
    set: &CommandSet,
    commit: &ObjectId,
    variables: &[(String, String)],
) -> Vec<CommandOrder> {
    let order = |argv: &Vec<String>| CommandOrder {
        argv: argv.clone(),
        place: if set.worktree { CommandPlace::Worktree(commit.clone()) } else { CommandPlace::Empty },
        variables: variables.to_vec(),
        deadline: Duration::from_secs(set.timeout_seconds.into()),
        recall_for: recall_for(question),
    };
    set.commands.iter().filter(|argv| !argv.is_empty()).map(order).collect()
}

/// A commit never changes; what is known to be wrong with it does. What the live service says now was not said before.
fn recall_for(question: Question) -> Option<Duration> {
    const HOUR: Duration = Duration::from_secs(3600);
    match question {
        Question::DependencyCheck => Some(HOUR * 24 * 30),
        Question::SecurityScan => Some(HOUR * 24),
        Question::TargetExists
        | Question::WorkflowReady
        | Question::DeployCommand
        | Question::TargetQuarantine
        | Question::AccessReady
        | Question::TargetArtifact
        | Question::TargetRan
        | Question::TargetSignature
        | Question::EnvironmentIdle
        | Question::RiskMigrations
        | Question::RiskConfig
        | Question::RiskWorkflow
        | Question::RiskDependencies
        | Question::RiskChanges
        | Question::LiveVersion
        | Question::LiveHealth
        | Question::ProofFunctionality
        | Question::ProofPerformance
        | Question::ProofSecurity => None,
    }
}

/// What fits the files at the top of this commit. None for proofs: only a team knows what proves its service.
///
/// # Errors
/// Where the commit cannot be read.
pub async fn preset(question: Question, history: &dyn History, commit: &ObjectId) -> Result<Vec<Vec<String>>, Trouble> {
    let project = Project::read(history, commit).await?;
    Ok(match question {
        Question::DependencyCheck => project.dependency_check(),
        Question::SecurityScan => project.security_scan(),
        Question::TargetExists
        | Question::WorkflowReady
        | Question::DeployCommand
        | Question::TargetQuarantine
        | Question::AccessReady
        | Question::TargetArtifact
        | Question::TargetRan
        | Question::TargetSignature
        | Question::EnvironmentIdle
        | Question::RiskMigrations
        | Question::RiskConfig
        | Question::RiskWorkflow
        | Question::RiskDependencies
        | Question::RiskChanges
        | Question::LiveVersion
        | Question::LiveHealth
        | Question::ProofFunctionality
        | Question::ProofPerformance
        | Question::ProofSecurity => Vec::new(),
    })
}

/// What the commands said so far.
#[derive(Default)]
struct Told {
    ran: Vec<String>,
    evidence: Vec<String>,
    outputs: Vec<crate::ids::EvidenceHash>,
    oldest: Option<jiff::Timestamp>,
    distrusted: bool,
}

impl Told {
    /// The answer, where this command decides it.
    fn hear(&mut self, order: &CommandOrder, end: CommandEnd) -> Option<Found> {
        let shown = order.shown();
        let found = match end {
            CommandEnd::Exited(ran) if ran.exit == Some(0) => {
                self.note(&shown, &ran, "exit 0", 0);
                self.ran.push(shown);
                return None;
            }
            CommandEnd::Exited(ran) => {
                let how = ran.exit.map_or_else(|| "ended by a signal".to_owned(), |exit| format!("exit {exit}"));
                self.note(&shown, &ran, &how, TAIL);
                match ran.exit {
                    Some(exit) => Found::failed(format!("{shown} said no (exit {exit}).")),
                    None => Found::errored(&broken(&shown)),
                }
            }
            CommandEnd::TimedOut(ran) => {
                self.note(&shown, &ran, "stopped", TAIL);
                Found::unclear(format!("{shown} was not done within {} s.", order.deadline.as_secs()))
            }
            CommandEnd::Stopped(ran) => {
                self.note(&shown, &ran, "stopped", TAIL);
                Found::unclear(format!("{shown} was stopped."))
            }
            CommandEnd::NotTrusted(distrust) => {
                self.distrusted = true;
                self.evidence.push(format!("$ {shown}"));
                self.evidence.push(what_to_do(order, distrust));
                Found::unclear(match distrust {
                    Distrust::Repository => format!("{shown} was not run: the repository is not trusted yet."),
                    Distrust::Command => format!("{shown} was not run: it is not trusted yet."),
                })
            }
            CommandEnd::Missing(program) => {
                self.evidence.push(format!("$ {shown}"));
                Found::unclear(format!("{shown} could not run: {program} is not on this machine."))
            }
            CommandEnd::Broken(trouble) => {
                self.evidence.push(format!("$ {shown}"));
                self.evidence.push(trouble.hint.clone());
                Found { evidence: Vec::new(), ..Found::errored(&trouble) }
            }
        };
        Some(self.finish(found))
    }

    fn all_passed(mut self) -> Found {
        let sentence = format!("{} passed", self.ran.join(" and "));
        self.finish(Found::passed(sentence))
    }

    fn note(&mut self, shown: &str, ran: &Ran, how: &str, tail: usize) {
        let seconds = Duration::from_millis(ran.milliseconds).as_secs_f64();
        let when = if ran.recalled { format!(", run {}", ran.began) } else { String::new() };
        self.evidence.push(format!("$ {shown}"));
        self.evidence.extend(ran.tail.iter().skip(ran.tail.len().saturating_sub(tail)).cloned());
        self.evidence.push(format!("{how} after {seconds:.1} s{when}"));
        self.outputs.extend(ran.output.clone());
        self.oldest = Some(self.oldest.map_or(ran.began, |oldest| oldest.min(ran.began)));
    }

    fn finish(&mut self, mut found: Found) -> Found {
        found.evidence = std::mem::take(&mut self.evidence);
        found.outputs = std::mem::take(&mut self.outputs);
        found.asked_at = self.oldest;
        found
    }
}

/// So many of a failed command's last lines are shown; the evidence store has them all.
const TAIL: usize = 12;

/// Why the order does not run, and how it is allowed.
pub fn untrusted(order: &CommandOrder, distrust: Distrust) -> Trouble {
    Trouble::new(Code::CommandUntrusted, not_trusted(order), what_to_do(order, distrust))
}

fn not_trusted(order: &CommandOrder) -> String {
    format!("{} was not run: nobody trusts it on this machine yet.", order.shown())
}

fn what_to_do(order: &CommandOrder, distrust: Distrust) -> String {
    let fingerprint = order.fingerprint();
    let hash = fingerprint.get(..12).unwrap_or(&fingerprint);
    match distrust {
        Distrust::Repository => {
            format!("It runs the target's own code. Allow it with: lastgood trust --repository --grant {hash}")
        }
        Distrust::Command => format!("It runs the target's own code. Allow it with: lastgood trust --grant {hash}"),
    }
}

fn broken(shown: &str) -> Trouble {
    Trouble::new(
        Code::Internal,
        format!("{shown} was ended by a signal before it could answer."),
        "Run it by hand to see why.",
    )
}
