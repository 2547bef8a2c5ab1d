//! Takes secrets out of what programs wrote, before any of it is kept or shown.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::secret::Secret;

/// What stands where a secret was.
const MARK: &str = "[redacted]";

/// Secrets that are known by their form. The first group stays, the rest goes.
const FORMS: [&str; 8] = [
    // GitHub's tokens ("About authentication to GitHub", token formats).
    r"()\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})",
    // A password in an address.
    r"(\b[a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+@",
    // Headers.
    r"(?i)(\bauthorization:\s*)(?:(?:basic|bearer|token)\s+)?\S+",
    r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/-]{16,}=*",
    // Named like one.
    r#"(?i)(\b[a-z0-9_.-]*(?:password|passwd|secret|token|api_?key|private_?key)["']?\s*[=:]\s*["']?)[^\s"',;]{4,}"#,
    r"()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"()\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    // Signed tokens (RFC 7519) and private keys.
    r"()(?s:\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
];

static PATTERNS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| FORMS.iter().filter_map(|form| Regex::new(form).ok()).collect());

/// The text without these secrets, and without anything that looks like one.
pub fn redact(text: &str, known: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in known.iter().map(Secret::reveal).filter(|secret| secret.len() >= 4) {
        text = text.replace(secret, MARK);
    }
    for pattern in PATTERNS.iter() {
        text = pattern.replace_all(&text, |found: &Captures<'_>| format!("{}{MARK}", &found[1])).into_owned();
    }
    text
}

/// How many forms are known; each of them is a pattern.
pub fn forms() -> (usize, usize) {
    (FORMS.len(), PATTERNS.len())
}
