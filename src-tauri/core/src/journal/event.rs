//! What a fact says: one family of events for each thing that facts are about.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::rollback;

/// In the journal a family does not show: each event has a `kind` that no other family has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Event {
    Rollback(rollback::event::Event),
}

impl Event {
    /// What happened to a rollback or to an environment, where it is that.
    pub fn rollback(&self) -> Option<&rollback::event::Event> {
        let Self::Rollback(event) = self;
        Some(event)
    }
}

impl From<rollback::event::Event> for Event {
    fn from(event: rollback::event::Event) -> Self {
        Self::Rollback(event)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        serde_json::from_value(value).map(Self::Rollback).map_err(D::Error::custom)
    }
}
