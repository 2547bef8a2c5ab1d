//! What can go wrong, each brought about for real where a shared machine lets that be done: it has a name, a sentence and
//! a next action, and is pictured.

mod here;
mod pretended;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window};
use serde_json::{Value, json};

const ARMED_WITHIN: Duration = Duration::from_secs(60);
const SAID_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(90);

#[test]
fn whatever_github_says_no_with_is_said_with_what_to_do() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;

    rehearsal.switch("token", &json!({ "scopes": ["read:org"] }))?;
    said_after_refresh(&window, "The token lacks the scope repo, so it may not dispatch.")?;
    window.picture("trouble-token-too-weak")?;
    rehearsal.switch("token", &json!({}))?;

    held_by_somebody(&rehearsal)?;
    said_after_refresh(&window, "@on-call holds production")?;
    assert!(window.find(&By::role("button", "Break the hold…"))?.is_enabled()?, "the next action");
    window.picture("trouble-somebody-else-holds")?;
    rehearsal.git(&["update-ref", "-d", "refs/lastgood/hold/production"])?;

    let for_ever = |mut fault: Value| {
        fault["times"] = Value::Null;
        fault["path"] = json!("/");
        fault
    };
    let reset = json!({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": in_seconds(3) });
    let refusals = [
        ("limit-primary", limit(&reset), "The calls of this hour are used up", "by itself"),
        ("limit-secondary", limit(&json!({ "retry-after": "2" })), "GitHub asks for fewer calls", "by itself"),
        ("github-broken", json!({ "kind": "html", "code": 502 }), "GitHub answered 502", "roll back by hand"),
        (
            "network-gone",
            json!({ "kind": "cut", "moment": "before_effect" }),
            "GitHub did not answer: ",
            "roll back by hand",
        ),
    ];
    for (name, fault, words, next) in refusals {
        rehearsal.arm(&for_ever(fault))?;
        refresh(&window)?;
        window.wait_until(&format!("the words of {name}"), SAID_WITHIN, |window| {
            let notice = window.text(&By::test_id("timeline"))?;
            Ok(notice.contains(words) && notice.contains(next))
        })?;
        window.picture(&format!("trouble-{name}"))?;
        rehearsal.clear_faults()?;
        well_again(&window)?;
    }

    rehearsal.switch("token", &json!({ "revoked": true }))?;
    said_after_refresh(&window, "GitHub says that the token is wrong or expired")?;
    window.find(&By::test_id("to-sign-in"))?;
    window.picture("trouble-token-expired")?;
    Ok(())
}

#[test]
fn a_rule_that_refuses_tags_ends_the_rollback_with_the_remotes_own_words() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    let rule = "#!/bin/sh\nwhile read -r _ _ name; do case $name in refs/tags/rollback-*) \
                echo 'GH013: Repository rule violations found: creations are restricted'; exit 1;; esac; done\n";
    let hook = rehearsal.remote().join("hooks").join("pre-receive");
    executable(&hook, rule)?;

    window.click(&By::test_id("roll-back"))?;
    let outcome = outcome(&window)?;
    assert!(outcome.contains("GH013"), "{outcome}");
    assert!(outcome.contains("Allow tags named rollback-* in the repository's rules"), "the next action: {outcome}");
    window.picture("trouble-tag-ruleset-light")?;
    assert_eq!(rehearsal.dispatches()?, 0);
    Ok(())
}

