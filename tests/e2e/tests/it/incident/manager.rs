//! Channels and templates by keyboard alone: a channel is tried, and a template of the team's own is written, seen and kept.

use std::path::Path;
use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use super::add_settings;
use super::keyboard::{tab_to, tab_to_test_id, type_words};

const COMES_WITHIN: Duration = Duration::from_secs(60);

const TICKET: &str = "\n[channels.issue]\nkind = \"github\"\n";

#[test]
fn a_channel_is_tried_and_a_template_written_and_kept_without_the_mouse() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder();
    add_settings(&desk, &folder, TICKET)?;
    let window = desk.open(&[&folder.to_string_lossy()])?;
    window.wait_until("the incidents' entry", COMES_WITHIN, |window| {
        Ok(!window.find_all(&By::role("button", "Incidents"))?.is_empty())
    })?;
    enter(&window, "Incidents")?;
    window.find(&By::text("No incidents"))?;
    enter(&window, "Channels")?;
    window.find(&By::test_id("channel"))?;
    enter(&window, "Test GitHub issue: issue")?;
    says(&window, "channels", "can be read")?;
    enter(&window, "Incidents")?;
    window.find(&By::text("No incidents"))?;
    enter(&window, "Templates")?;
    window.find(&By::text("Ships with Lastgood"))?;
    write_template(&window, &folder.join(".lastgood/templates/team-own.j2"))
}

fn write_template(window: &Window, file: &Path) -> Result<(), Failure> {
    tab_to(window, "Name of a new template")?;
    type_words(window, "team-own")?;
    window.press(&[keys::ENTER])?;
    window.wait_until("the new file", COMES_WITHIN, |_| Ok(file.exists()))?;
    tab_to_test_id(window, "message")?;
    window.press(&[keys::CONTROL, keys::END])?;
    type_words(window, "Kilroy")?;
    says(window, "preview", "Kilroy")?;
    window.picture("templates-by-keyboard")?;
    window.press(&[keys::CONTROL, 's'])?;
    window.wait_until("the kept text", COMES_WITHIN, |_| {
        Ok(std::fs::read_to_string(file).is_ok_and(|text| text.contains("Kilroy")))
    })
}

/// Reaches the button of this name, and presses it.
fn enter(window: &Window, name: &str) -> Result<(), Failure> {
    tab_to(window, name)?;
    window.press(&[keys::ENTER])
}

fn says(window: &Window, place: &str, words: &str) -> Result<(), Failure> {
    let script = format!("return document.querySelector('[data-testid={place}]')?.textContent.includes('{words}')");
    window.wait_until(words, COMES_WITHIN, |window| Ok(window.execute(&script, &[])? == true))
}
