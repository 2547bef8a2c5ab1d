use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::program::{alone, here};
use crate::{Served, node};

/// Reading GitHub's description takes Prism seconds; on a loaded machine, many.
const START: Duration = Duration::from_secs(120);

/// A proxy before the rehearsal that lets nothing pass that GitHub's own description does not allow: a wrong request
/// gets 422, a wrong answer 500, each with what is wrong. What it stopped is kept, whatever became of the refusal.
pub struct Prism {
    /// Its address, in place of the rehearsal's.
    pub api: String,
    stopped: Arc<Mutex<Vec<String>>>,
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
        let stopped = Arc::default();
        tokio::spawn(listen(lines, Arc::clone(&stopped)));
        Self { api, stopped, _process: process }
    }

    /// What it found wrong so far, one line each, also where whoever asked made nothing of it.
    pub async fn violations(&self) -> Vec<String> {
        let (mark, begun) = (format!("/_mark/{}", self.lines().len()), Instant::now());
        // It speaks in the order of its answers: what was said before this is there once this is.
        plain_get(&self.api, &mark).await;
        while !self.lines().iter().any(|line| line.contains(&mark)) {
            assert!(begun.elapsed() < START, "Prism says nothing of what it stops");
            tokio::task::yield_now().await;
        }
        self.lines().into_iter().filter(|line| !line.contains("/_mark/")).collect()
    }

    fn lines(&self) -> Vec<String> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn command() -> Command {
        let mut command = alone("node");
        command.arg("--require").arg(here().join("proxy.cjs"));
        command.arg(here().join("node_modules/@stoplight/prism-cli/dist/index.js"));
        command.env("NO_COLOR", "1");
        command
    }
}

/// It waits when nobody reads what it says. Each word about a request begins with its method and path.
async fn listen(mut lines: Lines<BufReader<ChildStdout>>, stopped: Arc<Mutex<Vec<String>>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains("Request terminated with error") || line.contains("Violation:") {
            stopped.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }
}

/// Asks and hears it out; what is answered does not matter.
async fn plain_get(api: &str, path: &str) {
    let host = api.trim_start_matches("http://").trim_end_matches('/');
    let mut line = TcpStream::connect(host).await.unwrap();
    let question = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    line.write_all(question.as_bytes()).await.unwrap();
    line.read_to_end(&mut Vec::new()).await.unwrap();
}
