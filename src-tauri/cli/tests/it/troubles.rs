//! A data folder that cannot be used.

use crate::kit::{Stage, finish};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_data_folder_nothing_begins() {
    let stage = Stage::start().await;
    let file = stage.path("file");
    std::fs::write(&file, "").unwrap();
    for folder in [&file, &file.join("below")] {
        let done = finish(stage.rollback(&[]).env("LASTGOOD_DATA_DIR", folder));
        assert_eq!((done.code, done.trouble().as_str()), (Some(1), "journal_unwritable"));
        assert!(done.err.contains("LASTGOOD_DATA_DIR"), "{}", done.err);
    }
    assert_eq!((stage.dispatches(), stage.rollback_tags().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_none_is_kept_and_nothing_begins() {
    let stage = Stage::start().await;
    std::fs::create_dir(stage.data()).unwrap();
    let text = "something else entirely ".repeat(200);
    std::fs::write(stage.data().join("journal.sqlite"), &text).unwrap();
    let done = finish(&mut stage.rollback(&[]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "journal_broken"));
    assert_eq!(std::fs::read_to_string(stage.data().join("journal.sqlite")).unwrap(), text);
    assert_eq!(stage.dispatches(), 0);
}
