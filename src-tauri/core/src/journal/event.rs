//! What a fact says: one family of events for each thing that facts are about.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{incident, live, postmortem, rollback};

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
}

impl Event {
    /// What happened to a rollback or to an environment, where it is that.
    pub fn rollback(&self) -> Option<&rollback::event::Event> {
        match self {
            Self::Rollback(event) => Some(event),
            Self::Postmortem(_) | Self::Incident(_) | Self::Live(_) => None,
        }
    }

    /// What happened to an incident, where it is that.
    pub fn incident(&self) -> Option<&incident::event::Event> {
        match self {
            Self::Incident(event) => Some(event),
            Self::Rollback(_) | Self::Postmortem(_) | Self::Live(_) => None,
        }
    }

    /// What a person added to a post-mortem, where it is that.
    pub fn postmortem(&self) -> Option<&postmortem::event::Event> {
        match self {
            Self::Postmortem(event) => Some(event),
            Self::Rollback(_) | Self::Incident(_) | Self::Live(_) => None,
        }
    }

    /// What was said or seen of a release that runs, where it is that.
    pub fn live(&self) -> Option<&live::event::Event> {
        match self {
            Self::Live(event) => Some(event),
            Self::Rollback(_) | Self::Postmortem(_) | Self::Incident(_) => None,
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
        serde_json::from_value(value).map(Self::Rollback).map_err(D::Error::custom)
    }
}
