//! The commands of the way back up.

use lastgood_adapters::workspace::{Asked, FixWish, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::fix::event::Base;
use lastgood_core::fix::{Fix, id_of, pull_request_number};
use lastgood_core::ids::{FixId, RollbackId, RolloutId, TagName};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollout::plan::RolloutWish;
use tauri::State;

use super::view;
use super::{FixView, NewRollout, RolloutChoice, RolloutView, WayUpView};
use crate::controller::{Host, Notes};
use crate::ipc::error::UiError;

type Answer<T> = Result<T, UiError>;

/// Of this rollback; without one, of the newest that went back.
#[tauri::command]
pub(crate) async fn way_up(host: State<'_, Host>, rollback: Option<String>) -> Answer<WayUpView> {
    let notes = host.notes().await?;
    let behind = behind(&notes.workspace, rollback).await?;
    let (environment, bad) = match &behind {
        Some(rollback) => (Some(rollback.plan.environment.clone()), rollback.plan.from.clone()),
        None => (None, None),
    };
    let fix = match &behind {
        Some(rollback) => notes.workspace.fixes().await?.into_iter().find(|fix| fix.id == id_of(&rollback.id)),
        None => None,
    };
    let rollouts = notes.workspace.rollouts().await?;
    let of_this = |id: &Option<RollbackId>| behind.as_ref().is_some_and(|behind| id.as_ref() == Some(&behind.id));
    let newest = rollouts.iter().rev().find(|rollout| rollout.end.is_none());
    let newest = newest.or_else(|| rollouts.iter().rev().find(|rollout| of_this(&rollout.plan.rollback)));
    let rollout = match newest {
        Some(rollout) => Some(host.rollout(rollout.id.clone()).await?),
        None => None,
    };
    Ok(WayUpView {
        offer: view::offer(&notes.workspace, notes.known.as_ref(), environment.as_ref(), bad.as_ref()),
        rollback: behind.as_ref().map(|rollback| rollback.id.to_string()),
        environment: environment.map(|name| name.to_string()),
        bad: bad.map(|tag| tag.to_string()),
        reason: behind.as_ref().map(Rollback::why).unwrap_or_default(),
        fix: match fix {
            Some(fix) => Some(shown(&notes, &fix).await),
            None => None,
        },
        rollout,
    })
}

#[tauri::command]
pub(crate) async fn begin_fix(
    host: State<'_, Host>,
    rollback: String,
    from_bad: bool,
    branch: Option<String>,
) -> Answer<FixView> {
    let notes = host.notes().await?;
    let branch = branch.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let base = if from_bad { Base::BadRelease } else { Base::DefaultBranch };
    let rollback = Some(RollbackId::new(rollback));
    let wish = FixWish { rollback, base, branch, about: None, by: notes.who.clone() };
    let fix = notes.workspace.begin_fix(wish).await?;
    Ok(shown(&notes, &fix).await)
}

#[tauri::command]
pub(crate) async fn check_fix_item(host: State<'_, Host>, id: String, item: usize, done: bool) -> Answer<FixView> {
    let notes = host.notes().await?;
    let fix = notes.workspace.set_fix_item(&FixId::new(id), item, done, &notes.who).await?;
    Ok(shown(&notes, &fix).await)
}

#[tauri::command]
pub(crate) async fn push_fix(host: State<'_, Host>, id: String) -> Answer<FixView> {
    let notes = host.notes().await?;
    let fix = notes.workspace.push_fix(&FixId::new(id), &notes.who).await?;
    Ok(shown(&notes, &fix).await)
}

/// An empty text: the newest pull request that brings the branch.
#[tauri::command]
pub(crate) async fn link_pull_request(host: State<'_, Host>, id: String, named: String) -> Answer<FixView> {
    let notes = host.notes().await?;
    let number = match named.trim() {
        "" => None,
        text => Some(pull_request_number(text).ok_or_else(|| {
            let message = format!("{text} names no pull request.");
            Trouble::new(Code::Usage, message, "Give its number, such as 418, or its address.")
        })?),
    };
    let fix = notes.workspace.link_fix(&FixId::new(id), number, &notes.who).await?;
    Ok(shown(&notes, &fix).await)
}

#[tauri::command]
pub(crate) async fn start_rollout(host: State<'_, Host>, given: NewRollout) -> Answer<RolloutView> {
    let notes = host.notes().await?;
    let known = notes.known.as_ref().ok_or_else(|| {
        Trouble::new(Code::GithubUnreachable, "GitHub is still being asked.", "Wait a moment and try again.")
    })?;
    let behind = match given.rollback {
        Some(id) => Some(notes.workspace.rollback(&RollbackId::new(id)).await?),
        None => None,
    };
    let fixes = notes.workspace.fixes().await?;
    let fix = behind.as_ref().map(|rollback| id_of(&rollback.id));
    let wish = RolloutWish {
        tag: TagName::new(given.tag),
        bad: behind.as_ref().and_then(|rollback| rollback.plan.from.clone()),
        rollback: behind.as_ref().map(|rollback| rollback.id.clone()),
        environment: behind.as_ref().map(|rollback| rollback.plan.environment.clone()),
        fix: fix.filter(|id| fixes.iter().any(|fix| fix.id == *id)),
        reason: given.reason,
        who: notes.who.clone(),
        stages: given.stages.iter().map(view::stage_plan).collect(),
        lift_bad: given.lift_quarantine,
        rehearsal: notes.workspace.is_rehearsal(),
    };
    let plan = notes.workspace.plan_rollout(wish, known)?;
    Ok(host.start_rollout(plan).await?)
}

/// One that nobody drives is taken up first.
#[tauri::command]
pub(crate) async fn choose_rollout(
    host: State<'_, Host>,
    id: String,
    choice: RolloutChoice,
    reason: String,
) -> Answer<()> {
    let notes = host.notes().await?;
    let asked = Asked { choice: view::of_choice(choice), by: notes.who, reason };
    Ok(host.ask_rollout(RolloutId::new(id), Some(asked)).await?)
}

#[tauri::command]
pub(crate) async fn resume_rollout(host: State<'_, Host>, id: String) -> Answer<()> {
    Ok(host.ask_rollout(RolloutId::new(id), None).await?)
}

async fn behind(workspace: &Workspace, rollback: Option<String>) -> Result<Option<Rollback>, Trouble> {
    match rollback {
        Some(id) => workspace.rollback(&RollbackId::new(id)).await.map(Some),
        None => workspace.newest_way_back().await,
    }
}

async fn shown(notes: &Notes, fix: &Fix) -> FixView {
    let standing = notes.workspace.pull_request_of(fix).await;
    view::fix(fix, &standing, notes.address().as_deref())
}
