//! Environments as GitHub keeps them: what a deployment must pass there.

use serde::{Deserialize, Serialize};

use crate::ids::EnvironmentName;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub id: u64,
    pub name: EnvironmentName,
    pub protection: Protection,
}

/// The rules before a deployment. Without any, it begins at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// People by login, teams by name; one of them approves. Empty: nobody is asked.
    pub reviewers: Vec<String>,
    /// Who started the run may not approve it.
    pub prevents_self_review: bool,
    /// Every deployment waits this long.
    pub wait_minutes: u32,
    /// Only some branches or tags may deploy here.
    pub limits_branches: bool,
    /// Kinds of rules that are not known here, in GitHub's words.
    pub others: Vec<String>,
}

impl Protection {
    pub fn asks_people(&self) -> bool {
        !self.reviewers.is_empty()
    }
}
