//! The terminal program itself, started as a person or a script starts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

mod afterwards;
#[cfg(target_os = "linux")]
mod approve;
mod auth;
mod break_glass;
mod check;
mod deciding;
mod forward;
mod good;
mod holds;
#[cfg(unix)]
mod hostile;
mod incident;
mod journal;
mod kills;
mod kit;
mod log;
mod narration;
#[cfg(unix)]
mod outside;
mod postmortem;
mod race;
mod rehearsals;
mod rollback;
mod sample;
mod secrets;
#[cfg(unix)]
mod snippet;
mod status;
#[cfg(unix)]
mod terminal;
mod timeline;
mod torture;
mod troubles;
