//! Signing in from the window: by token, by code, and what a closed keychain does.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, reads_part_of};
use serde_json::json;

const SIGNED_IN_WITHIN: Duration = Duration::from_secs(60);
/// A rehearsal's GitHub is asked every five seconds while it is asked at all.
const SILENCE: Duration = Duration::from_secs(13);
const ARRIVES: Duration = Duration::from_secs(2);

#[test]
fn a_token_is_pasted_used_revoked_and_replaced_and_is_found_nowhere() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    desk.unlock_keychain()?;
    let log = desk.keep_log();
    let rehearsal = Rehearsal::start_signed_out(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    window.wait_until("the sentence about signing in", SIGNED_IN_WITHIN, |window| {
        Ok(window.text(&By::test_id("timeline"))?.contains("You are not signed in to 127.0.0.1"))
    })?;
    window.click(&By::test_id("to-sign-in"))?;
    state(&window, "signed_out")?;
    window.picture("settings-signed-out-light")?;

    paste(&window, rehearsal.token())?;
    state(&window, "signed_in")?;
    window.find(&By::css("[data-testid=account] [data-right=yes]"))?;
    assert!(window.text(&By::test_id("host"))?.contains("in your keychain"));
    window.picture("settings-signed-in-light")?;
    live(&window)?;

    rehearsal.switch("token", &json!({ "revoked": true }))?;
    window.wait_until("the refusal", SIGNED_IN_WITHIN, |window| {
        Ok(window.text(&By::test_id("timeline"))?.contains("GitHub says that the token is wrong or expired"))
    })?;
    assert!(window.text(&By::test_id("hero-live"))?.contains("v2.4.1"), "what is known stays");
    window.picture("settings-revoked-timeline-light")?;
    quiet(&rehearsal)?;

    window.click(&By::role("button", "Settings"))?;
    state(&window, "rejected")?;
    rehearsal.switch("token", &json!({ "revoked": false }))?;
    paste(&window, rehearsal.token())?;
    state(&window, "signed_in")?;
    live(&window)?;
    window.wait_until("the end of the refusal", SIGNED_IN_WITHIN, |window| {
        Ok(!window.text(&By::test_id("timeline"))?.contains("wrong or expired"))
    })?;

    found_nowhere(&desk, &window, &log, rehearsal.token())
}

#[test]
fn a_code_typed_on_githubs_page_signs_in_and_a_refusal_is_said() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    desk.unlock_keychain()?;
    let rehearsal = Rehearsal::start_signed_out(&mut desk, 10)?;
    desk.set("LASTGOOD_GITHUB_CLIENT_ID", "Iv1.rehearsal");
    rehearsal.switch("sign-in", &json!({ "interval": 1 }))?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    window.find(&By::test_id("timeline"))?;
    window.click(&By::role("button", "Settings"))?;
    state(&window, "signed_out")?;

    let code = By::role("button", "Sign in with a code…");
    window.click(&code)?;
    assert_eq!(window.text(&By::test_id("device-code"))?, "WDJB-0000");
    window.picture("settings-code-dark")?;
    rehearsal.switch("sign-in", &json!({ "interval": 1, "decision": "deny" }))?;
    window.find(&By::text("The sign-in was refused on GitHub's page."))?;

    rehearsal.switch("sign-in", &json!({ "interval": 1 }))?;
    window.click(&code)?;
    window.find(&By::test_id("device-code"))?;
    rehearsal.switch("sign-in", &json!({ "interval": 1, "decision": "approve" }))?;
    state(&window, "signed_in")?;
    window.picture("settings-signed-in-dark")?;
    live(&window)
}

