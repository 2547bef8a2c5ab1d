//! The terminal program itself, started as a person or a script starts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

#[cfg(target_os = "linux")]
mod auth;
mod check;
mod deciding;
mod kills;
mod kit;
mod narration;
#[cfg(unix)]
mod outside;
mod race;
mod rehearsals;
mod rollback;
mod sample;
mod secrets;
mod status;
#[cfg(unix)]
mod terminal;
mod timeline;
mod troubles;