#[test]
fn a_github_that_is_unwell_leads_to_the_page_and_a_tag_that_moved_stops_before_anything_leaves() -> Result<(), Failure>
{
    let mut desk = Desk::start(Look::Dark)?;
    desk.set("LASTGOOD_GITHUB_STATUS", &status_page()?);
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    names_people(&rehearsal)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    assert!(
        window.text(&By::test_id("github-trouble"))?.contains("GitHub reports trouble with Actions (partial outage).")
    );
    window.picture("trouble-github-degraded")?;
    window.click(&By::test_id("to-break-glass"))?;
    window.wait_until("the page", SAID_WITHIN, |window| {
        let page = window.text(&By::test_id("break-glass"))?;
        Ok(page.contains("-f version_tag=v2.4.0") && page.contains("Prove it"))
    })?;
    let page = window.text(&By::test_id("break-glass"))?;
    let files = rehearsal.files_of("v2.4.0")?;
    assert!(files.len() > 1, "the sample's releases have files: {files:?}");
    let told = files.into_iter().flat_map(|(name, digest)| [name, digest]);
    for words in told.chain(PEOPLE.into_iter().flat_map(|(name, how)| [name.to_owned(), how.to_owned()])) {
        assert!(!words.is_empty() && page.contains(&words), "{words}: {page}");
    }
    let steps = window.text(&By::css("[data-testid=break-glass] ol"))?;
    assert!(steps.contains("push") && steps.contains(":refs/lastgood/hold/production"), "its own hold: {steps}");
    assert!(!steps.contains("lastgood rollback"), "what does all of it is no step: {steps}");
    window.picture("break-glass")?;
    window.click(&By::role("button", "Timeline"))?;
    armed(&window)?;
    rehearsal.git(&["update-ref", "refs/tags/v2.4.0", "refs/tags/v2.3.1"])?;

    window.click(&By::test_id("roll-back"))?;
    let outcome = outcome(&window)?;
    assert!(outcome.contains("v2.4.0") && outcome.contains("another object"), "{outcome}");
    window.picture("trouble-tag-moved")?;
    assert_eq!((rehearsal.dispatches()?, rehearsal.rollback_tags()?.len()), (0, 0));
    Ok(())
}

#[test]
fn a_run_that_waits_for_an_approval_says_so() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    rehearsal.arm(&json!({ "kind": "wait_for_approval" }))?;
    window.click(&By::test_id("roll-back"))?;
    window.find(&By::test_id("undo"))?;
    window.wait_until("the wait for an approval", SAID_WITHIN, |window| {
        let screen = window.text(&By::test_id("rollback-screen"))?;
        Ok(screen.contains("waits for an approval"))
    })?;
    window.find(&By::test_id("approval-of"))?;
    window.picture("trouble-approval-needed")?;
    Ok(())
}

#[test]
fn a_network_that_goes_half_way_and_a_window_that_is_killed_lose_nothing() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    armed(&window)?;
    window.click(&By::test_id("roll-back"))?;
    running(&window, "follow")?;
    rehearsal.arm(&json!({ "times": null, "path": "/actions/runs", "kind": "cut", "moment": "before_effect" }))?;
    window.wait_until("the words of a run out of sight", SAID_WITHIN, |window| {
        let away = window.text(&By::test_id("away"))?;
        Ok(away.contains("The run goes on at GitHub; Lastgood keeps looking.") && away.contains("Break glass"))
    })?;
    window.picture("trouble-network-half-way")?;
    window.kill();

    let window = desk.open(&[&folder])?;
    window.click(&By::test_id("watch"))?;
    running(&window, "follow")?;
    window.picture("trouble-app-killed")?;
    rehearsal.clear_faults()?;
    let outcome = outcome(&window)?;
    assert!(outcome.contains("Rolled back and proved"), "{outcome}");
    assert_eq!(rehearsal.dispatches()?, 1, "the dispatch is never sent twice");
    Ok(())
}

#[test]
fn a_run_replaced_in_the_queue_is_told_from_one_that_failed() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    // Somebody else's deploy runs already; of those that wait behind it, GitHub keeps the newest.
    rehearsal.arm(&json!({ "kind": "slow_run", "factor": 20.0 }))?;
    rehearsal.deploy("v2.4.1")?;
    window.click(&By::test_id("roll-back"))?;
    running(&window, "follow")?;
    rehearsal.deploy("v2.4.1")?;
    let outcome = outcome(&window)?;
    assert!(outcome.contains("replaced in the queue"), "{outcome}");
    assert!(outcome.contains("roll back again"), "the next action: {outcome}");
    window.picture("trouble-evicted-light")?;
    Ok(())
}

/// The one button, once it acts.
fn armed(window: &Window) -> Result<(), Failure> {
    let button = By::test_id("roll-back");
    window.wait_until("the armed button", ARMED_WITHIN, |window| window.find(&button)?.is_enabled())
}

fn refresh(window: &Window) -> Result<(), Failure> {
    window.click(&By::role("button", "Ask git and GitHub again"))
}

