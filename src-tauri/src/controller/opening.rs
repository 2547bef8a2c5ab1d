//! Opening a repository, or a rehearsal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Repository;
use lastgood_core::release::{Sort, sort};
use lastgood_rehearsal::{Options, Rehearsal};

use super::driving::Driving;
use super::message::{Message, Opened, Opening, Reply};
use super::session::Session;
use super::{Controller, Wanted};
use crate::ipc::notice::Notice;
use crate::ipc::session::{RecentRepository, RepositoryView};

/// Every rehearsal tells the same story.
const SEED: u64 = 1;

/// Under this name the journal file remembers what was open.
const RECENT: &str = "recent";

const RECENT_KEPT: usize = 8;

impl Controller {
    pub(super) fn begin_opening(&mut self, wanted: Wanted, reply: Reply<RepositoryView>) {
        let wanted = match wanted {
            Wanted::Last => match self.recent().into_iter().next() {
                Some(last) => Wanted::Folder(PathBuf::from(last.path)),
                None => Wanted::Last,
            },
            Wanted::Rehearsal | Wanted::Folder(_) => wanted,
        };
        let (place, speed, sender) = (self.place.clone(), self.speed, self.sender.clone());
        let access = self.access.clone().in_session(self.settings.session());
        let driven = self.driving.values().find(|driving| driving.rehearsal.is_some());
        let driven = driven.filter(|_| wanted == Wanted::Rehearsal).map(Driving::world);
        tauri::async_runtime::spawn(async move {
            let result = match (&wanted, driven) {
                // Its folder is in use, and its story goes on.
                (_, Some((workspace, rehearsal))) => again(workspace, rehearsal).await.map(Some),
                (Wanted::Last, None) => Ok(None),
                (Wanted::Rehearsal, None) => rehearsal(&place, speed).await.map(Some),
                (Wanted::Folder(folder), None) => open(folder, &place, access).await.map(Some),
            };
            drop(sender.send(Message::Opened(Box::new(Opening { wanted, result, reply }))));
        });
    }

    pub(super) async fn opened(&mut self, opening: Opening) {
        match opening.result {
            Ok(Some(opened)) => {
                self.trouble = None;
                self.opened += 1;
                let told = self.told_before(&opened.workspace);
                let session = Session::new(opened.workspace, opened.releases, told);
                if opened.rehearsal.is_none() {
                    self.remember(&session.view);
                }
                let view = session.view.clone();
                self.session = Some(session);
                // The one before ends only now, when nothing asks it any more.
                self.rehearsal = opened.rehearsal;
                opening.reply.send(Ok(view.clone()));
                self.tell(Notice::Repository { repository: view });
                self.tell(Notice::Releases);
                self.tell(Notice::Waiting { waiting: None });
                self.keep_people();
                self.left.clear();
                self.look_for_left().await;
                self.take_up_all();
                self.take_up_rollout().await;
                self.tell_elsewhere();
                self.refresh();
            }
            Ok(None) => opening.reply.send(Err(super::session::nothing_open())),
            Err(trouble) => {
                self.trouble = Some(trouble.clone());
                opening.reply.send(Err(trouble));
            }
        }
        if let Some(waiting) = self.starting.take() {
            waiting.into_iter().for_each(|reply| reply.send(Ok(self.startup_view())));
        }
        tracing::debug!("opened {:?}", opening.wanted);
    }

    /// Newest first; what is remembered is a convenience, and none is no trouble.
    pub(super) fn recent(&self) -> Vec<RecentRepository> {
        let kept = self.journal.recall(RECENT).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn remember(&self, view: &RepositoryView) {
        let mut recent = self.recent();
        recent.retain(|known| known.path != view.path);
        recent.insert(0, RecentRepository { name: view.name.clone(), path: view.path.clone() });
        recent.truncate(RECENT_KEPT);
        if let Ok(text) = serde_json::to_string(&recent)
            && let Err(trouble) = self.journal.remember(RECENT, &text)
        {
            tracing::warn!("{trouble}");
        }
    }
}

async fn open(folder: &Path, place: &Place, access: Access) -> Result<Opened, Trouble> {
    let (folder, place) = (folder.to_path_buf(), place.clone());
    let workspace = tokio::task::spawn_blocking(move || Workspace::open(&folder, &place, access))
        .await
        .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Open it again."))??;
    let mut releases = workspace.repository().releases().await?;
    sort(&mut releases, Sort::Date);
    Ok(Opened { workspace: Arc::new(workspace), releases: Arc::new(releases), rehearsal: None })
}

async fn again(workspace: Arc<Workspace>, rehearsal: Option<Arc<Rehearsal>>) -> Result<Opened, Trouble> {
    let mut releases = workspace.repository().releases().await?;
    sort(&mut releases, Sort::Date);
    Ok(Opened { workspace, releases: Arc::new(releases), rehearsal })
}

/// A fresh story each time, unless the last one holds a rollback that is not over.
async fn rehearsal(place: &Place, speed: f64) -> Result<Opened, Trouble> {
    if let Some(folder) = newest(&place.rehearsal())
        && let Ok(opened) = rehearsal_in(&folder, place, speed).await
        && !opened.workspace.unfinished().await?.is_empty()
    {
        return Ok(opened);
    }
    let begun = Timestamp::now();
    forget(&place.rehearsal());
    rehearsal_in(&place.rehearsal().join(begun.as_millisecond().to_string()), place, speed).await
}

async fn rehearsal_in(folder: &Path, place: &Place, speed: f64) -> Result<Opened, Trouble> {
    let options = Options { directory: folder.to_path_buf(), port: 0, seed: SEED, epoch: Timestamp::now(), speed };
    let rehearsal = Rehearsal::start(options).await.map_err(|error| {
        let hint = "Check the room on the disk and the data folder's permissions.";
        Trouble::new(Code::Internal, format!("The rehearsal could not begin: {error}."), hint)
    })?;
    let described = rehearsal.description().clone();
    let access = Access::rehearsal(&described.api, Secret::new(described.token), speed);
    let opened = open(&described.clone, place, access).await?;
    Ok(Opened { rehearsal: Some(Arc::new(rehearsal)), ..opened })
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    found.sort();
    found.pop()
}

/// Old stories are of no use; one that cannot be removed does no harm.
fn forget(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::debug!("an old rehearsal stays: {error}");
        }
    }
}
