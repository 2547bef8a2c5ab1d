//! `lastgood metrics`: DORA's measures of each environment, with what they mean.

use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::metrics::{Measure, Metrics, metrics};
use lastgood_core::postmortem::zone;
use serde_json::{Value, json};

use crate::arguments;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: arguments::Metrics) -> Result<ExitCode, Trouble> {
    let folder = &arguments.listing.repository.repo;
    let workspace = Workspace::open(folder, &Place::find()?, Access::from_environment())?;
    let known = workspace.know().await?;
    if let Err(trouble) = &known.forge {
        output::trouble(trouble, false);
    }
    let days = SignedDuration::from_hours(24 * i64::from(arguments.days));
    let from = known.at.checked_sub(days).unwrap_or(Timestamp::MIN);
    let chosen = match &arguments.environment {
        Some(name) => vec![known.environment(name)?],
        None => known.environments.iter().collect(),
    };
    let told: Vec<(&str, Metrics)> = chosen
        .iter()
        .map(|environment| {
            let (spans, incidents) = (&environment.spans, &environment.disturbances);
            (environment.name.as_str(), metrics(spans, incidents, from, known.at))
        })
        .collect();
    if arguments.listing.json {
        let environments: Vec<Value> = told.iter().map(|(name, measured)| as_json(name, measured)).collect();
        let definitions: Vec<Value> = Measure::ALL
            .iter()
            .map(|measure| json!({ "measure": measure.title(), "definition": measure.definition() }))
            .collect();
        output::json(
            &json!({ "environments": environments, "definitions": definitions, "from": from, "to": known.at }),
        );
    } else {
        told.iter().for_each(|(name, measured)| print(name, measured));
        for measure in Measure::ALL {
            output::line(&format!("{}: {}", measure.title(), measure.definition()));
        }
    }
    Ok(if known.forge.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(name: &str, measured: &Metrics) -> Value {
    let weeks: Vec<Value> = measured
        .weeks
        .iter()
        .map(|week| json!({ "from": week.from, "deployments": week.deployments, "failed": week.failed }))
        .collect();
    json!({
        "environment": name,
        "deployments": measured.deployments,
        "failed": measured.failed,
        "deployments_a_week": measured.frequency,
        "change_failure_rate": measured.failure_rate,
        "recovery_seconds": measured.recovery.map(|recovery| recovery.as_secs()),
        "weeks": weeks,
    })
}

fn print(name: &str, measured: &Metrics) {
    let or_unknown = |words: Option<String>| words.unwrap_or_else(|| "not known: nothing was deployed".to_owned());
    let frequency = measured.frequency.map(|often| format!("{often:.1} a week"));
    let rate = measured
        .failure_rate
        .map(|rate| format!("{:.0} % ({} of {})", rate * 100.0, measured.failed, measured.deployments));
    let recovery = measured.recovery.map_or("nothing to recover from".to_owned(), zone::length);
    output::line(&plain(name));
    output::line(&format!("  deployments  {}", or_unknown(frequency)));
    output::line(&format!("  failed       {}", or_unknown(rate)));
    output::line(&format!("  recovery     {recovery}"));
}
