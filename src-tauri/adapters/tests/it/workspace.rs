//! A repository with everything around it, and whole rollbacks on a rehearsal at full speed.

pub(crate) mod audience;
mod beginning;
mod glass;
mod guard;
mod guard_text;
mod held_here;
mod kept;
mod lifting;
mod logs;
mod lost;
mod news;
mod orders;
mod papers;
mod refreshing;
mod settings_file;
mod ssh_names;
mod tagging;
mod titles;
mod trusting;

use lastgood_adapters::workspace::Workspace;
use lastgood_core::journal;
use lastgood_core::rollback::{Outcome, StepName, StepPhase};

use crate::rehearsed::{Rehearsed, git};
use audience::{audience, opened, plan};

#[tokio::test]
async fn a_rollback_brings_production_back_in_seven_steps() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    let (audience, seen, _bell) = audience();
    let drive = workspace.begin(plan(&workspace, None).await, audience).await.unwrap();
    let rollback = drive.to_the_end().await.unwrap();

    assert_eq!(rollback.end.as_ref().unwrap().outcome, Outcome::Succeeded);
    assert!(rollback.steps.iter().all(|step| step.phase == StepPhase::Succeeded));
    assert_eq!((rollback.plan.from.as_ref().unwrap().as_str(), rollback.plan.to.as_str()), ("v2.4.1", "v2.4.0"));
    assert_eq!(rehearsed.server().live("production").unwrap().tag, "v2.4.0");
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 1));
    let tags = git(&rehearsed.description().remote, &["tag", "--list", "rollback-*"]);
    assert_eq!(tags, rollback.plan.rollback_tag.as_str());
    let commit = git(&rehearsed.description().remote, &["rev-parse", &format!("{tags}^{{commit}}")]);
    assert_eq!(commit, rollback.plan.commit.as_str());

    let facts = workspace.facts().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), *facts, "each fact is shown once it is durable, in its order");
    journal::verify(&workspace.journal().records().unwrap()).unwrap();
    assert_eq!(audience::started(&facts), StepName::ALL);
    let known = workspace.know().await.unwrap();
    let production = known.environment("production").unwrap();
    assert_eq!(production.live.as_ref().unwrap().version, "v2.4.0");
    let bad: Vec<_> = production.quarantined.iter().map(|bad| (bad.tag.as_str(), bad.owner.as_str())).collect();
    assert_eq!(bad, [("v2.4.1", "@platform-lead")]);
    let hold = production.hold.as_ref().unwrap();
    assert_eq!((hold.owner.as_str(), hold.in_use), ("@platform-lead", false));
}

#[tokio::test]
async fn everything_known_comes_at_once_with_production_first() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let known = workspace.know().await.unwrap();
    let names: Vec<&str> = known.environments.iter().map(|environment| environment.name.as_str()).collect();
    assert_eq!(names, ["production", "staging"]);
    let forge = known.forge.as_ref().unwrap();
    assert_eq!((forge.account.as_str(), forge.default_branch.as_str()), ("platform-lead", "main"));
    let production = known.environment("production").unwrap();
    assert_eq!(production.live.as_ref().unwrap().version, "v2.4.1");
    assert_eq!(production.last_good.tag.as_ref().unwrap().as_str(), "v2.4.0");
    assert_eq!(known.releases.len(), 6);
    let trouble = known.environment("moon").unwrap_err();
    assert_eq!(trouble.hint, "Known are: production, staging.");
}

#[tokio::test]
async fn without_github_the_releases_and_the_journal_are_still_known() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    let (audience, _, _bell) = audience();
    workspace.begin(plan(&workspace, None).await, audience).await.unwrap().to_the_end().await.unwrap();
    let api = format!("http://127.0.0.1:{}", crate::rehearsed::free_port());
    let away = audience::opened_at(&rehearsed, &api, rehearsed.token());
    let known = away.know().await.unwrap();
    assert_eq!(known.forge.as_ref().unwrap_err().code, lastgood_core::error::Code::GithubUnreachable);
    assert_eq!(known.releases.len(), 6);
    let production = known.environments.iter().find(|environment| environment.name.as_str() == "production").unwrap();
    assert_eq!(production.live.as_ref().unwrap().version, "v2.4.0", "the journal remembers it");
}

#[tokio::test]
async fn a_rehearsal_s_facts_are_filed_under_its_folder_alone() {
    let rehearsed = Rehearsed::start().await;
    let workspace: Workspace = opened(&rehearsed);
    assert!(workspace.is_rehearsal());
    assert!(workspace.key().starts_with("folder:"), "{}", workspace.key());
    assert_eq!(workspace.slug().unwrap().to_string(), "acme/connectias");
}
