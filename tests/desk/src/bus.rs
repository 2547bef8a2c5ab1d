use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Failure, Process, require, wait_until};

/// A D-Bus session of its own.
#[derive(Debug)]
pub struct Bus {
    _daemon: Process,
    address: String,
}

impl Bus {
    /// Starts the session; `prepare` sets the environment that programs started by the bus will see.
    pub fn start(prepare: impl FnOnce(&mut Command) -> &mut Command) -> Result<Self, Failure> {
        let mut daemon = Process::start(&require("dbus-daemon", "dbus")?, |command| {
            prepare(command)
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
        })?;
        let address = daemon.first_line()?;
        if address.is_empty() {
            return Err(Failure::new("dbus-daemon ended without giving an address"));
        }
        Ok(Self { _daemon: daemon, address })
    }

    /// Waits until a program on the bus answers to this name.
    pub fn wait_for(&self, name: &str, limit: Duration) -> Result<(), Failure> {
        let send = require("dbus-send", "dbus")?;
        let is_owned = || {
            let answer = Command::new(&send)
                .arg(format!("--bus={}", self.address))
                .args(["--print-reply=literal", "--dest=org.freedesktop.DBus", "/"])
                .args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")])
                .output();
            answer.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("true"))
        };
        if wait_until(limit, is_owned) {
            return Ok(());
        }
        Err(Failure::new(format!("nobody answers to {name} after {} s", limit.as_secs())))
    }

    /// The value for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }
}