fn said_after_refresh(window: &Window, words: &str) -> Result<(), Failure> {
    refresh(window)?;
    window.wait_until(&format!("“{words}”"), SAID_WITHIN, |window| {
        Ok(window.text(&By::test_id("timeline"))?.contains(words))
    })
}

/// Asks until the trouble is over: after a limit nothing is sent before its time.
fn well_again(window: &Window) -> Result<(), Failure> {
    window.wait_until("the end of the trouble", SAID_WITHIN, |window| {
        refresh(window)?;
        Ok(window.find_all(&By::test_id("github-trouble"))?.is_empty()
            && !window.find_all(&By::test_id("armed"))?.is_empty())
    })
}

fn running(window: &Window, step: &str) -> Result<(), Failure> {
    let wanted = By::css(&format!("[data-testid=\"step-{step}\"][data-phase=\"running\"]"));
    window.wait_until(&format!("step {step}"), SAID_WITHIN, |window| Ok(!window.find_all(&wanted)?.is_empty()))
}

/// What the window says at the end.
fn outcome(window: &Window) -> Result<String, Failure> {
    let outcome = By::test_id("outcome");
    window.wait_until("the outcome", ENDS_WITHIN, |window| Ok(!window.find_all(&outcome)?.is_empty()))?;
    window.text(&outcome)
}

fn limit(headers: &Value) -> Value {
    let body = json!({ "message": "You have exceeded a rate limit." });
    json!({ "kind": "status", "code": 403, "headers": headers, "body": body })
}

fn in_seconds(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now.as_secs() + seconds).to_string()
}

/// As another Lastgood writes it: an empty commit whose message says all of it.
fn held_by_somebody(rehearsal: &Rehearsal) -> Result<(), Failure> {
    let (since, expires) = ("2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z");
    let record = json!({ "format": 1, "kind": "hold", "environment": "production", "owner": "@on-call",
        "reason": "Data migration", "since": since, "expires": expires });
    let message = format!(
        "Hold production\n\nOwner: @on-call\nReason: Data migration\nSince: {since}\nExpires: {expires}\n\
         Expires-seconds: 32472144000\nLastgood: {record}\n"
    );
    let tree = rehearsal.git(&["hash-object", "-t", "tree", "-w", "/dev/null"])?;
    let who = ["-c", "user.name=on-call", "-c", "user.email=on-call@acme.example"];
    let commit = rehearsal.git(&[&who[..], &["commit-tree", &tree, "-m", &message]].concat())?;
    rehearsal.git(&["update-ref", "refs/lastgood/hold/production", &commit]).map(|_| ())
}

/// Whom to call, and how.
const PEOPLE: [(&str, &str); 2] = [("@on-call", "pager 555 0100"), ("@platform-lead", "phone 555 0101")];

fn names_people(rehearsal: &Rehearsal) -> Result<(), Failure> {
    let file = rehearsal.clone_folder().join("lastgood.toml");
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", file.display()));
    let mut settings = std::fs::read_to_string(&file).map_err(failed)?;
    settings.push_str("\n[contacts]\n");
    settings.extend(PEOPLE.map(|(name, how)| format!("\"{name}\" = \"{how}\"\n")));
    std::fs::write(&file, settings).map_err(failed)
}

/// GitHub's own word on how it is doing.
fn status_page() -> Result<String, Failure> {
    let body = json!({ "components": [{ "name": "Actions", "status": "partial_outage" }] }).to_string();
    Ok(format!("{}/summary.json", served(move || body.clone())?))
}

/// Answers every request with this, at the address that it gives. The server ends with the process of the test.
fn served(body: impl Fn() -> String + Send + 'static) -> Result<String, Failure> {
    use std::io::{Read, Write};
    let failed = |error: std::io::Error| Failure::new(format!("no port on loopback: {error}"));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let address = format!("http://{}", listener.local_addr().map_err(failed)?);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let body = body();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let heard = stream.read(&mut [0; 4096]).is_ok();
            if heard && stream.write_all(format!("{head}{body}").as_bytes()).is_err() {
                continue;
            }
        }
    });
    Ok(address)
}

fn executable(file: &std::path::Path, text: &str) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", file.display()));
    std::fs::create_dir_all(file.parent().unwrap_or(file)).map_err(failed)?;
    std::fs::write(file, text).map_err(failed)?;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).map_err(failed)
}
