//! Which keys a configuration file has. Values are compared and never shown: they may be secrets.

use std::collections::BTreeMap;

/// Keys that differ between two states of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChanges {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

impl KeyChanges {
    /// Everything on one line.
    pub fn words(&self) -> String {
        let part = |word: &str, keys: &[String]| {
            let more = keys.len().saturating_sub(NAMED);
            let named = keys.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            (!keys.is_empty()).then(|| format!("{word} {named}{rest}"))
        };
        let parts =
            [part("adds", &self.added), part("removes", &self.removed), part("changes the value of", &self.changed)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// So many keys of one kind are named.
const NAMED: usize = 12;

type Keys = BTreeMap<String, String>;

/// What going from one state of the file to the other does to its keys. `None` where the format is not known or the
/// file cannot be read as what its name says.
pub fn compare(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Option<KeyChanges> {
    let read = |bytes: Option<&[u8]>| bytes.map_or_else(|| Some(Keys::new()), |bytes| keys(path, bytes));
    let (before, after) = (read(before)?, read(after)?);
    Some(KeyChanges {
        added: after.keys().filter(|key| !before.contains_key(*key)).cloned().collect(),
        removed: before.keys().filter(|key| !after.contains_key(*key)).cloned().collect(),
        changed: after
            .iter()
            .filter(|(key, value)| before.get(*key).is_some_and(|old| old != *value))
            .map(|(key, _)| key.clone())
            .collect(),
    })
}

fn keys(path: &str, bytes: &[u8]) -> Option<Keys> {
    let text = std::str::from_utf8(bytes).ok()?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let mut found = Keys::new();
    match extension {
        _ if name.starts_with(".env") => lines(text, &mut found),
        "env" | "properties" | "ini" | "conf" => lines(text, &mut found),
        "toml" => flatten(&serde_json::to_value(toml::from_str::<toml::Table>(text).ok()?).ok()?, "", &mut found),
        "json" => flatten(&serde_json::from_str(text).ok()?, "", &mut found),
        "yml" | "yaml" => flatten(&serde_yaml_ng::from_str(text).ok()?, "", &mut found),
        _ => return None,
    }
    Some(found)
}

/// `KEY=value`, as in environment files, properties and ini files; the last one counts.
fn lines(text: &str, found: &mut Keys) {
    let mut section = String::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';', '!']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        if let Some((key, value)) = line.split_once(['=', ':']) {
            found.insert(format!("{section}{}", key.trim()), value.trim().to_owned());
        }
    }
}

fn flatten(value: &serde_json::Value, prefix: &str, found: &mut Keys) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(value, &path, found);
            }
        }
        // Lists are compared as a whole: their places are no keys.
        other @ (serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_)
        | serde_json::Value::Array(_)) => {
            found.insert(prefix.to_owned(), other.to_string());
        }
    }
}
