//! What the jobs of a run wrote. A job that has ended writes no more, so each log is read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lastgood_core::error::Trouble;
use lastgood_core::ids::RollbackId;
use lastgood_core::log::JobLog;

use super::Controller;
use super::message::Reply;

/// Of a matrix with more jobs, nobody has all logs open.
const KEPT: usize = 32;

/// Logs that were read, by job.
#[derive(Clone, Default)]
pub(super) struct Logs(Arc<Mutex<HashMap<u64, Arc<JobLog>>>>);

impl Logs {
    fn get(&self, job: u64) -> Option<Arc<JobLog>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }

    fn keep(&self, job: u64, log: &Arc<JobLog>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(job, Arc::clone(log));
    }
}

impl Controller {
    pub(super) fn job_log(&self, id: &RollbackId, job: u64, reply: Reply<Arc<JobLog>>) {
        if let Some(log) = self.logs.get(job) {
            return reply.send(Ok(log));
        }
        let Some(workspace) = self.workspace_of(id) else { return reply.send(Err(super::session::nothing_open())) };
        let logs = self.logs.clone();
        tauri::async_runtime::spawn(async move {
            let log: Result<_, Trouble> = workspace.job_log(job).await.map(Arc::new);
            if let Ok(log) = &log {
                logs.keep(job, log);
            }
            reply.send(log);
        });
    }
}
