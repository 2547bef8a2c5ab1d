use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::program::{alone, here};
use crate::{Served, node};

/// Reading GitHub's description takes Prism seconds; on a loaded machine, many.
const START: Duration = Duration::from_secs(120);

/// A proxy before the rehearsal that lets nothing pass that GitHub's own description does not allow: a wrong request
/// gets 422, a wrong answer 500, each with what is wrong.
pub struct Prism {
    /// Its address, in place of the rehearsal's.
    pub api: String,
    _process: Child,
}

impl Prism {
    /// Starts it on the part of GitHub's description that the rehearsal plays.
    pub async fn before(served: &Served) -> Self {
        let description = served.beside("github.json");
        node(served, "prune.mjs", &[description.to_str().unwrap()]).await.unwrap();
        let mut process = Self::command();
        process.arg("proxy").arg(&description).arg(&served.description().api);
        process.args(["--errors", "--host", "127.0.0.1", "--port", "0"]);
        let mut process = process.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the tests need node");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, address)) = line.split_once("Prism is listening on ") {
                    return address.trim().to_owned();
                }
            }
            panic!("Prism ended before it listened");
        };
        let api = tokio::time::timeout(START, listening).await.expect("Prism does not start");
        // It waits when nobody reads what it says.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { api, _process: process }
    }

    fn command() -> Command {
        let mut command = alone("node");
        command.arg("--require").arg(here().join("proxy.cjs"));
        command.arg(here().join("node_modules/@stoplight/prism-cli/dist/index.js"));
        command.env("NO_COLOR", "1");
        command
    }
}
