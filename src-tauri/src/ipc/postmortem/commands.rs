//! Post-mortems: opening, reading, saving.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::postmortem::{FOLDER, Postmortems, html};
use lastgood_adapters::workspace::Workspace;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{IncidentId, PostmortemId, RollbackId};
use lastgood_core::incident::Incident;
use lastgood_core::metrics::metrics;
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::export::{Options, write};
use lastgood_core::postmortem::library::gather;
use lastgood_core::postmortem::merge::{Part, merge};
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::{About, Postmortem, difference};
use tauri::State;

use super::library::LibraryView;
use super::{DiffLine, EvidenceView, PostmortemView, RevisionView, SavedView, view};
use crate::controller::{Host, Notes};
use crate::ipc::error::UiError;

pub(super) type Answer<T> = Result<T, UiError>;

/// The measures look back over so many weeks.
const WEEKS: i64 = 12;

#[tauri::command]
pub(crate) async fn postmortems(host: State<'_, Host>) -> Answer<LibraryView> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let own = with_texts(&kept).await?;
    let rollbacks = notes.workspace.rollbacks().await?;
    let entries = gather(own.clone(), files(&notes.workspace));
    let now = SystemClock.now();
    let from = now.checked_sub(SignedDuration::from_hours(WEEKS * 7 * 24)).unwrap_or(now);
    let measured = notes.known.as_ref().and_then(|known| known.environments.first());
    let measured = measured.map(|environment| (environment.name.to_string(), metrics(&environment.spans, from, now)));
    Ok(view::library(&entries, &own, &rollbacks, measured, &notes.address(), now))
}

#[tauri::command]
pub(crate) async fn postmortem(host: State<'_, Host>, id: String) -> Answer<PostmortemView> {
    let notes = host.notes().await?;
    if let Some(path) = id.strip_prefix(view::FILE) {
        let entry = files(&notes.workspace).into_iter().find(|(found, _)| found == path);
        let (path, text) = entry.ok_or_else(|| gone(path))?;
        let entries = gather(Vec::new(), vec![(path, text)]);
        return Ok(view::file(entries.first().ok_or_else(|| gone(&id))?, &notes.address()));
    }
    Ok(whole(&notes, &PostmortemId::new(id)).await?)
}

/// The one of this incident or rollback; begun where there is none.
#[tauri::command]
pub(crate) async fn begin_postmortem(
    host: State<'_, Host>,
    incident: Option<String>,
    rollback: Option<String>,
) -> Answer<PostmortemView> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let (incident, rollback) = (incident.map(IncidentId::new), rollback.map(RollbackId::new));
    let is_it = |about: &About| {
        (incident.is_some() && about.incident == incident)
            || rollback.as_ref().is_some_and(|rollback| about.rollbacks.contains(rollback))
    };
    if let Some(there) = kept.list().await?.into_iter().find(|known| is_it(&known.about)) {
        return Ok(whole(&notes, &there.id).await?);
    }
    let about = match (&incident, &rollback) {
        (Some(id), _) => of_incident(&host.people().await?.telling.incident(id).await?),
        (None, Some(id)) => of_rollback(&notes.workspace, id).await?,
        (None, None) => return Err(nothing().into()),
    };
    let id = kept.create(about, &notes.who).await?;
    host.postmortems_changed();
    Ok(whole(&notes, &id).await?)
}

/// Where somebody else saved after `base`, both texts are brought together; nothing of either is lost.
#[tauri::command]
pub(crate) async fn save_postmortem(
    host: State<'_, Host>,
    id: String,
    base: String,
    text: String,
) -> Answer<SavedView> {
    let notes = host.notes().await?;
    if id.starts_with(view::FILE) {
        return Err(read_only().into());
    }
    let kept = Postmortems::open(&notes.workspace)?;
    let documents = kept.documents();
    let now = SystemClock.now();
    let newest = documents.versions(&id)?.last().map(|version| version.number.to_string()).unwrap_or_default();
    if newest == base {
        let number = documents.save(&id, &text, now, None)?;
        return Ok(SavedView { revision: number.to_string(), saved_at: now.to_string(), text: None, note: None });
    }
    let before = base.parse().ok().and_then(|number| documents.text_of(&id, number).ok().flatten());
    let theirs = documents.text(&id)?.unwrap_or_default();
    let merged = merge(&before.unwrap_or_default(), &text, &theirs);
    let together = merged.document.text();
    let number = documents.save(&id, &together, now, Some("brought together"))?;
    let parts: Vec<&str> = merged.conflicts.iter().map(|conflict| part(&conflict.part)).collect();
    let note = (!parts.is_empty())
        .then(|| format!("Somebody else changed {} too; their text is in the history.", parts.join(", ")));
    let text = (together != text).then_some(together);
    Ok(SavedView { revision: number.to_string(), saved_at: now.to_string(), text, note })
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
    let view = |version: lastgood_adapters::documents::Version| RevisionView {
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
    let text = kept.text(&story.postmortem)?;
    let newest = kept.documents().versions(id.as_str())?.pop();
    Ok(view::postmortem(&story, text, newest, &notes.address()))
}

pub(super) async fn story(notes: &Notes, id: &PostmortemId) -> Result<Story, Trouble> {
    let kept = Postmortems::open(&notes.workspace)?;
    let found = kept.find(id).await?;
    kept.story(found, notes.known.as_ref(), None).await
}

async fn with_texts(kept: &Postmortems<'_>) -> Result<Vec<(Postmortem, String)>, Trouble> {
    let all = kept.list().await?;
    all.into_iter().map(|found| kept.text(&found).map(|text| (found, text))).collect()
}

/// Those that lie in the repository's newest commit; none is no trouble.
fn files(workspace: &Workspace) -> Vec<(String, String)> {
    let found = workspace.repository().files_in("HEAD", FOLDER).unwrap_or_default();
    found.into_iter().filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?))).collect()
}

fn of_incident(incident: &Incident) -> About {
    About {
        title: incident.title.clone(),
        environment: incident.environment.clone(),
        rollbacks: incident.rollback.iter().cloned().collect(),
        incident: Some(incident.id.clone()),
    }
}

async fn of_rollback(workspace: &Workspace, id: &RollbackId) -> Result<About, Trouble> {
    let rollback = workspace.rollback(id).await?;
    let plan = &rollback.plan;
    let title = match &plan.from {
        Some(from) => format!("Rollback of {} from {from} to {}", plan.environment, plan.to),
        None => format!("Rollback of {} to {}", plan.environment, plan.to),
    };
    Ok(About { title, environment: Some(plan.environment.clone()), rollbacks: vec![id.clone()], incident: None })
}

fn nothing() -> Trouble {
    let message = "A post-mortem is about an incident or a rollback.";
    Trouble::new(Code::Usage, message, "Begin it there.")
}

pub(super) fn part(part: &Part) -> &str {
    match part {
        Part::Head => "the head",
        Part::Section(name) => name,
    }
}

pub(super) fn read_only() -> Trouble {
    let message = "This one lies in the repository alone.";
    Trouble::new(Code::DocumentConflict, message, "Change its file there.")
}

fn gone(id: &str) -> Trouble {
    let message = format!("There is no {id} any more.");
    Trouble::new(Code::DocumentUnknown, message, "Go back to the post-mortems.")
}

impl Notes {
    /// The repository's page on its forge.
    pub(super) fn address(&self) -> Option<String> {
        self.workspace.slug().map(|slug| format!("https://{}/{slug}", self.workspace.host()))
    }
}
