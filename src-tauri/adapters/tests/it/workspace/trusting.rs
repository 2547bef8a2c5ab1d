//! What a repository may run: named, allowed by its hash, asked for again when it changed.

use std::fs;

use lastgood_core::rollback::check::Question;

use super::audience::opened;
use crate::rehearsed::Rehearsed;

/// The sample's settings, with a command.
fn with_command(rehearsed: &Rehearsed, words: &str) {
    let path = rehearsed.description().clone.join("lastgood.toml");
    let text = fs::read_to_string(&path).unwrap();
    let own = text.split("\n[checks.security.scan]").next().unwrap();
    fs::write(&path, format!("{own}\n[checks.security.scan]\ncommands = [{words}]\n")).unwrap();
}

#[tokio::test]
async fn a_changed_command_is_shown_beside_the_one_that_was_allowed() {
    let rehearsed = Rehearsed::start().await;
    with_command(&rehearsed, r#"["cargo", "audit"]"#);
    let before = opened(&rehearsed);
    let scan = || |named: &lastgood_adapters::workspace::NamedCommand| named.question == Question::SecurityScan;
    let named = before.commands().await.unwrap().into_iter().find(scan()).unwrap();
    assert_eq!((named.granted, named.preset, named.before), (false, false, None));
    before.grant(&named.order.fingerprint()).await.unwrap();
    assert!(before.commands().await.unwrap().iter().any(|named| scan()(named) && named.granted));

    with_command(&rehearsed, r#"["cargo", "audit", "--deny", "warnings"]"#);
    let after = opened(&rehearsed);
    let named = after.commands().await.unwrap().into_iter().find(scan()).unwrap();
    assert!(!named.granted, "another command is another grant");
    assert_eq!(named.before.unwrap().command, "cargo audit");

    after.grant(&named.order.fingerprint()).await.unwrap();
    let named = after.commands().await.unwrap().into_iter().find(scan()).unwrap();
    assert_eq!((named.granted, named.before), (true, None));
    assert_eq!(after.revoke(&named.order.fingerprint()).unwrap(), "cargo audit --deny warnings");
    assert!(after.commands().await.unwrap().iter().all(|named| !named.granted));
}
