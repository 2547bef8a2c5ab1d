//! The only Rust that knows Tauri: it builds the window, hands it the commands, and starts the one task that owns
//! everything (`controller`).

mod context;
pub mod controller;
mod desktop;
pub mod ipc;
mod startup;
mod tray;

use std::process::ExitCode;

/// Runs the window until it is closed.
pub fn run() -> ExitCode {
    match startup::build() {
        Ok(app) => {
            app.run(|_, _| {});
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            startup::tell(&trouble);
            ExitCode::FAILURE
        }
    }
}
