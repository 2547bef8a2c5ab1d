use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Failure, Process, picture, require, wait_until};

/// The virtual screen: width, height and depth, as Xvfb takes them.
pub const SCREEN: &str = "1440x900x24";
const OPENBOX_STARTS: Duration = Duration::from_secs(20);

/// A virtual display with a window manager, without which no window would get the focus or its size.
#[derive(Debug)]
pub struct Display {
    // Fields drop in this order: the window manager goes before the display that it draws on.
    _windows: Process,
    _server: Process,
    name: String,
}

impl Display {
    /// Starts Xvfb on a free display number and openbox on it.
    pub fn start() -> Result<Self, Failure> {
        let (server, name) = start_server()?;
        let mut windows = Process::start(&require("openbox", "openbox")?, |command| {
            command.env("DISPLAY", &name).stdout(Stdio::null()).stderr(Stdio::null())
        })?;
        wait_for_window_manager(&mut windows, &name)?;
        Ok(Self { _windows: windows, _server: server, name })
    }

    /// The value for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes a picture of the whole screen, as PNG.
    pub fn picture(&self, file: &Path) -> Result<(), Failure> {
        picture::take(&self.name, file)
    }
}

fn start_server() -> Result<(Process, String), Failure> {
    // Xvfb itself picks the free number and says which, so two desks never race for one.
    let mut server = Process::start(&require("Xvfb", "xvfb")?, |command| {
        command
            .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
    })?;
    match server.first_line()?.parse::<u32>() {
        Ok(number) => Ok((server, format!(":{number}"))),
        Err(_) => Err(Failure::new("Xvfb ended without a display number; is /tmp/.X11-unix writable?")),
    }
}

/// The root window names its window manager once there is one (`_NET_SUPPORTING_WM_CHECK`).
fn wait_for_window_manager(windows: &mut Process, display: &str) -> Result<(), Failure> {
    let xprop = require("xprop", "x11-utils")?;
    let managed = || {
        Command::new(&xprop)
            .args(["-display", display, "-root", "_NET_SUPPORTING_WM_CHECK"])
            .output()
            .is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("window id"))
    };
    if wait_until(OPENBOX_STARTS, || windows.ended().is_some() || managed()) && windows.ended().is_none() {
        return Ok(());
    }
    Err(Failure::new(format!("openbox did not take the display {display}")))
}
