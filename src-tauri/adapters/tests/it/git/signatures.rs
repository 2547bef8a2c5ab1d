//! Tags signed with real keys, and what is told of each.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lastgood_adapters::git::OpenOptions;
use lastgood_core::ports::History;
use lastgood_core::ports::history::Signature;
use tempfile::TempDir;

use super::sample::Sample;

/// A person with a GPG home and SSH keys. Agents want a short path for their sockets.
struct Person {
    home: TempDir,
}

impl Person {
    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("lg").tempdir_in("/tmp").unwrap();
        fs::create_dir(home.path().join("gnupg")).unwrap();
        fs::set_permissions(home.path().join("gnupg"), fs::Permissions::from_mode(0o700)).unwrap();
        Self { home }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn gpg(&self, arguments: &[&str]) -> String {
        self.gpg_reading(arguments, "")
    }

    fn gpg_reading(&self, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new("gpg");
        command.env("GNUPGHOME", self.path("gnupg")).args(["--batch", "--quiet", "--no-tty", "--yes"]);
        command.args(["--pinentry-mode", "loopback", "--passphrase", ""]).args(arguments);
        run(command, input)
    }

    /// Makes a key and says its fingerprint.
    fn key(&self, name: &str, more: &[&str], expires: &str) -> String {
        let arguments = [more, &["--quick-generate-key", name, "ed25519", "sign", expires]].concat();
        self.gpg(&arguments);
        let listed = self.gpg(&["--list-keys", "--with-colons", name]);
        listed.lines().find_map(|line| line.strip_prefix("fpr:::::::::")).unwrap().trim_end_matches(':').to_owned()
    }

    /// An SSH key; the public part as the file of signers has it.
    fn ssh_key(&self, name: &str) -> String {
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(self.path(name));
        run(command, "");
        fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap().trim().to_owned()
    }

    fn options(&self, sample: &Sample) -> OpenOptions {
        let mut options = sample.options();
        options.environment.push((OsString::from("GNUPGHOME"), self.path("gnupg").into()));
        options
    }

