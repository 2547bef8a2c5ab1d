use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lastgood_desk::{Bus, Display, Failure, Process, require, wait_until};
use tempfile::TempDir;

use crate::{Driver, Window, program};

const DUNST_STARTS: Duration = Duration::from_secs(20);
const KEYRING_STARTS: Duration = Duration::from_secs(20);
const PROMPT_WITHIN: Duration = Duration::from_secs(30);

/// The colours that the person's system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// A person's session of its own: display, session bus, notification daemon, home and data folders.
///
/// Everything on it ends with it. The keychain is there after [`Desk::unlock_keychain`].
#[derive(Debug)]
pub struct Desk {
    // Fields drop in this order: programs go before the display, the bus and the folders that they use.
    keyring: Option<Process>,
    _alerts: Process,
    pub(crate) bus: Bus,
    display: Display,
    home: TempDir,
    look: Look,
    variables: Vec<(String, String)>,
    log: Option<PathBuf>,
}

impl Desk {
    pub fn start(look: Look) -> Result<Self, Failure> {
        let home = TempDir::with_prefix("lastgood-desk-")
            .map_err(|error| Failure::new(format!("no temporary home folder: {error}")))?;
        make_folders(home.path())?;
        let display = Display::start()?;
        let bus = Bus::start(|command| session(command, home.path(), &display))?;
        let alerts = Process::start(&require("dunst", "dunst")?, |command| {
            quiet(on_bus(session(command, home.path(), &display), &bus))
        })?;
        bus.wait_for("org.freedesktop.Notifications", DUNST_STARTS)?;
        Ok(Self { keyring: None, _alerts: alerts, bus, display, home, look, variables: Vec::new(), log: None })
    }

    /// Every program that starts on this desk from now on sees this variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Opens the window with these arguments.
    pub fn open(&self, arguments: &[&str]) -> Result<Window, Failure> {
        self.open_program(&program::desktop()?, arguments)
    }

    /// Opens the window of any program that WebKitWebDriver can drive.
    pub fn open_program(&self, binary: &Path, arguments: &[&str]) -> Result<Window, Failure> {
        let log = self.log.as_ref().map(File::create).transpose();
        let log = log.map_err(|error| Failure::new(format!("no log can be written: {error}")))?;
        let copy = || log.as_ref().and_then(|log| log.try_clone().ok()).map_or_else(Stdio::inherit, Stdio::from);
        Driver::start(|command| self.prepare(command).stderr(copy()))?.open(binary, arguments)
    }

    /// From now on the window writes down everything that it does, in the file that this returns.
    pub fn keep_log(&mut self) -> PathBuf {
        self.set("LASTGOOD_LOG", "trace");
        let file = self.home().join("window.log");
        self.log = Some(file.clone());
        file
    }

    /// Locks the keychain, as a person does who walks away.
    pub fn lock_keychain(&self) -> Result<(), Failure> {
        let done = self
            .command(&require("gdbus", "libglib2.0-bin")?)
            .args(["call", "--session", "--dest", "org.freedesktop.secrets"])
            .args(["--object-path", "/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.Lock"])
            .arg("['/org/freedesktop/secrets/collection/login']")
            .stdout(Stdio::null())
            .status();
        match done {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::new(format!("the keychain was not locked: {status}"))),
            Err(error) => Err(Failure::new(format!("gdbus did not start: {error}"))),
        }
    }

    /// Waits for the keychain's own question and dismisses it.
    pub fn dismiss_keychain_prompt(&self) -> Result<(), Failure> {
        let xdotool = require("xdotool", "xdotool")?;
        let key = |arguments: &[&str]| {
            let done = self.command(&xdotool).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
            done.is_ok_and(|status| status.success())
        };
        let prompt = ["search", "--onlyvisible", "--class", "gcr-prompter"];
        let gone = || {
            // Nothing to press it in is what is wanted: the question may go between the two looks.
            key(&[&prompt[..], &["windowactivate", "key", "Escape"]].concat());
            !key(&prompt)
        };
        if wait_until(PROMPT_WITHIN, || key(&prompt)) && wait_until(PROMPT_WITHIN, gone) {
            return Ok(());
        }
        Err(Failure::new("the keychain asked nothing, or its question would not go"))
    }

    /// Starts a real keychain with an unlocked, empty store; a second call changes nothing.
    pub fn unlock_keychain(&mut self) -> Result<(), Failure> {
        if self.keyring.is_some() {
            return Ok(());
        }
        let mut keyring = Process::start(&require("gnome-keyring-daemon", "gnome-keyring")?, |command| {
            quiet(self.prepare(command))
                .args(["--foreground", "--unlock", "--components=secrets"])
                .stdin(Stdio::piped())
        })?;
        keyring.tell("test")?;
        self.bus.wait_for("org.freedesktop.secrets", KEYRING_STARTS)?;
        self.keyring = Some(keyring);
        Ok(())
    }

    /// A command that runs in this session.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.prepare(&mut command);
        command
    }

    /// The terminal program, in this session.
    pub fn terminal(&self) -> Result<Command, Failure> {
        Ok(self.command(&program::terminal()?))
    }

    /// Writes a picture of the whole screen, with the window's frame and the alerts, into the folder for pictures.
    pub fn picture(&self, name: &str) -> Result<PathBuf, Failure> {
        let file = program::pictures()?.join(format!("{name}.png"));
        self.display.picture(&file)?;
        Ok(file)
    }

    /// The home folder of this session.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where Lastgood keeps its journal and settings here (`LASTGOOD_DATA_DIR`).
    pub fn data(&self) -> PathBuf {
        data(self.home.path())
    }

    pub(crate) fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let theme = match self.look {
            Look::Light => "Adwaita",
            Look::Dark => "Adwaita:dark",
        };
        on_bus(session(command, self.home.path(), &self.display), &self.bus)
            .env("GTK_THEME", theme)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
    }
}

/// Nothing of the machine's own session gets through but the search path.
fn session<'a>(command: &'a mut Command, home: &Path, display: &Display) -> &'a mut Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("share"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .env("LASTGOOD_DATA_DIR", data(home))
        .env("DISPLAY", display.name())
        .env("GDK_BACKEND", "x11")
        // No screen reader listens here; GTK would warn that it finds none.
        .env("NO_AT_BRIDGE", "1")
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
}

fn on_bus<'a>(command: &'a mut Command, bus: &Bus) -> &'a mut Command {
    command.env("DBUS_SESSION_BUS_ADDRESS", bus.address())
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null()).stderr(Stdio::null())
}

fn data(home: &Path) -> PathBuf {
    home.join("lastgood")
}

fn make_folders(home: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    // XDG_RUNTIME_DIR must be its owner's alone, or programs refuse it.
    let mut builder = std::fs::DirBuilder::new();
    ["config", "share", "cache", "run", "lastgood"]
        .iter()
        .try_for_each(|name| builder.mode(0o700).create(home.join(name)))
        .map_err(|error| Failure::new(format!("{} cannot be filled: {error}", home.display())))
}
