//! `lastgood rehearsal serve`: the loopback GitHub for other programs.

use std::process::ExitCode;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_rehearsal::{Options, Rehearsal};

use crate::arguments::{Rehearsal as Verb, Serve};
use crate::commands::rehearse::{SEED, no_rehearsal};
use crate::output;

pub(crate) async fn run(verb: Verb) -> Result<ExitCode, Trouble> {
    match verb {
        Verb::Serve(arguments) => serve(arguments).await,
    }
}

async fn serve(arguments: Serve) -> Result<ExitCode, Trouble> {
    let passing = tempfile::tempdir().map_err(|error| no_rehearsal(&error))?;
    let directory = arguments.dir.unwrap_or_else(|| passing.path().to_path_buf());
    let options =
        Options { directory, port: arguments.port, seed: SEED, epoch: Timestamp::now(), speed: arguments.speed };
    let rehearsal = Rehearsal::start(options).await.map_err(|error| no_rehearsal(&error))?;
    output::json(rehearsal.description());
    interrupted().await?;
    rehearsal.stop().await;
    Ok(ExitCode::SUCCESS)
}

#[cfg(unix)]
async fn interrupted() -> Result<(), Trouble> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| no_signal(&error))?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.map_err(|error| no_signal(&error)),
        _ = terminated.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> Result<(), Trouble> {
    tokio::signal::ctrl_c().await.map_err(|error| no_signal(&error))
}

fn no_signal(error: &std::io::Error) -> Trouble {
    Trouble::new(Code::Internal, format!("No signal can be heard: {error}."), "End it by closing the terminal.")
}
