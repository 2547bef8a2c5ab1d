//! `git http-backend` behind the smallest server that it can stand behind, with GitHub's way to sign in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::certificates;

/// A server for the folder of one remote. Its thread ends with the test's process.
pub(super) struct SmartHttp {
    port: u16,
    scheme: &'static str,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    answered: AtomicUsize,
    refused: AtomicUsize,
    /// Who pushed, by the names that they gave.
    pushers: Mutex<Vec<String>>,
    trouble: Mutex<Trouble>,
}

/// What becomes of requests that are not the git program's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Trouble {
    #[default]
    None,
    /// A page for people comes instead of an answer, as from a proxy.
    Page,
    /// A push arrives, and its answer does not.
    AnswerLost,
}

/// One request, as CGI wants it.
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl SmartHttp {
    pub(super) fn serve(remote: &Path, token: &str) -> Self {
        Self::start(remote, token, "http", answer)
    }

    /// The same behind the certificate in this folder.
    pub(super) fn serve_secured(remote: &Path, token: &str, folder: &Path) -> Self {
        let settings = Arc::new(certificates::server(folder));
        Self::start(remote, token, "https", move |connection, root, expected, counts| {
            let session = rustls::ServerConnection::new(Arc::clone(&settings)).unwrap();
            answer(rustls::StreamOwned::new(session, connection), root, expected, counts);
        })
    }

    fn start(
        remote: &Path,
        token: &str,
        scheme: &'static str,
        answer: impl Fn(TcpStream, &Path, &str, &Counts) + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts = Arc::<Counts>::default();
        let (root, expected) = (remote.parent().unwrap().to_owned(), format!("Basic {}", pair(token)));
        let shared = Arc::clone(&counts);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (root, expected, shared, answer) =
                    (root.clone(), expected.clone(), Arc::clone(&shared), answer.clone());
                thread::spawn(move || answer(connection, &root, &expected, &shared));
            }
        });
        Self { port, scheme, counts }
    }

    pub(super) fn address(&self, name: &str) -> String {
        format!("{}://localhost:{}/{name}", self.scheme, self.port)
    }

    /// Requests with the right token.
    pub(super) fn answered(&self) -> usize {
        self.counts.answered.load(Ordering::SeqCst)
    }

    /// Who pushed, by the names that they gave, each time.
    pub(super) fn pushers(&self) -> Vec<String> {
        self.counts.pushers.lock().unwrap().clone()
    }

    pub(super) fn make(&self, trouble: Trouble) {
        *self.counts.trouble.lock().unwrap() = trouble;
    }

    /// Requests without it.
    pub(super) fn refused(&self) -> usize {
        self.counts.refused.load(Ordering::SeqCst)
    }
}

/// A token as GitHub takes it for git.
pub(super) fn pair(token: &str) -> String {
    STANDARD.encode(format!("x-access-token:{token}"))
}

fn answer(connection: impl Read + Write, root: &Path, expected: &str, counts: &Counts) {
    let mut reader = BufReader::new(connection);
    let Some(request) = Request::read(&mut reader) else { return };
    let mut connection = reader.into_inner();
    let answer = if request.header("authorization") == Some(expected) {
        counts.answered.fetch_add(1, Ordering::SeqCst);
        let pushes = request.method == "POST" && request.path.ends_with("/git-receive-pack");
        let agent = request.header("user-agent").unwrap_or_default().to_owned();
        let trouble = if agent.starts_with("git/2") { Trouble::None } else { *counts.trouble.lock().unwrap() };
        if pushes {
            counts.pushers.lock().unwrap().push(agent);
        }
        if trouble == Trouble::Page {
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>"
                .to_vec()
        } else {
            let answer = backend(&request, root);
            if pushes && trouble == Trouble::AnswerLost { Vec::new() } else { answer }
        }
    } else {
        counts.refused.fetch_add(1, Ordering::SeqCst);
        let head = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"GitHub\"\r\n";
        format!("{head}Content-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
    };
    // A client that went away has its own test.
    connection.write_all(&answer).and_then(|()| connection.flush()).ok();
}

impl Request {
    fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut request = Self { method, path, query, headers, body: Vec::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body = vec![0; length];
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// RFC 3875: the request in the environment and on the input, the answer with a `Status` of its own on the output.
fn backend(request: &Request, root: &Path) -> Vec<u8> {
    let mut command = Command::new("git");
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", PathBuf::from("/dev/null"))
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("CONTENT_TYPE", request.header("content-type").unwrap_or_default())
        .env("HTTP_CONTENT_ENCODING", request.header("content-encoding").unwrap_or_default())
        .env("GIT_PROTOCOL", request.header("git-protocol").unwrap_or_default())
        // Who is signed in may push (`git help http-backend`).
        .env("REMOTE_USER", "x-access-token")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("the tests need git");
    child.stdin.take().unwrap().write_all(&request.body).unwrap();
    let output = child.wait_with_output().unwrap().stdout;
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").expect("CGI has a head");
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let body = &output[end + 4..];
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK").to_owned();
    let kept = head
        .lines()
        .filter(|line| !line.starts_with("Status: "))
        .fold(String::new(), |kept, line| kept + line + "\r\n");
    let head = format!("HTTP/1.1 {status}\r\n{kept}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
