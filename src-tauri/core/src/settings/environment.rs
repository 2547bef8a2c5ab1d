//! One environment: its workflow, its probes, its checks and proofs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::{CheckSettings, Commands, word_or_table};
use super::pattern::Pattern;
use crate::settings::checks::WordOr;

/// A release must have run this long, unless the settings say otherwise.
pub const SOAK_MINUTES: u32 = 30;

/// A hold blocks this long, unless the settings say otherwise.
pub const HOLD_HOURS: u32 = 24;

/// Health answers in a row that count as proof, unless the settings say otherwise.
pub const HEALTH_TIMES: u8 = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentSettings {
    /// File name of the deploy workflow below `.github/workflows/`. Detected where one workflow takes a version.
    pub workflow: Option<String>,
    /// The input that takes the tag. Detected by its name: `version_tag`, `version`, `tag`, `ref`, `release`.
    pub version_input: Option<String>,
    /// Further inputs of the dispatch. An input named `environment` is filled with the environment's name.
    pub inputs: BTreeMap<String, String>,
    /// A command that deploys the target from this machine, as an array of words: for when GitHub is away, and only when a
    /// person asks for it. It runs among the files of the target and is told `LASTGOOD_TAG`, `LASTGOOD_COMMIT`,
    /// `LASTGOOD_ENVIRONMENT` and `LASTGOOD_URL`. It does not run before a person has seen and trusted it.
    pub deploy_command: Option<Vec<String>>,
    /// Seconds that the deploy command may take. Default: 600.
    pub deploy_timeout_seconds: Option<u32>,
    /// Where the service answers; else what its newest deployment says.
    pub url: Option<String>,
    pub probes: ProbeSettings,
    /// What is asked before a rollback of this environment.
    pub checks: CheckSettings,
    /// Commands that prove a rollback, after the probes.
    pub proofs: ProofSettings,
    /// Minutes that a release must have run here to count as good. Default: 30.
    pub soak_minutes: Option<u32>,
    /// Seconds a rollback may take here. Default: 300.
    pub budget_seconds: Option<u32>,
    /// Hours after which a hold no longer blocks. Default: 24.
    pub hold_hours: Option<u32>,
    /// Whether the release on GitHub that was rolled back from says so in its notes. Default: true.
    pub mark_release: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProbeSettings {
    /// Address that tells the live version: whole, or a path below the environment's address.
    pub version: Option<String>,
    /// Address that answers as `status` and `body` say when all is well. A redirect is followed to https and behind a slash
    /// at the end, and to no other place: there it is the answer itself.
    pub health: Option<String>,
    /// Well this many times in a row counts as proof. Default: 3.
    pub health_times: Option<u8>,
    /// Statuses of a healthy answer. Default: any from 200 to 299.
    pub status: Vec<u16>,
    /// What the body of a healthy answer matches; without it, the body is not read.
    pub body: Option<Pattern>,
    /// Seconds between two probes. Default: 2.
    pub interval_seconds: Option<u32>,
    /// Seconds that one answer may take. Default: 5.
    pub timeout_seconds: Option<u32>,
    /// Seconds that the service may take to become healthy. Default: 90.
    pub within_seconds: Option<u32>,
    /// Another installation that is known to be good. Where health is not as it should be, it is asked the same, so that a
    /// probe or a network that is broken is not mistaken for the release. A proof that says no is run once more with this
    /// address as `LASTGOOD_URL`.
    pub reference: Option<String>,
}

/// Each is a policy, or a table with commands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProofSettings {
    /// Does it do what it should?
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Commands>")]
    pub functionality: Commands,
    /// Is it fast enough?
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Commands>")]
    pub performance: Commands,
    /// Is it as closed as it should be?
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Commands>")]
    pub security: Commands,
}

/// Makes a probe's address whole.
pub fn address(probe: &str, base: Option<&str>) -> Option<String> {
    if probe.starts_with("http://") || probe.starts_with("https://") {
        return Some(probe.to_owned());
    }
    let base = base?.trim_end_matches('/');
    Some(format!("{base}/{}", probe.trim_start_matches('/')))
}
