//! A session of its own with a real keychain in it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lastgood_desk::{Bus, Process, require};
use tempfile::TempDir;

const KEYRING_STARTS: Duration = Duration::from_secs(30);

pub(crate) struct Session {
    // Fields drop in this order: the keychain goes before the bus and the folder that it uses.
    _daemon: Process,
    bus: Bus,
    home: TempDir,
}

impl Session {
    /// With an empty keychain that is open.
    pub(crate) fn unlocked() -> Self {
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(|command| own(command, home.path())).unwrap();
        let mut daemon = Process::start(&require("gnome-keyring-daemon", "gnome-keyring").unwrap(), |command| {
            own(command, home.path())
                .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
                .args(["--foreground", "--unlock", "--components=secrets"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
        })
        .unwrap();
        daemon.tell("test").unwrap();
        bus.wait_for("org.freedesktop.secrets", KEYRING_STARTS).unwrap();
        Self { _daemon: daemon, bus, home }
    }

    pub(crate) fn address(&self) -> &str {
        self.bus.address()
    }

    /// Its question is dismissed at once: no display can show it.
    pub(crate) fn lock(&self) {
        let done = self
            .command("gdbus", "libglib2.0-bin")
            .args(["call", "--session", "--dest", "org.freedesktop.secrets"])
            .args(["--object-path", "/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.Lock"])
            .arg("['/org/freedesktop/secrets/collection/login']")
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// An entry for this host that another program filed under our name.
    pub(crate) fn file(&self, which: &str) {
        let mut command = self.command("secret-tool", "libsecret-tools");
        command.args(["store", "--label", which, "service", "lastgood", "username", "127.0.0.1", "which", which]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"other").unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn command(&self, program: &str, package: &str) -> Command {
        let mut command = Command::new(require(program, package).unwrap());
        own(&mut command, self.home.path()).env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        command
    }
}

/// Nothing of this machine's own session.
fn own<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let runtime = home.join("run");
    std::fs::create_dir_all(&runtime).unwrap();
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", runtime)
        .env("XDG_DATA_HOME", home.join("share"))
        .env("XDG_CONFIG_HOME", home.join("config"))
}
