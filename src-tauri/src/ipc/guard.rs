//! The step that a deploy workflow refuses with while its environment is held, offered as a pull request.

use lastgood_adapters::workspace::Guard;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EnvironmentName;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use crate::controller::Host;

/// What became of the offer.
#[derive(Debug, Clone, Serialize, TS)]
pub struct GuardView {
    /// Of the workflow.
    pub path: String,
    pub sentence: String,
    /// The pull request; null where there is none.
    pub url: Option<String>,
    /// What to paste by hand; null where nothing has to be.
    pub snippet: Option<String>,
}

#[tauri::command]
pub(crate) async fn offer_guard(host: State<'_, Host>, environment: String) -> Result<GuardView, UiError> {
    let notes = host.notes().await?;
    let known = notes.known.ok_or_else(|| {
        Trouble::new(Code::GithubUnreachable, "GitHub has not answered yet.", "Wait a moment and try again.")
    })?;
    Ok(view(notes.workspace.offer_guard(&EnvironmentName::new(environment), &known).await?))
}

fn view(guard: Guard) -> GuardView {
    let plain = |path, sentence| GuardView { path, sentence, url: None, snippet: None };
    match guard {
        Guard::There { path } => plain(path, "It refuses already while the environment is held.".to_owned()),
        Guard::Offered { path, number, url, new } => {
            let how = if new { "was opened" } else { "is open already" };
            GuardView { url: Some(url), ..plain(path, format!("Pull request {number} {how}.")) }
        }
        Guard::ByHand { path, why, snippet } => {
            GuardView { snippet: Some(snippet), ..plain(path, format!("{why} Put the step there by hand.")) }
        }
    }
}
