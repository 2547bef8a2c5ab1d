//! The log of a job that has ended.

use lastgood_core::ids::RollbackId;
use lastgood_core::log::{JobLog, Line, LineKind};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::{LogLine, LogTone};
use crate::controller::Host;
use crate::ipc::error::UiError;

#[derive(Debug, Clone, Serialize, TS)]
pub struct JobLogView {
    /// Oldest first.
    pub lines: Vec<LogLine>,
    /// Earlier lines are on the run's page alone.
    pub cut: bool,
}

#[tauri::command]
pub(crate) async fn job_log(host: State<'_, Host>, id: String, job: u64) -> Result<JobLogView, UiError> {
    let log = host.job_log(RollbackId::new(id), job).await?;
    Ok(view(&log))
}

fn view(log: &JobLog) -> JobLogView {
    let mut at = String::new();
    let mut lines = Vec::with_capacity(log.lines.len());
    for Line { at: own, text, kind } in &log.lines {
        if let Some(own) = own {
            at = own.to_string();
        }
        let tone = match kind {
            LineKind::Plain | LineKind::Command => LogTone::Plain,
            LineKind::Group => LogTone::Group,
            LineKind::Warning => LogTone::Warn,
            LineKind::Error => LogTone::Bad,
        };
        lines.push(LogLine { at: at.clone(), text: text.clone(), tone });
    }
    JobLogView { lines, cut: log.cut }
}
