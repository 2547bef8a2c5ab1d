//! A receiver on loopback that answers, breaks off or keeps silent as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status, headers beyond the usual, body.
    Answer(u16, &'static str, String),
    /// Closes as soon as somebody connects.
    CutBefore,
    /// Closes in the middle of the request.
    CutDuring,
    /// Takes all of it, and closes.
    CutAfter,
    /// Takes all of it, answers half, and closes.
    CutAnswer,
    /// Takes all of it, and says nothing until the other end gives up.
    Silent,
    /// Takes all of it, answers half, and says no more until the other end gives up.
    HalfSilent,
    /// Takes all of it, and answers when the gate is opened.
    Held(Arc<Gate>, Box<Reply>),
}

/// Closed until somebody opens it.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn pass(&self) {
        drop(self.opened.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
    }
}

type Replies = dyn Fn(&Request) -> Reply + Send + Sync;

/// Every request that came whole, in order.
pub(crate) struct Receiver {
    pub(crate) address: String,
    pub(crate) seen: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    pub(crate) fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (notes, reply): (_, Arc<Replies>) = (Arc::clone(&seen), Arc::new(reply));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (notes, reply) = (Arc::clone(&notes), Arc::clone(&reply));
                std::thread::spawn(move || drop(serve(stream, &notes, reply.as_ref())));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Requests that write.
    pub(crate) fn written(&self) -> Vec<Request> {
        self.seen().into_iter().filter(|request| request.method != "GET").collect()
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<Request>>, reply: &Replies) -> std::io::Result<()> {
    // What happens before the request is read is decided on an empty one.
    let blank = Request { method: String::new(), path: String::new(), headers: Vec::new(), body: String::new() };
    if matches!(reply(&blank), Reply::CutBefore) {
        return stream.shutdown(Shutdown::Both);
    }
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if matches!(reply(&blank), Reply::CutDuring) {
        return stream.shutdown(Shutdown::Both);
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    reader.read_exact(&mut body)?;
    let request = Request { method, path, headers, body: String::from_utf8(body).unwrap() };
    let reply = reply(&request);
    seen.lock().unwrap().push(request);
    answer(stream, reply)
}

fn answer(mut stream: TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Answer(status, more, body) => {
            let length = body.len();
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n{body}")
        }
        Reply::CutAnswer => write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        Reply::Silent => stream.read(&mut [0]).map(drop),
        Reply::HalfSilent => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")?;
            stream.read(&mut [0]).map(drop)
        }
        Reply::Held(gate, reply) => {
            gate.pass();
            answer(stream, *reply)
        }
        Reply::CutBefore | Reply::CutDuring | Reply::CutAfter => stream.shutdown(Shutdown::Both),
    }
}
