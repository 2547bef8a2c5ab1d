//! A person takes back what was to tell of a rollback by itself: it stays with them.

use std::path::Path;

use lastgood_adapters::telling::Telling;
use lastgood_core::error::Code;
use lastgood_core::incident::Incident;
use lastgood_core::incident::event::{Edit, Event, SendChoice, SendEnding, SendOutcome, Verdict};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::rollback::{Outcome, Rollback};

use super::follow::{SET, ended, followed, journal, rollback};
use super::outbox::{approve_long_ago, open, phase, telling, ticket};

/// A ticket that leaves by itself once a second person read it.
const READ: &str = "automatic = true
[incident]
second_person = ['team']
";

/// An incident whose rollback was told of, as far as this phase, and then taken back by a person.
async fn taken_back(folder: &Path, telling: &Telling, came: SendPhase, begun: &Rollback) -> Incident {
    journal(folder, begun).await;
    let by = "@team-lead".to_owned();
    let answered = Event::IncidentEdited { by, edit: Edit::Rollback(Some(begun.id.clone())) };
    let standing = telling.write(&open(telling).await.id, answered).await.unwrap();
    if came == SendPhase::Stale {
        approve_long_ago(folder, telling, &standing).await;
        telling.send_queued().await.unwrap();
    } else {
        followed(telling, begun).await;
    }
    let update = telling.incident(&standing.id).await.unwrap().updates[0].id.clone();
    let outcome = [(SendPhase::Refused, SendOutcome::Refused), (SendPhase::Unknown, SendOutcome::Unknown)];
    if let Some((_, outcome)) = outcome.into_iter().find(|(phase, _)| *phase == came) {
        let (channel, sentence) = (ticket(), "So it ended.".to_owned());
        let begun = Event::IncidentSendBegun { update: update.clone(), channel, sent: String::new() };
        telling.write(&standing.id, begun).await.unwrap();
        let code = Some(Code::ChannelRefused);
        let (hint, reached) = (String::new(), Vec::new());
        let ending = SendEnding { outcome, sentence, hint, code, receipt: None, again_at: None, reached };
        let ended = Event::IncidentSendEnded { update: update.clone(), channel: ticket(), ending };
        telling.write(&standing.id, ended).await.unwrap();
    }
    assert_eq!(phase(telling, &standing).await, came);
    telling.decide(&standing.id, &update, &ticket(), SendChoice::Drop, "").await.unwrap()
}

/// Nothing new leaves for the ticket, however often it is looked at; nothing that a person typed comes about.
async fn assert_stays_taken_back(telling: &Telling, rollback: &Rollback, after: &Incident) {
    for _ in 0..3 {
        let looked = followed(telling, rollback).await;
        assert_eq!(looked.updates, after.updates, "no new update");
    }
    assert_eq!(telling.silent().await.unwrap(), [], "and nobody is told that something is lacking");
    assert!(telling.drafts().of(&after.id).unwrap().iter().all(|draft| !draft.typed));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_took_back_does_not_leave_by_itself_again_however_far_it_had_come() {
    for came in [SendPhase::Queued, SendPhase::Refused, SendPhase::Unknown, SendPhase::Stale, SendPhase::Review] {
        let folder = tempfile::tempdir().unwrap();
        let settings = if came == SendPhase::Review { READ } else { SET };
        let telling = telling(folder.path(), "http://127.0.0.1:9", settings);
        let begun = rollback(-1);
        let after = taken_back(folder.path(), &telling, came, &begun).await;
        assert_eq!(after.updates.len(), 1, "{came:?}");
        assert_stays_taken_back(&telling, &begun, &after).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_second_person_declined_is_not_asked_about_again() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", READ);
    let begun = rollback(-1);
    let asked = followed(&telling, &begun).await;
    let by = "support@acme.example";
    let declined = telling.review(&asked.id, &asked.updates[0].id, by, Verdict::Declined, "Too early.").await.unwrap();
    assert_eq!(phase(&telling, &declined).await, SendPhase::Dropped);
    assert_stays_taken_back(&telling, &begun, &declined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_took_back_its_beginning_hears_of_its_end_and_can_take_that_back_too() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let begun = rollback(-1);
    let told = followed(&telling, &begun).await;
    telling.decide(&told.id, &told.updates[0].id, &ticket(), SendChoice::Drop, "").await.unwrap();
    let over = ended(&begun, Outcome::Succeeded);
    let told = followed(&telling, &over).await;
    assert_eq!(told.to_channel(&ticket()).last().and_then(|delivery| delivery.moment), Some(Moment::RolledBack));
    let update = told.updates[1].id.clone();
    let after = telling.decide(&told.id, &update, &ticket(), SendChoice::Drop, "").await.unwrap();
    assert_stays_taken_back(&telling, &over, &after).await;
}
