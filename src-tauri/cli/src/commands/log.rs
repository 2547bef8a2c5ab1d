//! `lastgood log`: what the jobs of a deploy wrote.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RunId;
use lastgood_core::log::{JobLog, LineKind};
use lastgood_core::ports::forge::Job;
use serde_json::{Value, json};

use crate::arguments;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: arguments::Log) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let run = match arguments.run {
        Some(run) => RunId(run),
        None => newest(&workspace).await?,
    };
    let seen = workspace.run(run).await?;
    let wanted = |job: &&Job| {
        let named = arguments.job.as_ref().is_none_or(|name| job.name.contains(name.as_str()));
        named && !(arguments.failed && is_well(job)) && job.conclusion.as_deref() != Some("skipped")
    };
    let jobs: Vec<&Job> = seen.jobs.iter().filter(wanted).collect();
    let mut told: Vec<Value> = Vec::new();
    for job in &jobs {
        let log = if job.conclusion.is_some() { Some(workspace.job_log(job.id).await?) } else { None };
        if arguments.json {
            told.push(as_value(job, log.as_ref()));
        } else {
            say(job, log.as_ref());
        }
    }
    if arguments.json {
        let (status, conclusion) = (&seen.status, &seen.conclusion);
        let run = json!({ "run": run, "url": seen.url, "status": status, "conclusion": conclusion, "jobs": told });
        output::json(&run);
    } else if jobs.is_empty() {
        output::line(&format!("Run {run} has no such job"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The run of the newest rollback that has one.
async fn newest(workspace: &Workspace) -> Result<RunId, Trouble> {
    let rollbacks = workspace.rollbacks().await?;
    rollbacks.iter().rev().find_map(|rollback| rollback.run).ok_or_else(|| {
        let message = "No rollback of this repository has a run.";
        Trouble::new(Code::Usage, message, "Name a run: lastgood log ID.")
    })
}

fn is_well(job: &Job) -> bool {
    job.conclusion.as_deref() == Some("success")
}

fn say(job: &Job, log: Option<&JobLog>) {
    let word = job.conclusion.as_ref().unwrap_or(&job.status);
    output::line(&plain(&format!("{}: {word}", job.name)));
    let Some(log) = log else { return output::line("  The log comes when the job has ended.") };
    if log.cut {
        output::line("  … earlier lines are on the run's page");
    }
    for line in &log.lines {
        let at = line.at.map_or_else(|| "        ".to_owned(), |at| at.strftime("%H:%M:%S").to_string());
        let mark = match line.kind {
            LineKind::Plain => "  ",
            LineKind::Command => "$ ",
            LineKind::Group => "▸ ",
            LineKind::Warning => "! ",
            LineKind::Error => "✕ ",
        };
        output::line(&plain(&format!("  {at} {mark}{}", line.text)));
    }
}

fn as_value(job: &Job, log: Option<&JobLog>) -> Value {
    json!({
        "id": job.id,
        "name": job.name,
        "status": job.status,
        "conclusion": job.conclusion,
        "log": log.map(|log| &log.lines),
        "cut": log.is_some_and(|log| log.cut),
    })
}
