//! The page for the hour in which Lastgood cannot help: the exact commands, ids, digests and people of one rollback,
//! written while GitHub answered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hold::mark::MarkName;
use crate::ids::{EnvironmentName, ObjectId, TagName};
use crate::ports::publishing::Asset;
use crate::rollback::local::LocalDeploy;
use crate::rollback::plan::Plan;

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct Glass<'a> {
    pub plan: &'a Plan,
    /// What deploys from this machine, where something is named for it.
    pub local: Option<&'a LocalDeploy>,
    /// `owner/name`.
    pub slug: &'a str,
    /// Of GitHub's API, without a slash at its end.
    pub api: &'a str,
    pub host: &'a str,
    /// Of the remote, as git has it, without anything secret.
    pub remote: &'a str,
    /// Files of the target's release.
    pub assets: &'a [Asset],
    /// Of `lastgood.toml`: who, and how to reach them.
    pub contacts: &'a BTreeMap<String, String>,
    pub prepared: Timestamp,
}

/// The page. Whatever came from outside is quoted for a POSIX shell where it is part of a command, and is on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub environment: EnvironmentName,
    pub prepared: Timestamp,
    /// What was live then, where that was known.
    pub from: Option<TagName>,
    pub to: TagName,
    pub object: ObjectId,
    pub commit: ObjectId,
    /// Who, and how to reach them.
    pub contacts: Vec<(String, String)>,
    pub steps: Vec<Step>,
    /// In the place of all steps: Lastgood itself, from this machine. No step, since whoever follows them would deploy twice.
    #[serde(default)]
    pub instead: Option<Step>,
    pub files: Vec<File>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub title: String,
    /// Commands to copy whole; of several, one is enough.
    pub ways: Vec<String>,
}

/// A file of the target's release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub bytes: u64,
    pub digest: Option<String>,
}

pub fn page(glass: &Glass<'_>) -> Page {
    let plan = glass.plan;
    Page {
        environment: plan.environment.clone(),
        prepared: glass.prepared,
        from: plan.from.clone(),
        to: plan.to.clone(),
        object: plan.object.clone(),
        commit: plan.commit.clone(),
        contacts: glass.contacts.iter().map(|(name, how)| (one_line(name), one_line(how))).collect(),
        steps: steps(glass),
        instead: glass.local.map(|_| by_lastgood(plan)),
        files: glass.assets.iter().map(file).collect(),
    }
}

/// The page for a terminal and a text file.
pub fn text(page: &Page) -> String {
    let mut text = String::new();
    let mut line = |words: &str| text.extend([words, "\n"]);
    let name = |tag: &TagName| one_line(tag.as_str());
    line(&format!("Break glass: {} back to {}", one_line(page.environment.as_str()), name(&page.to)));
    line(&format!("Prepared {}, while GitHub answered.", page.prepared.strftime("%Y-%m-%d %H:%M UTC")));
    line("");
    line(&format!("Live was   {}", page.from.as_ref().map_or("not known".to_owned(), name)));
    line(&format!("Target     {}", name(&page.to)));
    line(&format!("  object   {}", page.object));
    line(&format!("  commit   {}", page.commit));
    people(&mut line, &page.contacts);
    line("");
    for (number, step) in page.steps.iter().enumerate() {
        written(&mut line, &format!("{}. {}", number + 1, step.title), step);
    }
    if let Some(instead) = &page.instead {
        line("");
        written(&mut line, &instead.title, instead);
    }
    if !page.files.is_empty() {
        line("");
        line("Files of the target's release:");
    }
    for file in &page.files {
        let digest = file.digest.as_deref().unwrap_or("digest not known");
        line(&format!("   {}  {} bytes  {digest}", file.name, file.bytes));
    }
    text
}

fn steps(glass: &Glass<'_>) -> Vec<Step> {
    let plan = glass.plan;
    let (target, remote) = (quoted(&format!("refs/tags/{}", plan.to)), quoted(glass.remote));
    let look = format!("git rev-parse {target}\ngit ls-remote {remote} {target}");
    let mark = format!(
        "tag=rollback-$(date -u +%Y%m%d-%H%M%S)\ngit tag -a \"$tag\" -m {} {}\ngit push {remote} \"refs/tags/$tag\"",
        quoted(&format!("Rollback to {}", plan.to)),
        plan.commit
    );
    let follow =
        format!("gh run list --repo {} --workflow {}", quoted(&repository(glass)), quoted(&plan.deploy.workflow));
    let deploys = [by_gh(glass), by_curl(glass)].into_iter().chain(glass.local.map(|local| by_command(plan, local)));
    let mut steps = vec![step("Look that the target is what it was; both lines show its object:", vec![look])];
    steps.extend(freeing(&plan.environment, &remote));
    steps.extend([
        step("Mark the rollback:", vec![mark]),
        step("Deploy, by one of these, once:", deploys.collect()),
        step("Follow it:", vec![follow]),
        proving(plan),
    ]);
    steps
}

