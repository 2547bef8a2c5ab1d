//! Taking out of a text what looks like a secret, before it is kept.

/// What tokens begin with, from their issuers' own pages: GitHub, Slack, PagerDuty, AWS, GitLab, npm, OpenAI-like keys.
const BEGINNINGS: [&str; 16] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xapp-",
    "AKIA",
    "glpat-",
    "npm_",
    "sk-",
    "eyJ",
];

/// Shorter words are words.
const SHORTEST: usize = 16;

/// What stands in its place.
pub const REDACTED: &str = "[redacted]";

/// The text with each word that looks like a token taken out.
pub fn redact(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') {
            word.push(c);
        } else {
            end(&mut kept, &mut word);
            kept.push(c);
        }
    }
    end(&mut kept, &mut word);
    kept
}

fn end(kept: &mut String, word: &mut String) {
    let is_token = word.len() >= SHORTEST && BEGINNINGS.iter().any(|beginning| word.starts_with(beginning));
    kept.push_str(if is_token { REDACTED } else { word });
    word.clear();
}
