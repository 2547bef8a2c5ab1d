//! Settling what a rollback will do, from what is known of the repository and its workflows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::error::{Code, Trouble};
use crate::ids::{EnvironmentName, TagName};
use crate::live::{Environment, Returned};
use crate::ports::forge::{Workflow, WorkflowInput, titles};
use crate::release::Release;
use crate::rollback::checks::plan::{self as checks, CheckPlan};
use crate::rollback::local::LocalDeploy;
use crate::rollback::plan::{Deploy, Plan, Proofs, RELEASE_BUDGET_SECONDS, rollback_tag};
use crate::settings::{EnvironmentSettings, HEALTH_TIMES, HOLD_HOURS, address};

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// `None`: the last good one.
    pub to: Option<TagName>,
    pub reason: String,
    pub who: String,
    /// How long it may be taken back at no cost.
    pub countdown: SignedDuration,
    pub rehearsal: bool,
}

/// Without a target in the wish, the last good release is meant, once: behind a rollback that worked, going further back
/// is somebody's decision and not a default.
///
/// # Errors
/// [`Code::NoTarget`], [`Code::TagMissing`] or [`Code::NoWorkflow`], each with what to do.
pub fn plan(
    wish: Wish,
    environment: &Environment,
    settings: &EnvironmentSettings,
    releases: &[Release],
    workflows: &[Workflow],
    default_branch: &str,
    now: Timestamp,
) -> Result<Plan, Trouble> {
    let deploy = deploy(&environment.name, settings, workflows, default_branch);
    settled(wish, environment, settings, releases, deploy, now)
}

/// The same by the environment's own command on this machine, for when GitHub is away: the workflow need not be known.
///
/// # Errors
/// [`Code::NoTarget`], [`Code::TagMissing`] or [`Code::NoDeployCommand`], each with what to do.
pub fn plan_local(
    wish: Wish,
    environment: &Environment,
    settings: &EnvironmentSettings,
    releases: &[Release],
    workflows: &[Workflow],
    default_branch: &str,
    now: Timestamp,
) -> Result<Plan, Trouble> {
    let local = LocalDeploy::of(settings).ok_or_else(|| no_command(&environment.name))?;
    let known = deploy(&environment.name, settings, workflows, default_branch).unwrap_or(nowhere(default_branch));
    settled(wish, environment, settings, releases, Ok(Deploy { local: Some(local), ..known }), now)
}

/// The same for reading alone, where a workflow need not be known: then the plan names none, and nothing is deployed by it.
///
/// # Errors
/// [`Code::TagMissing`].
pub fn plan_to_compare(
    to: TagName,
    environment: &Environment,
    settings: &EnvironmentSettings,
    releases: &[Release],
    workflows: &[Workflow],
    default_branch: &str,
    now: Timestamp,
) -> Result<Plan, Trouble> {
    let (who, countdown) = (String::new(), SignedDuration::ZERO);
    let wish = Wish { to: Some(to), reason: String::new(), who, countdown, rehearsal: false };
    let deploy = deploy(&environment.name, settings, workflows, default_branch).unwrap_or(nowhere(default_branch));
    settled(wish, environment, settings, releases, Ok(deploy), now)
}

fn nowhere(default_branch: &str) -> Deploy {
    Deploy {
        workflow: String::new(),
        branch: default_branch.to_owned(),
        version_input: String::new(),
        inputs: BTreeMap::new(),
        key_input: None,
        key_in_title: false,
        local: None,
    }
}

fn settled(
    wish: Wish,
    environment: &Environment,
    settings: &EnvironmentSettings,
    releases: &[Release],
    deploy: Result<Deploy, Trouble>,
    now: Timestamp,
) -> Result<Plan, Trouble> {
    let tag = target(wish.to, environment)?;
    let release = releases.iter().find(|release| release.tag == tag).ok_or_else(|| {
        Trouble::new(
            Code::TagMissing,
            format!("There is no release {tag} in this repository."),
            "Fetch the tags with `git fetch --tags`, or choose one that `lastgood timeline` lists.",
        )
    })?;
    let commit = release.commit().cloned().ok_or_else(|| {
        Trouble::new(
            Code::TagMissing,
            format!("{tag} leads to no commit and cannot be deployed."),
            "Choose a release that is a commit.",
        )
    })?;
    let base = environment.url.as_deref();
    let from = environment.live.as_ref().and_then(|live| live.tag.clone());
    Ok(Plan {
        environment: environment.name.clone(),
        forward: from.as_ref().is_some_and(|live| is_newer(release, live, releases)),
        from,
        checks: CheckPlan::new(settings, &tag, base),
        next: next_target(environment, &tag),
        to: tag,
        object: release.object.clone(),
        commit,
        reason: wish.reason,
        who: wish.who,
        started: now,
        undo_until: now.checked_add(wish.countdown).unwrap_or(now),
        rollback_tag: rollback_tag(now),
        deploy: deploy?,
        proofs: proofs(settings, base),
        budget: settings.budget_seconds.unwrap_or(RELEASE_BUDGET_SECONDS),
        hold_hours: settings.hold_hours.unwrap_or(HOLD_HOURS),
        after: None,
        incident: None,
        mark_release: settings.mark_release.unwrap_or(true),
        frees_target: false,
        frees: None,
        rollout: None,
        rehearsal: wish.rehearsal,
    })
}

