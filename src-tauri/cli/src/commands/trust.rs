//! `lastgood trust`: what this repository may run on this machine.

use std::process::ExitCode;

use jiff::Timestamp;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, NamedCommand, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::ports::shell::CommandPlace;
use serde_json::{Value, json};

use crate::arguments::Trust;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: Trust) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let said = change(&workspace, &arguments).await?;
    let commands = workspace.commands().await?;
    let trusted = workspace.trust().is_repository_trusted()?;
    if arguments.json {
        output::json(&json!({
            "repository": { "key": workspace.key(), "trusted": trusted },
            "commands": commands.iter().map(|named| as_json(named, trusted)).collect::<Vec<_>>(),
        }));
    } else if said.is_empty() {
        print(&workspace, &commands, trusted);
    } else {
        said.iter().for_each(|line| output::line(&plain(line)));
        if !trusted && !arguments.grant.is_empty() {
            output::line("It does not run yet: the repository itself is not trusted. Add --repository.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Does what was asked for; a sentence for each change.
async fn change(workspace: &Workspace, arguments: &Trust) -> Result<Vec<String>, Trouble> {
    let mut said = Vec::new();
    if arguments.distrust {
        workspace.trust().distrust()?;
        said.push("The repository and all its commands are no longer trusted.".to_owned());
    }
    for hash in &arguments.revoke {
        said.push(format!("No longer trusted: {}", workspace.revoke(hash)?));
    }
    if arguments.trust_repository {
        workspace.trust().grant_repository(Timestamp::now())?;
        said.push(format!(
            "Trusted: the repository {} in this folder. Each command is still asked for.",
            workspace.key()
        ));
    }
    for hash in &arguments.grant {
        said.push(format!("Trusted: {}", workspace.grant(hash).await?.shown()));
    }
    Ok(said)
}

fn as_json(named: &NamedCommand, repository_trusted: bool) -> Value {
    json!({
        "hash": named.order.fingerprint(),
        "command": named.order.argv,
        "question": named.question.code(),
        "environments": named.environments,
        "place": place(named),
        "preset": named.preset,
        "granted": named.granted,
        "runs": named.granted && repository_trusted,
    })
}

fn print(workspace: &Workspace, commands: &[NamedCommand], trusted: bool) {
    let state = if trusted { "trusted" } else { "not trusted: none of its commands runs" };
    output::line(&plain(&format!("{}: {state}", workspace.key())));
    for named in commands {
        let hash = named.order.fingerprint();
        let granted = if named.granted { "may run" } else { "asks   " };
        let hash = hash.get(..12).unwrap_or(&hash);
        output::line(&plain(&format!("  {hash}  {granted}  {}", named.order.shown())));
        let environments: Vec<&str> = named.environments.iter().map(EnvironmentName::as_str).collect();
        let of = if environments.is_empty() { String::new() } else { format!(" of {}", environments.join(", ")) };
        let source = if named.preset { "; fits this project" } else { "; named in lastgood.toml" };
        output::line(&plain(&format!(
            "                         {}{of}, {}{source}",
            named.question.code(),
            place(named)
        )));
    }
    if commands.is_empty() {
        output::line("No commands: lastgood.toml names none, and none fits this project.");
    } else if commands.iter().any(|named| !named.granted) || !trusted {
        output::line("A command runs the code of the release that it checks, as you.");
        output::line("Allow one with: lastgood trust --repository --grant HASH");
    }
}

fn place(named: &NamedCommand) -> &'static str {
    match named.order.place {
        CommandPlace::Worktree(_) => "in a throw-away worktree of the target",
        CommandPlace::Empty => "in an empty folder",
    }
}
