//! Two megabytes of logs and of what would do harm: shown, not obeyed, and still a document that somebody can write in.

use std::time::{Duration, Instant};

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, keys};

use super::{begin, open_again, saved, text};
use crate::keyboard::{press_on, to_editor, told, type_words};

/// A page of this size is made by the host and laid out by the web view of a small machine.
const SHOWN_WITHIN: Duration = Duration::from_secs(90);
/// A letter, from its key to the next one that the driver may press.
const LETTER_WITHIN: Duration = Duration::from_secs(2);

#[test]
fn two_megabytes_of_hostile_text_are_shown_run_nothing_and_can_be_written_in() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder();
    let window = desk.open(&[&folder.to_string_lossy()])?;
    begin(&window, Look::Light)?;
    window.kill();
    let file = desk.home().join("hostile.md");
    std::fs::write(&file, hostile()).map_err(|error| Failure::new(error.to_string()))?;
    write(&desk, &folder, &file)?;

    let window = desk.open(&[&folder.to_string_lossy()])?;
    open_again(&window)?;
    window.execute("window.alert = () => { window.ran = true; }", &[])?;
    press_on(&window, "Side by side")?;
    window.wait_until("the page beside the source", SHOWN_WITHIN, |window| {
        let shown = "const page = document.querySelector('[data-testid=rendered] > div')?.shadowRoot;
            return page?.textContent.includes('The end of it.') ?? false";
        Ok(window.execute(shown, &[])? == true)
    })?;
    told(
        &window,
        "a page without anything that runs",
        "const page = document.querySelector('[data-testid=rendered] > div').shadowRoot;
         const bad = page.querySelectorAll('script, iframe, object, embed, form, style, link, meta, base');
         const handlers = [...page.querySelectorAll('*')].some((one) => [...one.attributes]
           .some(({ name, value }) => name.startsWith('on') || /^\\s*javascript:/i.test(value)));
         return bad.length === 0 && !handlers && window.ran !== true && window.frames.length === 0
           && page.textContent.includes('<script>shown()</script>') && page.textContent.includes('قف الآن 🚒')",
    )?;
    press_on(&window, "Write")?;
    to_editor(&window)?;
    window.press(&[keys::CONTROL, keys::HOME])?;
    let begun = Instant::now();
    type_words(&window, "still")?;
    assert!(begun.elapsed() < LETTER_WITHIN * 5, "five letters took {:?}", begun.elapsed());
    saved(&window)?;
    assert!(text(&window)?.starts_with("still"));
    window.kill();
    let window = desk.open(&[&folder.to_string_lossy()])?;
    open_again(&window)?;
    assert!(text(&window)?.starts_with("still"), "it was kept");
    window.find(&By::test_id("paper-timeline"))?;
    Ok(())
}

fn hostile() -> String {
    let log = "2026-03-02 13:00:00 ERROR <b>plugin</b> ran out of fuel \u{202e}desrever\u{202c} 🔥\n".repeat(26_000);
    format!(
        "# قف الآن 🚒\r\n\r\n<script>alert(1)</script>\r\n<iframe src=\"https://example.invalid\"></iframe>\n\
         <img src=x onerror=alert(2)> <svg onload=alert(3)></svg> [x](javascript:alert(4))\n\n\
         ## Summary\n\n</main></div><style>* {{ display: none }}</style>\n\n```\n<script>shown()</script>\n{log}```\n\n\
         The end of it.\n"
    )
}

fn write(desk: &Desk, folder: &std::path::Path, file: &std::path::Path) -> Result<(), Failure> {
    let said = |error: std::io::Error| Failure::new(error.to_string());
    let all = desk.terminal()?.current_dir(folder).args(["postmortem", "list", "--json"]).output().map_err(said)?;
    let all: serde_json::Value =
        serde_json::from_slice(&all.stdout).map_err(|error| Failure::new(format!("no list: {error}")))?;
    let id = all["postmortems"][0]["id"].as_str().unwrap_or_default();
    let done = desk.terminal()?.current_dir(folder).args(["postmortem", "write", id, "--from"]).arg(file).output();
    let done = done.map_err(said)?;
    if done.status.success() { Ok(()) } else { Err(Failure::new(String::from_utf8_lossy(&done.stderr).into_owned())) }
}
