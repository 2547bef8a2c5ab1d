//! The few settings of git's configuration that Lastgood reads.

use std::path::Path;

use git2::Config;
use lastgood_core::error::Trouble;

use super::location::Location;
use super::program::{self, Environment};

/// The person's and the machine's configuration, which a repository cannot write.
pub(super) fn own(environment: &Environment) -> Option<Config> {
    let given = environment.iter().find(|(name, _)| name == "GIT_CONFIG_GLOBAL").map(|(_, value)| value.clone());
    match given.or_else(|| std::env::var_os("GIT_CONFIG_GLOBAL")) {
        Some(file) => Config::open(Path::new(&file)).ok(),
        None => Config::open_default().ok(),
    }
}

/// The repository's configuration alone.
pub(super) fn of_repository(location: &Location) -> Option<Config> {
    Config::open(&location.config_file()).ok()
}

/// The repository's setting, else the person's own.
pub(super) fn text(location: &Location, environment: &Environment, name: &str) -> Option<String> {
    let read = |config: Option<Config>| config?.get_string(name).ok().filter(|value| !value.is_empty());
    read(of_repository(location)).or_else(|| read(own(environment)))
}

/// What the person's own configuration says for this repository's folder alone (`includeIf`), such as another ssh key
/// for work: settings that `elsewhere`, a repository in another folder, does not see.
pub(super) fn for_this_folder(
    location: &Location,
    environment: &Environment,
    elsewhere: &Path,
) -> Result<Vec<(String, String)>, Trouble> {
    let conditions = own(environment).map(|config| matching(&config, r"^includeif\."));
    if conditions.is_none_or(|conditions| conditions.is_empty()) {
        return Ok(Vec::new());
    }
    let general = listed(elsewhere, environment)?;
    let mut here = listed(&location.git_dir, environment)?;
    here.retain(|setting| !general.contains(setting) && !setting.0.starts_with("include"));
    Ok(here)
}

/// Every setting of the person and the machine as git reads them in a repository.
fn listed(git_dir: &Path, environment: &Environment) -> Result<Vec<(String, String)>, Trouble> {
    let command = program::git_in(git_dir, environment);
    let listing = program::answer(command, ["config", "--list", "--includes", "--show-scope", "--null"])?;
    let text = String::from_utf8_lossy(&listing.unwrap_or_default()).into_owned();
    let words: Vec<&str> = text.split('\0').collect();
    let own = words.chunks_exact(2).filter(|pair| matches!(pair[0], "global" | "system"));
    // A setting without a value is a switch that is on.
    Ok(own.map(|pair| pair[1].split_once('\n').unwrap_or((pair[1], "true"))).map(owned).collect())
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Name and value of each setting that matches, in the file's order. Values that are not UTF-8 are left out.
pub(super) fn matching(config: &Config, pattern: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Ok(mut entries) = config.entries(Some(pattern)) else { return found };
    while let Some(Ok(entry)) = entries.next() {
        if let (Ok(name), true, Ok(value)) = (entry.name(), entry.has_value(), entry.value()) {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}
