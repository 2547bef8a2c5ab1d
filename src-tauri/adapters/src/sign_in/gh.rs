//! The token that GitHub's own program `gh` already has.

use std::process::{Command, Stdio};
use std::time::Duration;

use lastgood_core::error::{Code, Trouble};

use crate::answering::{hear, without_console};
use crate::secret::Secret;

/// It may ask a keychain of its own, and that its owner.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks `gh auth token`. Blocks.
///
/// # Errors
/// [`Code::GhSilent`] where the program is missing, is not signed in to the host, or does not answer.
pub(super) fn token(host: &str) -> Result<Secret, Trouble> {
    let mut command = Command::new("gh");
    command.args(["auth", "token", "--hostname", host]);
    // Its variables would answer for every host, and are not what it keeps.
    for name in ["GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_DEBUG", "DEBUG"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    without_console(&mut command);
    let child = command.spawn().map_err(|_| {
        let message = "The gh program is not on this machine.";
        Trouble::new(Code::GhSilent, message, "Install GitHub's gh, or paste a token.")
    })?;
    let answer = hear(child, PATIENCE).ok_or_else(|| {
        let hint = format!("Run `gh auth login --hostname {host}`, or paste a token.");
        Trouble::new(Code::GhSilent, format!("The gh program is not signed in to {host}."), hint)
    })?;
    Ok(Secret::new(answer))
}
