//! Secrets never print themselves.

use lastgood_adapters::secret::Secret;

#[test]
fn printing_a_secret_shows_nothing_of_it() {
    let secret = Secret::new("ghp_canary");
    for shown in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", Some(&secret))] {
        assert!(!shown.contains("canary") && !shown.contains("ghp"), "{shown}");
    }
    assert_eq!(secret.reveal(), "ghp_canary");
}
