//! What a rollback could break: read from the files that differ between target and live, without running anything.

pub mod keys;
pub mod locks;
pub mod workflows;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::ports::history::FileChange;

/// Where database migrations usually lie.
pub const MIGRATIONS: [&str; 7] = [
    "**/migrations/**",
    "**/migrate/**",
    "**/migration/**",
    "**/alembic/versions/**",
    "**/changelog/**/*.sql",
    "**/*.migration.sql",
    "**/V[0-9]*__*.sql",
];

/// Where configuration usually lies.
pub const CONFIG: [&str; 9] = [
    "**/.env*",
    "**/*.env",
    "**/config/**/*.{toml,yml,yaml,json,env,properties,ini}",
    "**/application*.{yml,yaml,properties}",
    "**/appsettings*.json",
    "**/settings.{toml,yml,yaml,json}",
    "**/docker-compose*.{yml,yaml}",
    "**/values*.{yml,yaml}",
    "**/*.properties",
];

/// The changed files that any of the patterns names. `*` stays within a folder, `**` does not.
pub fn matching<'a>(patterns: &[String], files: &'a [FileChange]) -> Vec<&'a FileChange> {
    let Some(set) = set(patterns) else { return Vec::new() };
    files.iter().filter(|file| set.is_match(&file.path)).collect()
}

/// The names that a pattern names.
pub fn names_matching<'a>(pattern: &str, names: &'a [String]) -> Vec<&'a String> {
    let Some(set) = set(&[pattern.to_owned()]) else { return Vec::new() };
    names.iter().filter(|name| set.is_match(name)).collect()
}

/// Whether this is a pattern at all.
///
/// # Errors
/// Why not, in a few words.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    glob(pattern).map(drop).map_err(|error| error.kind().to_string())
}

/// A word that stands for itself in a pattern.
pub fn literal(word: &str) -> String {
    globset::escape(word)
}

fn set(patterns: &[String]) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(glob(pattern).ok()?);
    }
    set.build().ok()
}

fn glob(pattern: &str) -> Result<globset::Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}
