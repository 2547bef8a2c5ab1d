//! `lastgood.toml`: what a team says of its repository. All of it is optional; what can be detected is detected.

pub mod checks;
mod environment;
pub mod papers;
mod pattern;
mod rollout;
pub mod telling;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::{Code, Trouble};

pub use checks::CheckSettings;
pub use environment::{
    EnvironmentSettings, HEALTH_TIMES, HOLD_HOURS, ProbeSettings, ProofSettings, SOAK_MINUTES, address,
};
pub use pattern::{Glob, Pattern};
pub use rollout::{FIX_BRANCH, PLAYBOOK, RolloutSettings, StageSettings};

/// The file's name, at the root of the repository.
pub const FILE: &str = "lastgood.toml";

/// What Lastgood needs to know about a repository. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What is asked before a rollback, wherever an environment says nothing else.
    pub checks: CheckSettings,
    /// By the environment's name as GitHub spells it.
    pub environments: BTreeMap<String, EnvironmentSettings>,
    /// Incidents: severities, cadence, review, escalation.
    pub incident: telling::IncidentSettings,
    /// The way back up: the fix, and the stages of its release.
    pub rollout: RolloutSettings,
    pub channels: BTreeMap<String, telling::ChannelSettings>,
    pub contacts: BTreeMap<String, String>,
    pub postmortem: papers::PostmortemSettings,
}

impl Settings {
    /// # Errors
    /// [`Code::SettingsInvalid`] with line and column, also for keys that are not known.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().map_or_else(String::new, |span| place(text, span.start));
            let words = error.message().lines().next().unwrap_or_default().to_owned();
            Trouble::new(
                Code::SettingsInvalid,
                format!("{FILE}{place}: {words}."),
                "Mend the file; nothing of it is used until then.",
            )
        })
    }

    /// One environment's settings, the general ones filled in.
    pub fn environment(&self, name: &str) -> EnvironmentSettings {
        let mut settings = self.environments.get(name).cloned().unwrap_or_default();
        settings.checks = settings.checks.over(&self.checks);
        settings
    }

    /// The file's JSON schema, for editors.
    ///
    /// # Errors
    /// Only where a value has no JSON form, which no schema has.
    pub fn schema() -> Result<String, serde_json::Error> {
        let schema = schemars::SchemaGenerator::default().into_root_schema_for::<Self>();
        Ok(format!("{}\n", serde_json::to_string_pretty(&schema)?))
    }
}

fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!(", line {line}, column {column}")
}
