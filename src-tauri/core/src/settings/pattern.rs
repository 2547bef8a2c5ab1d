//! Patterns that are known to be ones as soon as the file is read.

use std::borrow::Cow;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};

use crate::risk;

/// A pattern of paths or names: `*` stays within a folder, `**` does not, `{a,b}` is either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

/// A regular expression, in the syntax of Rust's `regex`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Glob {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Pattern {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // What stands for the tag is put in later, and is no alternative of one word.
        let filled = text.replace("{tag}", "tag").replace("{version}", "version");
        risk::check_pattern(&filled)
            .map_err(|reason| D::Error::custom(format!("{text:?} is no pattern of names: {reason}")))?;
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&text).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            D::Error::custom(format!("{text:?} is no regular expression: {reason}"))
        })?;
        Ok(Self(text))
    }
}

impl JsonSchema for Glob {
    fn schema_name() -> Cow<'static, str> {
        "Glob".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A pattern of paths or names: * stays within a folder, ** does not, {a,b} is either."
        })
    }
}

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "regex", "description": "A regular expression." })
    }
}
