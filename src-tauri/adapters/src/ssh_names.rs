//! Names that a person gave to hosts for ssh: `ssh` itself tells what it makes of one.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::answering::{hear, without_console};

/// It reads a few files, and may run what the person's own settings name there.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks `ssh -G`, which connects to nobody (ssh(1)). `None` where it does not answer. Blocks.
pub(crate) fn host_behind(name: &str) -> Option<String> {
    let mut command = Command::new("ssh");
    command.args(["-G", "--", name]);
    // No repository has a say: ssh looks for nothing in the folder that it runs in.
    command.current_dir(std::env::temp_dir());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    without_console(&mut command);
    let printed = hear(command.spawn().ok()?, PATIENCE)?;
    host_name(&printed).map(str::to_owned)
}

fn host_name(printed: &str) -> Option<&str> {
    let mut lines = printed.lines().filter_map(|line| line.split_once(' '));
    lines.find_map(|(word, value)| word.eq_ignore_ascii_case("hostname").then_some(value.trim()))
}

#[cfg(test)]
mod tests {
    use super::host_name;

    #[test]
    fn the_host_name_is_read_from_what_ssh_prints() {
        assert_eq!(host_name("user git\nhostname ssh.github.com\nport 443\n"), Some("ssh.github.com"));
        assert_eq!(host_name("hostkeyalias github.com\n"), None);
    }
}
