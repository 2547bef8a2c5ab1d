//! The desktop app's contracts: the types of its wire, and its commands against the rehearsal, without a window.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test these say that it failed")]

mod alerts;
mod arming;
mod awake;
mod countdown;
mod driving;
mod kit;
mod live;
mod opening;
mod orders;
mod people;
mod postmortem;
mod rollouts;
mod settings;
mod templates;
mod wire_types;