/// Who goes up leaves a good release behind, and must not quarantine it.
fn is_newer(target: &Release, live: &TagName, releases: &[Release]) -> bool {
    releases.iter().find(|release| release.tag == *live).is_some_and(|live| target.is_newer_than(live))
}

fn target(wanted: Option<TagName>, environment: &Environment) -> Result<TagName, Trouble> {
    match (wanted, &environment.returned) {
        (Some(tag), _) => Ok(tag),
        (None, Some(returned)) => Err(already_back(environment, returned)),
        (None, None) => environment.last_good.tag.clone().ok_or_else(|| no_target(environment)),
    }
}

/// Whether this workflow deploys to more than one environment, so that a run of it must say where it went.
pub fn is_shared(workflow: &Workflow, environments: &[EnvironmentName]) -> bool {
    has_input(workflow, "environment")
        && environments.iter().filter(|environment| serves(workflow, environment)).count() > 1
}

/// Finds the workflow that takes a version, and fills its inputs.
pub fn deploy(
    environment: &EnvironmentName,
    settings: &EnvironmentSettings,
    workflows: &[Workflow],
    default_branch: &str,
) -> Result<Deploy, Trouble> {
    let (workflow, version_input) = match &settings.workflow {
        Some(file) => {
            let found = workflows.iter().find(|workflow| workflow.file == *file);
            let input = settings.version_input.clone().or_else(|| found.and_then(version_input));
            (found, input.ok_or_else(|| no_workflow(environment, &[]))?)
        }
        None => detect(environment, settings, workflows)?,
    };
    let file = settings.workflow.clone().or_else(|| workflow.map(|found| found.file.clone())).unwrap_or_default();
    let mut inputs = settings.inputs.clone();
    if workflow.is_some_and(|found| has_input(found, "environment")) {
        inputs.entry("environment".to_owned()).or_insert_with(|| environment.to_string());
    }
    let mut keys = KEY_INPUTS.iter().filter(|name| workflow.is_some_and(|found| has_input(found, name)));
    let shows = |name: &&&str| workflow.is_some_and(|found| titles(&found.run_name, name));
    let titled = keys.clone().find(shows);
    let key_input = titled.or_else(|| keys.next());
    Ok(Deploy {
        workflow: file,
        branch: default_branch.to_owned(),
        version_input,
        inputs,
        key_input: key_input.map(|name| (*name).to_owned()),
        key_in_title: titled.is_some(),
        local: None,
    })
}

/// Names under which workflows take a version, most telling first.
const VERSION_INPUTS: [&str; 7] = ["version_tag", "version", "tag", "release_tag", "release", "git_tag", "ref"];

/// Names under which a workflow may take our key; it tells our run where the title shows it.
const KEY_INPUTS: [&str; 3] = ["rollback_id", "lastgood_id", "correlation_id"];

fn detect<'a>(
    environment: &EnvironmentName,
    settings: &EnvironmentSettings,
    workflows: &'a [Workflow],
) -> Result<(Option<&'a Workflow>, String), Trouble> {
    let mut fitting: Vec<(&Workflow, String)> = workflows
        .iter()
        .filter_map(|workflow| {
            let input = settings.version_input.clone().or_else(|| version_input(workflow))?;
            (has_input(workflow, &input) && serves(workflow, environment)).then_some((workflow, input))
        })
        .collect();
    // One that is switched off takes no dispatch: it counts only where there is no other, so that this can be said.
    if fitting.iter().any(|(found, _)| found.is_active()) {
        fitting.retain(|(found, _)| found.is_active());
    }
    if fitting.len() > 1 {
        let named: Vec<_> = fitting.iter().filter(|(found, _)| found.file.contains("deploy")).cloned().collect();
        if named.len() == 1 {
            fitting = named;
        }
    }
    match fitting.as_slice() {
        [(workflow, input)] => Ok((Some(workflow), input.clone())),
        several => {
            Err(no_workflow(environment, &several.iter().map(|(found, _)| found.file.as_str()).collect::<Vec<_>>()))
        }
    }
}

