//! `lastgood quarantine`: releases that must not be a target.

use std::process::ExitCode;

use jiff::SignedDuration;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::record::{QuarantineRecord, Scope};
use lastgood_core::hold::{self, Quarantine};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::ports::Clock;
use serde_json::{Value, json};

use super::hold::reason;
use crate::arguments::{self, QuarantineVerb};
use crate::output::{self, plain};

pub(crate) async fn run(arguments: arguments::Quarantine) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    match (&arguments.tag, arguments.verb.unwrap_or(QuarantineVerb::List)) {
        (tag, QuarantineVerb::List) => list(&workspace, tag.as_deref(), arguments.json).await,
        (Some(tag), QuarantineVerb::Add) => add(&workspace, TagName::new(tag.as_str()), &arguments).await,
        (Some(tag), QuarantineVerb::Lift) => lift(&workspace, TagName::new(tag.as_str()), &arguments).await,
        (None, QuarantineVerb::Add | QuarantineVerb::Lift) => {
            Err(Trouble::new(Code::Usage, "No release is named.", "Name its tag first: lastgood quarantine TAG add."))
        }
    }
}

async fn add(workspace: &Workspace, tag: TagName, arguments: &arguments::Quarantine) -> Result<ExitCode, Trouble> {
    let since = SystemClock.now();
    let expires = arguments.hours.and_then(|hours| since.checked_add(SignedDuration::from_hours(hours.into())).ok());
    let names: Vec<EnvironmentName> =
        arguments.environment.iter().map(|name| EnvironmentName::new(name.as_str())).collect();
    let wanted = QuarantineRecord {
        tag: tag.clone(),
        reason: reason(arguments.reason.as_deref())?,
        owner: workspace.account().await?,
        since,
        expires,
        scope: if names.is_empty() { Scope::Everywhere } else { Scope::Environments(names) },
    };
    let refused = workspace.quarantine(wanted).await?;
    if arguments.json {
        output::json(&json!({
            "tag": tag, "quarantined": true, "expires": expires, "shared": refused.is_none(), "sentence": refused,
        }));
    } else {
        output::line(&plain(&format!("{tag} is quarantined and will not be offered as a target")));
        if let Some(words) = refused {
            output::line(&plain(&format!("  on this machine only: the remote did not take it ({words})")));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn lift(workspace: &Workspace, tag: TagName, arguments: &arguments::Quarantine) -> Result<ExitCode, Trouble> {
    let reason = reason(arguments.reason.as_deref())?;
    let lifted = workspace.lift_quarantine(&tag, &workspace.account().await?, &reason).await?;
    if arguments.json {
        output::json(&json!({ "tag": tag, "quarantined": false, "lifted": lifted }));
    } else {
        let words = if lifted { "may be a target again" } else { "was not quarantined" };
        output::line(&plain(&format!("{tag} {words}")));
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(workspace: &Workspace, tag: Option<&str>, as_json: bool) -> Result<ExitCode, Trouble> {
    let known = workspace.know().await?;
    let mut rows: Vec<(EnvironmentName, Quarantine)> = Vec::new();
    for environment in &known.environments {
        let bad = hold::known::quarantined(&known.facts, known.team.as_ref(), &environment.name, known.at);
        rows.extend(bad.into_iter().map(|bad| (environment.name.clone(), bad)));
    }
    rows.retain(|(_, bad)| tag.is_none_or(|tag| bad.tag.as_str() == tag));
    if as_json {
        let rows: Vec<Value> = rows.iter().map(as_value).collect();
        output::json(
            &json!({ "quarantined": rows, "seen": known.team.map(|team| team.seen), "error": known.team_trouble }),
        );
    } else {
        for (environment, bad) in &rows {
            output::line(&plain(&format!("{}  in {environment} by {}", bad.tag, bad.words())));
        }
        if rows.is_empty() {
            output::line("Nothing is quarantined");
        }
        if let Some(trouble) = &known.team_trouble {
            output::trouble(trouble, false);
        }
    }
    Ok(if known.team_trouble.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_value((environment, bad): &(EnvironmentName, Quarantine)) -> Value {
    json!({
        "tag": bad.tag,
        "environment": environment,
        "owner": bad.owner,
        "reason": bad.reason,
        "since": bad.since,
        "expires": bad.expires,
        "shared": bad.place == hold::Place::Remote,
    })
}
