//! The keychain in its four states: a real one in a session of its own, and none.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lastgood_adapters::secret::Secret;
use lastgood_adapters::vault::{self, Closed};
use lastgood_desk::{Bus, Process, require};
use tempfile::TempDir;

use crate::again;

/// Long enough for a busy machine, far below the patience with a person who unlocks a keychain.
const AT_ONCE: Duration = Duration::from_secs(15);
const KEYRING_STARTS: Duration = Duration::from_secs(30);

/// A sign on the bus, to whoever hears it.
const SIGN_COMES: Duration = Duration::from_secs(2);
const HOST: &str = "github.example.com";
const TOKEN: &str = "canary-in-the-keychain";

#[test]
fn without_a_keychain_the_answer_is_no_keychain_and_comes_at_once() {
    const NAME: &str = "vault::without_a_keychain_the_answer_is_no_keychain_and_comes_at_once";
    if again::told().is_some() {
        let begun = Instant::now();
        let token = Secret::new("token");
        for closed in [vault::read(HOST).map(drop), vault::keep(HOST, &token), vault::forget(HOST), vault::look()] {
            again::say(matches!(closed, Err(Closed::Missing(words)) if !words.is_empty()));
        }
        again::say(begun.elapsed() < AT_ONCE);
        return;
    }
    for address in ["unix:path=/nonexistent/bus", "nonsense"] {
        let asking = again::start(NAME, Path::new("ask"), |command| command.env("DBUS_SESSION_BUS_ADDRESS", address));
        assert_eq!(asking.end().0, ["true"; 5], "{address}");
    }
}

#[test]
fn a_token_is_kept_read_replaced_and_forgotten() {
    const NAME: &str = "vault::a_token_is_kept_read_replaced_and_forgotten";
    if again::told().is_some() {
        let kept = |token: &str| vault::read(HOST) == Ok(Some(Secret::new(token)));
        again::say(vault::look() == Ok(()) && vault::read(HOST) == Ok(None));
        again::say(vault::keep(HOST, &Secret::new("one")) == Ok(()) && kept("one"));
        again::say(vault::keep(HOST, &Secret::new(TOKEN)) == Ok(()) && kept(TOKEN));
        again::say(vault::read("another.example.com") == Ok(None));
        again::say(vault::forget(HOST) == Ok(()) && vault::read(HOST) == Ok(None) && vault::forget(HOST) == Ok(()));
        return;
    }
    let keychain = Keychain::unlocked();
    assert_eq!(keychain.ask(NAME), ["true"; 5]);
}

#[test]
fn a_locked_keychain_whose_question_nobody_answers_says_that_it_is_locked() {
    const NAME: &str = "vault::a_locked_keychain_whose_question_nobody_answers_says_that_it_is_locked";
    if let Some(told) = again::told() {
        if told == "fill" {
            again::say(vault::keep(HOST, &Secret::new(TOKEN)) == Ok(()));
        } else {
            again::say(vault::look() == Err(Closed::Locked));
            again::say(vault::read(HOST) == Err(Closed::Locked));
            again::say(vault::keep(HOST, &Secret::new("other")) == Err(Closed::Locked));
            again::say(vault::keep("new.example.com", &Secret::new("other")) == Err(Closed::Locked));
            again::say(vault::forget(HOST) == Err(Closed::Locked));
        }
        return;
    }
    let keychain = Keychain::unlocked();
    assert_eq!(keychain.ask_told(NAME, "fill"), ["true"]);
    keychain.lock();
    assert_eq!(keychain.ask_told(NAME, "locked"), ["true"; 5]);
}

#[test]
fn a_keychain_that_says_no_is_told_apart_from_a_locked_one() {
    const NAME: &str = "vault::a_keychain_that_says_no_is_told_apart_from_a_locked_one";
    if again::told().is_some() {
        let refused = |closed: Closed| matches!(&closed, Closed::Refused(words) if words.contains("several entries"));
        again::say(vault::read(HOST).is_err_and(refused));
        again::say(vault::keep(HOST, &Secret::new("other")).is_err_and(refused));
        return;
    }
    let keychain = Keychain::unlocked();
    keychain.file("one");
    keychain.file("two");
    assert_eq!(keychain.ask(NAME), ["true"; 2]);
}

