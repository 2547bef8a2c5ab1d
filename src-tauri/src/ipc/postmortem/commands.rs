//! Post-mortems: opening, reading, saving.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::documents::Version;
use lastgood_adapters::postmortem::{Postmortems, html};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{IncidentId, PostmortemId, RollbackId};
use lastgood_core::live::Environment;
use lastgood_core::metrics::metrics;
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::difference;
use lastgood_core::postmortem::export::{Options, write};
use lastgood_core::postmortem::merge::Part;
use lastgood_core::postmortem::story::Story;
use tauri::State;

use super::desk;
use super::library::LibraryView;
use super::shelf::{self, Shelf};
use super::{DiffLine, EvidenceView, PostmortemView, RevisionView, SavedView, view};
use crate::controller::{Host, Notes};
use crate::ipc::error::UiError;

pub(super) type Answer<T> = Result<T, UiError>;

/// The measures look back over so many weeks.
const WEEKS: i64 = 12;

#[tauri::command]
pub(crate) async fn postmortems(
    host: State<'_, Host>,
    environment: Option<String>,
    query: String,
) -> Answer<LibraryView> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let stories = kept.stories(kept.list().await?, notes.known.as_ref()).await?;
    let now = SystemClock.now();
    let from = now.checked_sub(SignedDuration::from_hours(WEEKS * 7 * 24)).unwrap_or(now);
    let known = notes.known.as_ref().map_or(&[][..], |known| known.environments.as_slice());
    let wanted = |one: &&Environment| environment.as_deref().is_none_or(|name| one.name.as_str() == name);
    let measured = known.iter().find(wanted).or_else(|| known.first());
    let shelf = Shelf {
        entries: kept.library().await?,
        stories,
        rollbacks: notes.workspace.rollbacks().await?,
        incidents: notes.workspace.telling_so_far()?.incidents().await?,
        measured: measured.map(|one| (one.name.to_string(), metrics(&one.spans, &one.disturbances, from, now))),
        environments: known.iter().map(|one| one.name.to_string()).collect(),
        address: notes.address(),
    };
    Ok(shelf::library(&shelf, &query, now))
}

#[tauri::command]
pub(crate) async fn postmortem(host: State<'_, Host>, id: String) -> Answer<PostmortemView> {
    Ok(desk::open(&host, &id).await?)
}

/// The one of this incident or rollback; begun where there is none. With a title alone, one by hand.
#[tauri::command]
pub(crate) async fn begin_postmortem(
    host: State<'_, Host>,
    incident: Option<String>,
    rollback: Option<String>,
    title: Option<String>,
) -> Answer<PostmortemView> {
    Ok(desk::begin(&host, incident.map(IncidentId::new), rollback.map(RollbackId::new), title).await?)
}

/// Where somebody else saved after `base`, both texts are brought together; nothing of either is lost.
#[tauri::command]
pub(crate) async fn save_postmortem(
    host: State<'_, Host>,
    id: String,
    base: String,
    text: String,
) -> Answer<SavedView> {
    Ok(desk::save(&host, &id, &base, text).await?)
}

#[tauri::command]
pub(crate) async fn keep_undo(host: State<'_, Host>, id: String, revision: String, undo: String) -> Answer<()> {
    let notes = host.notes().await?;
    let number = revision.parse().map_err(|_| gone(&revision))?;
    Ok(notes.workspace.documents()?.keep_undo(&id, number, &undo)?)
}

/// The page's own part of the HTML that an export writes: sanitised there.
#[tauri::command]
pub(crate) async fn render_postmortem(host: State<'_, Host>, id: String, text: String) -> Answer<String> {
    let notes = host.notes().await?;
    let Ok(story) = story(&notes, &PostmortemId::new(id)).await else {
        return Ok(html::body(&text));
    };
    let options = Options { zone: TimeZone::system(), details: false, pictures: "pictures".to_owned() };
    let page = html::html(&write(&text, &story, &options), "pictures", "");
    let main = page.split_once("<main>").and_then(|(_, rest)| rest.split_once("</main>"));
    Ok(main.map_or_else(String::new, |(main, _)| main.to_owned()))
}

