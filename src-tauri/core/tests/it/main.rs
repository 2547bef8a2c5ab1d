//! The domain, seen from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

mod arming;
mod awake;
mod engine;
mod fix;
mod hold;
mod ids;
mod journal;
mod live;
mod log;
mod metrics;
mod planning;
mod postmortem;
mod release;
mod risk;
mod rollout;
mod settings;
mod telling;
mod title;
