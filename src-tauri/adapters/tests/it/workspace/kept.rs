//! What is known while GitHub tells nothing, and what the journal keeps of looks.

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Known, MarkWish, Told, Workspace};
use lastgood_core::error::Code;
use lastgood_core::live::event::Event;
use lastgood_core::planning::Wish;
use lastgood_core::rollback::check::Verdict;
use lastgood_rehearsal::{Fault, FaultKind, Moment, When};

use super::audience::{opened, opened_at};
use crate::rehearsed::{Rehearsed, status};

#[tokio::test]
async fn one_failed_look_takes_nothing_off_the_screen() {
    let limited = status(429, &[("retry-after", "300")], When::BeforeEffect);
    let refused = status(401, &[], When::BeforeEffect);
    for fault in
        [status(502, &[], When::BeforeEffect), limited, FaultKind::Cut { moment: Moment::BeforeEffect }, refused]
    {
        let rehearsed = Rehearsed::start().await;
        let workspace = opened(&rehearsed);
        let before = workspace.know().await.unwrap();
        rehearsed.arm(Fault::once("/environments", fault.clone()));
        let after = workspace.know().await.unwrap();
        assert!(after.forge.is_err(), "{fault:?}");
        assert_eq!(after.environments, before.environments, "{fault:?}");
        let kept = after.kept.as_ref().unwrap();
        assert!(kept.at <= before.at, "it was told before: {fault:?}");
        assert_eq!(after.github().unwrap().account, "platform-lead");
        let mut told = Told::default();
        before.news(&mut told);
        assert_eq!(after.news(&mut told).len(), usize::from(is_rejected(&after)), "{fault:?}");
        let trouble = workspace.plan("production", wish(), &after).unwrap_err();
        assert_eq!(trouble.code, after.forge.as_ref().unwrap_err().code, "nothing is planned from it");
    }
}

#[tokio::test]
async fn a_start_without_a_network_shows_what_was_known() {
    let rehearsed = Rehearsed::start().await;
    let before = opened(&rehearsed).know().await.unwrap();
    rehearsed.arm(Fault::once("/", FaultKind::Cut { moment: Moment::BeforeEffect }).for_ever());
    let place = Place::at(rehearsed.beside("data")).unwrap();
    let access = Access::rehearsal(&rehearsed.description().api, rehearsed.token(), 1.0);
    let later = Workspace::open(&rehearsed.description().clone, &place, access).unwrap().know().await.unwrap();
    assert_eq!(later.forge.as_ref().unwrap_err().code, Code::GithubUnreachable);
    assert_eq!(later.environments, before.environments);
    let published = |known: &Known| known.github().unwrap().published.len();
    assert_eq!(published(&later), published(&before));

    // Another server's word is not taken for this one's.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let elsewhere = opened_at(&rehearsed, &format!("http://{nobody}"), rehearsed.token()).know().await.unwrap();
    assert!(elsewhere.kept.is_none());
}

#[tokio::test]
async fn a_turn_of_health_is_a_fact_and_a_look_that_shows_no_turn_is_none() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    for _ in 0..2 {
        let known = workspace.know().await.unwrap();
        workspace.note_health(&known).await.unwrap();
    }
    let facts = workspace.facts().await.unwrap();
    let turns = |facts: &[lastgood_core::journal::Fact]| {
        facts.iter().filter(|fact| matches!(fact.event.live(), Some(Event::LiveHealthSeen { .. }))).count()
    };
    assert_eq!(turns(&facts), 2, "production fails, staging is well");
    let known = workspace.know().await.unwrap();
    let health = known.environment("production").unwrap().live.clone().unwrap().health.unwrap();
    assert_eq!(health.verdict, Verdict::Failed);
    assert_eq!(health.since, Some(facts.iter().find(|fact| is_of(fact, "production")).unwrap().at));
    rehearsed.server().change(|state, _| state.sicknesses.clear()).unwrap();
    workspace.note_health(&workspace.know().await.unwrap()).await.unwrap();
    assert_eq!(turns(&workspace.facts().await.unwrap()), 3);
}

#[tokio::test]
async fn a_word_of_a_person_is_folded_over_what_was_seen_without_asking_anybody() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let mut known = workspace.know().await.unwrap();
    let wish = MarkWish {
        tag: "v2.3.0".into(),
        environment: Some("production".into()),
        by: "@me".to_owned(),
        reason: String::new(),
    };
    workspace.mark_good(wish.clone()).await.unwrap();
    let asked = rehearsed.server().requests().len();
    let facts = workspace.facts().await.unwrap();
    known.with_facts(&workspace, facts);
    assert_eq!(rehearsed.server().requests().len(), asked);
    let production = known.environment("production").unwrap();
    assert_eq!(production.marked_good[0].tag.as_str(), "v2.3.0");
    let found = production.last_good.candidates.iter().find(|found| found.tag.as_str() == "v2.3.0").unwrap();
    assert!(found.good && found.reason == "marked good by @me", "{found:?}");
    assert!(workspace.take_mark_back(wish.clone()).await.unwrap());
    assert!(!workspace.take_mark_back(wish).await.unwrap());
}

fn is_of(fact: &lastgood_core::journal::Fact, environment: &str) -> bool {
    fact.subject.environment.as_ref().is_some_and(|name| name.as_str() == environment)
}

fn is_rejected(known: &Known) -> bool {
    known.forge.as_ref().is_err_and(|trouble| trouble.code == Code::TokenRejected)
}

fn wish() -> Wish {
    Wish {
        to: Some("v2.4.0".into()),
        reason: String::new(),
        who: String::new(),
        countdown: jiff::SignedDuration::ZERO,
        rehearsal: true,
    }
}
