#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what they expect")]

mod approvals;
mod conditional;
mod dispatches;
mod faults;
mod fill;
mod graphql;
mod issues;
mod kit;
mod lists;
mod pull_requests;
mod queue;
mod refs;
mod restart;
mod sample;
mod sign_in;
mod whole_flow;
