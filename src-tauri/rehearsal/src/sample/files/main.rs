//! The web service: tells its version, its health and its plugins.

mod plugin;
mod session;

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
};

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let plugins = plugin::load_all("plugins".as_ref())?;
    let mut sessions = session::Sessions::default();
    for stream in TcpListener::bind(address)?.incoming() {
        sessions.expire();
        answer(stream?, &plugins)?;
    }
    Ok(())
}

fn answer(mut stream: TcpStream, plugins: &[plugin::Plugin]) -> std::io::Result<()> {
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    let body = match request.split(' ').nth(1) {
        Some("/version") => format!("{{\"version\":\"v{}\"}}", env!("CARGO_PKG_VERSION")),
        Some("/healthz") => format!("{{\"status\":\"ok\",\"plugins\":{}}}", plugins.len()),
        Some("/plugins") => plugins.iter().map(|plugin| format!("{} {}\n", plugin.name, plugin.code.len())).collect(),
        _ => "{}".to_owned(),
    };
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
