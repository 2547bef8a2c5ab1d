//! What a repository may run: named, allowed by its hash, asked for again when it changed.

use std::fs;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::rollback::check::Question;

use super::audience::opened;
use crate::rehearsed::{Rehearsed, git};

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

#[tokio::test]
async fn an_unpacked_folder_with_the_same_remote_is_asked_for_anew_and_a_second_work_tree_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::at(folder.path().join("data")).unwrap();
    let open = |name: &str| Workspace::open(&folder.path().join(name), &place, Access::from_environment()).unwrap();
    for name in ["shop", "unpacked"] {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        git(&path, &["init", "--quiet", "-b", "main"]);
        git(&path, &["remote", "add", "origin", "https://github.com/acme/shop.git"]);
        let settings = "[checks.dependency.check]\ncommands = [[\"cargo\", \"check\", \"--locked\"]]\n";
        fs::write(path.join("lastgood.toml"), settings).unwrap();
        git(&path, &["add", "."]);
        git(&path, &["commit", "--quiet", "-m", name]);
    }
    git(&folder.path().join("shop"), &["worktree", "add", "--quiet", "../beside"]);
    let ours = open("shop");
    let named = ours.commands().await.unwrap().remove(0);
    ours.trust().grant_repository(jiff::Timestamp::now()).unwrap();
    ours.grant(&named.order.fingerprint()).await.unwrap();

    for (name, trusted) in [("shop", true), ("beside", true), ("unpacked", false)] {
        let opened = open(name);
        assert_eq!(opened.key(), ours.key(), "{name}");
        assert_eq!(opened.trust().against(&named.order).unwrap().is_none(), trusted, "{name}");
        assert_eq!(opened.commands().await.unwrap()[0].granted, trusted, "{name}");
    }
}
