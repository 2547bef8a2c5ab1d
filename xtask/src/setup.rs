//! What the work needs and this machine lacks.

mod debian;
mod elsewhere;
pub(crate) mod python;

use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::program;
use crate::ui;

/// The oldest Node that the UI's tools run on.
const OLDEST_NODE: u32 = 20;

/// What the machine must be able to do; each takes in the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    Build,
    /// A window without a display.
    Display,
    /// The tests with the real window, keychain and alerts.
    Tests,
}

/// Installs what is missing, or says what to install; silent when all is there.
pub(crate) fn setup(need: Need) -> Outcome {
    if debian::is_here() {
        debian::install(need)?;
    } else {
        elsewhere::check(need)?;
    }
    if need >= Need::Tests {
        python::install()?;
    }
    check_node()?;
    ui::install()?;
    if need >= Need::Tests { ui::install_clients() } else { Ok(()) }
}

fn check_node() -> Outcome {
    let version = program::answer(Command::new("node").arg("--version"));
    let major = version.as_deref().and_then(major);
    if major.is_none_or(|major| major < OLDEST_NODE) || program::answer(&mut program::npm(["--version"])).is_none() {
        return Err(Failure::new(format!(
            "Node {OLDEST_NODE} or newer with npm is needed and {} is here; install it from https://nodejs.org",
            version.unwrap_or_else(|| "none".to_owned())
        )));
    }
    Ok(())
}

/// `v20.20.2` → 20
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_of_node_is_read_from_its_answer() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("not a version"), None);
    }
}
