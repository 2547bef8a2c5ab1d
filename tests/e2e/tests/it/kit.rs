//! The kit against WebKit's own small browser and a page written here.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use lastgood_desk::require;
use lastgood_e2e::{By, Desk, Failure, Look, Window, browser, keys};

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Kit</title>
<button onclick=\"this.textContent='Held'\">Hold</button><button>Say \"go\"</button>
<label>Reason <input id=reason></label><p id=keys></p><div data-testid=late></div>
<script>
addEventListener('keydown', e => { if (e.ctrlKey && e.key === 'k') keys.textContent = 'palette' });
setTimeout(() => document.querySelector('[data-testid=late]').innerHTML = '<b>late</b>', 300);
</script>";

const A_KEY_ARRIVES: Duration = Duration::from_secs(5);
const NEVER_COMES: Duration = Duration::from_millis(200);

#[test]
fn it_finds_by_role_and_name_clicks_types_and_waits() -> Result<(), Failure> {
    let desk = Desk::start(Look::Light)?;
    let window = open_page(&desk)?;
    window.click(&By::role("button", "Hold"))?;
    assert_eq!(window.text(&By::role("button", "Held"))?, "Held");
    window.find(&By::text("Say \"go\""))?;
    window.find(&By::text("late"))?;
    let reason = window.find(&By::role("textbox", "Reason"))?;
    reason.keys("fuel")?;
    assert_eq!(window.execute("return reason.value", &[])?, "fuel");
    window.press(&[keys::CONTROL, 'k'])?;
    window.wait_until("the palette", A_KEY_ARRIVES, |window| Ok(window.text(&By::css("#keys"))? == "palette"))
}

#[test]
fn what_never_comes_is_named_with_its_time_out() -> Result<(), Failure> {
    let desk = Desk::start(Look::Light)?;
    let window = open_page(&desk)?;
    let failure = window.wait_until("the moon", NEVER_COMES, |_| Ok(false)).unwrap_err();
    let sentence = failure.to_string();
    assert!(sentence.starts_with("the moon did not come within 0.2 s; picture: "), "{sentence}");
    Ok(())
}

#[test]
fn the_page_sees_the_colours_and_the_size_that_the_desk_asks_for() -> Result<(), Failure> {
    for (look, is_dark) in [(Look::Light, false), (Look::Dark, true)] {
        let desk = Desk::start(look)?;
        let window = open_page(&desk)?;
        let dark = window.execute("return matchMedia('(prefers-color-scheme: dark)').matches", &[])?;
        assert_eq!(dark, is_dark, "{look:?}");
        window.resize(900, 640)?;
        window.wait_until("a window of 900 pixels", A_KEY_ARRIVES, |window| {
            Ok(window.execute("return outerWidth", &[])? == 900)
        })?;
    }
    Ok(())
}

#[test]
fn a_killed_window_is_gone_at_once_and_opens_again() -> Result<(), Failure> {
    let desk = Desk::start(Look::Light)?;
    let window = open_page(&desk)?;
    assert!(browser_runs_on(&desk));
    window.kill();
    assert!(!browser_runs_on(&desk));
    open_page(&desk)?.find(&By::role("button", "Hold"))?;
    Ok(())
}

#[test]
fn pictures_are_taken_of_the_page_and_of_the_desk() -> Result<(), Failure> {
    let desk = Desk::start(Look::Light)?;
    let window = open_page(&desk)?;
    for file in [window.picture("kit-page")?, desk.picture("kit-desk")?] {
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"), "{} is no picture", file.display());
    }
    Ok(())
}

#[test]
fn an_alert_of_the_session_is_told_with_its_words() -> Result<(), Failure> {
    let desk = Desk::start(Look::Light)?;
    let send = require("gdbus", "libglib2.0-bin")?;
    let status = desk
        .command(&send)
        .args(["call", "--session", "--dest", "org.freedesktop.Notifications"])
        .args(["--object-path", "/org/freedesktop/Notifications"])
        .args(["--method", "org.freedesktop.Notifications.Notify"])
        .args(["Lastgood", "0", "", "v2.4.1 fails", "Last good: v2.4.0", "[]", "{}", "0"])
        .status()
        .unwrap();
    assert!(status.success());
    let alerts = desk.alerts()?;
    assert_eq!(alerts.len(), 1);
    let alert = &alerts[0];
    let words = [alert.app.as_str(), alert.summary.as_str(), alert.body.as_str()];
    assert_eq!(words, ["Lastgood", "v2.4.1 fails", "Last good: v2.4.0"]);
    Ok(())
}

#[test]
fn the_keychain_keeps_a_secret_and_gives_it_back() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    desk.unlock_keychain()?;
    let tool = require("secret-tool", "libsecret-tools")?;
    let mut store =
        desk.command(&tool).args(["store", "--label", "kit", "kit", "test"]).stdin(Stdio::piped()).spawn().unwrap();
    store.stdin.take().unwrap().write_all(b"opensesame").unwrap();
    assert!(store.wait().unwrap().success());
    let answer = desk.command(&tool).args(["lookup", "kit", "test"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&answer.stdout), "opensesame");
    Ok(())
}

fn open_page(desk: &Desk) -> Result<Window, Failure> {
    let page = desk.home().join("page.html");
    std::fs::write(&page, PAGE).map_err(|error| Failure::new(error.to_string()))?;
    let window = desk.open_program(&browser()?, &["--automation"])?;
    window.go_to(&format!("file://{}", page.display()))?;
    Ok(window)
}

fn browser_runs_on(desk: &Desk) -> bool {
    let home = format!("HOME={}", desk.home().display());
    let read = |process: &Path, file: &str| {
        String::from_utf8_lossy(&std::fs::read(process.join(file)).unwrap_or_default()).into_owned()
    };
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .any(|process| read(&process, "comm").starts_with("MiniBrowser") && read(&process, "environ").contains(&home))
}
