use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lastgood_desk::{Failure, Process, require, wait_until};
use serde_json::{Value, json};

use crate::{Window, http};

const LISTENS_WITHIN: Duration = Duration::from_secs(20);
/// Another program may take the free port before the driver does.
const TRIES: u32 = 3;

/// A WebKitWebDriver of its own; it drives one window.
#[derive(Debug)]
pub struct Driver {
    process: Process,
    port: u16,
}

impl Driver {
    /// Starts the driver; `prepare` sets the environment, which the window inherits.
    pub fn start(prepare: impl Fn(&mut Command) -> &mut Command) -> Result<Self, Failure> {
        let program = require("WebKitWebDriver", "webkit2gtk-driver")?;
        for _ in 0..TRIES {
            let port = free_port()?;
            let mut process = Process::start(&program, |command| {
                prepare(command)
                    .arg(format!("--port={port}"))
                    // Tauri lets itself be driven only when this is set.
                    .env("TAURI_WEBVIEW_AUTOMATION", "true")
                    .stdout(Stdio::null())
            })?;
            let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
            wait_until(LISTENS_WITHIN, || process.ended().is_some() || listens());
            if process.ended().is_none() && listens() {
                return Ok(Self { process, port });
            }
        }
        Err(Failure::new(format!("WebKitWebDriver did not listen after {TRIES} tries")))
    }

    /// Starts the program and takes its first window.
    pub fn open(self, binary: &Path, arguments: &[&str]) -> Result<Window, Failure> {
        let options = json!({ "binary": binary, "args": arguments });
        let wish = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = self.ask("POST", "/session", &wish)?;
        match session.get("sessionId").and_then(Value::as_str) {
            Some(id) => Ok(Window::new(self, id.to_owned())),
            None => Err(Failure::new(format!("WebDriver opened {} without a session", binary.display()))),
        }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        http::ask(self.port, method, path, body)
    }

    /// Ends the driver and its window at once, as a crash would.
    pub(crate) fn kill(self) {
        self.process.kill();
    }
}

fn free_port() -> Result<u16, Failure> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("no free port on loopback: {error}")))
}
