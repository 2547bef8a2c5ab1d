//! The terminal program itself, started as a person or a script starts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

mod afterwards;
#[cfg(target_os = "linux")]
mod approve;
mod auth;
mod break_glass;
#[cfg(target_os = "linux")]
mod canary;
#[cfg(target_os = "linux")]
#[path = "../../../adapters/tests/it/certificates.rs"]
mod certificates;
mod check;
mod deciding;
mod exported;
mod faults;
mod flipped;
#[cfg(unix)]
mod forge_down;
mod forward;
mod good;
mod guard;
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
mod put_back;
mod race;
mod rehearsals;
mod rollback;
mod sample;
mod secrets;
#[cfg(target_os = "linux")]
#[path = "../../../adapters/tests/it/git/remotes/smart_http.rs"]
#[expect(dead_code, reason = "the tests of git use all of it")]
mod smart_http;
#[cfg(unix)]
mod snippet;
mod status;
#[cfg(unix)]
mod taking_up;
mod terminal;
mod timeline;
mod torture;
mod troubles;
mod way_up;
