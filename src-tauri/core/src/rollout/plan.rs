//! What a rollout will do, settled before it begins.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Trouble};
use crate::ids::{EnvironmentName, FixId, ObjectId, RollbackId, TagName};
use crate::release::Release;
use crate::settings::{FILE, RolloutSettings};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolloutPlan {
    pub tag: TagName,
    /// The release's own object and commit when the rollout was asked for.
    pub object: ObjectId,
    pub commit: ObjectId,
    /// The release that was rolled back from, and that this one mends; none where no stage is where that rollback was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<TagName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixId>,
    pub reason: String,
    /// Who asked, as others should read it.
    pub who: String,
    pub started: Timestamp,
    /// In their order; never empty.
    pub stages: Vec<StagePlan>,
    /// Releases whose quarantine is lifted: this one's before the first stage, the bad one's at the end.
    pub lifts: Vec<TagName>,
    /// True on the loopback GitHub: nothing of it is real.
    pub rehearsal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagePlan {
    pub environment: EnvironmentName,
    /// How long it is watched, and stays well, before its gate opens.
    pub soak_seconds: u32,
    pub gate: Gate,
}

/// Who lets a rollout go on behind a stage: to the next one, or to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// It opens by itself where the proofs stayed green.
    Automatic,
    Person,
}

/// Minutes that a stage is watched, unless the settings say otherwise.
pub const STAGE_SOAK_MINUTES: u32 = 10;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutWish {
    pub tag: TagName,
    pub bad: Option<TagName>,
    pub rollback: Option<RollbackId>,
    /// Where that rollback was.
    pub environment: Option<EnvironmentName>,
    pub fix: Option<FixId>,
    pub reason: String,
    pub who: String,
    /// Empty: as the settings say.
    pub stages: Vec<StagePlan>,
    /// The bad release may be a target again at the end.
    pub lift_bad: bool,
    pub rehearsal: bool,
}

/// The stages that the settings name; without them staging where there is one, behind a gate that a person opens, then
/// the environment that it is all about.
///
/// # Errors
/// [`Code::SettingsInvalid`] for a stage that is named twice, [`Code::EnvironmentUnknown`] for one that is not known.
pub fn stages(
    settings: &RolloutSettings,
    known: &[EnvironmentName],
    last: &EnvironmentName,
) -> Result<Vec<StagePlan>, Trouble> {
    let minutes = |minutes: Option<u32>| minutes.unwrap_or(STAGE_SOAK_MINUTES).saturating_mul(60);
    let named = settings.stages.iter().map(|stage| StagePlan {
        environment: EnvironmentName::new(stage.environment.as_str()),
        soak_seconds: minutes(stage.soak_minutes),
        gate: stage.gate.unwrap_or(Gate::Automatic),
    });
    let mut stages: Vec<StagePlan> = named.collect();
    if stages.is_empty() {
        let staging = known.iter().find(|name| name.as_str().eq_ignore_ascii_case("staging") && *name != last);
        let plan = |environment: &EnvironmentName, gate| StagePlan {
            environment: environment.clone(),
            soak_seconds: minutes(None),
            gate,
        };
        stages.extend(staging.map(|name| plan(name, Gate::Person)));
        stages.push(plan(last, Gate::Automatic));
    }
    check(&stages, known)?;
    Ok(stages)
}

/// Each stage is known, and none comes twice.
pub fn check(stages: &[StagePlan], known: &[EnvironmentName]) -> Result<(), Trouble> {
    if stages.is_empty() {
        return Err(Trouble::new(Code::Usage, "A rollout needs a stage.", "Name one with --stage ENVIRONMENT."));
    }
    for (place, stage) in stages.iter().enumerate() {
        let name = &stage.environment;
        if stages[..place].iter().any(|other| other.environment == *name) {
            let message = format!("{name} is a stage twice.");
            return Err(Trouble::new(Code::SettingsInvalid, message, format!("Name each stage once in {FILE}.")));
        }
        if !known.contains(name) {
            let names: Vec<&str> = known.iter().map(EnvironmentName::as_str).collect();
            let message = format!("There is no environment named {name} to be a stage.");
            return Err(Trouble::new(
                Code::EnvironmentUnknown,
                message,
                format!("Known are: {}. Change [[rollout.stages]] in {FILE}.", names.join(", ")),
            ));
        }
    }
    Ok(())
}

/// Pins the release, and what is lifted on the way. `quarantined`: the releases that are, anywhere.
///
/// # Errors
/// [`Code::TagMissing`] where the release is not here or cannot be deployed, [`Code::Usage`] without a reason.
pub fn plan(
    wish: RolloutWish,
    releases: &[Release],
    quarantined: &[TagName],
    now: Timestamp,
) -> Result<RolloutPlan, Trouble> {
    let found = releases.iter().find(|release| release.tag == wish.tag);
    let (release, commit) = found.and_then(|release| Some((release, release.commit()?))).ok_or_else(|| {
        let message = format!("There is no release {} here that can be deployed.", wish.tag);
        Trouble::new(Code::TagMissing, message, "Fetch the tags with `git fetch --tags`, or choose another.")
    })?;
    if wish.reason.trim().is_empty() {
        return Err(Trouble::new(Code::Usage, "A rollout needs a reason.", "Say what this release mends or brings."));
    }
    // A release that gets no further than staging mends nothing in production.
    let here = |name: &EnvironmentName| wish.stages.iter().any(|stage| stage.environment == *name);
    let comes_there = wish.environment.as_ref().is_none_or(here);
    let bad = wish.bad.filter(|bad| comes_there && *bad != wish.tag);
    let own = quarantined.contains(&wish.tag).then(|| wish.tag.clone());
    let other = bad.clone().filter(|bad| wish.lift_bad && quarantined.contains(bad));
    Ok(RolloutPlan {
        object: release.object.clone(),
        commit: commit.clone(),
        tag: wish.tag,
        bad,
        rollback: wish.rollback,
        fix: wish.fix,
        reason: wish.reason.trim().to_owned(),
        who: wish.who,
        started: now,
        stages: wish.stages,
        lifts: own.into_iter().chain(other).collect(),
        rehearsal: wish.rehearsal,
    })
}
