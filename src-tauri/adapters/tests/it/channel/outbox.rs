//! The whole way: opened, composed, approved, sent, looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::drafts::Draft;
use lastgood_adapters::place::Place;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::telling::{Telling, Wish, World};
use lastgood_core::error::Code;
use lastgood_core::ids::{ChannelName, RepositorySlug, UpdateId};
use lastgood_core::incident::event::{Approval, Edit, Event, Opening, Outgoing, SendChoice, Verdict};
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::{Audience, Incident, Severity, Stage};
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::Journal;
use lastgood_core::settings::Settings;

use super::kit::{github, taken};
use super::receiver::{Receiver, Reply};

pub(super) fn telling(folder: &Path, address: &str, more: &str) -> Telling {
    let place = Place::at(folder.join("data")).unwrap();
    let journal = SqliteJournal::open(&place.journal(), &"writer-1".into()).unwrap();
    let settings = Settings::parse(&format!("[channels.ticket]\nkind = 'github'\n{more}")).unwrap();
    let world = World {
        slug: RepositorySlug::new("acme", "shop"),
        github: Some(Arc::new(github(address))),
        authorizer: None,
        person: "@team-lead".to_owned(),
    };
    Telling::new(&place, "github.com/acme/shop".to_owned(), journal, settings, BTreeMap::new(), world).unwrap()
}

pub(super) fn ticket() -> ChannelName {
    ChannelName::new("ticket")
}

pub(super) async fn open(telling: &Telling) -> Incident {
    let opening = Opening {
        title: "Plugins fail".to_owned(),
        severity: Severity::DEFAULT,
        by: "@team-lead".to_owned(),
        commander: Some("@platform-lead".to_owned()),
        impact: Some("12 % of calls fail".to_owned()),
        surfaces: vec!["API".to_owned()],
        environment: Some("production".into()),
        rollback: None,
        found_at: Timestamp::now(),
        impact_started_at: None,
        due: BTreeMap::new(),
    };
    telling.open(opening).await.unwrap()
}

pub(super) async fn approve(telling: &Telling, incident: &Incident) -> Incident {
    let words = telling.compose(incident, &ticket(), &Wish::default()).await.unwrap().unwrap();
    telling.approve(incident, &[words]).await.unwrap()
}

/// Words that were approved an hour ago, and could leave for half of it.
pub(super) async fn approve_long_ago(folder: &Path, telling: &Telling, incident: &Incident) {
    write_long_ago(folder, telling, incident, Event::IncidentUpdateApproved).await;
}

/// The same, for a second person to read first.
async fn ask_long_ago(folder: &Path, telling: &Telling, incident: &Incident) {
    write_long_ago(folder, telling, incident, Event::IncidentReviewAsked).await;
}

async fn write_long_ago(folder: &Path, telling: &Telling, incident: &Incident, event: fn(Box<Approval>) -> Event) {
    let words = telling.compose(incident, &ticket(), &Wish::default()).await.unwrap().unwrap();
    let ago = |minutes| Timestamp::now() - SignedDuration::from_mins(minutes);
    let outgoing = Outgoing {
        channel: ticket(),
        audience: words.audience,
        template: words.template.clone(),
        moment: Some(words.moment),
        stage: Some(words.stage),
        rollback: words.rollback.clone(),
        message: words.message,
    };
    let approval = Approval {
        update: UpdateId::new("up-old"),
        by: "@team-lead".to_owned(),
        stage: incident.stage,
        messages: vec![outgoing],
        at_once: BTreeSet::new(),
        expires_at: ago(30),
        due: BTreeMap::new(),
    };
    let event = event(Box::new(approval));
    let subject = Subject::repository("github.com/acme/shop").incident(incident.id.clone());
    let journal = SqliteJournal::open(&folder.join("data/journal.sqlite"), &"writer-1".into()).unwrap();
    journal.append(NewFact { at: ago(60), subject, event: event.into() }).await.unwrap();
}

