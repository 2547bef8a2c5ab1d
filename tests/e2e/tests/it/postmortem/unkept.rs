//! A full disk while somebody types, and their way on before there is room again.

use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};
use rusqlite::Connection;

use super::{begin, open_again, text, written};
use crate::access::nothing_found;
use crate::keyboard::{COMES_WITHIN, press_on, to_editor, told, type_words};

/// The pauses between two tries have grown by then.
const SAVED_WITHIN: Duration = Duration::from_secs(60);
const BUSY: Duration = Duration::from_secs(10);

#[test]
fn what_could_not_be_saved_is_said_not_pushed_and_saved_once_there_is_room_wherever_the_person_is()
-> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder();
    let window = desk.open(&[&folder.to_string_lossy()])?;
    begin(&window, Look::Light)?;
    to_editor(&window)?;
    window.press(&[keys::CONTROL, keys::HOME])?;
    sql(
        &desk,
        "CREATE TRIGGER full BEFORE INSERT ON version BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;",
    )?;
    type_words(&window, "precious ")?;
    let failed =
        "return document.querySelector('header.top [role=status]')?.textContent.includes('not saved') ?? false";
    told(&window, "that it is not saved", failed)?;
    nothing_found(&window, "a text that could not be saved", Look::Light)?;
    press_on(&window, "Open pull request")?;
    said(&window)?;
    assert_eq!(rehearsal.git(&["for-each-ref", "refs/heads/postmortem/"])?.trim(), "", "nothing old was pushed");

    press_on(&window, "Post-mortems")?;
    window.find(&By::test_id("postmortem-line"))?;
    said(&window)?;
    sql(&desk, "DROP TRIGGER full;")?;
    window.wait_until("what was typed, on the disk", SAVED_WITHIN, |_| {
        Ok(written(&desk, &folder)?.contains("precious"))
    })?;
    open_again(&window)?;
    window.wait_until("what was typed", COMES_WITHIN, |window| Ok(text(window)?.starts_with("precious ")))
}

/// The sentence stands where the person looks.
fn said(window: &Window) -> Result<(), Failure> {
    told(window, "why", "return document.body.textContent.includes('database or disk is full')")
}

fn sql(desk: &Desk, words: &str) -> Result<(), Failure> {
    let failed = |error: rusqlite::Error| Failure::new(error.to_string());
    let documents = Connection::open(desk.data().join("documents.sqlite")).map_err(failed)?;
    documents.busy_timeout(BUSY).map_err(failed)?;
    documents.execute_batch(words).map_err(failed)
}
