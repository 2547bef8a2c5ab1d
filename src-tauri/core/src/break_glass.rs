//! The page for the hour in which Lastgood cannot help: the exact commands, ids, digests and people of one rollback,
//! written while all was well.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ports::publishing::Asset;
use crate::rollback::plan::Plan;

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct Glass<'a> {
    pub plan: &'a Plan,
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

/// The page as text. Whatever came from outside is quoted for a POSIX shell where it is part of a command.
pub fn page(glass: &Glass<'_>) -> String {
    let plan = glass.plan;
    let mut text = String::new();
    let mut line = |words: &str| text.extend([words, "\n"]);
    line(&format!("Break glass: {} back to {}", one_line(plan.environment.as_str()), one_line(plan.to.as_str())));
    line(&format!("Prepared {}, while all was well.", glass.prepared.strftime("%Y-%m-%d %H:%M UTC")));
    line("");
    line(&format!("Live was   {}", plan.from.as_ref().map_or("not known".to_owned(), |from| one_line(from.as_str()))));
    line(&format!("Target     {}", one_line(plan.to.as_str())));
    line(&format!("  object   {}", plan.object));
    line(&format!("  commit   {}", plan.commit));
    people(&mut line, glass.contacts);
    line("");
    line("1. Look that the target is what it was; both lines show the object above:");
    line(&format!("   git rev-parse {}", quoted(&format!("refs/tags/{}", plan.to))));
    line(&format!("   git ls-remote {} {}", quoted(glass.remote), quoted(&format!("refs/tags/{}", plan.to))));
    line("2. Mark the rollback:");
    line("   tag=rollback-$(date -u +%Y%m%d-%H%M%S)");
    line(&format!("   git tag -a \"$tag\" -m {} {}", quoted(&format!("Rollback to {}", plan.to)), plan.commit));
    line(&format!("   git push {} \"refs/tags/$tag\"", quoted(glass.remote)));
    line("3. Deploy, by one of these, once:");
    line(&format!("   {}", by_gh(glass)));
    line(&format!("   {}", by_curl(glass)));
    line("4. Follow it:");
    line(&format!("   gh run list --repo {} --workflow {}", quoted(&repository(glass)), quoted(&plan.deploy.workflow)));
    line("5. Prove it:");
    for url in [&plan.proofs.version, &plan.proofs.health].into_iter().flatten() {
        line(&format!("   curl -fsS {}", quoted(url)));
    }
    if plan.proofs.version.is_none() && plan.proofs.health.is_none() {
        line("   Look at the service: no probe is configured.");
    }
    files(&mut line, glass.assets);
    text
}

fn people(line: &mut impl FnMut(&str), contacts: &BTreeMap<String, String>) {
    if contacts.is_empty() {
        line("People     none are named; add them below [contacts] in lastgood.toml");
    }
    for (number, (name, how)) in contacts.iter().enumerate() {
        let label = if number == 0 { "People    " } else { "          " };
        line(&format!("{label} {}", one_line(&format!("{name}: {how}"))));
    }
}

fn files(line: &mut impl FnMut(&str), assets: &[Asset]) {
    if assets.is_empty() {
        return;
    }
    line("");
    line("Files of the target's release:");
    for asset in assets {
        let digest = asset.digest.as_deref().map_or("digest not known".to_owned(), one_line);
        line(&format!("   {}  {} bytes  {digest}", one_line(&asset.name), asset.bytes));
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

fn by_curl(glass: &Glass<'_>) -> String {
    let deploy = &glass.plan.deploy;
    let body = serde_json::json!({ "ref": deploy.branch, "inputs": glass.plan.inputs("by-hand") }).to_string();
    let address = format!("{}/repos/{}/actions/workflows/{}/dispatches", glass.api, glass.slug, deploy.workflow);
    format!(
        "curl -fsS -X POST -H \"Authorization: Bearer $GITHUB_TOKEN\" -H 'Accept: application/vnd.github+json' -d {} {}",
        quoted(&body),
        quoted(&address)
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
