//! Templates: text with values in it, for one audience at one moment.
//!
//! Jinja's syntax by `minijinja`, strict: a name that nobody knows is an error with its place. A name that is known and
//! has no value yet is a gap: it shows, reads as false in a condition, and blocks sending.

mod engine;
mod shipped;
mod values;

use std::collections::BTreeMap;

pub use shipped::{Shipped, shipped};
pub use values::{NAMES, Values, WRITTEN_OUT};

use crate::error::{Code, Trouble};
use crate::message::{self, Message};

/// The shipped templates under those of the team.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    own: BTreeMap<String, String>,
}

/// Where and why a template does not work; an editor underlines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    pub template: String,
    /// Counts from 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In characters; 0 where the place is a whole line.
    pub length: usize,
    /// One sentence.
    pub sentence: String,
    pub hint: String,
}

impl Templates {
    /// A name that is also shipped stands in its place.
    pub fn new(own: BTreeMap<String, String>) -> Self {
        Self { own }
    }

    pub fn source(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str).or_else(|| shipped::find(name).map(|found| found.source))
    }

    /// Every name, shipped ones first.
    pub fn names(&self) -> Vec<&str> {
        let own = self.own.keys().map(String::as_str).filter(|name| shipped::find(name).is_none());
        shipped().iter().map(|template| template.name).chain(own).collect()
    }

    /// # Errors
    /// [`Code::TemplateUnknown`] with the names there are, [`Code::TemplateInvalid`] with the place.
    pub fn render(&self, name: &str, values: &Values) -> Result<Message, Trouble> {
        let source = self.source(name).ok_or_else(|| {
            let message = format!("There is no template named {name}.");
            Trouble::new(Code::TemplateUnknown, message, format!("There are: {}.", self.names().join(", ")))
        })?;
        fill(name, source, values).map_err(TemplateFault::into_trouble)
    }
}

/// Renders a text that somebody may be typing just now.
///
/// # Errors
/// The first fault, with its place.
pub fn fill(name: &str, source: &str, values: &Values) -> Result<Message, TemplateFault> {
    engine::run(name, source, values).map(|text| message::parse(&text))
}

impl TemplateFault {
    pub fn into_trouble(self) -> Trouble {
        let message = format!("{}, line {}, column {}: {}", self.template, self.line, self.column, self.sentence);
        Trouble::new(Code::TemplateInvalid, message, self.hint)
    }
}
