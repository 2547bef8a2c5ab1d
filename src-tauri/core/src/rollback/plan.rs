//! What a rollback will do, settled before it begins: every name and every id in it is fixed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hold::{Identity, Quarantine};
use crate::ids::{EnvironmentName, IncidentId, ObjectId, RollbackId, RolloutId, TagName};
use crate::ports::world::Wanted;
use crate::rollback::checks::plan::CheckPlan;
use crate::rollback::local::LocalDeploy;
use crate::settings::HOLD_HOURS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub environment: EnvironmentName,
    /// What was live; unknown where nothing could tell.
    pub from: Option<TagName>,
    pub to: TagName,
    /// The target's own object and commit when the rollback was asked for. Compared before anything is tagged.
    pub object: ObjectId,
    pub commit: ObjectId,
    pub reason: String,
    /// Who asked, as others should read it.
    pub who: String,
    /// The clock is read once; the tag's name and its date come from this.
    pub started: Timestamp,
    /// Until then a person may take it back at no cost. Equal to `started` where there is no countdown.
    pub undo_until: Timestamp,
    pub rollback_tag: TagName,
    pub deploy: Deploy,
    pub proofs: Proofs,
    /// What is asked before.
    #[serde(default)]
    pub checks: CheckPlan,
    /// The next target to try, should this one prove bad.
    #[serde(default)]
    pub next: Option<TagName>,
    /// Seconds this kind of rollback may take.
    pub budget: u32,
    /// Hours after which the hold no longer blocks. Absent in what earlier versions wrote.
    #[serde(default = "hold_hours")]
    pub hold_hours: u32,
    /// The environment's newest rollback that was over when this was planned: what is live was known behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RollbackId>,
    /// The incident of this environment that was open when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The release on GitHub that is rolled back from says so at the end. Absent in what earlier versions wrote: no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mark_release: bool,
    /// To the release that an earlier rollback left. What was live meanwhile is not to blame and is not quarantined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forward: bool,
    /// The target's own quarantine does not block: it is lifted here once the target proved itself. Absent in what earlier
    /// versions wrote: it blocks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frees_target: bool,
    /// Which quarantine that is: one that somebody sets later blocks. Absent in what earlier versions wrote: whichever
    /// stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frees: Option<Identity>,
    /// The rollout that this is a stage of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<RolloutId>,
    /// True on the loopback GitHub: nothing of it is real.
    pub rehearsal: bool,
}

/// What puts a version into the environment: the workflow, or a command on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deploy {
    /// File name below `.github/workflows/`.
    pub workflow: String,
    /// Always the default branch: an old ref would revive an old workflow file.
    pub branch: String,
    pub version_input: String,
    /// Further inputs, such as the environment's name.
    pub inputs: BTreeMap<String, String>,
    /// The input that takes the rollback's id, where the workflow has one.
    pub key_input: Option<String>,
    /// A run's title tells what that input was given, so that it tells our run. Absent in what earlier versions wrote: that
    /// is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_in_title: bool,
    /// A person chose to deploy from this machine with this command: no workflow is dispatched. Absent in what earlier
    /// versions wrote: the workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalDeploy>,
}

/// What is asked of the live service afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    pub version: Option<String>,
    pub health: Option<String>,
    /// Health answers in a row that count as proof.
    pub health_times: u8,
    /// Where the service answers; commands are told.
    #[serde(default)]
    pub url: Option<String>,
    /// What healthy means, beyond a 2xx.
    #[serde(default)]
    pub wanted: Option<Wanted>,
    /// Seconds between two probes, and for all of them; without them, the engine's own pace.
    #[serde(default)]
    pub interval_seconds: Option<u32>,
    #[serde(default)]
    pub within_seconds: Option<u32>,
    /// Seconds that one answer may take; without them, the probe's own deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// Where an installation answers that is known to be good: commands that say no are told it and run once more. Absent
    /// in what earlier versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The same probes there.
    #[serde(default)]
    pub reference_version: Option<String>,
    #[serde(default)]
    pub reference_health: Option<String>,
}

/// A release rollback has five minutes.
pub const RELEASE_BUDGET_SECONDS: u32 = 300;

/// The tag's name for a rollback that began at this instant, in UTC.
pub fn rollback_tag(started: Timestamp) -> TagName {
    TagName::new(started.strftime("rollback-%Y%m%d-%H%M%S").to_string())
}

/// Names for the rollbacks of one second: the first, then with a number behind it.
pub fn rollback_tags(started: Timestamp) -> impl Iterator<Item = TagName> {
    let first = rollback_tag(started);
    let others = (2_u32..).map({
        let first = first.clone();
        move |number| TagName::new(format!("{first}-{number}"))
    });
    std::iter::once(first).chain(others)
}

fn hold_hours() -> u32 {
    HOLD_HOURS
}

impl Plan {
    /// What it is called: the same steps lead back and forward.
    pub fn deed(&self) -> &'static str {
        if self.forward { "Roll forward" } else { "Rollback" }
    }

    /// Forward, also where the target is quarantined: as far as that is known now.
    #[must_use]
    pub fn freeing(self, quarantined: &[Quarantine]) -> Self {
        let frees = quarantined.iter().find(|bad| bad.tag == self.to).map(Quarantine::identity);
        Self { forward: true, frees_target: frees.is_some(), frees, ..self }
    }

    /// Whether this is the quarantine that does not block, and that is lifted once the target proved itself.
    pub fn means(&self, bad: &Quarantine) -> bool {
        self.frees_target && self.frees.as_ref().is_none_or(|frees| frees.is_of(bad))
    }

    /// Message of the rollback tag: a subject a person can read, trailers a program can.
    pub fn tag_message(&self, reason: &str, id: &str) -> String {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let from = self.from.as_ref().map_or("unknown", TagName::as_str);
        let deed = self.deed();
        let incident = self.incident.as_ref().map(|incident| format!("Incident: {}\n", one_line(incident.as_str())));
        format!(
            "{deed} to {}\n\nEnvironment: {}\nRolled-back-from: {}\nReason: {}\nRequested-by: {}\n{}Lastgood-rollback: {}\n",
            self.to,
            one_line(self.environment.as_str()),
            from,
            one_line(reason),
            one_line(&self.who),
            incident.unwrap_or_default(),
            id,
        )
    }

    /// The inputs of the dispatch.
    pub fn inputs(&self, id: &str) -> BTreeMap<String, String> {
        let mut inputs = self.deploy.inputs.clone();
        inputs.insert(self.deploy.version_input.clone(), self.to.to_string());
        if let Some(input) = &self.deploy.key_input {
            inputs.insert(input.clone(), id.to_owned());
        }
        inputs
    }
}
