//! Desktop alerts: with a real notification daemon, with one that knows less, and with none.
#![cfg(target_os = "linux")]

mod stand_in;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_core::ids::{IncidentId, RollbackId};
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::{About, Alert};
use lastgood_desk::{Bus, Display, Process, require, wait_until};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::again;
use stand_in::StandIn;

const DUNST_STARTS: Duration = Duration::from_secs(30);
const SHOWN_WITHIN: Duration = Duration::from_secs(30);
const HEARD_WITHIN: Duration = Duration::from_secs(30);
/// Nobody waits for a service that is not there.
const AT_ONCE: Duration = Duration::from_secs(5);

#[test]
fn a_pressed_button_is_heard_with_what_the_alert_is_about() {
    const NAME: &str = "alerts::a_pressed_button_is_heard_with_what_the_alert_is_about";
    let abouts = [
        About::Rollback(RollbackId::new("r-1")),
        About::Incident(IncidentId::new("i-1")),
        About::Settings,
        About::Timeline,
    ];
    if let Some(told) = again::told() {
        let about = abouts.iter().find(|about| *told == *format!("{about:?}")).unwrap().clone();
        return in_the_session(async |alerts, mut heard| {
            alerts.alert(&alert(about)).await;
            again::say("shown");
            again::say(next(&mut heard).await);
        });
    }
    let desk = Desk::start();
    for about in abouts {
        let expected = format!("{about:?}");
        let mut child = desk.ask(NAME, &expected);
        child.hear("shown");
        desk.press();
        assert_eq!(child.word(), Some(expected));
        assert!(child.end().1.success());
        desk.dunstctl(&["close-all"]);
    }
}

#[test]
fn an_alert_stands_as_long_as_its_program_and_several_share_a_connection() {
    const NAME: &str = "alerts::an_alert_stands_as_long_as_its_program_and_several_share_a_connection";
    if again::told().is_some() {
        return in_the_session(async |alerts, _heard| {
            // As a terminal's: nobody listens for a click, and the connection stays all the same.
            drop(alerts);
            let silent = DesktopAlerts::default();
            for number in 0..3 {
                // The same words would be shown once.
                let title = format!("{number} is failing");
                silent.alert(&Alert { title, ..alert(About::Timeline) }).await;
            }
            again::say("shown");
            again::wait_to_be_killed();
        });
    }
    let desk = Desk::start();
    let mut child = desk.ask(NAME, "ask");
    child.hear("shown");
    assert!(wait_until(SHOWN_WITHIN, || desk.shown() == 3), "{}", desk.shown());
    assert_eq!(desk.connections_of(child.id()), 1);
    child.kill();
}

#[test]
fn a_click_that_comes_before_the_alerts_number_is_not_lost() {
    const NAME: &str = "alerts::a_click_that_comes_before_the_alerts_number_is_not_lost";
    if again::told().is_some() {
        return in_the_session(async |alerts, mut heard| {
            let service = StandIn::start(&["actions", "body-markup"]).await;
            alerts.alert(&alert(About::Settings)).await;
            again::say(next(&mut heard).await);
            again::say(service.last().body);
            again::say(service.last().urgent);
        });
    }
    let bus = Bus::start(|command| command).unwrap();
    assert_eq!(words(NAME, bus.address()), ["Settings", "1 &lt; 2 &amp; so on", "true"]);
}

#[test]
fn a_service_without_buttons_and_markup_is_offered_neither() {
    const NAME: &str = "alerts::a_service_without_buttons_and_markup_is_offered_neither";
    if again::told().is_some() {
        return in_the_session(async |alerts, _heard| {
            let service = StandIn::start(&["body"]).await;
            alerts.alert(&alert(About::Timeline)).await;
            let shown = service.last();
            again::say(format!("{:?} {}", shown.actions, shown.body));
        });
    }
    let bus = Bus::start(|command| command).unwrap();
    assert_eq!(words(NAME, bus.address()), ["[] 1 < 2 & so on"]);
}

#[test]
fn another_program_cannot_press_the_button() {
    const NAME: &str = "alerts::another_program_cannot_press_the_button";
    if again::told().is_some() {
        return in_the_session(async |alerts, mut heard| {
            let service = StandIn::start_silent(&["actions"]).await;
            alerts.alert(&alert(About::Settings)).await;
            stand_in::press_as_somebody_else().await;
            service.press().await;
            again::say(next(&mut heard).await);
            again::say(heard.try_recv().is_err());
        });
    }
    let bus = Bus::start(|command| command).unwrap();
    assert_eq!(words(NAME, bus.address()), ["Settings", "true"], "once, by the service itself");
}

