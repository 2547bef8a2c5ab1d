//! Beginning, taking up again, and who may not.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::place::Place;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_core::error::Code;
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::Journal;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::{Choice, Event};
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, StepName, StepPhase};
use lastgood_rehearsal::{Fault, FaultKind, When};

use super::audience::{audience, opened, plan, started};
use crate::rehearsed::{Rehearsed, status};

#[tokio::test]
async fn a_second_rollback_is_refused_while_one_is_driven_or_unfinished() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let (ours, theirs) = (opened(&rehearsed), opened(&rehearsed));
    let first = ours.begin(plan(&ours, None).await, audience().0).await.unwrap();
    let id = first.rollback().id.clone();

    let driven = theirs.begin(plan(&theirs, None).await, audience().0).await.err().unwrap();
    assert_eq!(driven.code, Code::AlreadyRunning);
    assert!(driven.message.contains(id.as_str()) && driven.message.contains("@platform-lead"), "{}", driven.message);
    let driven = theirs.resume(&id, audience().0).await.err().unwrap();
    assert_eq!(driven.code, Code::AlreadyRunning);
    assert!(driven.message.contains(id.as_str()) && driven.message.contains("@platform-lead"), "{}", driven.message);

    drop(first);
    let unfinished = theirs.begin(plan(&theirs, None).await, audience().0).await.err().unwrap();
    assert_eq!(unfinished.code, Code::AlreadyRunning);
    assert!(unfinished.message.contains(id.as_str()), "{}", unfinished.message);
    assert_eq!(rehearsed.sent("POST").len(), 0);
}

#[tokio::test]
async fn an_unfinished_rollback_is_taken_up_to_the_same_end() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    let id = drive.rollback().id.clone();
    drop(drive);
    assert_eq!(workspace.unfinished().await.unwrap().len(), 1);

    let later = opened(&rehearsed);
    let rollback = later.resume(&id, audience().0).await.unwrap().to_the_end().await.unwrap();
    assert_eq!((rollback.id, rollback.end.unwrap().outcome), (id, Outcome::Succeeded));
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 1));
    assert_eq!(later.unfinished().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_plan_from_before_another_rollback_is_refused() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let (ours, theirs) = (opened(&rehearsed), opened(&rehearsed));
    let (early, late) = (plan(&ours, None).await, plan(&theirs, None).await);
    let first = ours.begin(early, audience().0).await.unwrap().to_the_end().await.unwrap();
    let trouble = theirs.begin(late, audience().0).await.err().unwrap();
    assert_eq!(trouble.code, Code::AlreadyRunning);
    assert!(trouble.message.contains(first.id.as_str()), "{}", trouble.message);
    assert_eq!(rehearsed.sent("POST").len(), 1);
    // A plan made now knows of it.
    let again = plan(&theirs, Some("v2.3.1")).await;
    assert_eq!(theirs.begin(again, audience().0).await.unwrap().rollback().plan.to.as_str(), "v2.3.1");
}

#[tokio::test]
async fn a_rollback_of_a_time_that_is_still_to_come_is_in_nobodys_way() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    // As before the clock was set back.
    let ahead = Timestamp::now() + SignedDuration::from_hours(2);
    let before = Plan { started: ahead, undo_until: ahead, ..plan(&workspace, None).await };
    let subject = Subject::repository(workspace.key()).environment("production".into()).rollback("rb-ahead".into());
    let end = Event::RollbackEnded { outcome: Outcome::Aborted, sentence: String::new(), hint: String::new() };
    let events = [Event::RollbackStarted(Box::new(before)), Event::UndoAsked, end];
    let facts = events.map(|event| NewFact { at: ahead, subject: subject.clone(), event: event.into() });
    let place = Place::at(rehearsed.beside("data")).unwrap();
    let journal = SqliteJournal::open(&place.journal(), &"writer-1".into()).unwrap();
    journal.append_all(facts.to_vec()).await.unwrap();

    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    assert_eq!(drive.to_the_end().await.unwrap().end.unwrap().outcome, Outcome::Succeeded);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_sent_twice() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    rehearsed.arm(Fault::once("/dispatches", status(502, &[], When::AfterEffect)));
    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    let rollback = drive.to_the_end().await.unwrap();
    assert_eq!(rollback.end.unwrap().outcome, Outcome::Succeeded);
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 1));
}

#[tokio::test]
async fn without_evidence_a_person_decides_and_may_send_again() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    rehearsed.arm(Fault::once("/dispatches", FaultKind::NoRun));
    // Nobody is there to ask.
    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    let id = drive.rollback().id.clone();
    let waiting = drive.to_the_end().await.unwrap();
    assert_eq!(waiting.step(StepName::Dispatch).phase, StepPhase::Inconclusive);
    assert_eq!((waiting.end, rehearsed.sent("POST").len(), rehearsed.started()), (None, 1, 0));

    let (audience, _, bell) = audience();
    bell.ring(Request::Choose(Choice::SendAgain));
    let rollback = workspace.resume(&id, audience).await.unwrap().to_the_end().await.unwrap();
    assert_eq!(rollback.end.unwrap().outcome, Outcome::Succeeded);
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (2, 1));
}

#[tokio::test]
async fn a_rollback_that_was_stopped_goes_no_further() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    let (audience, seen, bell) = audience();
    bell.ring(Request::StopAfterThisStep);
    let drive = workspace.begin(plan(&workspace, None).await, audience).await.unwrap();
    let rollback = drive.to_the_end().await.unwrap();
    assert_eq!(rollback.end.unwrap().outcome, Outcome::Aborted);
    assert_eq!(started(&seen.lock().unwrap()), []);
    assert_eq!(rehearsed.sent("POST").len(), 0);
}

#[tokio::test]
async fn a_rollback_that_nobody_began_is_unknown() {
    let rehearsed = Rehearsed::start().await;
    let trouble = opened(&rehearsed).resume(&"rb-none".into(), audience().0).await.err().unwrap();
    assert_eq!(trouble.code, Code::RollbackUnknown);
}
