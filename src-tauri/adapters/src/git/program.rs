//! Calling the user's git program: argument arrays, a known language, nothing of the repository's own.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use lastgood_core::error::Trouble;

use super::trouble;

/// Variables added to every call of the git program.
pub(super) type Environment = [(OsString, OsString)];

/// Settings that tie a git process to one repository (`git rev-parse --local-env-vars`). Lastgood may itself have been
/// started by a hook or an alias; the repository that it works on comes from its arguments alone.
const INHERITED: [&str; 17] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Lastgood's own secret: what git starts (hooks of a remote on this machine, helpers) has no business with it.
const SECRET: &str = crate::workspace::TOKEN_VARIABLE;

/// No prompt, no locks for mere reading, no download of missing objects, English that never changes.
const FIXED: [(&str, &str); 5] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// The program with a clean environment and nothing to read.
pub(super) fn git(environment: &Environment) -> Command {
    let mut command = Command::new("git");
    forget_repository(&mut command);
    command.env_remove(SECRET);
    command.envs(FIXED).envs(environment.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
    without_console(&mut command);
    command
}

/// Whatever runs next is tied to no repository by its environment.
pub(crate) fn forget_repository(command: &mut Command) {
    for name in INHERITED {
        command.env_remove(name);
    }
}

/// The program in one repository, with everything off that its configuration could start.
pub(super) fn git_in(git_dir: &Path, environment: &Environment) -> Command {
    let mut command = git(environment);
    command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--git-dir"]).arg(git_dir);
    command
}

/// Runs to the end; `None` when the program says no.
pub(super) fn answer<S: AsRef<OsStr>>(
    mut command: Command,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Option<Vec<u8>>, Trouble> {
    let output = command.args(arguments).output().map_err(|error| not_started(&error))?;
    if !output.status.success() {
        tracing::debug!(error = %said(&output), "git said no");
    }
    Ok(output.status.success().then_some(output.stdout))
}

/// Runs to the end with something to read; the whole outcome.
pub(super) fn feed<S: AsRef<OsStr>>(
    mut command: Command,
    arguments: impl IntoIterator<Item = S>,
    input: &[u8],
) -> Result<Output, Trouble> {
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&error))?;
    if let Some(mut stdin) = child.stdin.take()
        && let Err(error) = stdin.write_all(input)
    {
        // A program that ends early says why on its own.
        tracing::debug!(%error, "git did not read its input");
    }
    child.wait_with_output().map_err(trouble::unreadable)
}

pub(super) fn not_started(error: &std::io::Error) -> Trouble {
    if error.kind() == ErrorKind::NotFound { trouble::git_missing() } else { trouble::unreadable(error) }
}

/// The program's own words on one line.
pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(windows)]
fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    /// <https://learn.microsoft.com/windows/win32/procthread/process-creation-flags>
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn without_console(_: &mut Command) {}
