//! GPG and X.509, by the status lines of gpg and gpgsm (GnuPG's doc/DETAILS, "Format of the --status-fd output").

use lastgood_core::error::Trouble;
use lastgood_core::ports::history::{Key, Signature};

use super::{Format, Signed, call, program, unchecked};
use crate::git::program::Environment;

const STATUS: &str = "[GNUPG:] ";

pub(super) async fn verify(signed: &Signed, environment: &Environment) -> Result<Signature, Trouble> {
    let (names, usual, kind): (&[&str], _, _) = match signed.format {
        Format::X509 => (&["gpg.x509.program"], "gpgsm", "X.509"),
        Format::Gpg | Format::Ssh => (&["gpg.openpgp.program", "gpg.program"], "gpg", "GPG"),
    };
    let mut command = program(environment, names, usual, signed.folder.path());
    command.args(["--status-fd=1", "--batch", "--no-tty"]);
    if signed.format == Format::Gpg {
        // The network is not asked for keys: a check takes no longer than it has to, and nobody learns of it.
        command.args(["--keyid-format=long", "--no-auto-key-retrieve"]);
    }
    command.arg("--verify").arg(signed.signature_file()).arg(signed.payload_file());
    Ok(match call(command).await? {
        Some(said) => read(&said.out, kind),
        None => unchecked(usual),
    })
}

fn read(out: &str, kind: &'static str) -> Signature {
    let mut key = Key { kind, ..Key::default() };
    let (mut verdict, mut distrusted) = (None, false);
    for line in out.lines().filter_map(|line| line.strip_prefix(STATUS)) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (id, owner) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "GOODSIG" | "EXPSIG" | "EXPKEYSIG" | "REVKEYSIG" | "BADSIG" => {
                key.id = id.to_owned();
                key.owner = owner.to_owned();
                verdict = Some(word.to_owned());
            }
            "ERRSIG" => {
                key.id = id.to_owned();
                verdict = Some(word.to_owned());
            }
            // The whole fingerprint, where there is one.
            "VALIDSIG" => key.id = id.to_owned(),
            "TRUST_NEVER" => distrusted = true,
            _ => {}
        }
    }
    match verdict.as_deref() {
        Some("GOODSIG") if distrusted => Signature::UnknownKey(key),
        Some("GOODSIG") => Signature::Verified(key),
        Some("EXPSIG" | "EXPKEYSIG") => Signature::Expired(key),
        Some("REVKEYSIG") => Signature::Revoked(key),
        Some("BADSIG") => Signature::Bad(key),
        Some("ERRSIG") => Signature::UnknownKey(key),
        _ => Signature::Unchecked {
            reason: format!("{kind} could make nothing of it"),
            hint: "Check it by hand: git verify-tag TAG".to_owned(),
        },
    }
}
