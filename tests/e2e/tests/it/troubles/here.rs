//! GitHub is away, and the environment's own command deploys from this machine: offered, read, allowed, then asked for.

use std::fs;
use std::path::Path;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, keys};
use serde_json::json;

use super::{SAID_WITHIN, armed, outcome, refresh, served};

/// Leaves the version where the service reads it.
const DEPLOY: &str = "echo deploying \"$LASTGOOD_TAG\"; printf %s \"$LASTGOOD_TAG\" > \"$0\"";

#[test]
fn a_deploy_from_this_machine_is_read_and_allowed_before_it_is_asked_for_and_then_proved() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let live = desk.home().join("live");
    set(&live, "v2.4.1")?;
    let file = live.clone();
    let address = served(move || format!("{{\"version\": \"{}\"}}", fs::read_to_string(&file).unwrap_or_default()))?;
    name_command(&rehearsal.clone_folder().join("lastgood.toml"), &address, &live)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    for path in ["/repos", "/user", "/graphql"] {
        rehearsal.arm(&json!({ "path": path, "times": null, "kind": "cut", "moment": "before_effect" }))?;
    }
    refresh(&window)?;
    window.click(&By::test_id("to-break-glass"))?;

    let here = By::test_id("glass-here");
    window.wait_until("the command on the page", SAID_WITHIN, |window| {
        Ok(window.text(&here)?.contains("Nobody has allowed it on this machine yet"))
    })?;
    window.execute("document.querySelector('[data-testid=glass-here]').scrollIntoView({ block: 'center' })", &[])?;
    window.picture("deploy-here-not-allowed-light")?;
    window.click(&By::test_id("review-here"))?;
    window.click(&By::role("button", "Trust this repository"))?;
    let all = "return [...document.querySelectorAll('[data-testid=command]')].map((one) => one.textContent)";
    let listed = window.execute(all, &[])?.to_string();
    assert!(listed.contains("echo deploying"), "the command in full: {listed}");
    window.picture("deploy-here-allowing-light")?;
    allow(&window)?;
    window.click(&By::role("button", "Close"))?;

    window.click(&By::test_id("deploy-here"))?;
    window.find(&By::css("#reason-form input"))?.keys("GitHub is away")?;
    window.picture("deploy-here-asked-light")?;
    window.press(&[keys::ENTER])?;
    let said = outcome(&window)?;
    assert!(said.contains("production is back on v2.4.0"), "{said}");
    let step = window.text(&By::test_id("step-dispatch"))?;
    assert!(step.contains("Deploy here") && step.contains("deployed from this machine"), "{step}");
    window.picture("deploy-here-done-light")?;
    rehearsal.clear_faults()?;
    assert_eq!((fs::read_to_string(&live).unwrap_or_default().as_str(), rehearsal.dispatches()?), ("v2.4.0", 0));
    Ok(())
}

/// The one that deploys; the others stay as they are.
fn allow(window: &lastgood_e2e::Window) -> Result<(), Failure> {
    let press = "const one = [...document.querySelectorAll('[data-testid=command]')]
            .find((one) => one.textContent.includes('echo deploying'));
        if (one.dataset.granted !== 'true') [...one.querySelectorAll('button')].at(-1).click();
        return one.dataset.granted";
    window.wait_until("the command that is allowed", SAID_WITHIN, |window| Ok(window.execute(press, &[])? == "true"))
}

/// The environment is asked at this address, and deployed to by this script.
fn name_command(file: &Path, address: &str, live: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", file.display()));
    let settings = fs::read_to_string(file).map_err(failed)?;
    let words = json!(["sh", "-c", DEPLOY, live.display().to_string()]);
    let named = format!("[environments.production]\nurl = \"{address}\"\ndeploy_command = {words}\n");
    fs::write(file, settings.replacen("[environments.production]\n", &named, 1)).map_err(failed)
}

fn set(live: &Path, version: &str) -> Result<(), Failure> {
    fs::write(live, version).map_err(|error| Failure::new(format!("{}: {error}", live.display())))
}
