//! `risk.workflow`: whether what will deploy the target is what it was then, and what else the rollback's tag starts.
//!
//! A dispatch runs the branch's files, whatever the target and the live release have. GitHub tells the text of the deploy
//! workflow; what that calls is read from the branch as it was last fetched here, and the answer says so.

mod starting;

use std::collections::BTreeSet;

use futures_util::future::join3;

use super::found::Found;
use super::{Asking, Read, risk};
use crate::error::Trouble;
use crate::ids::ObjectId;
use crate::ports::forge::digest;
use crate::risk::workflows::{self, Files, Parts};
use crate::rollback::check::Question;
use crate::rollback::plan::Plan;

pub(super) async fn workflow(asking: &Asking<'_>) -> Found {
    let sides = match sides(asking).await {
        Ok(sides) => sides,
        Err(trouble) => return Found::errored(&trouble),
    };
    let found = match risk::read(asking).await {
        Ok(read) => unchanged(asking, &read, &sides).await,
        Err(found) => found,
    };
    starting::beside(found, asking.plan, &sides)
}

/// What is known of the workflow files.
struct Sides {
    target: Files,
    branch: Option<Branch>,
    /// The deploy workflow's, on the branch.
    on_github: Option<String>,
    /// Files that are switched off on GitHub.
    off: BTreeSet<String>,
}

/// As it was last fetched here.
struct Branch {
    commit: ObjectId,
    files: Files,
}

async fn sides(asking: &Asking<'_>) -> Result<Sides, Trouble> {
    let (history, plan) = (&asking.ports.history, asking.plan);
    let on_github = async {
        // Whoever does not ask GitHub for the workflow does not ask it here either.
        let asked = plan.checks.asks(Question::WorkflowReady);
        if asked { asking.workflows.clone().await.unwrap_or_default() } else { std::sync::Arc::default() }
    };
    let folder = history.folder(&plan.commit, workflows::FOLDER);
    let (target, commit, on_github) = join3(folder, history.branch(&plan.deploy.branch), on_github).await;
    let branch = match commit? {
        Some(commit) => {
            let files = texts(history.folder(&commit, workflows::FOLDER).await?);
            Some(Branch { commit, files })
        }
        None => None,
    };
    let own = on_github.iter().find(|workflow| workflow.file == plan.deploy.workflow);
    let off = on_github.iter().filter(|workflow| !workflow.is_active()).map(|workflow| workflow.file.clone()).collect();
    let on_github = own.map(|workflow| workflow.digest.clone()).filter(|digest| !digest.is_empty());
    Ok(Sides { target: texts(target?), branch, on_github, off })
}

fn texts(files: Vec<(String, Vec<u8>)>) -> Files {
    files.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

async fn unchanged(asking: &Asking<'_>, read: &Read, sides: &Sides) -> Found {
    let plan = asking.plan;
    let own = path(plan);
    let parts = sides.parts(&own);
    let since = read.difference.files.iter().filter(|change| parts.has(&change.path)).map(risk::line);
    let mut changed: Vec<String> = since.collect();
    changed.extend(parts.workflows.iter().filter(|path| sides.differs(path, &own)).map(|path| differs(path, plan)));
    match actions(asking, sides, &parts).await {
        Ok(actions) => changed.extend(actions.iter().map(|path| differs(path, plan))),
        Err(trouble) => return Found::errored(&trouble),
    }
    if changed.is_empty() {
        return same(plan, sides, &parts);
    }
    let (file, to, branch) = (&plan.deploy.workflow, &plan.to, &plan.deploy.branch);
    let is_own = changed.iter().any(|line| line.starts_with(&own));
    let what = if is_own { file.clone() } else { format!("What {file} uses") };
    let sentence = format!("{what} changed since {to}; today's, from {branch}, will deploy it.");
    Found::failed(sentence).with(changed.into_iter().chain(sides.compared(plan)).collect())
}

/// Nothing was seen to differ: a pass where all of it was seen.
fn same(plan: &Plan, sides: &Sides, parts: &Parts) -> Found {
    let (file, to, branch) = (&plan.deploy.workflow, &plan.to, &plan.deploy.branch);
    let compared = sides.compared(plan);
    match sides.unknown(&path(plan), parts) {
        Some(what) => {
            let sentence = format!("Whether {branch} has {what} as it was in {to} could not be read.");
            let next = "Next: git fetch, then check again.".to_owned();
            Found::unclear(sentence).with(compared.into_iter().chain([next]).collect())
        }
        None if parts.workflows.len() == 1 && parts.actions.is_empty() => {
            Found::passed(format!("{file} is on {branch} as it was in {to}")).with(compared)
        }
        None => Found::passed(format!("{file} and what it uses are on {branch} as they were in {to}")).with(compared),
    }
}

/// Files of actions that are not the same on the branch.
async fn actions(asking: &Asking<'_>, sides: &Sides, parts: &Parts) -> Result<Vec<String>, Trouble> {
    let Some(branch) = sides.branch.as_ref().filter(|_| !parts.actions.is_empty()) else { return Ok(Vec::new()) };
    let difference = asking.ports.history.difference(&asking.plan.commit, &branch.commit).await?;
    let paths = difference.files.into_iter().map(|change| change.path);
    Ok(paths.filter(|path| parts.has(path) && !parts.workflows.contains(path)).collect())
}

impl Sides {
    /// Of the target's and of the branch's.
    fn parts(&self, own: &str) -> Parts {
        let target = Parts::of(own, &self.target);
        match &self.branch {
            Some(branch) => target.and(Parts::of(own, &branch.files)),
            None => target,
        }
    }

    /// GitHub's word on the deploy workflow counts more than what was fetched some time ago.
    fn differs(&self, path: &str, own: &str) -> bool {
        let there = self.target.get(path);
        match (&self.on_github, &self.branch) {
            (Some(on_github), _) if path == own => there.map(|text| digest(text)).as_ref() != Some(on_github),
            (_, Some(branch)) => branch.files.get(path) != there,
            (_, None) => false,
        }
    }

    /// What nobody could compare: all of it, or what the deploy workflow uses.
    fn unknown(&self, own: &str, parts: &Parts) -> Option<&'static str> {
        let fetched = self.branch.as_ref().and_then(|branch| branch.files.get(own));
        let nowhere = self.on_github.is_none() && fetched.is_none();
        if nowhere {
            return Some("the deploy workflow");
        }
        let is_old =
            self.on_github.as_ref().is_some_and(|found| fetched.map(|text| digest(text)).as_ref() != Some(found));
        let uses_more = parts.workflows.len() > 1 || !parts.actions.is_empty();
        (uses_more && is_old).then_some("what the deploy workflow uses")
    }

    fn compared(&self, plan: &Plan) -> Vec<String> {
        let branch = &plan.deploy.branch;
        let github =
            self.on_github.as_ref().map(|_| format!("compared {} with {branch} on GitHub", plan.deploy.workflow));
        let here = self.branch.as_ref().map(|found| {
            let commit = found.commit.as_str();
            format!("compared with {branch} as last fetched here, {}", commit.get(..12).unwrap_or(commit))
        });
        github.into_iter().chain(here).collect()
    }
}

/// The deploy workflow's.
fn path(plan: &Plan) -> String {
    format!("{}/{}", workflows::FOLDER, plan.deploy.workflow)
}

fn differs(path: &str, plan: &Plan) -> String {
    format!("{path} is another one on {}", plan.deploy.branch)
}
