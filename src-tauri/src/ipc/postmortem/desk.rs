//! One post-mortem on the desk: begun, opened, saved.

use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::documents::Typed;
use lastgood_adapters::postmortem::Postmortems;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{IncidentId, PostmortemId, RollbackId};
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::About;
use lastgood_core::postmortem::library::gather;

use super::commands::{gone, part, read_only, whole};
use super::{PostmortemView, SavedView, view};
use crate::controller::Host;

/// The one of this incident or rollback; begun where there is none. With a title alone, one by hand.
///
/// # Errors
/// [`Code::Usage`] where there is nothing to write about.
pub async fn begin(
    host: &Host,
    incident: Option<IncidentId>,
    rollback: Option<RollbackId>,
    title: Option<String>,
) -> Result<PostmortemView, Trouble> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let title = title.filter(|title| !title.trim().is_empty());
    let about = match (&incident, &rollback, title) {
        (Some(id), _, _) => About::of_incident(&host.people().await?.telling.incident(id).await?),
        (None, Some(id), _) => About::of_rollback(&notes.workspace.rollback(id).await?),
        (None, None, Some(title)) => About::by_hand(title.trim()),
        (None, None, None) => return Err(nothing()),
    };
    let begun = kept.begin(about, &notes.who).await?;
    host.postmortems_changed();
    whole(&notes, begun.id()).await
}

/// One of the journal, or by `file:` and its path one that lies in the repository alone.
///
/// # Errors
/// [`Code::DocumentUnknown`].
pub async fn open(host: &Host, id: &str) -> Result<PostmortemView, Trouble> {
    let notes = host.notes().await?;
    if let Some(path) = id.strip_prefix(view::FILE) {
        let entry = Postmortems::open(&notes.workspace)?.copies()?.into_iter().find(|(found, _)| found == path);
        let (path, text) = entry.ok_or_else(|| gone(path))?;
        let entries = gather(Vec::new(), vec![(path, text)]);
        return Ok(view::file(entries.first().ok_or_else(|| gone(id))?, &notes.address()));
    }
    whole(&notes, &PostmortemId::new(id)).await
}

/// Saves what was typed on the revision `base`.
///
/// # Errors
/// [`Code::DocumentsUnwritable`]; [`Code::DocumentConflict`] for one that lies in the repository alone.
pub async fn save(host: &Host, id: &str, base: &str, text: String) -> Result<SavedView, Trouble> {
    let notes = host.notes().await?;
    if id.starts_with(view::FILE) {
        return Err(read_only());
    }
    let kept = Postmortems::open(&notes.workspace)?;
    let typed = kept.typed(&PostmortemId::new(id), base.parse().ok(), text.clone()).await?;
    Ok(saved(typed, &text))
}

fn saved(typed: Typed, text: &str) -> SavedView {
    let view = SavedView {
        revision: typed.number.to_string(),
        saved_at: SystemClock.now().to_string(),
        text: None,
        note: None,
        typed: typed.own.to_string(),
    };
    let Some(merged) = typed.merged else { return view };
    let together = merged.document.text();
    let parts: Vec<&str> = merged.conflicts.iter().map(|conflict| part(&conflict.part)).collect();
    let note = (!parts.is_empty())
        .then(|| format!("Somebody else changed {} too; their text is in the history.", parts.join(", ")));
    SavedView { text: (together != text).then_some(together), note, ..view }
}

fn nothing() -> Trouble {
    Trouble::new(Code::Usage, "A post-mortem needs a title.", "Say in a few words what it is about.")
}
