//! `lastgood status`: per environment what is live, what was last good, and why.

use std::process::ExitCode;

use jiff::Timestamp;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Known, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::live::last_good::words;
use lastgood_core::live::{Environment, Source};
use lastgood_core::ports::forge::RunRecord;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::check::Verdict;
use serde_json::{Value, json};

use super::hold::{as_value, words as words_of_hold};
use super::rollback::terminal::names;
use crate::arguments::Status;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: Status) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let known = async { if arguments.all { workspace.know().await } else { workspace.know_live().await } };
    let (known, runs) = tokio::join!(known, recent(&workspace, arguments.runs));
    let known = known?;
    let unfinished = workspace.unfinished().await?;
    if known.whole {
        workspace.prepare_break_glass(&known).await;
    }
    if let Err(trouble) = &known.forge {
        output::trouble(trouble, false);
    }
    if let Some(trouble) = &known.team_trouble {
        output::trouble(trouble, false);
    }
    if arguments.json {
        let environments: Vec<Value> =
            known.environments.iter().map(|environment| as_json(environment, &unfinished, known.at)).collect();
        output::json(&json!({
            "environments": environments,
            "releases": arguments.all.then(|| releases(&known)),
            "waiting_runs": arguments.all.then(|| waiting_runs(&known)),
            "runs": runs.as_ref().map(|runs| runs.iter().map(run_as_json).collect::<Vec<_>>()),
            "github": match &known.forge {
                Ok(forge) => json!({
                    "account": forge.account,
                    "calls_left": forge.calls_left,
                    "deployments": { "read": forge.deployments.len(), "whole": known.whole && !forge.history_cut },
                    "releases": { "read": forge.published.len(), "whole": known.whole && !forge.releases_cut },
                }),
                Err(trouble) => json!({ "error": trouble, "known_at": known.kept.as_ref().map(|kept| kept.at) }),
            },
            "waiting": known.waiting,
            "degraded": known.degraded,
            "team": { "seen": known.team.as_ref().map(|team| team.seen), "error": known.team_trouble },
            "at": known.at,
        }));
    } else {
        if let Some(words) = &known.degraded {
            output::line(&plain(&format!("! {words}")));
        }
        if let Some(waiting) = &known.waiting {
            output::line(&format!("! {}", waiting.sentence()));
        }
        if let Some(kept) = &known.kept {
            let age = words(known.at.as_second().saturating_sub(kept.at.as_second()).max(0));
            output::line(&format!("! What GitHub told {age} ago is shown"));
        }
        known.environments.iter().for_each(|environment| print(environment, &unfinished, known.at));
        if known.environments.is_empty() && known.forge.is_ok() {
            output::line("No environments: GitHub lists none, and lastgood.toml names none.");
        }
        print_more(&known);
        runs.iter().flatten().for_each(print_run);
    }
    // What is known is shown; whether GitHub could be asked decides how this ended.
    Ok(if known.forge.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A list that GitHub does not give is told as the trouble that it is, beside what is known.
async fn recent(workspace: &Workspace, most: Option<u32>) -> Option<Vec<RunRecord>> {
    let most = most?;
    let runs = async { workspace.connect().await?.recent_runs(most).await };
    match runs.await {
        Ok(runs) => Some(runs),
        Err(trouble) => {
            output::trouble(&trouble, false);
            None
        }
    }
}

fn run_as_json(run: &RunRecord) -> Value {
    json!({
        "run": run.id,
        "title": run.title,
        "workflow": run.workflow,
        "status": run.status,
        "conclusion": run.conclusion,
        "branch": run.head,
        "created": run.created,
        "by": run.actor,
        "url": run.url,
    })
}

fn print_run(run: &RunRecord) {
    let how = run.conclusion.as_deref().unwrap_or(&run.status);
    output::line(&plain(&format!("run {} {how}: {} ({}, by {})", run.id, run.title, run.workflow, run.actor)));
}

fn releases(known: &Known) -> Vec<Value> {
    let published = known.forge.iter().flat_map(|forge| forge.published.iter());
    published
        .map(|release| {
            json!({
                "tag": release.tag,
                "name": release.name,
                "draft": release.draft,
                "prerelease": release.prerelease,
                "published": release.published,
                "url": release.url,
            })
        })
        .collect()
}

fn waiting_runs(known: &Known) -> Vec<Value> {
    let runs = known.forge.iter().flat_map(|forge| &forge.waiting_runs);
    runs.map(
        |run| json!({ "run": run.id, "title": run.title, "workflow": run.workflow, "by": run.actor, "url": run.url }),
    )
    .collect()
}

/// What `--all` adds, in one line each.
fn print_more(known: &Known) {
    let Ok(forge) = &known.forge else { return };
    for run in &forge.waiting_runs {
        let told = format!("waits for an approval or a timer: {} (run {}, by {})", run.title, run.id, run.actor);
        output::line(&plain(&told));
    }
    if known.whole {
        output::line(&format!("{} releases on GitHub", forge.published.len()));
    }
    if forge.releases_cut {
        let count = forge.published.len();
        output::line(&format!(
            "! Only {count} of GitHub's releases were read; what it says of the others is not known."
        ));
    }
    if forge.history_cut {
        let count = forge.deployments.len();
        output::line(&format!("! Only the newest {count} deployments were read; what was before is not known."));
    }
}

fn as_json(environment: &Environment, unfinished: &[Rollback], at: Timestamp) -> Value {
    let live = environment.live.as_ref().map(|live| {
        json!({
            "tag": live.tag,
            "version": live.version,
            "source": live.source,
            "since": live.since,
            "health": live.health.as_ref().map(|health| json!({
                "verdict": health.verdict, "sentence": health.sentence, "since": health.since,
            })),
            "disagreement": live.disagreement,
            "untold": live.untold,
        })
    });
    let candidates: Vec<Value> = environment
        .last_good
        .candidates
        .iter()
        .map(|found| {
            json!({
                "tag": found.tag,
                "good": found.good,
                "against": found.against,
                "reason": found.reason,
                "seconds": found.seconds,
            })
        })
        .collect();
    json!({
        "environment": environment.name,
        "live": live,
        "last_good": environment.last_good.tag,
        "why": environment.last_good.sentence,
        "candidates": candidates,
        "hold": environment.hold.as_ref().map(|hold| as_value(hold, at)),
        "quarantined": environment.quarantined.iter().map(|bad| &bad.tag).collect::<Vec<_>>(),
        "marked_good": environment.marked_good.iter().map(|mark| json!({
            "tag": mark.tag, "by": mark.by, "reason": mark.reason, "at": mark.at,
        })).collect::<Vec<_>>(),
        "incidents": environment.disturbances.iter().map(|found| json!({
            "incident": found.incident, "title": found.title, "severity": found.severity, "from": found.from, "to": found.to,
        })).collect::<Vec<_>>(),
        "returned": environment.returned.as_ref().map(|returned| json!({
            "rollback": returned.rollback, "from": returned.from, "to": returned.to, "since": returned.since,
        })),
        "url": environment.url,
        "unfinished": unfinished.iter().find(|rollback| rollback.plan.environment == environment.name).map(|rollback| &rollback.id),
    })
}

/// What was proved or recorded by GitHub goes without saying.
fn told_by(source: Source) -> &'static str {
    match source {
        Source::Probe | Source::Deployment => "",
        Source::Run => "  (no deployment tells; by the newest run)",
        Source::Journal => "  (no deployment tells; by this machine's journal)",
    }
}

