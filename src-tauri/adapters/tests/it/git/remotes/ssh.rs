//! A real sshd on a port of this machine, with keys that are thrown away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

use super::Sample;
use crate::rehearsed::free_port;

/// A daemon needs moments to listen; on a loaded machine, many.
const START: Duration = Duration::from_secs(60);

/// It ends when it is dropped.
pub(super) struct Sshd {
    port: u16,
    keys: PathBuf,
    process: Child,
}

impl Sshd {
    /// Two keys are made; the server knows one of them.
    pub(super) async fn start(sample: &Sample) -> Self {
        let keys = sample.beside("keys");
        fs::create_dir(&keys).unwrap();
        for name in ["host", "known", "stranger"] {
            let made =
                Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(keys.join(name)).status();
            assert!(made.expect("the tests need ssh-keygen").success());
        }
        let port = free_port();
        let at = |name: &str| keys.join(name).display().to_string();
        let settings = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n",
            at("host"),
            at("known.pub"),
        );
        fs::write(keys.join("sshd_config"), settings).unwrap();
        let mut command = daemon(&keys.join("sshd_config"));
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let process = command.spawn().expect("the tests need sshd");
        let mut server = Self { port, keys, process };
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                server.check()
            }
        };
        tokio::time::timeout(START, listening).await.expect("sshd does not listen");
        server
    }

    pub(super) fn address(&self, remote: &Path) -> String {
        let person = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        format!("ssh://{}@127.0.0.1:{}{}", person.trim(), self.port, remote.display())
    }

    /// Lets the person's own git use this key, and nothing of their ssh configuration.
    pub(super) fn introduce(&self, sample: &Sample, key: &str) {
        let key = self.keys.join(key);
        let words = format!(
            "ssh -F none -i {} -o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=no \
             -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR",
            key.display()
        );
        let global = sample.global();
        sample.git(&["config", "--file", global.to_str().unwrap(), "core.sshCommand", &words]);
    }

    /// A daemon that ended says why.
    fn check(&mut self) {
        if let Some(status) = self.process.try_wait().unwrap() {
            let mut words = String::new();
            std::io::Read::read_to_string(&mut self.process.stderr.take().unwrap(), &mut words).unwrap();
            panic!("sshd ended with {status}: {words}");
        }
        std::thread::yield_now();
    }
}

/// It wants to be called by its whole name. Root's needs an empty folder in `/run`, which is put there for it alone.
fn daemon(settings: &Path) -> Command {
    const ALONE: &str = "mount -t tmpfs none /run && mkdir /run/sshd && exec /usr/sbin/sshd -D -e -f \"$1\"";
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command = Command::new(if is_root { "unshare" } else { "/usr/sbin/sshd" });
    if is_root {
        command.args(["--mount", "sh", "-c", ALONE, "sshd"]);
    } else {
        command.args(["-D", "-e", "-f"]);
    }
    command.arg(settings);
    command
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
