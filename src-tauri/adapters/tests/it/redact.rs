//! What is a secret, and what only looks a little like one.

use lastgood_adapters::redact::{forms, redact};
use lastgood_adapters::secret::Secret;

#[test]
fn every_form_is_a_pattern() {
    let (forms, patterns) = forms();
    assert_eq!(forms, patterns);
}

#[test]
fn secrets_go_and_what_names_them_stays() {
    for (text, shown) in [
        ("token ghp_abcdefghijklmnopqrstuvwxyz0123", "token [redacted]"),
        ("github_pat_11AAAAAAA0abcdefghijklmnop", "[redacted]"),
        ("fetch https://user:hunter22@host.example/x", "fetch https://[redacted]host.example/x"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("DATABASE_PASSWORD=correct-horse", "DATABASE_PASSWORD=[redacted]"),
        (r#"{"api_key": "s3cr3t-value"}"#, r#"{"api_key": "[redacted]"}"#),
        ("AKIAABCDEFGHIJKLMNOP", "[redacted]"),
        ("xoxb-1234567890-abcdef", "[redacted]"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\nafter", "[redacted]\nafter"),
        ("-----BEGIN PRIVATE KEY-----\ncut off", "[redacted]"),
    ] {
        assert_eq!(redact(text, &[]), shown);
    }
}

#[test]
fn words_that_are_no_secrets_stay() {
    for text in [
        "error: could not compile `token` (lib)",
        "Compiling secret-service v4.0.0",
        "https://docs.example/a:b@c",
        "test auth::tokens_expire ... ok",
    ] {
        assert_eq!(redact(text, &[]), text);
    }
}

#[test]
fn the_programs_own_secret_goes_wherever_it_stands() {
    let token = Secret::new("opensesame");
    assert_eq!(redact("a opensesame-b", &[token]), "a [redacted]-b");
}
