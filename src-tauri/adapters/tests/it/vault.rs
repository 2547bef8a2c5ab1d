//! The keychain where there is none.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::time::{Duration, Instant};

use lastgood_adapters::vault::{self, Kept};

use crate::again;

/// Long enough for a busy machine, far below the patience with a person who unlocks a keychain.
const AT_ONCE: Duration = Duration::from_secs(10);

#[test]
fn without_a_keychain_the_answer_is_no_keychain_and_comes_at_once() {
    const NAME: &str = "vault::without_a_keychain_the_answer_is_no_keychain_and_comes_at_once";
    if again::told().is_some() {
        let begun = Instant::now();
        let kept = vault::token("github.com");
        again::say(matches!(kept, Kept::NoKeychain(words) if !words.is_empty()));
        again::say(begun.elapsed() < AT_ONCE);
        return;
    }
    for address in ["unix:path=/nonexistent/bus", "nonsense"] {
        let asking = again::start(NAME, Path::new("ask"), |command| command.env("DBUS_SESSION_BUS_ADDRESS", address));
        assert_eq!(asking.end().0, ["true", "true"], "{address}");
    }
}
