//! SSH signatures, by the exit codes of ssh-keygen (ssh-keygen(1), `-Y`) and by the key in the signature itself
//! (OpenSSH's PROTOCOL.sshsig).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jiff::tz::TimeZone;
use lastgood_core::error::Trouble;
use lastgood_core::ports::history::{Key, Signature};
use sha2::{Digest, Sha256};

use super::{Signed, call, own_path, program, unchecked};
use crate::git::program::Environment;
use crate::git::trouble;

pub(super) async fn verify(
    signed: &Signed,
    signers: Option<&Path>,
    environment: &Environment,
) -> Result<Signature, Trouble> {
    let Some(public) = public_key(&signed.signature) else {
        return Ok(Signature::Bad(Key { kind: "SSH", ..Key::default() }));
    };
    let mut key = Key { kind: "SSH", id: fingerprint(&public), owner: String::new() };
    let keygen = Keygen { signed, environment };
    let Some(whole) = keygen.fits().await? else { return Ok(unchecked("ssh-keygen")) };
    if !whole {
        return Ok(Signature::Bad(key));
    }
    let own = || own_path(environment, "gpg.ssh.allowedSignersFile");
    let Some(signers) = signers.map(Path::to_owned).or_else(own) else { return Ok(Signature::UnknownKey(key)) };
    let Some(principal) = keygen.principal(&signers).await? else {
        // A key that is listed and names nobody had no time left when it signed.
        return Ok(if lists(&signers, &public) { Signature::Expired(key) } else { Signature::UnknownKey(key) });
    };
    principal.clone_into(&mut key.owner);
    let revoked = own_path(environment, "gpg.ssh.revocationFile");
    if keygen.is_good(&signers, &principal, revoked.as_deref()).await? {
        return Ok(Signature::Verified(key));
    }
    let but_for_revocation = revoked.is_some() && keygen.is_good(&signers, &principal, None).await?;
    Ok(if but_for_revocation { Signature::Revoked(key) } else { Signature::UnknownKey(key) })
}

struct Keygen<'a> {
    signed: &'a Signed,
    environment: &'a Environment,
}

impl Keygen<'_> {
    /// Whether the signature fits the tag, whoever made it; `None` where nobody can tell.
    async fn fits(&self) -> Result<Option<bool>, Trouble> {
        let mut command = self.ask("check-novalidate")?;
        command.args(["-n", "git"]);
        Ok(call(command).await?.map(|said| said.status.success()))
    }

    /// Whose key it was when the tag was made.
    async fn principal(&self, signers: &Path) -> Result<Option<String>, Trouble> {
        let mut command = self.ask("find-principals")?;
        command.arg("-f").arg(signers).args(self.time());
        let said = call(command).await?.filter(|said| said.status.success());
        let line = said.and_then(|said| said.out.lines().next().map(str::to_owned));
        // One key may have several names.
        Ok(line.and_then(|line| line.split(',').next().map(str::to_owned)).filter(|name| !name.is_empty()))
    }

    async fn is_good(&self, signers: &Path, principal: &str, revoked: Option<&Path>) -> Result<bool, Trouble> {
        let mut command = self.ask("verify")?;
        command.args(["-n", "git", "-I", principal, "-f"]).arg(signers).args(self.time());
        if let Some(file) = revoked {
            command.arg("-r").arg(file);
        }
        Ok(call(command).await?.is_some_and(|said| said.status.success()))
    }

    fn ask(&self, question: &str) -> Result<Command, Trouble> {
        let mut command = program(self.environment, &["gpg.ssh.program"], "ssh-keygen", self.signed.folder.path());
        let payload = File::open(self.signed.payload_file()).map_err(trouble::unreadable)?;
        command.args(["-Y", question, "-s"]).arg(self.signed.signature_file()).stdin(Stdio::from(payload));
        Ok(command)
    }

    /// Local time, as the times in the file of signers are.
    fn time(&self) -> Option<String> {
        let at = self.signed.date?.timestamp()?.to_zoned(TimeZone::system());
        Some(format!("-Overify-time={}", at.strftime("%Y%m%d%H%M%S")))
    }
}

/// The key that a signature says it was made with.
fn public_key(signature: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(signature).ok()?;
    let packed: String = text.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let blob = STANDARD.decode(packed).ok()?;
    let rest = blob.strip_prefix(b"SSHSIG")?.get(4..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?).map(<[u8]>::to_vec)
}

/// As OpenSSH shows it.
fn fingerprint(public: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(public)))
}

fn lists(signers: &PathBuf, public: &[u8]) -> bool {
    let key = STANDARD.encode(public);
    fs::read_to_string(signers).is_ok_and(|text| text.split_whitespace().any(|word| word == key))
}
