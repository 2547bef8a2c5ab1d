//! A small, faithful GitHub on 127.0.0.1, with a sample repository and the service that it deploys.
//!
//! Two layers: [`state`] is a pure model of what GitHub knows, the HTTP face puts it into GitHub's words.
//! Drills run against it in the app, tests run against it everywhere. It never leaves loopback.
//!
//! # A folder is a rehearsal
//! ```text
//! DIR/remote/acme/connectias.git   the remote: push to it by path
//! DIR/clone/connectias             a working clone, `origin` is the path above
//! DIR/github.json                  what GitHub knows; replaced as a whole after each change
//! DIR/rehearsal.lock               held while a server runs: one process per folder
//! ```
//! Starting on a folder that holds a rehearsal goes on with it: same token, same ports where they are free, runs where
//! they would be by now (the rehearsal's time goes on while no server runs; `epoch` and `seed` of the later start
//! are not looked at). Requests, faults and rate limits belong to the process and start anew.
//!
//! # Switches over HTTP
//! For other processes, on the API's port and with its token: `GET`, `POST` and `DELETE /_rehearsal/faults` (a
//! [`Fault`] as JSON, as in `{"method": "POST", "path": "/dispatches", "times": 1, "kind": "cut", "moment":
//! "before_answer"}`), `GET /_rehearsal/requests`, `POST /_rehearsal/speed` with `{"speed": 100}` or
//! `{"speed": "infinity"}`, `POST /_rehearsal/advance` with `{"seconds": 60}`, `POST /_rehearsal/fill` with a [`Fill`]
//! for a long past, as in `{"releases": 1000, "deployments": 300, "runs": 500, "tags": 2000, "commits": 5000}`.
//!
//! # As a proxy
//! Requests in absolute form are taken too, so that `gh` works with `GH_HOST=github.localhost` and `http_proxy` set
//! to the API's address.

mod clock;
mod fault;
mod git;
mod github;
mod graphql;
mod http;
mod pull_requests;
mod rates;
mod record;
mod sample;
mod service;
mod sign_in;
mod start;
pub mod state;
mod store;
mod wire;

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

pub use self::{
    fault::{Fault, FaultKind, Moment, When},
    github::GitHub,
    pull_requests::PullRequestError,
    record::RecordedRequest,
    sample::fill::{Fill, FillError},
    sign_in::{Decision, SignInSwitches, TokenSwitches},
    start::{Rehearsal, StartError},
    store::SaveError,
};

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the rehearsal; made if it does not exist.
    pub directory: PathBuf,
    /// Port of the API on 127.0.0.1; 0 takes the port of the last start if it is free, else any.
    pub port: u16,
    /// Makes the numbers of releases, runs and so on; the same seed and epoch give the same sample.
    pub seed: u64,
    /// The time at the first start. The sample's history lies before it.
    pub epoch: jiff::Timestamp,
    /// 1 = a deploy takes about 20 s, 100 = a hundred times faster, infinity = runs end at once.
    pub speed: f64,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Base address of the API, as for `api.github.com`; `/api/v3` below it works too.
    pub api: String,
    /// The token that the API takes; others are let in by [`GitHub::let_in`].
    pub token: String,
    /// Owner of the repository.
    pub owner: String,
    /// Name of the repository.
    pub repo: String,
    /// The bare repository that plays the remote.
    pub remote: PathBuf,
    /// A working clone of it.
    pub clone: PathBuf,
    /// Base address of production; staging is below it at `/staging`.
    pub service: String,
}

/// A thread that panicked while it held the lock has left whole values behind: each change is one assignment or more
/// of facts that stand on their own.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
