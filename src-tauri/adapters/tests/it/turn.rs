//! One process drives an environment at a time.

use std::path::Path;

use lastgood_adapters::turn::{self, Turn};
use lastgood_core::error::{Code, Trouble};

use crate::again;

#[test]
fn a_second_holder_is_refused_until_the_first_lets_go() {
    let data = tempfile::tempdir().unwrap();
    let first = take(data.path(), "production").unwrap();
    let refused = take(data.path(), "production").unwrap_err();
    assert_eq!(refused.code, Code::AlreadyRunning);
    assert!(refused.message.contains("production"), "{}", refused.message);
    drop(first);
    take(data.path(), "production").unwrap();
}

#[test]
fn other_environments_and_other_repositories_have_turns_of_their_own() {
    let data = tempfile::tempdir().unwrap();
    let _first = take(data.path(), "production").unwrap();
    take(data.path(), "staging").unwrap();
    turn::take(data.path(), "github.com/acme/other", &"production".into()).unwrap();
    // Where one name ends and the other begins counts.
    let _shifted = turn::take(data.path(), "ab", &"c".into()).unwrap();
    turn::take(data.path(), "a", &"bc".into()).unwrap();
}

#[test]
fn names_from_outside_make_no_paths() {
    let data = tempfile::tempdir().unwrap();
    let turn = turn::take(data.path(), "../../x", &"../\u{0}/production\n".into()).unwrap();
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 1);
    drop(turn);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_said_to_be_that() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(take(&file, "production").unwrap_err().code, Code::JournalUnwritable);
}

#[test]
fn a_killed_process_lets_go() {
    const NAME: &str = "turn::a_killed_process_lets_go";
    if let Some(data) = again::told() {
        let _turn = take(Path::new(&data), "production").unwrap();
        again::say("taken");
        again::wait_to_be_killed();
    }
    let data = tempfile::tempdir().unwrap();
    let mut holder = again::start(NAME, data.path(), |command| command);
    holder.hear("taken");
    assert_eq!(take(data.path(), "production").unwrap_err().code, Code::AlreadyRunning);
    holder.kill();
    take(data.path(), "production").unwrap();
}

fn take(data: &Path, environment: &str) -> Result<Turn, Trouble> {
    turn::take(data, "github.com/acme/connectias", &environment.into())
}
