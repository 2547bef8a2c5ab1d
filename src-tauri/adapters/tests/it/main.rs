//! The outside things, each against its real counterpart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

mod again;
mod alerts;
mod certificates;
mod channel;
#[cfg(unix)]
mod commands;
mod desk;
mod documents;
mod evidence;
mod faults;
mod git;
mod github;
mod journal;
#[cfg(unix)]
mod killed;
mod postmortem;
mod probe;
mod redact;
mod rehearsed;
mod secret;
mod server;
mod sign_in;
mod turn;
mod vault;
mod workspace;
