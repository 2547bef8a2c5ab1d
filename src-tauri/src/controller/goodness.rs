//! What people and machines say of releases, beside what runs: a word of a person, looks at health, continuous integration.

use std::sync::Arc;

use lastgood_adapters::workspace::{MarkWish, Workspace};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::live::ci::{Ci, judge};
use lastgood_core::planning;

use super::Controller;
use super::message::{Message, Reply};
use super::session::Session;
use crate::ipc::timeline::{ReleaseRow, told};

impl Controller {
    /// A person calls a release good, or takes that back.
    pub(super) fn mark_good(
        &self,
        environment: EnvironmentName,
        tag: TagName,
        reason: String,
        good: bool,
        reply: Reply<()>,
    ) {
        let session = match self.session() {
            Ok(session) => session,
            Err(trouble) => return reply.send(Err(trouble)),
        };
        let (workspace, by) = (Arc::clone(&session.workspace), session.who());
        let wish = MarkWish { tag, environment: Some(environment), by, reason };
        let sender = self.sender.clone();
        tauri::async_runtime::spawn(async move {
            let done = match good {
                true => workspace.mark_good(wish).await,
                false => workspace.take_mark_back(wish).await.map(drop),
            };
            drop(sender.send(Message::HoldsChanged));
            reply.send(done);
        });
    }

    /// Keeps what a look showed of health, and asks what the builds said.
    pub(super) fn after_look(&self) {
        let (opened, sender) = (self.opened, self.sender.clone());
        let Some(session) = &self.session else { return };
        let Some(known) = session.known.clone() else { return };
        let workspace = Arc::clone(&session.workspace);
        tauri::async_runtime::spawn(async move {
            if let Err(trouble) = workspace.note_health(&known).await {
                tracing::warn!("{trouble}");
            }
            let Ok(forge) = &known.forge else { return };
            let deploys: Vec<String> = known
                .environments
                .iter()
                .filter_map(|environment| {
                    let settings = workspace.settings().environment(environment.name.as_str());
                    let planned =
                        planning::deploy(&environment.name, &settings, &forge.workflows, &forge.default_branch);
                    planned.ok().map(|deploy| deploy.workflow)
                })
                .collect();
            if let Some(runs) = recent(&workspace).await {
                drop(sender.send(Message::Ci(opened, judge(&known.releases, &runs, &deploys))));
            }
        });
    }

    pub(super) async fn ci(&mut self, opened: u64, told: Vec<Ci>) {
        let Some(session) = self.session.as_mut().filter(|_| opened == self.opened) else { return };
        if session.ci != told {
            session.ci = told;
            self.tell_overview().await;
        }
    }
}

impl Session {
    /// The list, newest first.
    pub(super) fn rows(&self) -> Vec<ReleaseRow> {
        let forge = self.known.as_ref().and_then(|known| known.github());
        told::rows(&self.releases(), forge.map_or(&[][..], |forge| forge.published.as_slice()))
    }
}

/// A page of GitHub's list.
const RECENT: u32 = 100;

/// A screen can do without them.
async fn recent(workspace: &Workspace) -> Option<Vec<lastgood_core::ports::forge::RunRecord>> {
    let asked = workspace.connect().await.ok()?.recent_runs(RECENT).await;
    asked.inspect_err(|trouble| tracing::info!("{trouble}")).ok()
}
