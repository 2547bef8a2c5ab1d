//! `lastgood.toml`: what a team says of its repository. All of it is optional; what can be detected is detected.

pub mod telling;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Code, Trouble};

/// The file's name, at the root of the repository.
pub const FILE: &str = "lastgood.toml";

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// By the environment's name as GitHub spells it.
    pub environments: BTreeMap<String, EnvironmentSettings>,
    pub incident: telling::IncidentSettings,
    pub channels: BTreeMap<String, telling::ChannelSettings>,
    pub contacts: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentSettings {
    /// File name of the deploy workflow below `.github/workflows/`. Detected where one workflow takes a version.
    pub workflow: Option<String>,
    /// The input that takes the tag. Detected by its name: `version_tag`, `version`, `tag`, `ref`, `release`.
    pub version_input: Option<String>,
    /// Further inputs of the dispatch. An input named `environment` is filled with the environment's name.
    pub inputs: BTreeMap<String, String>,
    /// Where the service answers; else what its newest deployment says.
    pub url: Option<String>,
    pub probes: ProbeSettings,
    /// Minutes that a release must have run here to count as good. Default: 30.
    pub soak_minutes: Option<u32>,
    /// Seconds a rollback may take here. Default: 300.
    pub budget_seconds: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbeSettings {
    /// Address that tells the live version: whole, or a path below the environment's address.
    pub version: Option<String>,
    /// Address that answers with a 2xx status when all is well.
    pub health: Option<String>,
    /// Well this many times in a row counts as proof. Default: 3.
    pub health_times: Option<u8>,
}

/// A release must have run this long, unless the settings say otherwise.
pub const SOAK_MINUTES: u32 = 30;

/// Health answers in a row that count as proof, unless the settings say otherwise.
pub const HEALTH_TIMES: u8 = 3;

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

    pub fn environment(&self, name: &str) -> EnvironmentSettings {
        self.environments.get(name).cloned().unwrap_or_default()
    }
}

/// Makes a probe's address whole.
pub fn address(probe: &str, base: Option<&str>) -> Option<String> {
    if probe.starts_with("http://") || probe.starts_with("https://") {
        return Some(probe.to_owned());
    }
    let base = base?.trim_end_matches('/');
    Some(format!("{base}/{}", probe.trim_start_matches('/')))
}

fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!(", line {line}, column {column}")
}
