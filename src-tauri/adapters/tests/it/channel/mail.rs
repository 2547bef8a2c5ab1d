//! Email, through a real mail server, read by Python's own parser. `cargo xtask test setup` makes `target/venv` for it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use lastgood_adapters::channel::{Keys, channel};
use lastgood_adapters::secret::Secret;
use lastgood_core::incident::Stage;
use lastgood_core::message::render::Letter;
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::Settings;
use serde_json::{Value, json};

use super::kit::{PATIENCE, first, letter};

/// A program of the tests' own Python.
pub(crate) fn venv(program: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin").join(program);
    assert!(path.exists(), "{} is missing; `cargo xtask test setup` makes it", path.display());
    path
}

pub(super) struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(super) port: u64,
    /// Its certificates, and the authority's.
    pub(super) folder: tempfile::TempDir,
}

impl Server {
    pub(super) fn start(mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py");
        let mut command = Command::new(venv("python"));
        command.arg(script).arg(mode).arg(folder.path().join("server.pem")).arg(folder.path().join("server.key"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, lines, port: 0, folder };
        server.port = server.line()["port"].as_u64().unwrap();
        server
    }

    pub(super) fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// How many letters it took and nobody has read yet; ends it.
    pub(super) fn rest(mut self) -> usize {
        drop(self.child.stdin.take());
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.lines().count()
    }

    async fn send(&self, password: &str, more: &str, letter: &Letter) -> Sent {
        self.channel(password, more).send(letter).await
    }

    fn channel(&self, password: &str, more: &str) -> Arc<dyn Channel> {
        let authority = self.folder.path().join("authority.pem");
        let text = format!(
            "[channels.it]\nkind = 'email'\nurl = 'localhost:{}'\nfrom = 'Lastgood <lastgood@acme.example>'\n\
             to = ['Lead <lead@acme.example>', 'other@acme.example']\nuser = 'lastgood'\nauthority = '{}'\n{more}\n",
            self.port,
            authority.display(),
        );
        let settings = Settings::parse(&text).unwrap();
        let keys = Keys {
            secret: Some(Secret::new(password)),
            github: None,
            repository: None,
            authorizer: None,
            deadline: Some(PATIENCE),
        };
        channel("it", &settings.channels["it"], &keys).unwrap()
    }
}

/// An authority of the company's own, and a server that it vouches for.
fn certificates(folder: &Path) {
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
        .unwrap();
    let calls: [&[&str]; 3] = [
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=Acme Authority",
            "-keyout",
            "authority.key",
            "-out",
            "authority.pem",
        ],
        &[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            "server.key",
            "-out",
            "server.csr",
        ],
        &[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
            "-days",
            "30",
            "-extfile",
            "names",
            "-out",
            "server.pem",
        ],
    ];
    for call in calls {
        let done = Command::new("openssl").args(call).current_dir(folder).stderr(Stdio::null()).status().unwrap();
        assert!(done.success(), "openssl {call:?}");
    }
}

