//! What GitHub and the repository say of a post-mortem that is kept here.

use jiff::tz::TimeZone;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::postmortem::{Apart, How, Postmortems, Publishing, Settled};
use lastgood_core::ids::PostmortemId;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::IssueOrder;
use lastgood_core::ports::{Clock, Publishing as _};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::library::Shown;
use lastgood_core::postmortem::merge::{Conflict, Side};
use lastgood_core::postmortem::{About, Stage};

use super::audience::opened;
use crate::rehearsed::{Rehearsed, git};

#[tokio::test]
async fn tickets_are_asked_about_in_each_way_people_write_them_and_others_are_left_alone() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let kept = Postmortems::open(&workspace).unwrap();
    let github = rehearsed.github();
    let mut numbers = Vec::new();
    for title in ["one", "two"] {
        let order =
            IssueOrder { title: title.to_owned(), body: String::new(), labels: Vec::new(), assignees: Vec::new() };
        let Written::Done(opened) = github.open_issue(&order).await else { panic!("no issue") };
        numbers.push(opened.number);
    }
    let [one, two] = numbers[..] else { panic!() };
    let close = |state: &mut lastgood_rehearsal::state::State, now| {
        state.issues.iter_mut().find(|issue| issue.number == two).unwrap().closed_at = Some(now);
    };
    rehearsed.server().change(close).unwrap();
    let address = format!("https://github.com/acme/connectias/issues/{two}#issuecomment-1");
    let rows = [
        format!("#{one}"),
        address.clone(),
        format!("ACME/connectias#{two}"),
        "#99999".to_owned(),
        "PLAT-7".to_owned(),
        format!("https://github.com/other/place/issues/{one}"),
        format!("#{one}"),
    ];
    let rows: String = rows.iter().enumerate().map(|(row, ticket)| format!("| {row} | {ticket} |\n")).collect();
    let document = Document::parse(&format!("## What we will do\n\n| Action | Ticket |\n| - | - |\n{rows}"));
    let states = kept.ticket_states(&document).await.unwrap();
    let told: Vec<(&str, bool)> = states.iter().map(|state| (state.ticket.as_str(), state.is_open)).collect();
    assert_eq!(
        told,
        [
            (format!("#{one}").as_str(), true),
            (address.as_str(), false),
            (format!("ACME/connectias#{two}").as_str(), false)
        ]
    );
}

#[tokio::test]
async fn a_copy_that_was_changed_in_the_repository_is_told_shown_and_never_overwritten() {
    let rehearsed = Rehearsed::start().await;
    let clone = rehearsed.description().clone.clone();
    git(&clone, &["config", "user.name", "platform-lead"]);
    git(&clone, &["config", "user.email", "platform-lead@example.com"]);
    let workspace = opened(&rehearsed);
    let kept = Postmortems::open(&workspace).unwrap();
    let id = kept.begin(About::by_hand("Checkout fails"), "@platform-lead").await.unwrap().id().clone();
    write(&kept, &id, "## Summary\n", "## Summary\n\nShort.\n").await;
    assert_eq!(apart(&kept, &id).await, None, "it was never pushed");
    let branch = publish(&kept, &id, Settled::Shown).await.unwrap();
    assert_eq!(apart(&kept, &id).await, None);

    review(&rehearsed, &branch, "## Impact\n", "## Impact\n\nTheirs.\n");
    assert_eq!(apart(&kept, &id).await, Some(Apart::ChangedThere));
    review(&rehearsed, &branch, "Short.", "Shorter.");
    write(&kept, &id, "Short.", "Longer.").await;
    let Some(Apart::Conflicts(seen)) = apart(&kept, &id).await else { panic!("both changed the summary") };
    let chosen = |conflicts: &[Conflict], side| {
        Settled::Each(conflicts.iter().map(|conflict| (conflict.mark(), side)).collect())
    };
    // Between the look and the choice somebody goes on in the repository, and then somebody goes on here.
    review(&rehearsed, &branch, "Shorter.", "Shortest.");
    let again = publish(&kept, &id, chosen(&seen, Side::Ours)).await.unwrap_err();
    assert!(again[0].theirs.as_ref().unwrap().contains("Shortest."), "{again:?}");
    assert!(file(&rehearsed, &branch).contains("Shortest."), "nothing was pushed");
    write(&kept, &id, "Longer.", "Longest.").await;
    let third = publish(&kept, &id, chosen(&again, Side::Theirs)).await.unwrap_err();
    assert!(third[0].ours.as_ref().unwrap().contains("Longest."), "{third:?}");
    assert_eq!(publish(&kept, &id, chosen(&third, Side::Both)).await.as_ref(), Ok(&branch));
    let there = file(&rehearsed, &branch);
    for words in ["Longest.", "Shortest.", "Theirs."] {
        assert!(there.contains(words), "{words} in {there}");
    }
    assert_eq!(apart(&kept, &id).await, None);
}

