//! The page for the hour in which GitHub, or Lastgood itself, cannot help.

use lastgood_adapters::workspace::LocalOffer;
use lastgood_core::break_glass::Page;
use lastgood_core::ids::EnvironmentName;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use crate::controller::{Host, Notes};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakGlassView {
    pub environment: String,
    pub prepared_at: String,
    pub from: Option<String>,
    pub to: String,
    pub object: String,
    pub commit: String,
    /// What has changed since, in one sentence; the page may then lead to the wrong release.
    pub changed: Option<String>,
    /// The command that deploys from this machine, as lastgood.toml names it now.
    pub local: Option<GlassCommand>,
    pub contacts: Vec<GlassContact>,
    pub steps: Vec<GlassStep>,
    pub files: Vec<GlassFile>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct GlassContact {
    pub name: String,
    pub how: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct GlassCommand {
    /// On one line, whole.
    pub line: String,
    /// Somebody has read and allowed it here; else it does not run.
    pub trusted: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct GlassStep {
    pub title: String,
    /// Commands to copy whole; of several, one is enough.
    pub ways: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct GlassFile {
    pub name: String,
    #[ts(type = "number")]
    pub bytes: u64,
    pub digest: Option<String>,
}

/// As it was last prepared; asks nobody.
#[tauri::command]
pub(crate) async fn break_glass(host: State<'_, Host>, environment: String) -> Result<BreakGlassView, UiError> {
    let notes = host.notes().await?;
    let page = notes.workspace.break_glass(&EnvironmentName::new(environment))?;
    let offer = notes.workspace.local_offer(page.environment.as_str())?;
    Ok(view(&page, changed(&page, &notes), offer))
}

fn view(page: &Page, changed: Option<String>, offer: Option<LocalOffer>) -> BreakGlassView {
    BreakGlassView {
        environment: page.environment.to_string(),
        prepared_at: page.prepared.to_string(),
        from: page.from.as_ref().map(ToString::to_string),
        to: page.to.to_string(),
        object: page.object.to_string(),
        commit: page.commit.to_string(),
        changed,
        local: offer.map(|offer| GlassCommand { line: offer.command, trusted: offer.distrust.is_none() }),
        contacts: page.contacts.iter().cloned().map(|(name, how)| GlassContact { name, how }).collect(),
        steps: page.steps.iter().cloned().map(|step| GlassStep { title: step.title, ways: step.ways }).collect(),
        files: page
            .files
            .iter()
            .cloned()
            .map(|file| GlassFile { name: file.name, bytes: file.bytes, digest: file.digest })
            .collect(),
    }
}

/// Where GitHub has been away since, what is known now is older than the page, and says nothing against it.
fn changed(page: &Page, notes: &Notes) -> Option<String> {
    let environment = notes.known.as_ref()?.environment(page.environment.as_str()).ok()?;
    if environment.is_quarantined(&page.to) {
        return Some(format!("{} is quarantined now.", page.to));
    }
    let live = environment.live.as_ref()?.tag.as_ref()?;
    if *live == page.to {
        return Some(format!("{} is live already.", page.to));
    }
    let before = page.from.as_ref().filter(|from| *from != live)?;
    Some(format!("{live} is live now; {before} was when the page was prepared."))
}
