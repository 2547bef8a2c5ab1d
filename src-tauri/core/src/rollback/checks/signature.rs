//! `target.signature`: who vouches for the tag.

use super::found::Found;
use crate::ids::TagName;
use crate::ports::Ports;
use crate::ports::history::{Key, Signature};
use crate::rollback::plan::Plan;

pub(super) async fn signed(ports: &Ports, plan: &Plan) -> Found {
    let tag = &plan.to;
    let signature = match ports.history.signature(tag, plan.checks.allowed_signers.as_deref()).await {
        Ok(signature) => signature,
        Err(trouble) => return Found::errored(&trouble),
    };
    let mut found = told(tag, signature);
    if let Some(file) = &plan.checks.allowed_signers {
        // Whoever writes to the repository writes there as well.
        found.evidence.push(format!("SSH keys are known by {file} of the repository"));
    }
    found
}

fn told(tag: &TagName, signature: Signature) -> Found {
    match signature {
        Signature::Missing => Found::failed(format!("There is no tag {tag} here.")),
        Signature::Lightweight => Found::failed(format!("{tag} is a lightweight tag and cannot be signed.")),
        Signature::Unsigned => Found::failed(format!("{tag} is not signed.")),
        Signature::UnknownKey(key) => {
            Found::unclear(format!("{tag} is signed with {} key that nothing here knows.", article(&key)))
                .with(lines(&key))
        }
        Signature::Verified(key) => Found::passed(format!("{tag} is signed by {}", key.owner)).with(lines(&key)),
        Signature::Bad(key) => {
            Found::failed(format!("The signature of {tag} does not fit: the tag was changed after it was signed."))
                .with(lines(&key))
        }
        Signature::Expired(key) => {
            Found::failed(format!("The time of {}, which signed {tag}, is over.", whose(&key))).with(lines(&key))
        }
        Signature::Revoked(key) => {
            Found::failed(format!("{}, which signed {tag}, was revoked.", whose(&key))).with(lines(&key))
        }
        Signature::Unchecked { reason, hint } => {
            Found::unclear(format!("{tag} is signed, and the signature could not be checked: {reason}."))
                .with(vec![hint])
        }
    }
}

fn article(key: &Key) -> String {
    // G, S and X are spoken with and without a vowel in front.
    if key.kind == "GPG" { "a GPG".to_owned() } else { format!("an {}", key.kind) }
}

fn whose(key: &Key) -> String {
    if key.owner.is_empty() { format!("the key {}", key.id) } else { format!("the key of {}", key.owner) }
}

fn lines(key: &Key) -> Vec<String> {
    let owner = (!key.owner.is_empty()).then(|| format!("of {}", key.owner));
    std::iter::once(format!("{} key {}", key.kind, key.id)).chain(owner).collect()
}