#[tokio::test]
async fn what_was_ticked_in_the_repository_is_done_in_the_library() {
    let rehearsed = Rehearsed::start().await;
    let clone = rehearsed.description().clone.clone();
    git(&clone, &["config", "user.name", "platform-lead"]);
    git(&clone, &["config", "user.email", "platform-lead@example.com"]);
    let workspace = opened(&rehearsed);
    let kept = Postmortems::open(&workspace).unwrap();
    let id = kept.begin(About::by_hand("Checkout fails"), "@platform-lead").await.unwrap().id().clone();
    write(&kept, &id, "## What we will do\n", "## What we will do\n\n- [ ] Alert the lead\n").await;
    let branch = publish(&kept, &id, Settled::Shown).await.unwrap();
    review(&rehearsed, &branch, "- [ ] Alert", "- [x] Alert");
    git(&clone, &["fetch", "--quiet", "origin", &branch]);
    git(&clone, &["merge", "--quiet", "--ff-only", "FETCH_HEAD"]);
    let entry = kept.library().await.unwrap().remove(0);
    assert_eq!(entry.shown, Shown::Repository);
    assert!(entry.text.contains("- [x] Alert the lead"), "{}", entry.text);
    write(&kept, &id, "## Impact\n", "## Impact\n\nSmall.\n").await;
    let entry = kept.library().await.unwrap().remove(0);
    assert_eq!(entry.shown, Shown::Together);
    assert!(entry.text.contains("- [x] Alert the lead") && entry.text.contains("Small."), "{}", entry.text);
}

#[tokio::test]
async fn a_pull_request_that_is_opened_anew_is_in_review_again() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let kept = Postmortems::open(&workspace).unwrap();
    let id = kept.begin(About::by_hand("Checkout fails"), "@platform-lead").await.unwrap().id().clone();
    let branch = publish(&kept, &id, Settled::Shown).await.unwrap();
    for (closed, stage) in [(true, Stage::Closed), (true, Stage::Closed), (false, Stage::Review)] {
        let end = |state: &mut lastgood_rehearsal::state::State, now| {
            let own = state.pull_requests.iter_mut().find(|one| one.head == branch).unwrap();
            own.closed_at = closed.then_some(now);
        };
        rehearsed.server().change(end).unwrap();
        assert_eq!(kept.look(kept.find(&id).await.unwrap()).await.unwrap().stage(), stage);
    }
    let all = kept.find(&id).await.unwrap().pull_requests;
    assert_eq!((all.len(), all[0].merged), (1, None));
}

async fn write(kept: &Postmortems<'_>, id: &PostmortemId, old: &str, new: &str) {
    let text = kept.text(&kept.find(id).await.unwrap()).unwrap();
    assert!(text.contains(old), "{old} in {text}");
    kept.documents().save(id.as_str(), &text.replace(old, new), SystemClock.now(), None).unwrap();
}

async fn apart(kept: &Postmortems<'_>, id: &PostmortemId) -> Option<Apart> {
    let story = kept.story(kept.find(id).await.unwrap(), None, None).await.unwrap();
    kept.apart(&story).await.unwrap()
}

/// The branch, or what keeps the copies apart.
async fn publish(kept: &Postmortems<'_>, id: &PostmortemId, settled: Settled) -> Result<String, Vec<Conflict>> {
    let story = kept.story(kept.find(id).await.unwrap(), None, None).await.unwrap();
    let how = How { settled, ..How::default() };
    match kept.publish(&story, "@platform-lead", &TimeZone::UTC, how).await.unwrap() {
        Publishing::Done(pushed) => Ok(pushed.published.branch),
        Publishing::Unchanged { path, .. } => panic!("{path} is unchanged"),
        Publishing::Conflicts(conflicts) => Err(conflicts),
    }
}

/// Somebody edits the branch, as in a review.
fn review(rehearsed: &Rehearsed, branch: &str, old: &str, new: &str) {
    let folder = rehearsed.beside("reviewer");
    drop(std::fs::remove_dir_all(&folder));
    let remote = rehearsed.description().remote.to_str().unwrap().to_owned();
    git(&rehearsed.beside(""), &["clone", "--quiet", "--branch", branch, &remote, "reviewer"]);
    let path = folder.join(path(branch));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old} in {text}");
    std::fs::write(path, text.replace(old, new)).unwrap();
    git(&folder, &["commit", "--quiet", "--all", "-m", "Review"]);
    git(&folder, &["push", "--quiet", "origin", branch]);
}

fn file(rehearsed: &Rehearsed, branch: &str) -> String {
    git(&rehearsed.description().remote, &["show", &format!("{branch}:{}", path(branch))])
}

fn path(branch: &str) -> String {
    format!("docs/postmortems/{}.md", branch.strip_prefix("postmortem/").unwrap())
}
