#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

mod conforming;
mod everything;
mod gh;
mod glass;
mod graphql;
mod octokit;
mod postmortem;
mod rollback;
mod routes;
