//! Texts under their own hash.

use lastgood_adapters::evidence::Evidence;
use lastgood_core::ids::EvidenceHash;

#[test]
fn what_is_kept_is_found_by_its_hash_and_by_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let store = Evidence::at(folder.path());
    let hash = store.keep("warning: one\n").unwrap();
    assert_eq!(store.keep("warning: one\n").unwrap(), hash, "the same text is kept once");
    assert_eq!(store.read(&hash).as_deref(), Some("warning: one\n"));
    assert_eq!(store.find(&hash.as_str()[..12]), Some(hash));
    assert_eq!(store.find("ffffffffffff"), None);
}

#[test]
fn what_was_changed_afterwards_is_no_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let store = Evidence::at(folder.path());
    let hash = store.keep("0 vulnerabilities").unwrap();
    let file = folder.path().join("evidence").join(&hash.as_str()[..2]).join(format!("{hash}.txt"));
    std::fs::write(file, "changed").unwrap();
    assert_eq!(store.read(&hash), None);
}

#[test]
fn a_hash_that_is_a_path_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.txt"), "x").unwrap();
    let store = Evidence::at(folder.path());
    assert_eq!(store.read(&EvidenceHash::new("../../secret")), None);
    assert_eq!(store.find("../../secret"), None);
    assert_eq!(store.find("é"), None);
}