pub(super) const PASSWORD: &str = "correct horse";

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_whole_and_what_follows_belongs_to_it() {
    for (mode, more) in [("starttls", ""), ("tls", "security = 'tls'")] {
        let mut server = Server::start(mode);
        let text =
            "# Ünïcode: plugins fail\nWe <look> into it.\nImpact:: 12 % & more\n- one\n[Open](https://run.example)";
        let Sent::Delivered(receipt) = server.send(PASSWORD, more, &letter(text)).await else {
            panic!("{mode} takes it")
        };
        let mail = server.line();
        assert_eq!((&mail["from"], &mail["type"]), (&json!("lastgood@acme.example"), &json!("multipart/alternative")));
        assert_eq!(mail["recipients"], json!(["lead@acme.example", "other@acme.example"]));
        assert_eq!(mail["defects"], json!([]));
        let headers = &mail["headers"];
        assert_eq!(headers["Subject"], "Ünïcode: plugins fail");
        assert_eq!(headers["Message-ID"], "<up-1.it@acme.example>");
        assert_eq!(
            (&headers["Auto-Submitted"], &headers["To"]),
            (&json!("auto-generated"), &json!("Lead <lead@acme.example>, other@acme.example"))
        );
        let (plain, html) = (mail["plain"].as_str().unwrap(), mail["html"].as_str().unwrap());
        assert!(plain.contains("We <look> into it.") && plain.contains("Impact: 12 % & more"), "{plain}");
        assert!(html.contains("We &lt;look&gt; into it.") && html.contains("href=\"https://run.example\""), "{html}");
        let second = Letter { stage: Stage::Resolved, key: "up-2.it".to_owned(), handle: receipt.handle, ..first() };
        assert!(matches!(server.send(PASSWORD, more, &second).await, Sent::Delivered(_)));
        let headers = server.line()["headers"].clone();
        assert_eq!(
            (&headers["In-Reply-To"], &headers["References"]),
            (&json!("<up-1.it@acme.example>"), &json!("<up-1.it@acme.example>"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_do_not_see_one_another() {
    let mut server = Server::start("starttls");
    assert!(matches!(server.send(PASSWORD, "audience = 'customers'", &first()).await, Sent::Delivered(_)));
    let mail = server.line();
    assert_eq!(mail["headers"]["To"], "Lastgood <lastgood@acme.example>");
    assert_eq!(mail["recipients"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dead_mailbox_is_reported_and_the_others_get_the_letter() {
    let mut server = Server::start("dead-mailbox");
    let Sent::Delivered(receipt) = server.send(PASSWORD, "", &first()).await else { panic!("one of two takes it") };
    let named = ["1 of 2", "other@acme.example", "no such mailbox"];
    assert!(named.iter().all(|words| receipt.sentence.contains(words)), "{receipt:?}");
    assert_eq!(server.line()["recipients"], json!(["lead@acme.example"]));
    assert_eq!(server.rest(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_busy_mailbox_keeps_nobody_waiting_and_gets_the_letter_alone_later() {
    let mut server = Server::start("busy-at-first");
    let sent = server.send(PASSWORD, "", &first()).await;
    let Sent::Partly { receipt, reached, trouble } = sent else { panic!("one of two takes it: {sent:?}") };
    assert_eq!(reached, ["lead@acme.example"]);
    let named = ["1 of 2", "not yet for other@acme.example", "come back later"];
    assert!(named.iter().all(|words| receipt.sentence.contains(words)), "{receipt:?}");
    assert!(!trouble.message.is_empty() && !trouble.hint.is_empty(), "{trouble:?}");
    assert_eq!(server.line()["recipients"], json!(["lead@acme.example"]));
    let again = Letter { reached, handle: receipt.handle, ..first() };
    let Sent::Delivered(receipt) = server.send(PASSWORD, "", &again).await else { panic!("the other takes it now") };
    assert_eq!(receipt.sentence, "The mail server took it for 2 recipients.");
    let mail = server.line();
    assert_eq!(mail["recipients"], json!(["other@acme.example"]));
    assert_eq!(mail["headers"]["Message-ID"], "<up-1.it@acme.example>", "it is the same letter");
    let answers = ["In-Reply-To", "References"].map(|name| mail["headers"].get(name));
    assert_eq!(answers, [None, None], "it answers nothing, itself least of all");
    let second = Letter { key: "up-2.it".to_owned(), handle: receipt.handle, ..first() };
    assert!(matches!(server.send(PASSWORD, "", &second).await, Sent::Delivered(_)));
    assert_eq!(server.line()["headers"]["In-Reply-To"], "<up-1.it@acme.example>", "what follows answers it");
    assert_eq!(server.rest(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_server_does_a_letter_leaves_at_most_once() {
    for (mode, password, delivered, wanted) in [
        ("starttls", "wrong", 0, "refused"),
        ("reject-recipient", PASSWORD, 0, "refused"),
        ("busy-mailboxes", PASSWORD, 0, "not sent"),
        ("one-busy-mailbox", PASSWORD, 1, "partly"),
        ("reject-letter", PASSWORD, 0, "refused"),
        ("later", PASSWORD, 0, "not sent"),
        ("cut-after", PASSWORD, 1, "unknown"),
        ("silent", PASSWORD, 1, "unknown"),
        ("half-answer", PASSWORD, 1, "unknown"),
        ("cut-answer", PASSWORD, 1, "unknown"),
        ("late", PASSWORD, 1, "delivered"),
        ("going-down-after", PASSWORD, 0, "not sent"),
        ("going-down", PASSWORD, 0, "not sent"),
        ("cut-banner", PASSWORD, 0, "not sent"),
        ("half-banner", PASSWORD, 0, "not sent"),
        ("busy-banner", PASSWORD, 0, "not sent"),
        ("cut-during", PASSWORD, 0, "unknown"),
    ] {
        let server = Server::start(mode);
        let sent = server.send(password, "", &first()).await;
        let end = match &sent {
            Sent::Delivered(_) => "delivered",
            Sent::Refused(_) => "refused",
            Sent::NotSent { .. } => "not sent",
            Sent::Partly { .. } => "partly",
            Sent::Unknown(_) => "unknown",
        };
        assert_eq!(end, wanted, "{mode}: {sent:?}");
        assert!(!format!("{sent:?}").contains(PASSWORD), "{sent:?}");
        assert_eq!(server.rest(), delivered, "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_gets_no_letter_and_no_password() {
    let server = Server::start("starttls");
    certificates(server.folder.path());
    let sent = server.send(PASSWORD, "", &first()).await;
    assert!(matches!(&sent, Sent::Refused(trouble) if trouble.message.contains("certificate")), "{sent:?}");
    assert_eq!(server.rest(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_test_signs_in_and_sends_nothing() {
    let server = Server::start("starttls");
    let tested = server.channel(PASSWORD, "").test().await.unwrap();
    assert!(matches!(&tested, Tested::Answered(words) if words.contains("signed in")), "{tested:?}");
    let trouble = server.channel("another", "").test().await.unwrap_err();
    assert!(!trouble.message.is_empty() && !trouble.hint.is_empty(), "{trouble:?}");
    assert!(!format!("{trouble:?}").contains("another"), "{trouble:?}");
    assert_eq!(server.rest(), 0);
}
