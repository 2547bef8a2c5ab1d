//! Addresses that a token may go to, and certificates of an own authority.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lastgood_adapters::github::{Github, account};
use lastgood_adapters::secret::Secret;
use lastgood_adapters::server::Server;
use lastgood_core::error::Code;
use lastgood_core::ids::RepositorySlug;

use crate::certificates;

#[test]
fn a_host_has_its_customary_address_and_its_pages() {
    for (host, api, pages) in [
        ("github.com", "https://api.github.com", "https://github.com"),
        ("github.example.com", "https://github.example.com/api/v3", "https://github.example.com"),
        ("acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com"),
    ] {
        let server = Server::of_host(host).unwrap();
        assert_eq!((server.host(), server.api(), server.pages().as_str()), (host, api, pages));
        assert_eq!(Server::at(api).unwrap(), server);
    }
    assert_eq!(Server::of_host(" GitHub.com ").unwrap(), Server::at("https://API.github.com/").unwrap());
    for host in ["", "https://github.com", "a/b", "-a", "a b", "user@host", "host:port", "höst"] {
        assert_eq!(Server::of_host(host).unwrap_err().code, Code::Usage, "{host:?}");
    }
}

#[test]
fn plain_http_is_refused_beyond_this_machine() {
    for api in
        ["http://github.example.com/api/v3", "http://10.0.0.7", "http://localhost.example.com", "HTTP://example.com"]
    {
        assert_eq!(Server::at(api).unwrap_err().code, Code::AddressInsecure, "{api}");
        let slug = RepositorySlug::new("acme", "connectias").unwrap();
        let made = Github::new(api, &Secret::new("token"), slug).err();
        assert_eq!(made.unwrap().code, Code::AddressInsecure, "{api}");
    }
    for api in
        ["http://127.0.0.1:8080", "http://[::1]:8080/api/v3", "http://localhost", "https://github.example.com/api/v3/"]
    {
        assert!(Server::at(api).is_ok(), "{api}");
    }
    for api in
        ["", "github.com", "ftp://github.com", "https://token@github.com", "https://github.com/?token=x", "file:///etc"]
    {
        assert_eq!(Server::at(api).unwrap_err().code, Code::Usage, "{api}");
    }
}

#[tokio::test]
async fn a_server_behind_an_own_authority_is_trusted_by_its_pem_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let server = Secured::start(folder.path());
    let address = Server::at(&format!("https://localhost:{}", server.port)).unwrap();
    let token = Secret::new("token");
    let untrusted = account::read(&address, &token).await.unwrap_err();
    assert_eq!(untrusted.code, Code::GithubUnreachable);
    let trusted = address.trusting(Some(&folder.path().join("ca.pem")));
    let account = account::read(&trusted, &token).await.unwrap();
    assert_eq!((account.login.as_str(), account.scopes), ("platform-lead", Some(vec!["repo".to_owned()])));
}

/// A server on this machine with a certificate of an authority that nobody knows; it answers `/user`.
struct Secured {
    child: Child,
    port: u16,
}

impl Secured {
    fn start(folder: &Path) -> Self {
        let body = r#"{"login":"platform-lead"}"#;
        let head = "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\nx-oauth-scopes: repo";
        let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        std::fs::write(folder.join("user"), answer).unwrap();
        certificates::make(folder);
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "localhost:0", "-cert", "server.pem", "-key", "server.key", "-HTTP"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests need openssl");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ").map(str::to_owned)).unwrap();
        // What it prints later must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let port = line.rsplit(':').next().and_then(|port| port.trim().parse().ok());
        Self { child, port: port.unwrap() }
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
