//! What a team says of its post-mortems.

use schemars::JsonSchema;
use serde::Deserialize;

/// Post-mortems and what is written beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PostmortemSettings {
    /// The troubleshooting guide that an entry is put into where that is wanted, `docs/troubleshooting.md` without it.
    pub troubleshooting: Option<String>,
    /// Minutes without an entry that the timeline shows as a gap, 10 without it.
    pub gap_minutes: Option<u32>,
}
