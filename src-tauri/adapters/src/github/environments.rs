//! Environments with their protection rules.

use lastgood_core::error::Trouble;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::ports::forge::{Environment, Protection};
use serde::Deserialize;

use super::Github;
use super::reading::Page;
use super::wire::Reviewer;

/// A repository with a preview for each pull request may have thousands.
const PAGES: u32 = 20;

#[derive(Deserialize)]
struct Environments {
    environments: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: u64,
    name: String,
    protection_rules: Option<Vec<Rule>>,
}

/// GitHub has rules of several kinds and adds more; each names its kind.
#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    wait_timer: Option<u32>,
    prevent_self_review: Option<bool>,
    reviewers: Option<Vec<Reviewer>>,
}

impl Page for Environments {
    type Item = Listed;

    fn items(self) -> Vec<Listed> {
        self.environments
    }
}

impl Github {
    pub(super) async fn all_environments(&self) -> Result<Vec<Environment>, Trouble> {
        let listed = self.reader.all::<Environments>(&self.path("/environments?per_page=100"), PAGES).await?;
        Ok(listed.into_iter().map(Listed::read).collect())
    }
}

impl Listed {
    fn read(self) -> Environment {
        let mut protection = Protection::default();
        for rule in self.protection_rules.unwrap_or_default() {
            match rule.kind.as_str() {
                "wait_timer" => protection.wait_minutes = rule.wait_timer.unwrap_or_default(),
                "required_reviewers" => {
                    protection.prevents_self_review = rule.prevent_self_review.unwrap_or_default();
                    protection.reviewers = rule.reviewers.into_iter().flatten().filter_map(Reviewer::name).collect();
                }
                "branch_policy" => protection.limits_branches = true,
                _ => protection.others.push(rule.kind),
            }
        }
        Environment { id: self.id, name: EnvironmentName::new(self.name), protection }
    }
}
