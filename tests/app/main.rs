//! The desktop app's contracts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test these say that it failed")]

mod wire_types;
