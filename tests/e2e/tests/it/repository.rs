use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, keys};

const LISTED_WITHIN: Duration = Duration::from_secs(30);

/// What shows at 1440 × 900 is about fifteen; the rest is kept around for scrolling.
const MOST_ROWS: usize = 60;

#[test]
fn a_repository_without_sign_in_shows_its_releases_and_says_what_needs_github() -> Result<(), Failure> {
    let desk = Desk::start(Look::Light)?;
    let folder = desk.home().join("service");
    repository(&folder, 40, Some("https://github.com/acme/service.git"))?;
    let window = desk.open(&[&folder.to_string_lossy()])?;
    window.find(&By::test_id("release-row"))?;
    window.wait_until("the sentence about signing in", LISTED_WITHIN, |window| {
        Ok(window.text(&By::test_id("timeline"))?.contains("not signed in"))
    })?;
    window.picture("signed-out-light")?;
    Ok(())
}

#[test]
fn of_ten_thousand_releases_only_what_shows_is_in_the_page() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let folder = desk.home().join("service");
    repository(&folder, 10_000, None)?;
    let window = desk.open(&[&folder.to_string_lossy()])?;
    let rows = By::test_id("release-row");
    window.find(&rows)?;
    assert!(window.find_all(&rows)?.len() < MOST_ROWS);
    window.click(&rows)?;
    window.press(&[keys::END])?;
    window.wait_until("the oldest release", LISTED_WITHIN, |window| {
        Ok(window.text(&By::test_id("release-list"))?.contains("v1.0.0"))
    })?;
    assert!(window.find_all(&rows)?.len() < MOST_ROWS);
    window.picture("ten-thousand-releases")?;
    Ok(())
}

#[test]
fn a_folder_that_is_no_repository_says_so_and_offers_what_to_do() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let folder = desk.home().join("holiday-pictures");
    std::fs::create_dir(&folder).map_err(|error| Failure::new(error.to_string()))?;
    let window = desk.open(&[&folder.to_string_lossy()])?;
    window.find(&By::test_id("welcome"))?;
    window.wait_until("the sentence", LISTED_WITHIN, |window| {
        Ok(window.text(&By::test_id("welcome"))?.contains("holiday-pictures"))
    })?;
    window.picture("no-repository")?;
    Ok(())
}

#[test]
fn a_repository_is_opened_by_the_dialog_and_another_one_by_dragging_it_in() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let (chosen, dragged) = (desk.home().join("chosen"), desk.home().join("dragged"));
    repository(&chosen, 3, None)?;
    repository(&dragged, 5, None)?;
    let window = desk.open(&[])?;
    window.click(&By::text("Open repository…"))?;
    desk.type_into("Select Folder", &chosen.to_string_lossy())?;
    window.wait_until("the chosen repository", LISTED_WITHIN, |window| {
        Ok(window.text(&By::css("body"))?.contains("v1.2.0"))
    })?;
    desk.drag_in(&format!("file://{}", dragged.display()))?;
    window.wait_until("the repository that was dragged in", LISTED_WITHIN, |window| {
        Ok(window.text(&By::css("body"))?.contains("v1.4.0"))
    })?;
    window.picture("dragged-in")?;
    Ok(())
}

/// A history with one annotated tag for each commit, oldest v1.0.0.
fn repository(folder: &Path, tags: u32, remote: Option<&str>) -> Result<(), Failure> {
    git(Path::new("/"), &["init", "--quiet", "--initial-branch=main", &folder.to_string_lossy()], None)?;
    if let Some(remote) = remote {
        git(folder, &["remote", "add", "origin", remote], None)?;
    }
    git(folder, &["fast-import", "--quiet"], Some(&history(tags)))
}

/// In the format of git-fast-import(1).
fn history(tags: u32) -> String {
    let mut stream = String::new();
    for number in 0..tags {
        let who = format!("release-bot <release-bot@acme.example> {} +0000", 1_600_000_000 + u64::from(number) * 3_600);
        let (tag, title) = (format!("v1.{number}.0"), format!("Release number {number}"));
        stream.push_str(&format!("commit refs/heads/main\ncommitter {who}\ndata {}\n{title}\n", title.len()));
        stream.push_str(&format!("tag {tag}\nfrom refs/heads/main\ntagger {who}\ndata {}\n{title}\n", title.len()));
    }
    stream
}

fn git(folder: &Path, arguments: &[&str], input: Option<&str>) -> Result<(), Failure> {
    use std::io::Write;
    let failed = |error: std::io::Error| Failure::new(format!("git {}: {error}", arguments.join(" ")));
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(failed)?;
    if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
        pipe.write_all(input.as_bytes()).map_err(failed)?;
    }
    let ended = child.wait().map_err(failed)?;
    if ended.success() { Ok(()) } else { Err(Failure::new(format!("git {} ended with {ended}", arguments.join(" ")))) }
}
