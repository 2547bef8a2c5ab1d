//! Runs a rehearsal until Ctrl-C: `cargo run -p lastgood-rehearsal --example rehearse -- FOLDER [PORT] [SPEED]`.
//! Prints where everything is as one line of JSON.

use std::{error::Error, io::Write};

use lastgood_rehearsal::{Options, Rehearsal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let options = Options {
        directory: arguments.next().ok_or("Name the folder of the rehearsal.")?.into(),
        port: arguments.next().map_or(Ok(0), |port| port.parse())?,
        seed: 7,
        epoch: jiff::Timestamp::now(),
        speed: arguments.next().map_or(Ok(1.0), |speed| speed.parse())?,
    };
    let rehearsal = Rehearsal::start(options).await?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(rehearsal.description())?)?;
    tokio::signal::ctrl_c().await?;
    rehearsal.stop().await;
    Ok(())
}
