//! Lastgood for a terminal: the same verbs as the window, and no web view, so it works where the window cannot.

mod arguments;
mod commands;
mod log;
mod output;

use std::process::ExitCode;

use clap::Parser;
use lastgood_core::error::{Code, Trouble};

use arguments::{Arguments, Command};

/// Usage is 2, as clap and most tools have it; everything else that does not work is 1.
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::keep();
    let json = arguments.command.json();
    match run(arguments.command) {
        Ok(code) => code,
        Err(trouble) => {
            output::trouble(&trouble, json);
            if trouble.code == Code::Usage { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Trouble> {
    match command {
        // Reads one repository and nothing else: no runtime is started for it.
        Command::Timeline(arguments) => commands::timeline::run(&arguments),
        Command::Status(arguments) => wait(commands::status::run(arguments)),
        Command::Auth { command } => wait(commands::auth::run(command)),
        Command::Check(arguments) => wait(commands::check::run(arguments)),
        Command::Trust(arguments) => wait(commands::trust::run(arguments)),
        Command::Evidence(arguments) => commands::evidence::run(&arguments),
        Command::Rollback(arguments) => wait(commands::rollback::run(arguments)),
        Command::Approve(arguments) => wait(commands::approve::run(arguments)),
        Command::Cancel(arguments) => wait(commands::cancel::run(arguments)),
        Command::Log(arguments) => wait(commands::log::run(arguments)),
        Command::Forward(arguments) => wait(commands::forward::run(arguments)),
        Command::Fix { command } => wait(commands::fix::run(command)),
        Command::Rollout { command } => wait(commands::rollout::run(command)),
        Command::BreakGlass(arguments) => wait(commands::break_glass::run(arguments)),
        Command::Hold(arguments) => wait(commands::hold::run(arguments)),
        Command::Quarantine(arguments) => wait(commands::quarantine::run(arguments)),
        Command::Good(arguments) => wait(commands::good::run(arguments)),
        Command::Journal { command } => commands::journal::run(&command),
        Command::Metrics(arguments) => wait(commands::metrics::run(arguments)),
        Command::Postmortem { command } => wait(commands::postmortem::run(command)),
        Command::Incident { command } => wait(commands::incident::run(command)),
        Command::Channel { command } => wait(commands::channel::run(command)),
        Command::Rehearse(arguments) => wait(commands::rehearse::run(arguments)),
        Command::Rehearsal { command } => wait(commands::rehearsal::run(command)),
    }
}

fn wait(work: impl Future<Output = Result<ExitCode, Trouble>>) -> Result<ExitCode, Trouble> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Trouble::new(Code::Internal, format!("No thread could be started: {error}."), "Free some memory and try again.")
    })?;
    let result = runtime.block_on(work);
    // A question that nobody answers any more must not hold the program up.
    runtime.shutdown_background();
    result
}
