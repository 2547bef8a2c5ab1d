//! What there is to tell follows a rollback: its countdown, its beginning, and whichever end it has.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::telling::{Telling, Wish};
use lastgood_core::ids::{ChannelName, RollbackId};
use lastgood_core::incident::event::{Edit, Event};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::{Incident, Stage};
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::Journal;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{self, End, Outcome, Rollback, StepName, next};
use serde_json::json;

use super::kit::taken;
use super::outbox::{approve, open, telling, ticket};
use super::receiver::Receiver;

/// A ticket that is sent by itself, and a page that is not.
pub(super) const SET: &str = "automatic = true
[channels.page]
kind = 'statuspage'
page = 'page1'
";

/// One whose countdown ends this many seconds from now.
pub(super) fn rollback(undo: i64) -> Rollback {
    let now = Timestamp::now();
    let plan = json!({
        "environment": "production",
        "from": "v2.4.1",
        "to": "v2.4.0",
        "object": "a".repeat(40),
        "commit": "c".repeat(40),
        "reason": "plugins fail",
        "who": "@release-manager",
        "started": now,
        "undo_until": now + SignedDuration::from_secs(undo),
        "rollback_tag": "rollback-20261123-144100",
        "deploy": { "workflow": "deploy.yml", "branch": "main", "version_input": "version", "inputs": {}, "key_input": null },
        "proofs": { "version": null, "health": null, "health_times": 3 },
        "budget": 300,
        "rehearsal": false,
    });
    next::begin(RollbackId::new("rb-4f1c"), serde_json::from_value(plan).unwrap())
}

/// The same on its way up.
fn forward(undo: i64) -> Rollback {
    let down = rollback(undo);
    Rollback { plan: Plan { forward: true, ..down.plan.clone() }, ..down }
}

pub(super) fn ended(rollback: &Rollback, outcome: Outcome) -> Rollback {
    let end = End { at: Timestamp::now(), outcome, sentence: "So it ended.".to_owned(), hint: String::new() };
    Rollback { end: Some(end), ..rollback.clone() }
}

