//! `lastgood.toml`, on the way back up: `[rollout]` and `[[rollout.stages]]`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::rollout::plan::Gate;

/// The branch of a fix, unless the settings say otherwise.
pub const FIX_BRANCH: &str = "fix/{slug}";

/// Where the playbook lies, unless the settings say otherwise.
pub const PLAYBOOK: &str = "docs/playbooks/rollback.md";

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RolloutSettings {
    /// Name of a fix's branch: `{slug}` is made of the reason, `{tag}` is the bad release. Default: `fix/{slug}`.
    pub fix_branch: Option<String>,
    /// A file on the default branch. The tasks below its heading "The way back up" are the checklist; without the file or
    /// the heading, the shipped list is. Default: `docs/playbooks/rollback.md`.
    pub playbook: Option<String>,
    /// In their order. Default: staging where there is one, then the environment that was rolled back.
    pub stages: Vec<StageSettings>,
}

/// One environment on the way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageSettings {
    /// As GitHub spells it.
    pub environment: String,
    /// Minutes that the release is watched here, and stays well. Default: 10.
    #[serde(default)]
    pub soak_minutes: Option<u32>,
    /// Who lets the rollout go on behind this stage. Default: `automatic`, where the proofs stayed green.
    #[serde(default)]
    pub gate: Option<Gate>,
}