fn step(title: &str, ways: Vec<String>) -> Step {
    Step { title: title.to_owned(), ways }
}

/// A rollback that came as far as its hold and no further is in the way of these very commands: a workflow that looks at
/// holds refuses them.
fn freeing(environment: &EnvironmentName, remote: &str) -> [Step; 2] {
    let hold = MarkName::hold(environment).as_ref_name();
    let named = quoted(&hold);
    let look = format!(
        "git ls-remote --exit-code {remote} {named} && git fetch --quiet {remote} {named} && \
         git log -1 --format=%B FETCH_HEAD"
    );
    let lift = format!("git push {remote} {}", quoted(&format!(":{hold}")));
    [
        step("See who holds the environment, and why; where nothing is printed, nobody does:", vec![look]),
        step(
            "Only if it is held by a rollback of yours that you give up for this page, lift that hold; anybody else is \
             asked to lift theirs:",
            vec![lift],
        ),
    ]
}

fn by_lastgood(plan: &Plan) -> Step {
    let title = "Or, in the place of all these steps, let Lastgood do it from this machine, without GitHub, and keep the \
                 journal:";
    let (environment, target) = (quoted(plan.environment.as_str()), quoted(plan.to.as_str()));
    step(title, vec![format!("lastgood rollback {environment} --to {target} --local --reason 'GitHub is away'")])
}

fn proving(plan: &Plan) -> Step {
    let probes = [&plan.proofs.version, &plan.proofs.health].into_iter().flatten();
    let asked: Vec<String> = probes.map(|url| format!("curl -fsS {}", quoted(url))).collect();
    if asked.is_empty() {
        return step("Prove it: look at the service, no probe is configured.", Vec::new());
    }
    step("Prove it:", vec![asked.join("\n")])
}

fn written(line: &mut impl FnMut(&str), title: &str, step: &Step) {
    line(title);
    step.ways.iter().flat_map(|way| way.lines()).for_each(|command| line(&format!("   {command}")));
}

fn file(asset: &Asset) -> File {
    File { name: one_line(&asset.name), bytes: asset.bytes, digest: asset.digest.as_deref().map(one_line) }
}

fn people(line: &mut impl FnMut(&str), contacts: &[(String, String)]) {
    if contacts.is_empty() {
        line("People     none are named; add them below [contacts] in lastgood.toml");
    }
    for (number, (name, how)) in contacts.iter().enumerate() {
        let label = if number == 0 { "People    " } else { "          " };
        line(&format!("{label} {name}: {how}"));
    }
}

fn by_gh(glass: &Glass<'_>) -> String {
    let deploy = &glass.plan.deploy;
    let mut command = format!(
        "gh workflow run {} --repo {} --ref {}",
        quoted(&deploy.workflow),
        quoted(&repository(glass)),
        quoted(&deploy.branch)
    );
    for (name, value) in glass.plan.inputs("by-hand") {
        command.push_str(" -f ");
        command.push_str(&quoted(&format!("{name}={value}")));
    }
    command
}

/// The token goes through a pipe: what stands on a command line is read by every program of the machine.
fn by_curl(glass: &Glass<'_>) -> String {
    let deploy = &glass.plan.deploy;
    let body = serde_json::json!({ "ref": deploy.branch, "inputs": glass.plan.inputs("by-hand") }).to_string();
    let address = format!("{}/repos/{}/actions/workflows/{}/dispatches", glass.api, glass.slug, deploy.workflow);
    format!(
        "printf 'Authorization: Bearer %s' \"$GITHUB_TOKEN\" | curl -fsS -X POST -H @- -H 'Accept: application/vnd.github+json' -d {} {}",
        quoted(&body),
        quoted(&address)
    )
}

/// The environment's own command, among the files of the target.
fn by_command(plan: &Plan, local: &LocalDeploy) -> String {
    let order = local.order(plan);
    let variables: Vec<String> =
        order.variables.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    let words: Vec<String> = order.argv.iter().map(|word| quoted(word)).collect();
    format!(
        "folder=$(mktemp -d)\ngit worktree add --detach \"$folder\" {}\n(cd \"$folder\" && {} {})",
        plan.commit,
        variables.join(" "),
        words.join(" ")
    )
}

/// `gh` takes `host/owner/name`.
fn repository(glass: &Glass<'_>) -> String {
    if glass.host == "github.com" { glass.slug.to_owned() } else { format!("{}/{}", glass.host, glass.slug) }
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '.' | '-' | '_' | '@' | '=' | ',' | '+');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", one_line(text).replace('\'', "'\\''"))
}

/// What would end the line, or move the cursor, is a space.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
