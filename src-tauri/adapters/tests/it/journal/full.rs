//! A folder that may not be written, and a disk that is full.
//!
//! A limit on the size of files stands in for the disk: it needs no disk of its own and fails in the same calls.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;

use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_core::ids::WriterId;
use lastgood_core::journal;
use lastgood_core::ports::Journal;

use super::{FILE, fact, open};
use crate::again;

/// Blocks of 512 bytes that a file may have; the journal is smaller at first.
const LIMIT: u32 = 600;

/// An account without any right of its own, for tests that run as root.
const NOBODY: u32 = 65_534;

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing_that_was_acknowledged() {
    const NAME: &str = "journal::full::a_full_disk_is_said_and_loses_nothing_that_was_acknowledged";
    if let Some(folder) = again::told() {
        let journal = open(Path::new(&folder), "writer-a");
        let long = "why ".repeat(500);
        let mut failures = 0;
        while failures < 3 {
            match journal.append(fact("rb-1", &long)).await {
                Ok(fact) => again::say(fact.sequence),
                Err(trouble) => {
                    failures += 1;
                    again::say(serde_json::to_string(&trouble.code).unwrap());
                }
            }
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), "writer-a"));
    // The signal would end the process; ignored, the writing fails as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {LIMIT}; exec \"$0\" \"$@\"");
    let program = std::env::current_exe().unwrap().display().to_string();
    let limited =
        again::start_as(OsString::from("sh"), &["-c", &script, &program], NAME, folder.path(), |command| command);
    let (words, _) = limited.end();
    let (acknowledged, refused) = words.split_at(words.len() - 3);
    assert!(acknowledged.len() > 3, "{words:?}");
    assert_eq!(refused, [r#""journal_unwritable""#; 3]);

    let journal = open(folder.path(), "writer-a");
    let kept = journal.records().unwrap();
    assert_eq!(kept.len(), acknowledged.len());
    journal::verify(&kept).unwrap();
    let next = journal.append(fact("rb-1", "there is room again")).await.unwrap();
    assert_eq!(next.sequence as usize, kept.len() + 1);
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_is_said() {
    const NAME: &str = "journal::full::a_folder_that_may_not_be_written_is_said";
    if let Some(folder) = again::told() {
        let opened = SqliteJournal::open(&Path::new(&folder).join(FILE), &WriterId::new("writer-a"));
        let trouble = match opened {
            Ok(journal) => journal.append(fact("rb-1", "one")).await.err(),
            Err(trouble) => Some(trouble),
        };
        again::say(
            trouble.map_or_else(|| "written".to_owned(), |trouble| serde_json::to_string(&trouble.code).unwrap()),
        );
        return;
    }
    for begun in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        if begun {
            open(folder.path(), "writer-a").append(fact("rb-1", "one")).await.unwrap();
            std::fs::set_permissions(folder.path().join(FILE), std::fs::Permissions::from_mode(0o444)).unwrap();
        }
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
        let asking = again::start(NAME, folder.path(), |command| {
            if rustix::process::geteuid().is_root() { command.uid(NOBODY).gid(NOBODY) } else { command }
        });
        assert_eq!(asking.end().0, [r#""journal_unwritable""#], "begun before: {begun}");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_any_more_keeps_what_was_acknowledged_and_no_more() {
    const NAME: &str =
        "journal::full::a_folder_that_may_not_be_written_any_more_keeps_what_was_acknowledged_and_no_more";
    if let Some(folder) = again::told() {
        let folder = Path::new(&folder);
        let journal = open(folder, "writer-a");
        note(&journal).await;
        may_be_written(folder, false);
        // Files that are open stay writable; whether a fact was kept is what the journal says of it.
        note(&journal).await;
        match SqliteJournal::open(&folder.join(FILE), &WriterId::new("writer-b")) {
            Ok(journal) => note(&journal).await,
            Err(trouble) => again::say(serde_json::to_string(&trouble.code).unwrap()),
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let (words, _) = again::start(NAME, folder.path(), |command| {
        if rustix::process::geteuid().is_root() { command.uid(NOBODY).gid(NOBODY) } else { command }
    })
    .end();
    may_be_written(folder.path(), true);
    assert_eq!((words[0].as_str(), words[2].as_str()), ("written", r#""journal_unwritable""#), "{words:?}");
    let kept = open(folder.path(), "writer-a").records().unwrap();
    journal::verify(&kept).unwrap();
    assert_eq!(kept.len(), words.iter().filter(|word| *word == "written").count(), "{words:?}");
}

async fn note(journal: &SqliteJournal) {
    match journal.append(fact("rb-1", "one more")).await {
        Ok(_) => again::say("written"),
        Err(trouble) => again::say(serde_json::to_string(&trouble.code).unwrap()),
    }
}

fn may_be_written(folder: &Path, yes: bool) {
    let (own, files) = if yes { (0o755, 0o644) } else { (0o555, 0o444) };
    let all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in all {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(files)).unwrap();
    }
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(own)).unwrap();
}