/// What takes an unfinished rollback up.
pub(crate) fn next(rollback: &Rollback) -> String {
    let (offers, environment) = (rollback.offers(), &rollback.plan.environment);
    if offers.is_empty() {
        return format!("take it up: lastgood rollback {environment}");
    }
    format!("decide: lastgood rollback {environment} --choose {}", names(&offers))
}

fn print(environment: &Environment, unfinished: &[Rollback], at: Timestamp) {
    let now = at.as_second();
    output::line(&plain(environment.name.as_str()));
    match &environment.live {
        Some(live) => {
            let age = live.since.map_or(String::new(), |since| format!(", for {}", words(now - since.as_second())));
            let health = live.health.as_ref().map_or(String::new(), |health| {
                let mark = match health.verdict {
                    Verdict::Passed => "✓",
                    Verdict::Failed => "▲ failing:",
                    Verdict::Inconclusive | Verdict::Errored => "? could not tell:",
                };
                format!("  {mark} {}", health.sentence)
            });
            output::line(&plain(&format!("  live       {}{age}{health}{}", live.version, told_by(live.source))));
            for warning in live.disagreement.iter().chain(&live.untold) {
                output::line(&plain(&format!("             ! {warning}")));
            }
        }
        None => output::line("  live       not known"),
    }
    let good = environment.last_good.tag.as_ref().map_or("none", |tag| tag.as_str());
    output::line(&plain(&format!("  last good  {good}  ({})", environment.last_good.sentence.trim_end_matches('.'))));
    if let Some(hold) = &environment.hold {
        let words = words_of_hold(hold, at);
        output::line(&plain(&format!("  held       {}", words.trim_start_matches("held "))));
    }
    if let Some(rollback) = unfinished.iter().find(|rollback| rollback.plan.environment == environment.name) {
        let step = rollback.current().map_or("the end", |step| step.name.as_str());
        output::line(&format!("  unfinished {} to {}, at {step}", rollback.id, plain(rollback.plan.to.as_str())));
        output::line(&plain(&format!("             {}", next(rollback))));
    }
}