/// Newest first.
#[tauri::command]
pub(crate) async fn postmortem_history(host: State<'_, Host>, id: String) -> Answer<Vec<RevisionView>> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let view = |version: Version| RevisionView {
        revision: version.number.to_string(),
        at: version.at.to_string(),
        named: version.named,
        bytes: version.size,
    };
    Ok(kept.documents().versions(&id)?.into_iter().rev().map(view).collect())
}

/// From that version to the newest.
#[tauri::command]
pub(crate) async fn postmortem_diff(host: State<'_, Host>, id: String, revision: String) -> Answer<Vec<DiffLine>> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let number = revision.parse().map_err(|_| gone(&revision))?;
    let old = kept.documents().text_of(&id, number)?.ok_or_else(|| gone(&revision))?;
    let new = kept.documents().text(&id)?.unwrap_or_default();
    Ok(view::difference(&difference::difference(&old, &new)))
}

#[tauri::command]
pub(crate) async fn restore_postmortem(host: State<'_, Host>, id: String, revision: String) -> Answer<PostmortemView> {
    let notes = host.notes().await?;
    let number = revision.parse().map_err(|_| gone(&revision))?;
    Postmortems::open(&notes.workspace)?.documents().go_back(&id, number, SystemClock.now())?;
    Ok(whole(&notes, &PostmortemId::new(id)).await?)
}

#[tauri::command]
pub(crate) async fn evidence(host: State<'_, Host>, id: String, evidence: String) -> Answer<EvidenceView> {
    let notes = host.notes().await?;
    let story = story(&notes, &PostmortemId::new(id)).await?;
    let store = notes.workspace.evidence();
    Ok(view::evidence(&story, &evidence, |hash| store.read(hash)).ok_or_else(|| {
        let message = "This evidence is not on this machine.";
        Trouble::new(Code::DocumentUnknown, message, "Ask whoever's journal the line comes from.")
    })?)
}

pub(super) async fn whole(notes: &Notes, id: &PostmortemId) -> Result<PostmortemView, Trouble> {
    let kept = Postmortems::open(&notes.workspace)?;
    let story = story(notes, id).await?;
    let seen = kept.seen(&story.postmortem)?;
    let of = |version: &Version| Some(version.number) == seen.number;
    let newest = kept.documents().versions(id.as_str())?.into_iter().find(of);
    let undo = seen.number.map(|number| kept.documents().undo(id.as_str(), number)).transpose()?.flatten();
    let revision = seen.number.map(|number| number.to_string()).unwrap_or_default();
    Ok(PostmortemView { undo, revision, ..view::postmortem(&story, seen.text, newest, &notes.address()) })
}

pub(super) async fn story(notes: &Notes, id: &PostmortemId) -> Result<Story, Trouble> {
    let kept = Postmortems::open(&notes.workspace)?;
    let found = kept.find(id).await?;
    kept.story(found, notes.known.as_ref(), None).await
}

pub(super) fn part(part: &Part) -> &str {
    match part {
        Part::Head => "the head",
        Part::Section(name) => name,
    }
}

pub(super) fn no_action() -> Trouble {
    Trouble::new(Code::DocumentConflict, "This action is not in the text any more.", "Look at the text again.")
}

pub(super) fn read_only() -> Trouble {
    let message = "This one lies in the repository alone.";
    Trouble::new(Code::DocumentConflict, message, "Change its file there.")
}

pub(super) fn gone(id: &str) -> Trouble {
    let message = format!("There is no {id} any more.");
    Trouble::new(Code::DocumentUnknown, message, "Go back to the post-mortems.")
}

impl Notes {
    /// The repository's page on its forge.
    pub(crate) fn address(&self) -> Option<String> {
        self.workspace.slug().map(|slug| format!("https://{}/{slug}", self.workspace.host()))
    }
}