#[test]
fn a_keychain_whose_question_is_dismissed_leaves_the_choice_of_this_session() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    desk.unlock_keychain()?;
    let rehearsal = Rehearsal::start_signed_out(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    window.find(&By::test_id("timeline"))?;
    desk.lock_keychain()?;
    window.click(&By::role("button", "Settings"))?;
    keychain(&window, "locked")?;

    paste(&window, rehearsal.token())?;
    desk.dismiss_keychain_prompt()?;
    let keep = By::role("button", "Keep it for this session only");
    window.wait_until("the choice", SIGNED_IN_WITHIN, |window| Ok(!window.find_all(&keep)?.is_empty()))?;
    assert!(window.text(&By::test_id("host"))?.contains("Your keychain is locked."));
    window.picture("settings-keychain-locked-dark")?;
    window.click(&keep)?;
    state(&window, "signed_in")?;
    assert!(window.text(&By::test_id("host"))?.contains("in memory, for this session only"));
    live(&window)
}

#[test]
fn a_keychain_that_asks_as_the_window_opens_is_waited_for_in_words() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    desk.unlock_keychain()?;
    let rehearsal = Rehearsal::start_signed_out(&mut desk, 10)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    window.find(&By::test_id("timeline"))?;
    window.click(&By::role("button", "Settings"))?;
    paste(&window, rehearsal.token())?;
    state(&window, "signed_in")?;
    window.kill();

    desk.lock_keychain()?;
    let window = desk.open(&[&folder])?;
    let waiting = By::test_id("waiting");
    window.wait_until("a word on who is waited for", SIGNED_IN_WITHIN, |window| {
        Ok(window.text(&waiting)?.contains("Your keychain has not answered yet."))
    })?;
    window.picture("keychain-asks-light")?;
    desk.dismiss_keychain_prompt()?;
    window.wait_until("the end of waiting", SIGNED_IN_WITHIN, |window| Ok(window.find_all(&waiting)?.is_empty()))
}

#[test]
fn without_a_keychain_the_settings_say_so() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start_signed_out(&mut desk, 10)?;
    // The bus would start a keychain for whoever asks.
    desk.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    window.find(&By::test_id("timeline"))?;
    window.click(&By::role("button", "Settings"))?;
    keychain(&window, "missing")?;
    window.picture("settings-no-keychain-light")?;
    Ok(())
}

fn paste(window: &Window, token: &str) -> Result<(), Failure> {
    let field = window.find(&By::test_id("token"))?;
    field.click()?;
    field.keys(token)?;
    window.click(&By::css("[data-testid=host] form button[type=submit].primary"))?;
    window.wait_until("the empty field", SIGNED_IN_WITHIN, |window| {
        Ok(window.execute("return document.querySelector('[data-testid=token]')?.value ?? ''", &[])? == "")
    })
}

/// Of the open repository's host, which comes first.
fn state(window: &Window, state: &str) -> Result<(), Failure> {
    let wanted = By::css(&format!("[data-testid=host][data-host=\"127.0.0.1\"][data-state={state}]"));
    window
        .wait_until(&format!("the host {state}"), SIGNED_IN_WITHIN, |window| Ok(!window.find_all(&wanted)?.is_empty()))
}

fn keychain(window: &Window, state: &str) -> Result<(), Failure> {
    let wanted = By::css(&format!("[data-testid=keychain][data-state={state}]"));
    window.wait_until(&format!("the keychain {state}"), SIGNED_IN_WITHIN, |window| {
        Ok(!window.find_all(&wanted)?.is_empty())
    })
}

/// The timeline knows what is live, without anything having been opened again.
fn live(window: &Window) -> Result<(), Failure> {
    window.click(&By::role("button", "Timeline"))?;
    window.wait_until("what is live", SIGNED_IN_WITHIN, |window| {
        Ok(window.text(&By::test_id("hero-live"))?.contains("v2.4.1"))
    })
}

/// Nothing is asked while it would be refused; what was under way with the refusal may still arrive.
fn quiet(rehearsal: &Rehearsal) -> Result<(), Failure> {
    std::thread::sleep(ARRIVES);
    let before = rehearsal.requests()?;
    let begun = Instant::now();
    while begun.elapsed() < SILENCE {
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(rehearsal.requests()?, before, "GitHub was asked again with a token that it refused");
    }
    Ok(())
}

