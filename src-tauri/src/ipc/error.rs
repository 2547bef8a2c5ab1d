//! What a command that did not work tells the window.

use lastgood_core::error::Trouble;
use serde::Serialize;
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, TS)]
pub struct UiError {
    /// Never changes; see `core::error::Code`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl From<Trouble> for UiError {
    fn from(trouble: Trouble) -> Self {
        let code = serde_json::to_value(trouble.code).ok().and_then(|code| code.as_str().map(str::to_owned));
        Self { code: code.unwrap_or_default(), message: trouble.message, hint: trouble.hint }
    }
}
