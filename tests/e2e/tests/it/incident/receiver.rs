//! A webhook on loopback that takes everything and remembers it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use lastgood_e2e::Failure;

pub(super) struct Receiver {
    address: String,
    messages: Arc<Mutex<Vec<String>>>,
}

/// What a status page says when it takes an incident.
const PAGE: &str = r#"{"id":"in1","shortlink":"https://status.example"}"#;

impl Receiver {
    pub(super) fn start() -> Result<Self, Failure> {
        Self::answering(true)
    }

    /// It takes everything too, and says nothing.
    pub(super) fn wordless() -> Result<Self, Failure> {
        Self::answering(false)
    }

    fn answering(answers: bool) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("no port on loopback: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = format!("http://{}/hook", listener.local_addr().map_err(failed)?);
        let messages = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&messages);
        // It ends with the process of the test.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(body) = take(stream, answers) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(body);
                }
            }
        });
        Ok(Self { address, messages })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Without the path of a webhook.
    pub(super) fn base(&self) -> &str {
        self.address.trim_end_matches("/hook")
    }

    pub(super) fn messages(&self) -> Vec<String> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn take(mut stream: TcpStream, answers: bool) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    if !answers {
        return String::from_utf8(body).ok();
    }
    let answer = if first.contains("/v1/pages/") { PAGE } else { "ok" };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
    stream.write_all((head + answer).as_bytes()).ok()?;
    String::from_utf8(body).ok()
}
