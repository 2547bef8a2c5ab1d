//! The window without a display: on one of its own, with a picture to prove that it was painted.

use std::env;
use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lastgood_desk::{Bus, Display, Process, wait_until_painted};

use crate::failure::{Failure, Outcome};
use crate::place;

/// Time from the start of the program to a painted window; a cold start on a small machine takes about ten seconds.
const PAINTED_WITHIN: Duration = Duration::from_secs(60);

/// Opens the window on a virtual display and takes its picture.
///
/// It stays open for a person at a terminal; without one, or when only the picture was asked for, it is closed.
pub(crate) fn open(binary: &Path, arguments: &[PathBuf], only_picture: bool) -> Outcome<String> {
    let display = Display::start()?;
    println!("run: the window opens on a display of its own, {} (Xvfb with openbox)", display.name());
    let bus = own_bus(&display)?;
    let mut app = Process::start(binary, |command| {
        command.args(arguments).env("DISPLAY", display.name()).env_remove("WAYLAND_DISPLAY");
        match &bus {
            Some(bus) => command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()),
            None => command,
        }
    })?;
    let picture = place::target()?.join("lastgood-window.png");
    wait_until_painted(&display, &picture, PAINTED_WITHIN, || still_runs(&mut app))?;
    println!("run: picture of the window: {}", picture.display());
    if only_picture || !someone_watches() {
        return Ok("the window opened and painted".to_owned());
    }
    println!("run: the window stays on display {} until it is closed; Ctrl C ends it", display.name());
    let status = app.wait()?;
    if status.success() {
        return Ok("the window was closed".to_owned());
    }
    Err(Failure::new(format!("the window ended with {status}; its last words are above")))
}

fn own_bus(display: &Display) -> Outcome<Option<Bus>> {
    if env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty()) {
        return Ok(None);
    }
    Ok(Some(Bus::start(|command| command.env("DISPLAY", display.name()))?))
}

fn still_runs(app: &mut Process) -> Result<(), lastgood_desk::Failure> {
    match app.ended() {
        None => Ok(()),
        Some(status) => Err(lastgood_desk::Failure::new(format!(
            "the window ended before it was painted, with {status}; its last words are above"
        ))),
    }
}

fn someone_watches() -> bool {
    env::var_os("CI").is_none() && stdin().is_terminal() && stdout().is_terminal()
}
