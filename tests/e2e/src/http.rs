use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lastgood_desk::Failure;
use serde_json::Value;

/// The slowest answer is that of a new session, which starts the program and waits for its first page.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);

/// Sends one request to the driver on this loopback port, and returns the `value` of its answer.
pub(crate) fn ask(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
    let (status, answer) = exchange(port, method, path, body)
        .map_err(|error| Failure::new(format!("WebDriver did not answer {method} {path}: {error}")))?;
    let value = answer.get("value").cloned().unwrap_or(Value::Null);
    if status == 200 {
        return Ok(value);
    }
    let said = |name| value.get(name).and_then(Value::as_str).unwrap_or_default();
    Err(Failure::new(format!("{method} {path}: {} {}", said("error"), said("message"))))
}

/// The JSON at a loopback address, `http://127.0.0.1:PORT/…`.
pub(crate) fn get(address: &str, token: Option<&str>) -> Result<Value, Failure> {
    let rest = address.strip_prefix("http://127.0.0.1:").unwrap_or_default();
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = port.parse().map_err(|_| Failure::new(format!("{address} is no loopback address")))?;
    let authorization = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    exchange_with(port, "GET", path, &Value::Null, &authorization)
        .map(|(_, value)| value)
        .map_err(|error| Failure::new(format!("{address} did not answer: {error}")))
}

/// Posts JSON to a loopback address with this token; what is answered is JSON as well, or nothing.
pub(crate) fn post(address: &str, token: &str, body: &Value) -> Result<Value, Failure> {
    send("POST", address, token, body)
}

/// The same by any method.
pub(crate) fn send(method: &str, address: &str, token: &str, body: &Value) -> Result<Value, Failure> {
    let rest = address.strip_prefix("http://127.0.0.1:").unwrap_or_default();
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = port.parse().map_err(|_| Failure::new(format!("{address} is no loopback address")))?;
    match exchange_with(port, method, path, body, &format!("Authorization: Bearer {token}\r\n")) {
        Ok((200..=299, value)) => Ok(value),
        Ok((status, value)) => Err(Failure::new(format!("{address} answered {status}: {value}"))),
        Err(error) => Err(Failure::new(format!("{address} did not answer: {error}"))),
    }
}

fn exchange(port: u16, method: &str, path: &str, body: &Value) -> std::io::Result<(u16, Value)> {
    exchange_with(port, method, path, body, "")
}

fn exchange_with(port: u16, method: &str, path: &str, body: &Value, headers: &str) -> std::io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         {headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let (status, length) = read_head(&mut reader)?;
    let mut content = Vec::new();
    reader.take(length).read_to_end(&mut content)?;
    Ok((status, serde_json::from_slice(&content).unwrap_or(Value::Null)))
}

/// The status, and the length of the body; a body without a length reaches to the end.
fn read_head(reader: &mut impl BufRead) -> std::io::Result<(u16, u64)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let mut length = u64::MAX;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        match line.trim().split_once(':') {
            None => return Ok((status, length)),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(length);
            }
            Some(_) => {}
        }
    }
}