#[test]
fn each_state_has_a_sentence_of_its_own_and_none_repeats_a_secret() {
    let states = [Closed::Missing("no bus".to_owned()), Closed::Locked, Closed::Refused("it is full".to_owned())];
    let told: Vec<_> = states.iter().map(Closed::trouble).collect();
    for (place, trouble) in told.iter().enumerate() {
        assert!(
            told.iter().skip(place + 1).all(|other| other.code != trouble.code && other.message != trouble.message)
        );
        assert!(!trouble.hint.is_empty());
    }
}

/// A session of its own with a real keychain in it.
pub(crate) struct Keychain {
    // Fields drop in this order: the keychain goes before the bus and the folder that it uses.
    daemon: Option<Process>,
    bus: Bus,
    home: TempDir,
}

impl Keychain {
    pub(crate) fn unlocked() -> Self {
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(|command| session(command, home.path())).unwrap();
        let daemon = Some(daemon(&bus, home.path()));
        Self { daemon, bus, home }
    }

    /// Runs the test of this name in the session; its words.
    fn ask(&self, test: &str) -> Vec<String> {
        self.ask_told(test, "ask")
    }

    pub(crate) fn ask_told(&self, test: &str, told: &str) -> Vec<String> {
        again::start(test, Path::new(told), |command| command.env("DBUS_SESSION_BUS_ADDRESS", self.bus.address()))
            .end()
            .0
    }

    /// As its owner does when they sign in again.
    pub(crate) fn unlock(&mut self) {
        self.daemon = None;
        self.daemon = Some(daemon(&self.bus, self.home.path()));
    }

    pub(crate) fn lock(&self) {
        let collection = "['/org/freedesktop/secrets/collection/login']";
        let done = self
            .command("gdbus", "libglib2.0-bin")
            .args(["call", "--session", "--dest", "org.freedesktop.secrets"])
            .args(["--object-path", "/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.Lock"])
            .arg(collection)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Hears what is read from the keychain from now on.
    pub(crate) fn watch(&self) -> Watch {
        let rules = ["type='method_call',interface='org.freedesktop.Secret.Item'", "interface='org.lastgood.Test'"];
        let mut command = self.command("dbus-monitor", "dbus");
        command.args(["--profile", "--address", self.bus.address()]).args(rules);
        let mut monitor = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(monitor.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let watch = Watch { monitor, lines };
        let begun = Instant::now();
        while self.heard(&watch, "Begun").is_none() {
            assert!(begun.elapsed() < KEYRING_STARTS, "the monitor hears nothing");
        }
        watch
    }

    /// How often a secret was read since this was asked last.
    pub(crate) fn reads(&self, watch: &Watch) -> usize {
        let lines = self.heard(watch, "Counted").expect("the monitor hears nothing more");
        lines.iter().filter(|line| line.contains("GetSecret")).count()
    }

    /// All that was heard before this sign; `None` where the sign itself was not.
    fn heard(&self, watch: &Watch, sign: &str) -> Option<Vec<String>> {
        let (bus, name) = (format!("--bus={}", self.bus.address()), format!("org.lastgood.Test.{sign}"));
        let signed = self.command("dbus-send", "dbus").args([&bus, "--type=signal", "/", &name]).status().unwrap();
        assert!(signed.success());
        let mut heard = Vec::new();
        while let Ok(line) = watch.lines.recv_timeout(SIGN_COMES) {
            if line.contains("org.lastgood.Test") && line.contains(sign) {
                return Some(heard);
            }
            heard.push(line);
        }
        None
    }

    /// An entry that another program filed under our name.
    fn file(&self, which: &str) {
        let mut command = self.command("secret-tool", "libsecret-tools");
        command.args(["store", "--label", which, "service", "lastgood", "username", HOST, "which", which]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"other").unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn command(&self, program: &str, package: &str) -> Command {
        let mut command = Command::new(require(program, package).unwrap());
        session(&mut command, self.home.path()).env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        command
    }
}

/// What a monitor of the bus hears.
pub(crate) struct Watch {
    monitor: Child,
    lines: mpsc::Receiver<String>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.monitor.kill());
        drop(self.monitor.wait());
    }
}

/// With its collection unlocked.
fn daemon(bus: &Bus, home: &Path) -> Process {
    let mut daemon = Process::start(&require("gnome-keyring-daemon", "gnome-keyring").unwrap(), |command| {
        session(command, home)
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
    })
    .unwrap();
    daemon.tell("test").unwrap();
    bus.wait_for("org.freedesktop.secrets", KEYRING_STARTS).unwrap();
    daemon
}

/// Nothing of this machine's own session; without a display no prompt can be shown, so each is dismissed at once.
fn session<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
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
