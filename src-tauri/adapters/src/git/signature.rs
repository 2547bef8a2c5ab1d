//! Who signed a tag, as the person's own gpg and ssh-keygen say.
//!
//! The signature is taken out of the tag object here, and the programs get two files. Git is not asked: its `gpg.program`
//! and its relatives could come from the repository. Which program runs, and whom it knows, is said by the person's own
//! configuration alone. Verdicts are read from status lines and exit codes, never from sentences.

mod gpg;
mod ssh;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::ports::history::Signature;
use lastgood_core::release::Moment;
use lastgood_core::release::tag_object::parse_tag;
use tempfile::TempDir;

use super::network::{self, Ended, Said};
use super::objects::{self, Object};
use super::program::Environment;
use super::{GitRepository, history, refs, settings, trouble};

/// Checking takes milliseconds; an agent that hangs is given up.
const DEADLINE: Duration = Duration::from_secs(10);

/// How signatures begin, and who understands them (git's `gpg-interface.c`).
const BEGINNINGS: [(&str, Format); 4] = [
    ("-----BEGIN PGP SIGNATURE-----", Format::Gpg),
    ("-----BEGIN PGP MESSAGE-----", Format::Gpg),
    ("-----BEGIN SIGNED MESSAGE-----", Format::X509),
    ("-----BEGIN SSH SIGNATURE-----", Format::Ssh),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Gpg,
    X509,
    Ssh,
}

/// A signed tag, laid out for the programs.
struct Signed {
    folder: TempDir,
    format: Format,
    signature: Vec<u8>,
    date: Option<Moment>,
}

impl Signed {
    fn signature_file(&self) -> std::path::PathBuf {
        self.folder.path().join("signature")
    }

    fn payload_file(&self) -> std::path::PathBuf {
        self.folder.path().join("payload")
    }
}

enum Taken {
    Not(Signature),
    Signed(Box<Signed>),
}

impl GitRepository {
    pub(super) async fn verify(&self, tag: &TagName, signers: Option<&str>) -> Result<Signature, Trouble> {
        let (repository, tag) = (self.clone(), tag.clone());
        let signers = signers.map(str::to_owned);
        let (taken, signers) = super::blocking(move || {
            let taken = repository.take_apart(&tag)?;
            let signers = match (&taken, signers) {
                (Taken::Signed(signed), Some(path)) => Some(repository.lay_out_signers(signed, &path)?),
                _ => None,
            };
            Ok((taken, signers))
        })
        .await?;
        let signed = match taken {
            Taken::Not(signature) => return Ok(signature),
            Taken::Signed(signed) => signed,
        };
        match signed.format {
            Format::Gpg | Format::X509 => gpg::verify(&signed, self.environment()).await,
            Format::Ssh => ssh::verify(&signed, signers.as_deref(), self.environment()).await,
        }
    }

    fn take_apart(&self, tag: &TagName) -> Result<Taken, Trouble> {
        let Some(object) = refs::find(&self.location, self.environment(), tag)? else {
            return Ok(Taken::Not(Signature::Missing));
        };
        let raw = match objects::open(&self.location, self.environment())?.read(&object) {
            Some(Object::Tag(raw)) => raw,
            Some(Object::Commit(_) | Object::Tree | Object::Blob) => return Ok(Taken::Not(Signature::Lightweight)),
            None => return Err(trouble::unreadable(format!("the object of {tag} is not here"))),
        };
        let Some((at, format)) = beginning(&raw) else { return Ok(Taken::Not(Signature::Unsigned)) };
        let (payload, signature) = raw.split_at(at);
        let folder = tempfile::Builder::new().prefix("lastgood-").tempdir().map_err(trouble::unwritable)?;
        let date = parse_tag(&raw).and_then(|tag| tag.tagger).map(|tagger| tagger.date);
        let signed = Signed { folder, format, signature: signature.to_vec(), date };
        fs::write(signed.payload_file(), payload)
            .and_then(|()| fs::write(signed.signature_file(), signature))
            .map_err(trouble::unwritable)?;
        Ok(Taken::Signed(Box::new(signed)))
    }

    /// A file of the repository, copied to where ssh-keygen reads it.
    fn lay_out_signers(&self, signed: &Signed, path: &str) -> Result<std::path::PathBuf, Trouble> {
        let content = history::head_file(&self.location, self.environment(), path)?.ok_or_else(|| {
            Trouble::new(
                Code::SettingsInvalid,
                format!("lastgood.toml names {path} for those who may sign, and there is no such file."),
                "Add the file, or take allowed_signers out.",
            )
        })?;
        let file = signed.folder.path().join("signers");
        fs::write(&file, content).map_err(trouble::unwritable)?;
        Ok(file)
    }
}

/// The last line that begins a signature, as git looks for it.
fn beginning(raw: &[u8]) -> Option<(usize, Format)> {
    let mut found = None;
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if let Some((_, format)) = BEGINNINGS.iter().find(|(begins, _)| line.starts_with(begins.as_bytes())) {
            found = Some((at, *format));
        }
        at += line.len();
    }
    found
}

/// The person's own setting.
fn own_setting(environment: &Environment, name: &str) -> Option<String> {
    settings::own(environment)?.get_string(name).ok().filter(|value| !value.is_empty())
}

/// The same, as a path: `~` is the home folder.
fn own_path(environment: &Environment, name: &str) -> Option<std::path::PathBuf> {
    settings::own(environment)?.get_path(name).ok().filter(|path| path.is_file())
}

fn program(environment: &Environment, names: &[&str], usual: &str, folder: &Path) -> Command {
    let named = names.iter().find_map(|name| own_setting(environment, name));
    let mut command = Command::new(named.unwrap_or_else(|| usual.to_owned()));
    command.current_dir(folder).env("LC_ALL", "C").env_remove(crate::workspace::TOKEN_VARIABLE);
    command.envs(environment.iter().map(|(name, value)| (name, value))).stdin(std::process::Stdio::null());
    command
}

/// `None` where the program is not on this machine, or hangs.
async fn call(command: Command) -> Result<Option<Said>, Trouble> {
    match network::call(command, DEADLINE).await {
        Ok(Ended::Exited(said)) => Ok(Some(said)),
        Ok(Ended::TimedOut) => Ok(None),
        Err(trouble) if trouble.code == Code::GitMissing => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn unchecked(program: &str) -> Signature {
    Signature::Unchecked {
        reason: format!("{program} is not on this machine, or does not answer"),
        hint: format!("Install {program} and import the keys of those who sign."),
    }
}
