//! A whole rollback with everything logged and a remote that asks for the token: it is found in nothing that stays.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::certificates;
use crate::kit::{Stage, finish, git};
use crate::secrets::holding;
use crate::smart_http::{SmartHttp, pair};

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_file_no_log_no_output_and_no_command_line() {
    let stage = Stage::start().await;
    let token = stage.description().token.clone();
    let authority = stage.path("authority");
    let server = serve(&stage, &authority, &token);
    let watch = Watch::start(forms(&token), stage.path("home").display().to_string());
    let mut said = String::new();
    for arguments in [
        &["status", "--all"][..],
        &["rollback", "production", "--reason", "checkout fails", "--yes", "--json"],
        &["hold", "staging", "take", "--reason", "checkout fails"],
        &["status", "--json"],
    ] {
        let mut command = stage.lastgood(arguments);
        command.env("GIT_SSL_CAINFO", authority.join("ca.pem")).env("LASTGOOD_LOG", "trace").env("RUST_LOG", "trace");
        let done = finish(&mut command);
        assert_eq!(done.code, Some(0), "{arguments:?} {done:?}");
        said += &(done.out + &done.err);
    }
    let seen = watch.stop();

    // What is looked at is worth looking at.
    assert_eq!((stage.live().as_str(), stage.rollback_tags().len()), ("v2.4.0", 1));
    assert!(server.answered() > 2, "git was given the token: {}", server.answered());
    assert!(said.contains("TRACE"), "nothing was logged");
    assert!(seen.commands > 0, "no command of git's was seen");
    assert_eq!(seen.hits, BTreeSet::new(), "in a command line");
    for form in forms(&token) {
        assert!(!said.contains(&form), "in what it said");
        for folder in [stage.data(), stage.path("home"), stage.description().clone.clone()] {
            assert_eq!(holding(&folder, &form), [""; 0]);
        }
    }
}

/// The token as it is, as git and browsers would spell it, and as it would stand in an address.
fn forms(token: &str) -> Vec<String> {
    let encoded = STANDARD.encode(token);
    let escaped = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let bare = |text: String| text.trim_end_matches('=').to_owned();
    vec![token.to_owned(), bare(encoded), bare(pair(token)), bare(STANDARD.encode(format!(":{token}"))), escaped]
}

/// The rehearsal's remote, once more, behind TLS and a token.
fn serve(stage: &Stage, authority: &Path, token: &str) -> SmartHttp {
    std::fs::create_dir(authority).unwrap();
    certificates::make(authority);
    let owner = stage.path("served").join("acme");
    std::fs::create_dir_all(&owner).unwrap();
    symlink(&stage.description().remote, owner.join("connectias.git")).unwrap();
    let server = SmartHttp::serve_secured(&owner, token, authority);
    // The name of the API's host: a token goes to no other.
    let address = server.address("acme/connectias.git").replace("localhost", "127.0.0.1");
    git(&stage.description().clone, &["remote", "set-url", "origin", &address]);
    server
}

/// Looks at the command lines of this stage's processes, again and again, until it is stopped.
struct Watch {
    stop: Arc<AtomicBool>,
    looking: JoinHandle<Sightings>,
}

#[derive(Default)]
struct Sightings {
    /// Command lines that hold a form of the token.
    hits: BTreeSet<String>,
    /// How often a command that talks to the remote was seen.
    commands: usize,
}

impl Watch {
    fn start(forms: Vec<String>, home: String) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let ended = Arc::clone(&stop);
        let looking = std::thread::spawn(move || {
            let mut seen = Sightings::default();
            while !ended.load(Ordering::SeqCst) {
                look(&forms, &home, &mut seen);
            }
            seen
        });
        Self { stop, looking }
    }

    fn stop(self) -> Sightings {
        self.stop.store(true, Ordering::SeqCst);
        self.looking.join().unwrap()
    }
}

fn look(forms: &[String], home: &str, seen: &mut Sightings) {
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        // Another test's GitHub has the same token: only what runs with this stage's home counts.
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        if !String::from_utf8_lossy(&environment).contains(home) {
            continue;
        }
        // One that ended meanwhile has none.
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        seen.commands += usize::from(line.contains("git") && (line.contains("push") || line.contains("ls-remote")));
        if forms.iter().any(|form| line.contains(form)) {
            seen.hits.insert(line);
        }
    }
}
