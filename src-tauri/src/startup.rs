//! Arguments, logging, folders; then the window with what was asked for in it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use lastgood_adapters::clock;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::Access;
use lastgood_core::error::{Code, Trouble};
use tauri::{App, Manager, Wry};

use crate::controller::{Beginning, Clocks, Controller, Wanted};
use crate::desktop::AppScreen;
use crate::ipc;

/// What the command line asked for.
#[derive(Debug, Clone, PartialEq)]
struct Arguments {
    wanted: Wanted,
    /// A rehearsal's speed, 1 as in life.
    speed: f64,
}

/// Builds the window and starts the controller.
pub(crate) fn build() -> Result<App<Wry>, Trouble> {
    log();
    let arguments = parse(std::env::args().skip(1))?;
    let place = Place::find()?;
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, given, folder| second_start(app, &given, &folder)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .invoke_handler(ipc::handler())
        .setup(move |app| {
            let Arguments { wanted, speed } = arguments;
            let clocks: Clocks = Arc::new(clock::reading);
            let beginning = Beginning { place, access: Access::from_environment(), wanted, speed, clocks };
            let host = Controller::start(Arc::new(AppScreen { app: app.handle().clone() }), beginning)?;
            app.manage(host);
            crate::tray::begin(app);
            Ok(())
        })
        .build(crate::context::context())
        .map_err(|error| {
            if matches!(&error, tauri::Error::PluginInitialization(name, _) if name == "single-instance") {
                start_anew();
            }
            let hint = "Check that this machine has a display and a web view.";
            Trouble::new(Code::Internal, format!("The window could not be opened: {error}."), hint)
        })
}

/// The window that was open a moment ago may be ending: it still has its name on the bus, and answers no more. It is gone
/// by now, so this program begins once more in its own place; a toolkit starts only once in a process. Returns where that
/// was tried already, or did not work.
#[cfg(unix)]
fn start_anew() {
    use std::os::unix::process::CommandExt;
    const ANEW: &str = "LASTGOOD_STARTED_ANEW";
    if std::env::var_os(ANEW).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let failed = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(ANEW, "1").exec();
        tracing::warn!("Lastgood could not be started anew: {failed}");
    }
}

/// There the first window is found without a message that could be lost.
#[cfg(not(unix))]
fn start_anew() {}

/// Says on standard error why nothing opened.
pub(crate) fn tell(trouble: &Trouble) {
    let mut out = std::io::stderr().lock();
    drop(writeln!(out, "lastgood: {}\n  {}", trouble.message, trouble.hint));
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LASTGOOD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// A second start shows the first one's window, and opens there what it was given.
fn second_start(app: &tauri::AppHandle, given: &[String], folder: &str) {
    if let Some(window) = app.get_webview_window("main") {
        // A window manager may refuse; the window is open all the same.
        drop(window.unminimize());
        drop(window.set_focus());
    }
    if let Ok(arguments) = parse(given.iter().skip(1).cloned()) {
        let wanted = match arguments.wanted {
            Wanted::Folder(path) => Wanted::Folder(PathBuf::from(folder).join(path)),
            other @ (Wanted::Last | Wanted::Rehearsal) => other,
        };
        app.state::<crate::controller::Host>().want(wanted);
    }
}

fn parse(given: impl Iterator<Item = String>) -> Result<Arguments, Trouble> {
    let mut arguments = Arguments { wanted: Wanted::Last, speed: 1.0 };
    let mut given = given;
    while let Some(word) = given.next() {
        match word.as_str() {
            "--rehearsal" => arguments.wanted = Wanted::Rehearsal,
            "--speed" => {
                let speed = given.next().and_then(|text| text.parse::<f64>().ok());
                arguments.speed = speed.filter(|speed| *speed > 0.0 && speed.is_finite()).ok_or_else(usage)?;
            }
            option if option.starts_with("--") => return Err(usage()),
            folder => arguments.wanted = Wanted::Folder(PathBuf::from(folder)),
        }
    }
    Ok(arguments)
}

fn usage() -> Trouble {
    Trouble::new(Code::Usage, "These arguments are not known.", "lastgood-desktop [FOLDER | --rehearsal] [--speed X]")
}
