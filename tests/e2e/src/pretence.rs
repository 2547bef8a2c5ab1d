use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use lastgood_desk::{Failure, Process, require, wait_until};

use crate::{Desk, Window, program};

const LISTENS_WITHIN: Duration = Duration::from_secs(60);
/// Another program may take the free port before the server does.
const TRIES: u32 = 3;

/// The window's own page on a host that pretends, for what no test can bring about on a machine that others use: a
/// computer that slept, a clock that was set, a disk that is full. Drawn by the same engine.
#[derive(Debug)]
pub struct Pretence {
    _server: Process,
    address: String,
}

impl Pretence {
    /// Serves the window from its sources; `cargo xtask test` has installed what that needs.
    pub fn start() -> Result<Self, Failure> {
        let (node, folder) = (require("node", "nodejs")?, program::sources());
        let vite = folder.join("node_modules").join("vite").join("bin").join("vite.js");
        for _ in 0..TRIES {
            let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
            let port = port.map_err(|error| Failure::new(format!("no free port on loopback: {error}")))?.port();
            let mut server = Process::start(&node, |command| {
                command
                    .arg(&vite)
                    .args(["--host", "127.0.0.1", "--strictPort", "--port", &port.to_string()])
                    .current_dir(&folder)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
            })?;
            let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
            wait_until(LISTENS_WITHIN, || server.ended().is_some() || listens());
            if server.ended().is_none() && listens() {
                return Ok(Self { _server: server, address: format!("http://127.0.0.1:{port}") });
            }
        }
        Err(Failure::new(format!("the window's page was not served after {TRIES} tries")))
    }

    /// A browser of this desk, in the size of the window.
    pub fn open(&self, desk: &Desk) -> Result<Window, Failure> {
        let window = desk.open_program(&program::browser()?, &["--automation"])?;
        window.resize(1440, 900)?;
        Ok(window)
    }

    /// Shows this situation; time stands still in it.
    pub fn show(&self, window: &Window, scenario: &str) -> Result<(), Failure> {
        window.go_to(&format!("{}/?scenario={scenario}&still", self.address))
    }
}
