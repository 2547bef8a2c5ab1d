//! Which remote is meant, and its address.
//!
//! The name and the address come from the repository. Rewriting rules (`url.<base>.insteadOf`) count only from the
//! person's own configuration: a repository could send a push anywhere with them.

use std::path::{Path, PathBuf};

use lastgood_core::error::Trouble;
use percent_encoding::percent_decode_str;

use super::location::Location;
use super::program::Environment;
use super::{settings, trouble};

/// The remote's address as the repository has it: `origin`'s, else the only remote's; the push address where it has
/// its own. What is asked of the remote is asked where it is pushed to.
pub(super) fn configured(location: &Location) -> Result<String, Trouble> {
    let addresses = addresses(location).ok_or_else(trouble::no_remote)?;
    let name = named(&addresses).ok_or_else(trouble::no_remote)?;
    let address = |key: &str| {
        let setting = format!("remote.{name}.{key}");
        addresses.iter().find(|(found, value)| *found == setting && !value.is_empty()).map(|(_, value)| value.clone())
    };
    address("pushurl").or_else(|| address("url")).ok_or_else(trouble::no_remote)
}

/// `origin`, else the only remote.
pub(super) fn name(location: &Location) -> Option<String> {
    named(&addresses(location)?)
}

/// All settings that name a remote's address.
fn addresses(location: &Location) -> Option<Vec<(String, String)>> {
    let config = settings::of_repository(location)?;
    Some(settings::matching(&config, r"^remote\..*\.(push)?url$"))
}

fn named(addresses: &[(String, String)]) -> Option<String> {
    let name_of = |setting: &str| {
        setting.strip_prefix("remote.").and_then(|rest| rest.rsplit_once('.')).map(|(name, _)| name.to_owned())
    };
    let mut names: Vec<String> = addresses.iter().filter_map(|(setting, _)| name_of(setting)).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [only] => Some(only.clone()),
        several => several.iter().find(|name| *name == "origin").cloned(),
    }
}

/// The address after the person's own rewriting rules; for showing, and for finding the forge.
pub(super) fn resolved(location: &Location, environment: &Environment) -> Result<String, Trouble> {
    let address = configured(location)?;
    let Some(own) = settings::own(environment) else { return Ok(address) };
    let rules = settings::matching(&own, r"^url\..*\.(push)?insteadof$");
    let longest =
        rules.iter().filter(|(_, from)| address.starts_with(from.as_str())).max_by_key(|(_, from)| from.len());
    let Some((setting, from)) = longest else { return Ok(address) };
    let base = setting.strip_prefix("url.").and_then(|rest| rest.rsplit_once('.')).map_or("", |(base, _)| base);
    Ok(format!("{base}{}", &address[from.len()..]))
}

/// The address as the git program is to be given it: a relative path means one from the repository.
pub(super) fn absolute(location: &Location) -> Result<String, Trouble> {
    let address = configured(location)?;
    if !is_path(&address) || Path::new(&address).is_absolute() {
        return Ok(address);
    }
    Ok(path_of(location, &address).to_string_lossy().into_owned())
}

/// The remote itself, where it is a folder on this machine that can be read without the git program.
pub(super) fn here(location: &Location, environment: &Environment) -> Option<Location> {
    let address = resolved(location, environment).ok().filter(|address| is_path(address))?;
    Location::exact(&path_of(location, &address))
}

/// Whether anything may be pushed there. A remote on this machine runs its hooks at a push, and one that lies in the folder
/// of the repository came with it: nobody said that what it brings may run.
pub(super) fn may_be_pushed_to(location: &Location, environment: &Environment) -> Result<(), Trouble> {
    let address = resolved(location, environment)?;
    let decoded = |path: &str| percent_decode_str(path).decode_utf8_lossy().into_owned();
    let path = match address.strip_prefix("file://") {
        Some(path) => decoded(path),
        None if is_path(&address) => address.clone(),
        None => return Ok(()),
    };
    // Git adds an ending of its own to a path that is not there.
    let meant = [path_of(location, &path), path_of(location, &format!("{path}.git"))];
    let is_inside = |there: PathBuf| own_folders(location).any(|folder| there.starts_with(folder));
    let mut there = meant.iter().filter_map(|folder| folder.canonicalize().ok());
    if there.any(is_inside) { Err(trouble::remote_inside(&address)) } else { Ok(()) }
}

fn own_folders(location: &Location) -> impl Iterator<Item = PathBuf> {
    let all = [Some(&location.common_dir), Some(&location.git_dir), location.work_dir.as_ref()];
    all.into_iter().flatten().filter_map(|folder| folder.canonicalize().ok())
}

/// A path as it is meant in this repository.
pub(super) fn path_of(location: &Location, path: &str) -> PathBuf {
    location.work_dir.as_ref().unwrap_or(&location.git_dir).join(path)
}

/// Git's rule (`git help git-fetch`, GIT URLS): a colon before the first slash makes it a host or a protocol. A rewriting
/// rule's prefix has a colon as well.
pub(super) fn is_path(address: &str) -> bool {
    let drive = cfg!(windows) && address.as_bytes().get(1) == Some(&b':');
    match (address.find(':'), address.find('/')) {
        (None, _) => true,
        (Some(colon), Some(slash)) => drive || slash < colon,
        (Some(_), None) => drive,
    }
}