/// A choice of environments that leaves this one out is not for it.
fn serves(workflow: &Workflow, environment: &EnvironmentName) -> bool {
    let Some(input) = workflow.inputs.iter().find(|input| input.name == "environment") else { return true };
    input.options.is_empty() || input.options.iter().any(|option| option == environment.as_str())
}

fn version_input(workflow: &Workflow) -> Option<String> {
    usual_version_input(|name| has_input(workflow, name)).map(str::to_owned)
}

/// The input by which a workflow usually takes a version, among those that it has.
pub fn usual_version_input(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    VERSION_INPUTS.into_iter().find(|name| has(name))
}

fn has_input(workflow: &Workflow, name: &str) -> bool {
    workflow.inputs.iter().any(|input: &WorkflowInput| input.name == name)
}

fn proofs(settings: &EnvironmentSettings, base: Option<&str>) -> Proofs {
    let probes = &settings.probes;
    let whole = |probe: &Option<String>, base| probe.as_deref().and_then(|probe| address(probe, base));
    let reference = probes.reference.as_deref();
    // A probe that is a whole address leads to the same place whatever the base.
    let elsewhere = |probe: &Option<String>| whole(probe, reference).filter(|url| Some(url) != probe.as_ref());
    Proofs {
        version: whole(&probes.version, base),
        health: whole(&probes.health, base),
        health_times: probes.health_times.unwrap_or(HEALTH_TIMES),
        url: base.map(str::to_owned),
        wanted: checks::wanted(settings, base),
        interval_seconds: probes.interval_seconds,
        within_seconds: probes.within_seconds,
        timeout_seconds: probes.timeout_seconds,
        reference: reference.map(str::to_owned),
        reference_version: reference.and_then(|_| elsewhere(&probes.version)),
        reference_health: reference.and_then(|whole| elsewhere(&probes.health).or_else(|| Some(whole.to_owned()))),
    }
}

fn already_back(environment: &Environment, returned: &Returned) -> Trouble {
    let from = returned.from.as_ref().map_or("what was live", TagName::as_str);
    let message = format!(
        "{} is back on {} already, from {from}, and held since {} UTC.",
        environment.name,
        returned.to,
        returned.since.strftime("%H:%M")
    );
    let further = match &environment.last_good.tag {
        Some(tag) => format!("To go further back, name the target: `--to {tag}`."),
        None => "To go further back, name the target with `--to TAG`.".to_owned(),
    };
    Trouble::new(Code::NoTarget, message, further)
}

/// The newest good one behind the target.
fn next_target(environment: &Environment, target: &TagName) -> Option<TagName> {
    let behind = environment.last_good.candidates.iter().skip_while(|candidate| candidate.tag != *target).skip(1);
    behind.filter(|candidate| candidate.good).map(|candidate| candidate.tag.clone()).next()
}

fn no_target(environment: &Environment) -> Trouble {
    let known: Vec<String> = environment
        .last_good
        .candidates
        .iter()
        .map(|candidate| format!("{} ({})", candidate.tag, candidate.reason))
        .collect();
    let hint = if known.is_empty() {
        "Name a target with `--to TAG`.".to_owned()
    } else {
        format!("Name a target with `--to TAG`. Known here: {}.", known.join(", "))
    };
    Trouble::new(Code::NoTarget, format!("{} has no last good release.", environment.name), hint)
}

fn no_command(environment: &EnvironmentName) -> Trouble {
    let message = format!("No command deploys to {environment} from this machine.");
    let hint = format!("Name one in lastgood.toml: [environments.{environment}] deploy_command = [\"./deploy.sh\"].");
    Trouble::new(Code::NoDeployCommand, message, hint)
}

fn no_workflow(environment: &EnvironmentName, several: &[&str]) -> Trouble {
    let message = if several.is_empty() {
        format!("No workflow on the default branch takes a version for {environment}.")
    } else {
        format!("Several workflows take a version for {environment}: {}.", several.join(", "))
    };
    let hint = format!(
        "Name it in lastgood.toml: [environments.{environment}] workflow = \"deploy.yml\", version_input = \"version_tag\"."
    );
    Trouble::new(Code::NoWorkflow, message, hint)
}
