//! A deployment that runs, and of which nothing tells which release it is.

use jiff::Timestamp;

use crate::ids::{ObjectId, RunId};
use crate::ports::forge::Deployment;

/// Something else than a known release runs here, or nobody knows which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    pub since: Timestamp,
    /// `main@1234567`.
    pub what: String,
    /// One sentence, and what helps.
    pub sentence: String,
}

impl Untold {
    /// The commit is what was deployed, and no release stands on it.
    pub(super) fn no_release(deployment: &Deployment, since: Timestamp) -> Self {
        let what = words(&deployment.reference, &deployment.commit);
        let sentence = format!("The newest deployment is of {what}, on which no release stands.");
        Self { since, what, sentence }
    }

    pub(super) fn not_told(deployment: &Deployment, since: Timestamp) -> Self {
        let what = words(&deployment.reference, &deployment.commit);
        let sentence = match (deployment.run, &deployment.maker) {
            (Some(run), Some(maker)) if maker.is_gone() => {
                format!("Run {run} deployed from {what}, and GitHub has that run no more, so the release is not known.")
            }
            (Some(run), Some(_)) => not_named(run, &what),
            (Some(run), None) => {
                format!("Run {run} deployed from {what}; its title could not be read, so the release is not known.")
            }
            (None, _) => format!("The newest deployment came from {what}; which release it is, nothing tells."),
        };
        Self { since, what, sentence }
    }
}

fn not_named(run: RunId, what: &str) -> String {
    format!(
        "Run {run} deployed from {what}, and its title names no release. Put the version into the workflow's run-name."
    )
}

fn words(reference: &str, commit: &ObjectId) -> String {
    let reference = reference.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/");
    // It may be no more than the commit, whole or short.
    let of_commit = !reference.is_empty() && commit.as_str().starts_with(reference);
    if of_commit { commit.short().to_owned() } else { format!("{reference}@{}", commit.short()) }
}