#[test]
fn without_a_session_bus_an_alert_costs_nobody_any_time() {
    const NAME: &str = "alerts::without_a_session_bus_an_alert_costs_nobody_any_time";
    if again::told().is_some() {
        return in_the_session(async |alerts, mut heard| {
            let begun = Instant::now();
            alerts.alert(&alert(About::Timeline)).await;
            again::say(begun.elapsed() < AT_ONCE && heard.try_recv().is_err());
        });
    }
    for address in ["unix:path=/nonexistent/bus", "nonsense"] {
        assert_eq!(words(NAME, address), ["true"], "{address}");
    }
}

fn alert(about: About) -> Alert {
    Alert { title: "production is failing".to_owned(), body: "1 < 2 & so on".to_owned(), urgent: true, about }
}

fn in_the_session(deed: impl AsyncFnOnce(DesktopAlerts, UnboundedReceiver<About>)) {
    let (sender, heard) = unbounded_channel();
    let alerts = DesktopAlerts::opening(move |about| drop(sender.send(about)));
    tokio::runtime::Runtime::new().unwrap().block_on(deed(alerts, heard));
}

async fn next(heard: &mut UnboundedReceiver<About>) -> String {
    let about = tokio::time::timeout(HEARD_WITHIN, heard.recv()).await;
    about.map_or_else(|_| "nothing was heard".to_owned(), |about| format!("{:?}", about.unwrap()))
}

fn words(test: &str, bus: &str) -> Vec<String> {
    again::start(test, Path::new("ask"), |command| command.env("DBUS_SESSION_BUS_ADDRESS", bus)).end().0
}

/// A session with dunst on a display of its own.
struct Desk {
    _dunst: Process,
    bus: Bus,
    _display: Display,
    home: tempfile::TempDir,
}

impl Desk {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let display = Display::start().unwrap();
        let screen = display.name().to_owned();
        let bus = Bus::start(|command| command.env("HOME", home.path()).env("DISPLAY", &screen)).unwrap();
        let dunst = Process::start(&require("dunst", "dunst").unwrap(), |command| {
            let command = command.env("HOME", home.path()).env("DISPLAY", &screen);
            command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).stdout(Stdio::null()).stderr(Stdio::null())
        });
        bus.wait_for("org.freedesktop.Notifications", DUNST_STARTS).unwrap();
        Self { _dunst: dunst.unwrap(), bus, _display: display, home }
    }

    fn ask(&self, test: &str, told: &str) -> again::Again {
        let address = self.bus.address();
        again::start(test, Path::new(told), |command| command.env("DBUS_SESSION_BUS_ADDRESS", address))
    }

    /// As a person clicks the newest alert.
    fn press(&self) {
        assert!(wait_until(SHOWN_WITHIN, || self.shown() > 0), "no alert is on the screen");
        self.dunstctl(&["action", "0"]);
    }

    fn shown(&self) -> usize {
        self.dunstctl(&["count", "displayed"]).trim().parse().unwrap()
    }

    /// How many connections to the bus a process holds.
    fn connections_of(&self, process: u32) -> usize {
        let names = self.ask_bus("ListNames", &[]);
        let unique = names.split(['"', '\'', ' ', ',', '[', ']', '(', ')']).filter(|name| name.starts_with(':'));
        let is_its = |name: &&str| {
            let answer = self.ask_bus("GetConnectionUnixProcessID", &[name]);
            answer.split(|letter: char| !letter.is_ascii_digit()).any(|word| word == process.to_string())
        };
        unique.filter(is_its).count()
    }

    fn ask_bus(&self, method: &str, arguments: &[&str]) -> String {
        let mut command = self.command("gdbus", "libglib2.0-bin");
        command.args(["call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/"]);
        let answer = command.args(["--method", &format!("org.freedesktop.DBus.{method}")]).args(arguments).output();
        String::from_utf8_lossy(&answer.unwrap().stdout).into_owned()
    }

    fn dunstctl(&self, arguments: &[&str]) -> String {
        let answer = self.command("dunstctl", "dunst").args(arguments).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }

    fn command(&self, program: &str, package: &str) -> Command {
        let mut command = Command::new(require(program, package).unwrap());
        command.env("HOME", self.home.path()).env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        command
    }
}