    /// A tag signed by gpg, at this time (`20200101T000000`) where one is given.
    fn sign(&self, sample: &Sample, tag: &str, key: &str, time: Option<&str>) {
        let program = self.path("gpg-then");
        let faked = time.map(|time| format!("--faked-system-time {time} ")).unwrap_or_default();
        let gnupg = self.path("gnupg");
        let script = format!(
            "#!/bin/sh\nGNUPGHOME='{}' exec gpg --batch --pinentry-mode loopback --passphrase '' {faked}\"$@\"\n",
            gnupg.display()
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let setting = format!("gpg.program={}", program.display());
        sample.git(&["-c", &setting, "tag", "-s", "-u", key, "-m", "Release", tag]);
    }

    fn sign_by_ssh(&self, sample: &Sample, tag: &str, key: &str) {
        let key = format!("user.signingKey={}", self.path(key).display());
        sample.git(&["-c", "gpg.format=ssh", "-c", &key, "tag", "-s", "-m", "Release", tag]);
    }

    async fn told(&self, sample: &Sample, tag: &str) -> Signature {
        let repository = lastgood_adapters::git::GitRepository::open(sample.path(), self.options(sample)).unwrap();
        repository.signature(&tag.into(), None).await.unwrap()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let ended = Command::new("gpgconf").env("GNUPGHOME", self.path("gnupg")).args(["--kill", "all"]).status();
        assert!(ended.is_ok());
    }
}

fn run(mut command: Command, input: &str) -> String {
    use std::io::Write;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tests need gpg and ssh-keygen");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The same tag object with another word in its message.
fn forge(sample: &Sample, tag: &str, name: &str) {
    let raw = String::from_utf8(sample.raw(&["cat-file", "tag", tag])).unwrap();
    let forged = raw.replacen("\nRelease\n", "\nMalware\n", 1);
    assert_ne!(raw, forged);
    let id = sample.git_reading(&["hash-object", "-t", "tag", "-w", "--stdin"], forged.as_bytes());
    sample.git(&["update-ref", &format!("refs/tags/{name}"), &id]);
}

#[tokio::test]
async fn a_tag_that_is_missing_lightweight_or_unsigned_is_told_apart() {
    let (person, sample) = (Person::new(), Sample::new());
    sample.git(&["tag", "light"]);
    sample.git(&["tag", "-a", "-m", "Release", "plain"]);
    assert_eq!(person.told(&sample, "gone").await, Signature::Missing);
    assert_eq!(person.told(&sample, "light").await, Signature::Lightweight);
    assert_eq!(person.told(&sample, "plain").await, Signature::Unsigned);
}

#[tokio::test]
async fn gpg_signatures_are_good_bad_unknown_expired_or_revoked() {
    let (person, stranger) = (Person::new(), Person::new());
    for format in [&[][..], &["--object-format=sha256"]] {
        let sample = Sample::of_format(format);
        let lead = format!("platform-lead-{} <lead@example.com>", format.len());
        let key = person.key(&lead, &[], "never");
        person.sign(&sample, "good", &key, None);
        forge(&sample, "good", "bad");
        let unknown = stranger.key("stranger <stranger@example.com>", &[], "never");
        stranger.sign(&sample, "unknown", &unknown, None);
        let Signature::Verified(verified) = person.told(&sample, "good").await else { panic!("it is good") };
        assert_eq!(
            (verified.kind, verified.id.as_str(), verified.owner.as_str()),
            ("GPG", key.as_str(), lead.as_str())
        );
        assert!(matches!(person.told(&sample, "bad").await, Signature::Bad(_)));
        assert!(matches!(person.told(&sample, "unknown").await, Signature::UnknownKey(_)));
        if format.is_empty() {
            let old = person.key("night-shift <n@example.com>", &["--faked-system-time", "20200101T000000"], "1y");
            person.sign(&sample, "expired", &old, Some("20200301T000000"));
            let Signature::Expired(expired) = person.told(&sample, "expired").await else { panic!("its time is over") };
            assert_eq!(expired.owner, "night-shift <n@example.com>");
            let revoked = person.key("left <left@example.com>", &[], "never");
            person.sign(&sample, "revoked", &revoked, None);
            let certificate = person.path("gnupg").join(format!("openpgp-revocs.d/{revoked}.rev"));
            let text = fs::read_to_string(certificate).unwrap().replace(":-----BEGIN", "-----BEGIN");
            person.gpg_reading(&["--import"], &text);
            assert!(matches!(person.told(&sample, "revoked").await, Signature::Revoked(_)));
        }
    }
}

#[tokio::test]
async fn ssh_signatures_are_good_bad_unknown_expired_or_revoked() {
    let (person, sample) = (Person::new(), Sample::new());
    let keys = ["lead", "stranger", "former", "leaked"].map(|name| (name, person.ssh_key(name)));
    for (name, _) in &keys {
        person.sign_by_ssh(&sample, name, name);
    }
    forge(&sample, "lead", "bad");
    assert!(matches!(person.told(&sample, "lead").await, Signature::UnknownKey(_)), "nobody is allowed yet");
    // The sample's tags are of 2023.
    let signers = format!(
        "lead@example.com {}\nformer@example.com valid-before=\"20220101\" {}\nleaked@example.com {}\n",
        keys[0].1, keys[2].1, keys[3].1
    );
    let (allowed, revoked) = (person.path("allowed"), person.path("revoked"));
    fs::write(&allowed, signers).unwrap();
    fs::write(&revoked, format!("{}\n", keys[3].1)).unwrap();
    let setting = |name: &str, file: &Path| {
        sample.git(&["config", "--file", sample.global().to_str().unwrap(), name, file.to_str().unwrap()])
    };
    setting("gpg.ssh.allowedSignersFile", &allowed);
    setting("gpg.ssh.revocationFile", &revoked);
    let Signature::Verified(key) = person.told(&sample, "lead").await else { panic!("it is good") };
    assert_eq!((key.kind, key.owner.as_str()), ("SSH", "lead@example.com"));
    let mut listing = Command::new("ssh-keygen");
    listing.args(["-l", "-f"]).arg(person.path("lead.pub"));
    assert!(run(listing, "").contains(&key.id), "{}", key.id);
    assert!(matches!(person.told(&sample, "bad").await, Signature::Bad(_)));
    assert!(matches!(person.told(&sample, "stranger").await, Signature::UnknownKey(_)));
    assert!(matches!(person.told(&sample, "former").await, Signature::Expired(_)));
    assert!(matches!(person.told(&sample, "leaked").await, Signature::Revoked(_)));
}

#[tokio::test]
async fn a_file_of_the_repository_names_those_who_may_sign() {
    let (person, sample) = (Person::new(), Sample::new());
    let key = person.ssh_key("lead");
    person.sign_by_ssh(&sample, "signed", "lead");
    sample.write("signers", format!("lead@example.com {key}\n").as_bytes());
    let repository = lastgood_adapters::git::GitRepository::open(sample.path(), person.options(&sample)).unwrap();
    let told = repository.signature(&"signed".into(), Some("signers")).await.unwrap();
    assert!(matches!(told, Signature::Verified(key) if key.owner == "lead@example.com"));
    repository.signature(&"signed".into(), Some("nowhere")).await.unwrap_err();
}

/// A repository's configuration names no program that runs, and no keys that count.
#[tokio::test]
async fn a_hostile_repository_decides_nothing_about_its_signatures() {
    let (person, sample) = (Person::new(), Sample::new());
    let key = person.key("platform-lead <lead@example.com>", &[], "never");
    let ssh = person.ssh_key("lead");
    person.sign(&sample, "gpg", &key, None);
    person.sign_by_ssh(&sample, "ssh", "lead");
    let (canary, trap) = (person.path("CANARY"), person.path("trap"));
    fs::write(&trap, format!("#!/bin/sh\ntouch '{}'\necho '[GNUPG:] GOODSIG 1 anybody'\n", canary.display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(person.path("allowed"), format!("anybody@example.com {ssh}\n")).unwrap();
    for name in ["gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.x509.program", "core.fsmonitor"] {
        sample.git(&["config", name, trap.to_str().unwrap()]);
    }
    sample.git(&["config", "gpg.ssh.allowedSignersFile", person.path("allowed").to_str().unwrap()]);
    assert!(matches!(person.told(&sample, "gpg").await, Signature::Verified(known) if known.id == key));
    assert!(matches!(person.told(&sample, "ssh").await, Signature::UnknownKey(_)), "its own list does not count");
    assert!(!canary.exists());
}