/// In no page and no title, in no file and no log of the desk, and in no command line; nor as others would spell it.
pub(crate) fn found_nowhere(desk: &Desk, window: &Window, log: &Path, token: &str) -> Result<(), Failure> {
    forms(token).iter().try_for_each(|form| form_found_nowhere(desk, window, log, form))?;
    assert!(!is_seen(desk, token)?, "on the screen");
    Ok(())
}

/// Whether a machine that reads the screen reads the secret part of the token.
fn is_seen(desk: &Desk, token: &str) -> Result<bool, Failure> {
    let secret = token.rsplit('_').next().unwrap_or(token);
    Ok(reads_part_of(&desk.read_screen("searched-for-the-token")?, secret))
}

/// A screen that shows the token is recognised, as small as the window writes; else finding none means nothing.
pub(crate) fn would_be_seen(desk: &Desk, window: &Window, token: &str) -> Result<(), Failure> {
    let show = "const one = document.createElement('p'); one.id = 'canary'; one.textContent = arguments[0];
        one.style = 'position: fixed; z-index: 99; left: 300px; top: 300px; padding: 8px; font-size: 13px';
        one.style.background = 'var(--raised)'; document.body.append(one); return true";
    window.execute(show, &[json!(token)])?;
    window.wait_until("the token on the screen", SIGNED_IN_WITHIN, |_| is_seen(desk, token))?;
    window.execute("document.getElementById('canary').remove(); return true", &[])?;
    window.wait_until("a screen without it", SIGNED_IN_WITHIN, |_| Ok(!is_seen(desk, token)?))
}

/// The token as it is, in base64 at each place of a longer text, and as it would stand in an address.
fn forms(token: &str) -> Vec<String> {
    // What stands before and behind it touches at most these letters.
    let within = |before: usize| {
        let text = STANDARD.encode(format!("{}{token}", " ".repeat(before)));
        text.trim_end_matches('=').get(before * 2..text.trim_end_matches('=').len() - 2).unwrap_or_default().to_owned()
    };
    let escaped = |upper: bool| {
        let byte = |byte: u8| if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
        token.bytes().map(byte).collect::<String>()
    };
    vec![token.to_owned(), within(0), within(1), within(2), escaped(true), escaped(false)]
}

#[test]
fn each_spelling_of_a_token_is_recognised_in_a_longer_text() {
    let token = "canary-0123456789abcdef";
    for before in ["", "x", "xy", "x-access-token:"] {
        for behind in ["", "!", "!?"] {
            let text = STANDARD.encode(format!("{before}{token}{behind}"));
            assert!(forms(token).iter().any(|form| text.contains(form)), "{before}…{behind}: {text}");
        }
    }
    assert!(forms(token).iter().all(|form| form.len() >= 20), "a short text is found by chance");
}

fn form_found_nowhere(desk: &Desk, window: &Window, log: &Path, token: &str) -> Result<(), Failure> {
    let page = window.execute("return document.documentElement.outerHTML", &[])?;
    assert!(!page.to_string().contains(token), "in the page");
    let fields = "return [document.title, ...[...document.querySelectorAll('input, textarea')].map(one => one.value)]";
    assert!(!window.execute(fields, &[])?.to_string().contains(token), "in the title or in a field");
    let kept =
        window.execute("return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])", &[])?;
    assert!(!kept.to_string().contains(token), "in the page's memory");
    assert!(std::fs::metadata(log).is_ok_and(|file| file.len() > 0), "nothing was logged");
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes.filter(|entry| entry.file_name().to_string_lossy().bytes().all(|c| c.is_ascii_digit())) {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&line).contains(token), "in the command line of {:?}", process.file_name());
    }
    // The rehearsal's own folder is GitHub: it knows its token.
    let found = holding(desk.home(), token, &desk.home().join("github"));
    assert_eq!(found, [""; 0]);
    Ok(())
}

/// Files below `folder` that hold this text, without those below `except`.
fn holding(folder: &Path, text: &str, except: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && path != except {
            found.extend(holding(&path, text, except));
        } else if kind.is_file() {
            let bytes = std::fs::read(&path).unwrap_or_default();
            if bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