pub(super) async fn followed(telling: &Telling, rollback: &Rollback) -> Incident {
    telling.follow(rollback).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_taken_back_in_time_was_told_to_nobody_and_closes_its_incident() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let begun = rollback(60);
    let incident = followed(&telling, &begun).await;
    assert!(incident.is_open() && incident.updates.is_empty(), "nobody hears of it in the countdown");
    assert_eq!(telling.drafts().of(&incident.id).unwrap().len(), 2);
    let taken_back = Rollback { undo_asked: true, ..ended(&begun, Outcome::Aborted) };
    let closed = followed(&telling, &taken_back).await;
    assert!(!closed.is_open() && closed.due.is_empty() && closed.updates.is_empty(), "{closed:?}");
    assert_eq!(telling.drafts().of(&incident.id).unwrap(), []);
    assert_eq!(followed(&telling, &taken_back).await, closed, "and once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_to_it_tells_of_the_beginning_once_and_of_the_end_once() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, SET);
    let begun = rollback(-1);
    for _ in 0..3 {
        followed(&telling, &begun).await;
    }
    telling.send_queued().await.unwrap();
    let over = ended(&begun, Outcome::Succeeded);
    for _ in 0..3 {
        followed(&telling, &over).await;
    }
    let incident = followed(&telling, &over).await;
    let told: Vec<_> = incident.to_channel(&ticket()).map(|delivery| delivery.moment).collect();
    assert_eq!(told, [Some(Moment::RollingBack), Some(Moment::RolledBack)]);
    assert_eq!(incident.stage, Stage::Monitoring, "the stage is what was told");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_and_the_stage_of_an_untouched_draft_are_those_of_what_happened_last() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let page = ChannelName::new("page");
    let begun = rollback(60);
    let incident = followed(&telling, &begun).await;
    for (outcome, template, stage) in [
        (None, "status-identified", Stage::Identified),
        (Some(Outcome::Succeeded), "status-monitoring", Stage::Monitoring),
        (Some(Outcome::Failed), "status-investigating", Stage::Investigating),
    ] {
        let rollback = outcome.map_or_else(|| begun.clone(), |outcome| ended(&begun, outcome));
        assert_eq!(Moment::of(&incident, Some(&rollback), &page).stage(incident.stage), stage, "{outcome:?}");
        let kind = lastgood_core::settings::telling::ChannelKind::Statuspage;
        let moment = Moment::of(&incident, Some(&rollback), &page);
        assert_eq!(moment.template(kind, kind.audience(), true), template, "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_heard_of_a_rollback_that_did_not_work_hears_that() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, SET);
    let begun = rollback(-1);
    followed(&telling, &begun).await;
    let failed = followed(&telling, &ended(&begun, Outcome::Failed)).await;
    let told: Vec<_> = failed.to_channel(&ticket()).map(|delivery| delivery.moment).collect();
    assert_eq!(told, [Some(Moment::RollingBack), Some(Moment::NotRolledBack)]);
    assert!(failed.is_open(), "it is not over by that");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_a_person_chose_brings_the_words_that_fit_it() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let incident = followed(&telling, &rollback(60)).await;
    let page = ChannelName::new("page");
    let wish = Wish { stage: Some(Stage::Resolved), ..Wish::default() };
    let words = telling.compose(&incident, &page, &wish).await.unwrap().unwrap();
    assert_eq!((words.template.as_str(), words.stage), ("status-resolved", Stage::Resolved));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_rolls_forward_opens_no_incident_and_tells_nobody_of_a_rollback() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let up = forward(-1);
    for rollback in [up.clone(), ended(&up, Outcome::Succeeded)] {
        assert_eq!(telling.follow(&rollback).await.unwrap(), None);
    }
    assert_eq!(telling.incidents().await.unwrap(), []);
    let standing = open(&telling).await;
    let by = "@team-lead".to_owned();
    let answered = Event::IncidentEdited { by, edit: Edit::Rollback(Some(up.id.clone())) };
    let standing = telling.write(&standing.id, answered).await.unwrap();
    assert_eq!(Moment::of(&standing, Some(&ended(&up, Outcome::Succeeded)), &ticket()), Moment::Declared);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_answers_an_open_incident_joins_it_and_opens_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, SET);
    let standing = open(&telling).await;
    approve(&telling, &standing).await;
    telling.send_queued().await.unwrap();
    let mut first = rollback(-1);
    first.plan.incident = Some(standing.id.clone());
    followed(&telling, &first).await;
    let joined = followed(&telling, &ended(&first, Outcome::Failed)).await;
    assert_eq!((&joined.id, joined.rollback.as_ref()), (&standing.id, Some(&first.id)));
    assert_eq!(joined.due.len(), 1, "one clock");
    let mut second = Rollback { id: RollbackId::new("rb-5a2d"), ..rollback(-1) };
    second.plan.incident = Some(standing.id.clone());
    followed(&telling, &second).await;
    followed(&telling, &ended(&second, Outcome::Succeeded)).await;
    let late = telling.follow(&ended(&first, Outcome::Failed)).await.unwrap().unwrap();
    let moments: Vec<_> = late.to_channel(&ticket()).filter_map(|delivery| delivery.moment).collect();
    let wanted =
        [Moment::Declared, Moment::RollingBack, Moment::NotRolledBack, Moment::RollingBack, Moment::RolledBack];
    assert_eq!((moments, late.rollback), (wanted.to_vec(), Some(second.id)));
    assert_eq!(telling.incidents().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_was_over_before_is_not_joined() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let standing = open(&telling).await;
    let over = Event::IncidentStageSet { by: "@team-lead".to_owned(), stage: Stage::Resolved };
    telling.write(&standing.id, over).await.unwrap();
    let mut begun = rollback(60);
    begun.plan.incident = Some(standing.id.clone());
    assert_ne!(followed(&telling, &begun).await.id, standing.id);
}

/// A rollback knows neither what does not work nor where.
#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_by_itself_in_shipped_words_leaves_out_what_nobody_knows_and_a_draft_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let automatic = "automatic = true\n";
    let kinds = [
        ("room", "slack"),
        ("teams", "teams"),
        ("page", "statuspage"),
        ("hook", "webhook"),
        ("bad", "release_notes"),
        ("pager", "pagerduty"),
        ("banner", "notice"),
    ];
    let mail =
        "kind = 'email'\nurl = 'localhost:1'\nfrom = 'l@acme.example'\nto = ['c@acme.example']\nautomatic = true\n";
    let mails =
        format!("[channels.leads]\naudience = 'leads'\n{mail}[channels.customers]\naudience = 'customers'\n{mail}");
    let set: String = kinds
        .iter()
        .map(|(name, kind)| {
            let more = "url = 'https://hook.example'\npage = 'page1'";
            format!("[channels.{name}]\nkind = '{kind}'\n{more}\n{automatic}")
        })
        .collect();
    let telling = telling(folder.path(), "http://127.0.0.1:9", &format!("{automatic}{set}{mails}"));
    let begun = rollback(-1);
    let incident = followed(&telling, &begun).await;
    let wish = Wish::default();
    let words = telling.compose(&incident, &ChannelName::new("room"), &wish).await.unwrap().unwrap();
    assert_ne!(words.gaps(), [""; 0], "a person who writes sees what is lacking");
    for outcome in [Outcome::Failed, Outcome::Succeeded] {
        followed(&telling, &ended(&begun, outcome)).await;
    }
    let told = telling.incident(&incident.id).await.unwrap();
    for (name, _) in kinds.iter().chain(&[("ticket", "github"), ("leads", "email"), ("customers", "email")]) {
        let channel = ChannelName::new(*name);
        let moments: Vec<_> = told.to_channel(&channel).filter_map(|delivery| delivery.moment).collect();
        let notes = *name == "bad";
        let wanted = if notes {
            vec![Moment::RolledBack]
        } else {
            vec![Moment::RollingBack, Moment::NotRolledBack, Moment::RolledBack]
        };
        assert_eq!(moments, wanted, "{name}");
    }
    assert_eq!(telling.silent().await.unwrap(), []);
}

/// Everything but the ticket and the pages of the settings, in shipped words.
const ROOMS: &str = "automatic = true
[channels.room]
kind = 'slack'
automatic = true
[channels.bad]
kind = 'release_notes'
automatic = true
[channels.good]
kind = 'release_notes'
to = ['good']
automatic = true
";

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_by_itself_leaves_also_where_nobody_gave_a_reason_or_knows_what_was_live() {
    for outcome in [Outcome::Succeeded, Outcome::Failed] {
        let folder = tempfile::tempdir().unwrap();
        let telling = telling(folder.path(), "http://127.0.0.1:9", ROOMS);
        let mut begun = rollback(-1);
        begun.plan.from = None;
        begun.reason.clear();
        followed(&telling, &begun).await;
        let told = followed(&telling, &ended(&begun, outcome)).await;
        let count = |name: &str| told.to_channel(&ChannelName::new(name)).count();
        let notes = usize::from(outcome == Outcome::Succeeded);
        assert_eq!([count("ticket"), count("room"), count("bad"), count("good")], [2, 2, notes, notes], "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_automatic_channel_that_lacks_something_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let set = "automatic = true\n[incident.templates]\nticket-opened = '# {{ title }}: {{ cause }}'\n";
    let telling = telling(folder.path(), "http://127.0.0.1:9", set);
    // Its story is in the journal, where the outbox finds it.
    let begun = rollback(-1);
    journal(folder.path(), &begun).await;
    let incident = followed(&telling, &begun).await;
    assert_eq!(incident.updates, []);
    let silent = telling.silent().await.unwrap();
    assert_eq!(silent.iter().map(|one| (&one.incident, &one.channel)).collect::<Vec<_>>(), [(&incident.id, &ticket())]);
    assert!(silent[0].trouble.message.contains("cause"), "{silent:?}");
    assert_eq!(telling.silent().await.unwrap(), [], "once");
}

/// Writes the beginning of a rollback down.
pub(super) async fn journal(folder: &Path, rollback: &Rollback) {
    write(folder, rollback, rollback::event::Event::RollbackStarted(Box::new(rollback.plan.clone()))).await;
}

async fn write(folder: &Path, rollback: &Rollback, event: rollback::event::Event) {
    let subject = Subject::repository("github.com/acme/shop").rollback(rollback.id.clone());
    let journal = SqliteJournal::open(&folder.join("data/journal.sqlite"), &"writer-1".into()).unwrap();
    journal.append(NewFact { at: rollback.plan.started, subject, event: event.into() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_read_a_rollback_before_it_ended_follows_it_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let begun = rollback(60);
    journal(folder.path(), &begun).await;
    assert!(followed(&telling, &begun).await.is_open());
    write(folder.path(), &begun, rollback::event::Event::UndoAsked).await;
    let (outcome, sentence, hint) = (Outcome::Aborted, "It was taken back.".to_owned(), String::new());
    write(folder.path(), &begun, rollback::event::Event::RollbackEnded { outcome, sentence, hint }).await;
    assert!(!followed(&telling, &begun).await.is_open(), "what was read before counts no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_was_given_up_and_may_have_run_ends_no_incident() {
    for may_have_run in [
        |rollback: &mut Rollback| rollback.suspected = true,
        |rollback: &mut Rollback| rollback.sent = true,
        |rollback: &mut Rollback| rollback.steps[StepName::Dispatch as usize].attempts = 2,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let telling = telling(folder.path(), "http://127.0.0.1:9", "");
        let begun = rollback(-1);
        assert!(followed(&telling, &begun).await.is_open());
        let mut given_up = ended(&begun, Outcome::Aborted);
        may_have_run(&mut given_up);
        assert!(followed(&telling, &given_up).await.is_open(), "a run may have been started");
    }
}

/// A message of an earlier rollback that is approved or sent again late says nothing of the newer one.
#[tokio::test(flavor = "multi_thread")]
async fn what_tells_of_a_rollback_is_known_by_the_rollback_and_not_by_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let first = rollback(-1);
    followed(&telling, &first).await;
    let told = followed(&telling, &ended(&first, Outcome::Succeeded)).await;
    let over = |id: &str, started: Timestamp| {
        let newer = Rollback { id: RollbackId::new(id), ..ended(&first, Outcome::Succeeded) };
        Rollback { plan: Plan { started, ..newer.plan.clone() }, ..newer }
    };
    let of = |rollback: &Rollback| Moment::of(&told, Some(rollback), &ticket());
    let hour = SignedDuration::from_hours(1);
    assert_eq!(of(&over("rb-5a2d", first.plan.started - hour)), Moment::RolledBack, "another rollback");
    assert_eq!(of(&over("rb-4f1c", first.plan.started + hour)), Moment::Monitoring, "a clock that was set back");
    let mut old = told.clone();
    old.updates.iter_mut().flat_map(|update| &mut update.deliveries).for_each(|delivery| delivery.rollback = None);
    let of = |rollback: &Rollback| Moment::of(&old, Some(rollback), &ticket());
    assert_eq!(of(&over("rb-5a2d", first.plan.started + hour)), Moment::RolledBack, "as an earlier version told it");
    assert_eq!(of(&ended(&first, Outcome::Succeeded)), Moment::Monitoring);
}
