//! What a template may say: every name with its meaning, and the values that are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Object;

use super::engine::{Gap, Linked};
use crate::message::clean;

/// Every name that a template may use, and what it stands for. Times are written in the team's zone.
pub const NAMES: [(&str, &str); 36] = [
    ("by", "who sends this"),
    ("cause", "what caused it, as far as it is known"),
    ("commander", "who leads the work on it"),
    ("contacts", "a list: whom to ask, and how"),
    ("drafted", "known where a person writes this, not where it is sent by itself"),
    ("environment", "where it happened"),
    ("escalation", "a list: who is called next, in order"),
    ("found_at", "when it was found"),
    ("from", "the release that was rolled back from"),
    ("group", "whom this is for"),
    ("held", "what nobody may deploy now"),
    ("impact", "what does not work, for whom"),
    ("impact_duration", "how long it was felt"),
    ("impact_ended_at", "when it ended"),
    ("impact_started_at", "when it began to be felt"),
    ("incident", "the incident's id"),
    ("next_update_at", "when this audience hears more"),
    ("note", "what the sender adds"),
    ("now", "when this is written"),
    ("reason", "why it was rolled back"),
    ("repository", "the repository on GitHub"),
    ("review", "whether a review follows, and when"),
    ("roles", "a list: who does what"),
    ("rollback", "the rollback's id"),
    ("rollback_duration", "how long the rollback took"),
    ("rollback_ended_at", "when the rollback was over"),
    ("rollback_started_at", "when the rollback began"),
    ("rollback_state", "how the rollback stands"),
    ("run_url", "the run on GitHub Actions"),
    ("severity", "its severity's name"),
    ("severity_meaning", "what that severity means"),
    ("stage", "investigating, identified, monitoring or resolved"),
    ("status_url", "the public status page"),
    ("surfaces", "a list: what is affected"),
    ("title", "the incident's title"),
    ("to", "the release that was rolled back to"),
];

/// Says nothing; conditions ask for it.
const DRAFTED: &str = "drafted";

/// A condition compares these, or an address stands in them: a settled text has them written out, not linked.
pub const WRITTEN_OUT: [&str; 8] =
    ["stage", "rollback_state", "run_url", "status_url", "surfaces", "roles", "contacts", "escalation"];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    known: BTreeMap<&'static str, Given>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    Text(String),
    List(Vec<String>),
    /// It stands for itself: its name shows, and conditions find it known.
    Link,
}

impl Values {
    /// An empty text is no value.
    pub fn text(&mut self, name: &str, text: impl AsRef<str>) -> &mut Self {
        let text = clean(text.as_ref());
        if let Some(name) = known(name).filter(|_| !text.is_empty()) {
            self.known.insert(name, Given::Text(text));
        }
        self
    }

    pub fn maybe(&mut self, name: &str, text: Option<impl AsRef<str>>) -> &mut Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// An empty list is no value, and no empty text is in it.
    pub fn list(&mut self, name: &str, items: impl IntoIterator<Item = impl AsRef<str>>) -> &mut Self {
        let items: Vec<String> =
            items.into_iter().map(|item| clean(item.as_ref())).filter(|item| !item.is_empty()).collect();
        if let Some(name) = known(name).filter(|_| !items.is_empty()) {
            self.known.insert(name, Given::List(items));
        }
        self
    }

    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut rest = self.clone();
        rest.known.remove(name);
        rest
    }

    /// Each known value by its name, so that what is written with them can be linked to them again; [`WRITTEN_OUT`] and what
    /// this message alone says stay as they are.
    #[must_use]
    pub fn linked(&self) -> Self {
        let stays = |name: &str| WRITTEN_OUT.contains(&name) || name == "note";
        let link = |name: &str, given: &Given| if stays(name) { given.clone() } else { Given::Link };
        Self { known: self.known.iter().map(|(name, given)| (*name, link(name, given))).collect() }
    }

    pub fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// What is known now, by name, as an editor lists it.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let text = |given: &Given| match given {
            Given::Text(text) => text.clone(),
            Given::List(items) => items.join(", "),
            Given::Link => String::new(),
        };
        let said = self.known.iter().filter(|(name, _)| **name != DRAFTED);
        said.map(|(name, given)| (*name, text(given))).collect()
    }

    /// Every name: with its value, or with a gap.
    pub(super) fn context(&self) -> Value {
        Value::from_object(self.clone())
    }

    fn value(&self, name: &'static str) -> Value {
        match self.known.get(name) {
            Some(Given::Text(text)) => Value::from(text.as_str()),
            Some(Given::List(items)) => items.iter().map(|item| Value::from(item.as_str())).collect(),
            Some(Given::Link) => Value::from_object(Linked(name.to_owned())),
            None => Value::from_object(Gap(name)),
        }
    }
}

impl Object for Values {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        known(key.as_str()?).map(|name| self.value(name))
    }
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().map(|(known, _)| *known).find(|known| *known == name)
}
