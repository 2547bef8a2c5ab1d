//! A person's hands on the display itself: keyboard and mouse, for what lies beyond the page.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lastgood_desk::{Failure, Process, require, wait_until};

use crate::Desk;

/// A dialog or a window of another program shows within this time.
const SHOWS: Duration = Duration::from_secs(30);

/// A window that a folder is dragged out of, at the top left of the screen.
const SOURCE: &str = include_str!("drag_source.py");

/// A window of Lastgood that is just ending: it has the name on the bus, and goes when it is asked for anything.
const ENDING: &str = include_str!("ending_window.py");
const ENDING_STARTS: Duration = Duration::from_secs(20);

/// Debian's own, which has the packages of Debian.
const PYTHON: &str = "/usr/bin/python3";

/// Points on the way of a drag; toolkits take a jump for no drag.
const WAY: [[&str; 2]; 5] = [["60", "40"], ["90", "70"], ["300", "300"], ["700", "450"], ["705", "455"]];

/// A hand takes its time, and programs need some to answer.
const PAUSE: [&str; 2] = ["sleep", "0.3"];

impl Desk {
    /// Types into the window of this title, once it is there.
    pub fn type_into(&self, title: &str, text: &str) -> Result<(), Failure> {
        let window = self.window_id(title)?;
        self.xdotool(&["windowfocus", "--sync", &window])?;
        // The slash opens the line for a path, which is still being made when the next letters come.
        self.xdotool(&["key", "--delay", "500", "slash", "ctrl+a"])?;
        self.xdotool(&["type", "--delay", "30", text])?;
        self.xdotool(&["key", "--delay", "60", "Return"])
    }

    /// Drags this address (`file://…`) out of another program into the middle of the screen.
    pub fn drag_in(&self, address: &str) -> Result<(), Failure> {
        let mut source =
            Process::start(Path::new(PYTHON), |command| self.prepare(command).args(["-c", SOURCE, address]))?;
        self.window_id("Drag from here")?;
        let mut hand: Vec<&str> = ["mousemove", "40", "30", PAUSE[0], PAUSE[1], "mousedown", "1"].to_vec();
        for [x, y] in WAY {
            hand.extend(["mousemove", x, y, PAUSE[0], PAUSE[1]]);
        }
        hand.extend(["mouseup", "1"]);
        self.xdotool(&hand)?;
        // It ends itself when the other side has what it wanted.
        source.wait().map(|_| ())
    }

    /// A window of Lastgood that ends when the next one asks for it.
    pub fn ending_window(&self, name: &str) -> Result<Process, Failure> {
        let window = Process::start(Path::new(PYTHON), |command| self.prepare(command).args(["-c", ENDING, name]))?;
        self.bus.wait_for(name, ENDING_STARTS)?;
        Ok(window)
    }

    /// What stands in the title bar of the window whose title holds these words, once one does.
    pub fn title_with(&self, words: &str) -> Result<String, Failure> {
        let window = self.window_id(words)?;
        Ok(self.xdotool_output(&["getwindowname", &window])?.trim_end().to_owned())
    }

    /// Puts the window of this title away, and waits until another one, or none, is before it.
    pub fn minimise(&self, title: &str) -> Result<(), Failure> {
        let window = self.window_id(title)?;
        self.xdotool(&["windowminimize", &window])?;
        let away = wait_until(SHOWS, || self.in_front().is_none_or(|front| !front.contains(title)));
        if away { Ok(()) } else { Err(Failure::new(format!("{title} cannot be put away"))) }
    }

    /// Waits until the window of this title is the one that a person types into.
    pub fn comes_to_the_front(&self, title: &str) -> Result<(), Failure> {
        let active = wait_until(SHOWS, || self.in_front().is_some_and(|front| front.contains(title)));
        if active { Ok(()) } else { Err(Failure::new(format!("{:?} is in front, and not {title}", self.in_front()))) }
    }

    /// The title of the active window; `None` where none is.
    fn in_front(&self) -> Option<String> {
        self.xdotool_output(&["getactivewindow", "getwindowname"]).ok().map(|name| name.trim_end().to_owned())
    }

    fn window_id(&self, title: &str) -> Result<String, Failure> {
        let mut found = None;
        let shows = wait_until(SHOWS, || {
            let answer = self.xdotool_output(&["search", "--onlyvisible", "--name", title]);
            found = answer.ok().and_then(|text| text.lines().next().map(str::to_owned));
            found.is_some()
        });
        found.filter(|_| shows).ok_or_else(|| Failure::new(format!("no window named {title} shows")))
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<(), Failure> {
        self.xdotool_output(arguments).map(|_| ())
    }

    fn xdotool_output(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command: Command = self.command(&require("xdotool", "xdotool")?);
        let output = command.args(arguments).output();
        let failed = |words: String| Failure::new(format!("xdotool {}: {words}", arguments.join(" ")));
        let output = output.map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}
