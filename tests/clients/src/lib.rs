//! A rehearsal, and other people's programs that take it for GitHub.
//!
//! What these programs ask is not in our hands, so they find what our own client would never notice: `gh` and octokit
//! ask it, and Prism and GitHub's GraphQL schema hold questions and answers against what GitHub has published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test says so by panicking")]

mod prism;
mod program;
mod served;

pub use prism::Prism;
pub use program::{GH_HOST, compare_schema, gh, node, typed};
pub use served::Served;
