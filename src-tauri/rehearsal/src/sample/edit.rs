//! Files of the sample at its beginning, and the ways in which the story changes them.

use std::collections::BTreeMap;

/// One change to one file.
pub(crate) enum Edit {
    /// Path, what was there, what is there now.
    Replace(&'static str, &'static str, &'static str),
    /// Path, what is added at its end.
    Append(&'static str, &'static str),
    /// Path, the whole text.
    Write(&'static str, &'static str),
}

/// The working tree.
pub(crate) type Files = BTreeMap<String, String>;

/// The files of the first commit.
pub(crate) fn first() -> Files {
    let files = [
        (".github/workflows/ci.yml", include_str!("files/ci.yml")),
        (".github/workflows/deploy.yml", include_str!("files/deploy.yml")),
        (".gitignore", "/target\n"),
        ("Cargo.lock", include_str!("files/Cargo.lock")),
        ("Cargo.toml", include_str!("files/Cargo.toml")),
        ("README.md", include_str!("files/README.md")),
        ("config/production.env", include_str!("files/production.env")),
        ("config/staging.env", include_str!("files/staging.env")),
        ("lastgood.toml", include_str!("files/lastgood.toml")),
        ("migrations/0001_plugin.sql", include_str!("files/0001_plugin.sql")),
        ("migrations/0002_person.sql", include_str!("files/0002_person.sql")),
        ("src/main.rs", include_str!("files/main.rs")),
        ("src/plugin.rs", include_str!("files/plugin.rs")),
        ("src/session.rs", include_str!("files/session.rs")),
    ];
    // A checkout on Windows may have given our own sources other line ends; the sample's ids must not depend on that.
    files.iter().map(|(path, text)| ((*path).to_owned(), text.replace("\r\n", "\n"))).collect()
}

/// Makes one change.
pub(crate) fn apply(files: &mut Files, edit: &Edit) {
    match *edit {
        Edit::Replace(path, from, to) => {
            if let Some(text) = files.get_mut(path) {
                *text = text.replace(from, to);
            }
        }
        Edit::Append(path, text) => files.entry(path.to_owned()).or_default().push_str(text),
        Edit::Write(path, text) => {
            files.insert(path.to_owned(), text.to_owned());
        }
    }
}

/// Makes the release's version the version of the package.
pub(crate) fn bump(files: &mut Files, version: &str) {
    for path in ["Cargo.toml", "Cargo.lock"] {
        let Some(text) = files.get_mut(path) else { continue };
        let bump = |line: &str| match line.strip_prefix("version = \"") {
            Some(_) => format!("version = \"{version}\"\n"),
            None => format!("{line}\n"),
        };
        *text = text.lines().map(bump).collect();
    }
}
