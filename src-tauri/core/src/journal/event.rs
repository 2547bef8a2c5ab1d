//! What a fact says: one family of events for each thing that facts are about.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{fix, incident, live, postmortem, rollback, rollout};

/// In the journal a family does not show: each event has a `kind` that no other family has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Event {
    Rollback(rollback::event::Event),
    Postmortem(postmortem::event::Event),
    /// Each `kind` begins with `incident_`.
    Incident(incident::event::Event),
    /// Each `kind` begins with `live_`.
    Live(live::event::Event),
    /// Each `kind` begins with `fix_`.
    Fix(fix::event::Event),
    /// Each `kind` begins with `rollout_`.
    Rollout(Box<rollout::event::Event>),
}

impl Event {
    /// What happened to a rollback or to an environment, where it is that.
    pub fn rollback(&self) -> Option<&rollback::event::Event> {
        match self {
            Self::Rollback(event) => Some(event),
            Self::Postmortem(_) | Self::Incident(_) | Self::Live(_) | Self::Fix(_) | Self::Rollout(_) => None,
        }
    }

    /// What happened to an incident, where it is that.
    pub fn incident(&self) -> Option<&incident::event::Event> {
        match self {
            Self::Incident(event) => Some(event),
            Self::Rollback(_) | Self::Postmortem(_) | Self::Live(_) | Self::Fix(_) | Self::Rollout(_) => None,
        }
    }

    /// What a person added to a post-mortem, where it is that.
    pub fn postmortem(&self) -> Option<&postmortem::event::Event> {
        match self {
            Self::Postmortem(event) => Some(event),
            Self::Rollback(_) | Self::Incident(_) | Self::Live(_) | Self::Fix(_) | Self::Rollout(_) => None,
        }
    }

    /// What was said or seen of a release that runs, where it is that.
    pub fn live(&self) -> Option<&live::event::Event> {
        match self {
            Self::Live(event) => Some(event),
            Self::Rollback(_) | Self::Postmortem(_) | Self::Incident(_) | Self::Fix(_) | Self::Rollout(_) => None,
        }
    }

    /// What became of a fix, where it is that.
    pub fn fix(&self) -> Option<&fix::event::Event> {
        match self {
            Self::Fix(event) => Some(event),
            Self::Rollback(_) | Self::Incident(_) | Self::Postmortem(_) | Self::Live(_) | Self::Rollout(_) => None,
        }
    }

    /// What happened to a rollout, where it is that.
    pub fn rollout(&self) -> Option<&rollout::event::Event> {
        match self {
            Self::Rollout(event) => Some(event),
            Self::Rollback(_) | Self::Incident(_) | Self::Postmortem(_) | Self::Live(_) | Self::Fix(_) => None,
        }
    }
}

impl From<rollback::event::Event> for Event {
    fn from(event: rollback::event::Event) -> Self {
        Self::Rollback(event)
    }
}

impl From<incident::event::Event> for Event {
    fn from(event: incident::event::Event) -> Self {
        Self::Incident(event)
    }
}

impl From<postmortem::event::Event> for Event {
    fn from(event: postmortem::event::Event) -> Self {
        Self::Postmortem(event)
    }
}

impl From<live::event::Event> for Event {
    fn from(event: live::event::Event) -> Self {
        Self::Live(event)
    }
}

impl From<fix::event::Event> for Event {
    fn from(event: fix::event::Event) -> Self {
        Self::Fix(event)
    }
}

impl From<rollout::event::Event> for Event {
    fn from(event: rollout::event::Event) -> Self {
        Self::Rollout(Box::new(event))
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        if kind.starts_with(postmortem::event::PREFIX) {
            return serde_json::from_value(value).map(Self::Postmortem).map_err(D::Error::custom);
        }
        if kind.starts_with(incident::event::PREFIX) {
            return serde_json::from_value(value).map(Self::Incident).map_err(D::Error::custom);
        }
        if kind.starts_with(live::event::PREFIX) {
            return serde_json::from_value(value).map(Self::Live).map_err(D::Error::custom);
        }
        if kind.starts_with(fix::event::PREFIX) {
            return serde_json::from_value(value).map(Self::Fix).map_err(D::Error::custom);
        }
        if kind.starts_with(rollout::event::PREFIX) {
            return serde_json::from_value(value).map(Self::Rollout).map_err(D::Error::custom);
        }
        serde_json::from_value(value).map(Self::Rollback).map_err(D::Error::custom)
    }
}
