//! `lastgood good`: a person's own word on a release.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, MarkWish, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::{EnvironmentName, TagName};
use serde_json::json;

use crate::arguments;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: arguments::Good) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let (tag, environment) = (TagName::new(&arguments.tag), arguments.environment.map(EnvironmentName::new));
    if let Some(name) = &environment {
        workspace.know_live().await?.environment(name.as_str())?;
    }
    let by = workspace.who().await;
    let reason = arguments.reason.trim().to_owned();
    let wish = MarkWish { tag: tag.clone(), environment: environment.clone(), by, reason };
    let place = environment.as_ref().map_or_else(|| "everywhere".to_owned(), |name| format!("in {name}"));
    let (stood, words) = if arguments.undo {
        match workspace.take_mark_back(wish).await? {
            true => (Some(true), format!("{tag} is no longer marked good {place}")),
            false => (Some(false), format!("{tag} was not marked good {place}")),
        }
    } else {
        workspace.mark_good(wish).await?;
        (None, format!("{tag} is marked good {place}"))
    };
    if arguments.json {
        output::json(&json!({
            "tag": tag, "environment": environment, "marked_good": !arguments.undo, "taken_back": stood,
        }));
    } else {
        output::line(&plain(&words));
    }
    Ok(ExitCode::SUCCESS)
}
