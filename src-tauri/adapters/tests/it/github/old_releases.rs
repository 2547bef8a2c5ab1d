//! Releases far down in a list that was read to its end: edited, deleted, and made for an old commit.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::github::{Github, Memory};
use lastgood_core::ports::publishing::Published;
use lastgood_rehearsal::Fill;
use lastgood_rehearsal::state::release::Release;

use crate::rehearsed::Rehearsed;

const DAY: SignedDuration = SignedDuration::from_hours(25);

#[tokio::test]
async fn what_is_deleted_or_added_far_down_is_seen_where_github_counts_other_pages() {
    let rehearsed = filled().await;
    let github = remembering(&rehearsed);
    let before = github.releases().await.unwrap().len();
    rehearsed.server().change(|state, _| drop(state.releases.drain(..30))).unwrap();
    assert_eq!(github.releases().await.unwrap().len(), before - 30);

    let old = rehearsed.server().state().releases[0].clone();
    let again = |number: u64| Release { id: 80_000 + number, tag: format!("old-{number}"), ..old.clone() };
    rehearsed.server().change(|state, _| state.releases.extend((0..30).map(again))).unwrap();
    let found = github.releases().await.unwrap();
    assert_eq!(found.len(), before, "a release of an old commit stands far down");
    assert_eq!(found.iter().filter(|release| release.tag.as_str().starts_with("old-")).count(), 30);
}

#[tokio::test]
async fn what_is_edited_far_down_is_seen_a_day_later_and_an_unchanged_list_costs_no_call_until_then() {
    let rehearsed = filled().await;
    let github = remembering(&rehearsed);
    github.releases().await.unwrap();
    rehearsed.server().change(|state, _| state.releases[0].name = Some("Withdrawn".to_owned())).unwrap();
    let before = rehearsed.server().requests().len();
    assert!(!has_it(&github.releases().await.unwrap()));
    let asked = rehearsed.server().requests().split_off(before);
    assert!(asked.len() == 1 && asked[0].status == Some(304), "{asked:#?}");

    let reading = Timestamp::now().checked_sub(DAY).unwrap();
    age(&rehearsed, reading);
    assert!(has_it(&github.releases().await.unwrap()));
    let before = rehearsed.server().requests().len();
    github.releases().await.unwrap();
    assert_eq!(rehearsed.server().requests().len(), before + 1, "once a day");
}

#[tokio::test]
async fn where_the_list_cannot_be_read_again_what_is_known_stays() {
    let rehearsed = filled().await;
    let github = remembering(&rehearsed);
    let known = github.releases().await.unwrap();
    age(&rehearsed, Timestamp::now().checked_sub(DAY).unwrap());
    let away = || crate::rehearsed::status(502, &[], lastgood_rehearsal::When::BeforeEffect);
    rehearsed.arm(lastgood_rehearsal::Fault::once("/graphql", away()).for_ever());
    rehearsed.arm(lastgood_rehearsal::Fault::once("/releases?per_page=100", away()).for_ever());
    assert_eq!(github.releases().await.unwrap(), known);
    assert!(!github.releases_are_cut());
}

async fn filled() -> Rehearsed {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { releases: 120, ..Fill::default() }).unwrap();
    rehearsed
}

fn remembering(rehearsed: &Rehearsed) -> Github {
    rehearsed.github().remembering(Memory::open(&rehearsed.beside("cache.sqlite")))
}

fn has_it(releases: &[Published]) -> bool {
    releases.iter().any(|release| release.name == "Withdrawn")
}

/// The list was read then.
fn age(rehearsed: &Rehearsed, read: Timestamp) {
    let cache = rusqlite::Connection::open(rehearsed.beside("cache.sqlite")).unwrap();
    let query = "SELECT body FROM answer WHERE address LIKE '%#releases'";
    let body: String = cache.query_row(query, [], |row| row.get(0)).unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(&body).unwrap();
    kept["read"] = serde_json::json!(read);
    let changed = "UPDATE answer SET body = ?1 WHERE address LIKE '%#releases'";
    assert_eq!(cache.execute(changed, [kept.to_string()]).unwrap(), 1);
}
