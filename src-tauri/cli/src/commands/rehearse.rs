//! `lastgood rehearse`: a whole rollback on a GitHub of its own, and nothing left behind.

use std::process::ExitCode;

use jiff::Timestamp;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_rehearsal::{Options, Rehearsal};

use crate::arguments::Rehearse;
use crate::commands::rollback::{Order, carry_out};
use crate::output;

/// Every rehearsal tells the same story.
pub(crate) const SEED: u64 = 1;

pub(crate) async fn run(arguments: Rehearse) -> Result<ExitCode, Trouble> {
    let folder = tempfile::tempdir().map_err(|error| no_rehearsal(&error))?;
    let options = Options {
        directory: folder.path().join("github"),
        port: 0,
        seed: SEED,
        epoch: Timestamp::now(),
        speed: arguments.speed,
    };
    let rehearsal = Rehearsal::start(options).await.map_err(|error| no_rehearsal(&error))?;
    let description = rehearsal.description().clone();
    if !arguments.json {
        output::line("A rehearsal: nothing here is real.");
    }
    let place = Place::at(folder.path().join("data"))?;
    let access = Access::rehearsal(&description.api, Secret::new(description.token), arguments.speed);
    let workspace = Workspace::open(&description.clone, &place, access)?;
    let order = Order {
        environment: "production".to_owned(),
        to: None,
        reason: "Rehearsal".to_owned(),
        yes: true,
        choose: None,
        json: arguments.json,
        forward: false,
        local: false,
    };
    let code = carry_out(&workspace, &order).await;
    rehearsal.stop().await;
    code
}

pub(crate) fn no_rehearsal(error: &dyn std::error::Error) -> Trouble {
    let message = format!("The rehearsal could not begin: {error}.");
    Trouble::new(Code::Internal, message, "Check the room on the disk, or name another port or folder.")
}