pub(super) async fn phase(telling: &Telling, incident: &Incident) -> SendPhase {
    telling.incident(&incident.id).await.unwrap().updates[0].deliveries[0].phase
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_goes_out_once_with_a_receipt_and_its_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    approve(&telling, &incident).await;
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    assert_eq!(telling.send_queued().await.unwrap(), []);
    assert_eq!(receiver.written().len(), 1);
    let sent = telling.incident(&incident.id).await.unwrap();
    let delivery = &sent.updates[0].deliveries[0];
    assert_eq!(delivery.receipt.as_ref().unwrap().handle.as_deref(), Some("12"));
    assert!(delivery.sent.as_ref().unwrap().contains("12 % of calls fail"), "{delivery:?}");
    assert!(sent.due.contains_key(&Audience::Team), "the team is promised more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_shown_and_goes_again_only_when_a_person_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let posts = AtomicUsize::new(0);
    let receiver = Receiver::start(move |request| match request.method.as_str() {
        "POST" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::CutAfter,
        "GET" => Reply::Answer(200, "", "[]".to_owned()),
        _ => taken(request),
    });
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    let approved = approve(&telling, &incident).await;
    let gone = telling.send_queued().await.unwrap();
    assert_eq!((gone[0].phase, gone[0].code), (SendPhase::Unknown, Some(Code::SendUnknown)));
    assert_eq!(telling.send_queued().await.unwrap(), []);
    assert_eq!(receiver.written().len(), 1);
    telling.decide(&incident.id, &approved.updates[0].id, &ticket(), SendChoice::SendAgain, "").await.unwrap();
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    assert_eq!(receiver.written().len(), 2);
    let twice = telling.decide(&incident.id, &approved.updates[0].id, &ticket(), SendChoice::SendAgain, "").await;
    assert_eq!(twice.unwrap_err().code, Code::IncidentRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_network_it_waits_and_later_ones_wait_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let offline = telling(folder.path(), &format!("http://{gone}"), "");
    let (one, other) = (open(&offline).await, open(&offline).await);
    approve(&offline, &one).await;
    approve(&offline, &other).await;
    let tried = offline.send_queued().await.unwrap();
    assert_eq!(tried.iter().map(|gone| gone.phase).collect::<Vec<_>>(), [SendPhase::Queued], "the second is not tried");
    let receiver = Receiver::start(taken);
    let online = telling(folder.path(), &receiver.address, "");
    assert_eq!(online.send_queued().await.unwrap(), [], "its pause is not over");
    let sent = online.send_now().await.unwrap();
    assert_eq!(sent.iter().map(|gone| &gone.incident).collect::<Vec<_>>(), [&one.id, &other.id], "in order");
    assert_eq!(receiver.written().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rounds_without_the_network_write_one_try_and_wait() {
    let folder = tempfile::tempdir().unwrap();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let telling = telling(folder.path(), &format!("http://{gone}"), "");
    let incident = open(&telling).await;
    approve(&telling, &incident).await;
    for _ in 0..50 {
        telling.send_queued().await.unwrap();
    }
    let delivery = telling.incident(&incident.id).await.unwrap().updates[0].deliveries[0].clone();
    assert_eq!((delivery.phase, delivery.attempts), (SendPhase::Queued, 1), "one try, not one a round");
    let wake = telling.wake_at().await.unwrap().unwrap();
    assert!(wake > Timestamp::now(), "a timer can sleep until then: {wake}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_found_is_where_the_next_update_goes() {
    let folder = tempfile::tempdir().unwrap();
    let posts = AtomicUsize::new(0);
    let receiver = Receiver::start(move |request| match request.method.as_str() {
        "POST" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::CutAfter,
        "GET" => Reply::Answer(200, "", "[]".to_owned()),
        _ => taken(request),
    });
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    let approved = approve(&telling, &incident).await;
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Unknown);
    let place = "https://github.com/acme/shop/issues/12#issuecomment-7";
    let update = &approved.updates[0].id;
    let after = telling.decide(&incident.id, update, &ticket(), SendChoice::ItArrived, place).await.unwrap();
    approve(&telling, &after).await;
    telling.send_queued().await.unwrap();
    let paths: Vec<String> = receiver.written().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/repos/acme/shop/issues", "/repos/acme/shop/issues/12/comments"], "no second issue");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_shown_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", "");
    let incident = open(&telling).await;
    let shown = telling.compose(&incident, &ticket(), &Wish::default()).await.unwrap().unwrap();
    let wish = || Wish { template: Some(shown.template.clone()), body: Some(shown.body.clone()), ..Wish::default() };
    let same = telling.as_seen(&incident, &ticket(), wish(), &shown.seen()).await.unwrap();
    assert_eq!(same.message, shown.message);
    let edit = Event::IncidentEdited { by: "@team-lead".to_owned(), edit: Edit::Impact(Some("all fail".to_owned())) };
    let changed = telling.write(&incident.id, edit).await.unwrap();
    for (incident, seen) in [(&changed, shown.seen()), (&incident, "0-old".to_owned()), (&incident, String::new())] {
        let trouble = telling.as_seen(incident, &ticket(), wish(), &seen).await.unwrap_err();
        assert_eq!(trouble.code, Code::UpdateChanged, "{seen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_second_person_reads_first_leaves_when_they_approved_it() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, "[incident]\nsecond_person = ['team']");
    let incident = open(&telling).await;
    let asked = approve(&telling, &incident).await;
    assert_eq!(telling.send_queued().await.unwrap(), []);
    assert_eq!((phase(&telling, &incident).await, receiver.written().len()), (SendPhase::Review, 0));
    let update = &asked.updates[0].id;
    let own = telling.review(&incident.id, update, "team-lead", Verdict::Approved, "").await;
    assert_eq!(own.unwrap_err().code, Code::IncidentRefused);
    telling.review(&incident.id, update, "support@acme.example", Verdict::Approved, "").await.unwrap();
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    let sent = telling.incident(&incident.id).await.unwrap();
    assert_eq!(sent.updates[0].review.as_ref().unwrap().by, "support@acme.example");
    assert!(sent.due.contains_key(&Audience::Team));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_asks_to_wait_is_not_asked_again_before() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_| Reply::Answer(429, "Retry-After: 3600\r\n", String::new()));
    let telling = telling(folder.path(), &receiver.address, "[incident]\nexpire_minutes = 90");
    let incident = open(&telling).await;
    approve(&telling, &incident).await;
    telling.send_queued().await.unwrap();
    telling.send_queued().await.unwrap();
    assert_eq!((phase(&telling, &incident).await, receiver.written().len()), (SendPhase::Queued, 1));
    let wake = telling.wake_at().await.unwrap().unwrap();
    assert!(wake.as_second() - Timestamp::now().as_second() > 3_000, "{wake}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_not_known_blocks_sending_and_filling_it_in_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    let edit = Event::IncidentEdited { by: "@team-lead".to_owned(), edit: Edit::Impact(None) };
    let incident = telling.write(&incident.id, edit).await.unwrap();
    let words = telling.compose(&incident, &ticket(), &Wish::default()).await.unwrap().unwrap();
    assert_eq!(words.gaps(), ["impact"]);
    assert_eq!(telling.approve(&incident, &[words]).await.unwrap_err().code, Code::ValueMissing);
    let wish = Wish { given: BTreeMap::from([("impact".to_owned(), "all calls fail".to_owned())]), ..Wish::default() };
    let words = telling.compose(&incident, &ticket(), &wish).await.unwrap().unwrap();
    telling.approve(&incident, &[words]).await.unwrap();
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_as_typed_and_goes_when_its_words_are_approved() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", "");
    let incident = open(&telling).await;
    let mut draft = Draft {
        incident: incident.id.clone(),
        channel: ticket(),
        template: "ticket-opened".to_owned(),
        body: "# {{ ti".to_owned(),
        given: BTreeMap::new(),
        stage: None,
        typed: true,
        saved_at: Timestamp::UNIX_EPOCH,
    };
    telling.drafts().save(&draft).unwrap();
    let broken = Wish { body: Some(draft.body.clone()), ..Wish::default() };
    let fault = telling.compose(&incident, &ticket(), &broken).await.unwrap().unwrap_err();
    assert_eq!(fault.line, 1, "{fault:?}");
    draft.body = "# {{ title }}\nIt is 'quoted' and ünïcode.".to_owned();
    telling.drafts().save(&draft).unwrap();
    assert_eq!(telling.drafts().find(&incident.id, &ticket()).unwrap().as_ref(), Some(&draft));
    approve(&telling, &incident).await;
    assert_eq!(telling.drafts().of(&incident.id).unwrap(), []);
}

/// A service that takes everything; the first answer is lost, and so is what it was about.
fn loses_the_first_answer() -> Receiver {
    let posts = AtomicUsize::new(0);
    Receiver::start(move |request| match request.method.as_str() {
        "POST" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::CutAfter,
        "GET" => Reply::Answer(200, "", "[]".to_owned()),
        _ => taken(request),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_first_message_that_nobody_knows_of_no_second_thread_begins() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = loses_the_first_answer();
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    let approved = approve(&telling, &incident).await;
    telling.send_queued().await.unwrap();
    approve(&telling, &approved).await;
    assert_eq!(telling.send_now().await.unwrap(), [], "it waits for what a person says of the first");
    assert_eq!(receiver.written().len(), 1);
    let wake = telling.wake_at().await.unwrap().unwrap();
    assert!(wake > Timestamp::now() + SignedDuration::from_mins(5), "nobody looks at it all the time: {wake}");
    let update = &approved.updates[0].id;
    telling.decide(&incident.id, update, &ticket(), SendChoice::ItArrived, "#12").await.unwrap();
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    let paths: Vec<String> = receiver.written().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/repos/acme/shop/issues", "/repos/acme/shop/issues/12/comments"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_at_once_where_the_service_can_tell() {
    let folder = tempfile::tempdir().unwrap();
    let seen: Arc<std::sync::Mutex<String>> = Arc::default();
    let receiver = Receiver::start(move |request| match request.method.as_str() {
        "POST" => {
            request.json()["body"].as_str().unwrap_or_default().clone_into(&mut seen.lock().unwrap());
            Reply::CutAfter
        }
        _ => {
            let issue = serde_json::json!([{ "id": 1, "number": 12, "html_url": "https://x.example", "title": "t",
                "state": "open", "body": *seen.lock().unwrap() }]);
            Reply::Answer(200, "", issue.to_string())
        }
    });
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    approve(&telling, &incident).await;
    let gone = telling.send_queued().await.unwrap();
    assert_eq!(gone[0].phase, SendPhase::Delivered, "{gone:?}");
    assert_eq!(telling.incident(&incident.id).await.unwrap().handle(&ticket()), Some("12"));
    assert_eq!(receiver.written().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_hear_by_mail_only_at_the_severities_that_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let mail = "[channels.mail]\nkind = 'email'\naudience = 'customers'\nurl = 'localhost:1'\nfrom = 'l@acme.example'\n\
                to = ['c@acme.example']";
    let telling = telling(folder.path(), "http://127.0.0.1:9", mail);
    let mild = Event::IncidentEdited { by: "@team-lead".to_owned(), edit: Edit::Severity(Severity::new(3).unwrap()) };
    let incident = open(&telling).await;
    let incident = telling.write(&incident.id, mild).await.unwrap();
    let wish = Wish { body: Some("# A nuisance\nThere is a way around it.".to_owned()), ..Wish::default() };
    let words = telling.compose(&incident, &ChannelName::new("mail"), &wish).await.unwrap().unwrap();
    let trouble = telling.approve(&incident, &[words]).await.unwrap_err();
    assert!(trouble.message.contains("SEV 3") && !trouble.hint.is_empty(), "{trouble:?}");
    assert_eq!(telling.incident(&incident.id).await.unwrap().updates, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_leave_and_words_that_are_read_first_are_approved_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let page = "[channels.page]\nkind = 'github'\naudience = 'customers'\nsecond_person = true";
    let telling = telling(folder.path(), &receiver.address, page);
    let incident = open(&telling).await;
    let mut words = Vec::new();
    for (name, stage) in [("ticket", Stage::Resolved), ("page", Stage::Monitoring)] {
        let wish = Wish { body: Some("# Told".to_owned()), stage: Some(stage), ..Wish::default() };
        words.push(telling.compose(&incident, &ChannelName::new(name), &wish).await.unwrap().unwrap());
    }
    let after = telling.approve(&incident, &words).await.unwrap();
    let phases: Vec<_> = after.updates.iter().flat_map(|update| &update.deliveries).map(|one| one.phase).collect();
    assert_eq!((after.updates.len(), phases), (1, vec![SendPhase::Queued, SendPhase::Review]));
    assert!(
        after.due.contains_key(&Audience::Team) && !after.due.contains_key(&Audience::Customers),
        "{:?}",
        after.due
    );
    telling.send_queued().await.unwrap();
    let update = after.updates[0].id.clone();
    let read = telling.review(&incident.id, &update, "support@acme.example", Verdict::Approved, "").await.unwrap();
    assert!(read.due.contains_key(&Audience::Customers));
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    assert_eq!(receiver.written().iter().filter(|one| one.path.ends_with("/issues")).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_leaves_before_what_was_written_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = loses_the_first_answer();
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = open(&telling).await;
    let first = approve(&telling, &incident).await;
    telling.send_queued().await.unwrap();
    let both = approve(&telling, &first).await;
    telling.decide(&incident.id, &first.updates[0].id, &ticket(), SendChoice::SendAgain, "").await.unwrap();
    let sent = telling.send_queued().await.unwrap();
    let order: Vec<&UpdateId> = sent.iter().map(|gone| &gone.update).collect();
    assert_eq!(order, both.updates.iter().map(|update| &update.id).collect::<Vec<_>>(), "the first begins the thread");
    let last = receiver.written().pop().unwrap().path;
    assert_eq!(last, "/repos/acme/shop/issues/12/comments");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_types_while_words_leave_by_themselves_stays() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", "");
    let incident = open(&telling).await;
    let own = Wish { by_itself: true, ..Wish::default() };
    for (typed, left) in [(true, 1), (false, 0)] {
        let words = telling.compose(&incident, &ticket(), &own).await.unwrap().unwrap();
        let draft = Draft {
            incident: incident.id.clone(),
            channel: ticket(),
            template: words.template.clone(),
            body: "# Mine".to_owned(),
            given: BTreeMap::new(),
            stage: None,
            typed,
            saved_at: Timestamp::UNIX_EPOCH,
        };
        telling.drafts().save(&draft).unwrap();
        telling.approve(&incident, &[words]).await.unwrap();
        assert_eq!(telling.drafts().of(&incident.id).unwrap().len(), left, "typed: {typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_too_late_leaves_nothing_and_promises_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, "[incident]\nsecond_person = ['team']");
    let incident = open(&telling).await;
    ask_long_ago(folder.path(), &telling, &incident).await;
    let by = "support@acme.example";
    let read = telling.review(&incident.id, &UpdateId::new("up-old"), by, Verdict::Approved, "").await.unwrap();
    assert_eq!((read.stage, &read.due), (incident.stage, &incident.due), "nobody was told anything");
    assert_eq!(phase(&telling, &incident).await, SendPhase::Stale);
    assert_eq!(telling.send_queued().await.unwrap(), []);
    assert_eq!(receiver.written().len(), 0);
}
