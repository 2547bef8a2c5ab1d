//! Holds and quarantines as the team sees them: names, texts, and what stands from both sides.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::hold::mark::{Mark, MarkName, Marks};
use lastgood_core::hold::record::{HoldRecord, QuarantineRecord, Record, Scope};
use lastgood_core::hold::{self, Place, Quarantine};
use lastgood_core::ids::EnvironmentName;
use lastgood_core::journal::{Fact, Subject};
use lastgood_core::rollback::Outcome;
use lastgood_core::rollback::event::Event;
use proptest::prelude::*;

const PRODUCTION: &str = "production";

#[test]
fn plain_names_are_spelt_as_they_are_and_others_by_their_bytes() {
    for (name, spelt) in [
        ("production", "production"),
        ("eu-west_1", "eu-west_1"),
        ("v2.4.0", "v2.4.0"),
        ("Production", "%50roduction"),
        ("a/b", "a%2fb"),
        ("..", "%2e%2e"),
        (".x", "%2ex"),
        ("x.lock", "x%2elock"),
        ("a.lock.b", "a.lock.b"),
        ("größe", "gr%c3%b6%c3%9fe"),
        ("@{-1}", "%40%7b-1%7d"),
    ] {
        assert_eq!(MarkName::hold(&name.into()).as_ref_name(), format!("refs/lastgood/hold/{spelt}"));
        assert_eq!(MarkName::quarantine(&name.into()).as_ref_name(), format!("refs/lastgood/quarantine/{spelt}"));
    }
    let long = MarkName::hold(&"é".repeat(200).as_str().into()).to_string();
    assert!(long.starts_with("hold/%%") && long.len() < 100, "{long}");
    assert!(MarkName::hold(&"".into()).to_string().starts_with("hold/%%"));
}

#[test]
fn one_deed_that_the_journal_and_the_remote_tell_of_is_one_quarantine() {
    let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let record = |owner: &str, since| QuarantineRecord {
        tag: "v2.5.0".into(),
        owner: owner.to_owned(),
        reason: "Loses orders".to_owned(),
        since,
        expires: None,
        scope: Scope::Everywhere,
    };
    let remote = Quarantine::placed("1".repeat(40).as_str().into(), record("@on-call", at));
    let told = |owner: &str, seconds| Quarantine::from(record(owner, at + SignedDuration::from_secs(seconds)));
    for (here, same) in [
        (told("@on-call", 0), true),
        (told("@on-call", 60), true),
        (told("@on-call", 600), false),
        (told("@platform-lead", 1), false),
        (
            Quarantine::placed("2".repeat(40).as_str().into(), record("@on-call", at + SignedDuration::from_secs(1))),
            false,
        ),
        (Quarantine::placed("1".repeat(40).as_str().into(), record("@platform-lead", at)), true),
    ] {
        assert_eq!((here.identity().is_of(&remote), remote.identity().is_of(&here)), (same, same), "{here:?}");
    }
}

proptest! {
    /// Git's rules for one part of a name (`git help check-ref-format`), and those of disks.
    #[test]
    fn any_name_is_legal_in_a_ref_and_no_two_are_spelt_alike(names in prop::collection::btree_set(any::<String>(), 1..20)) {
        let spelt: BTreeSet<String> = names.iter().map(|name| MarkName::hold(&name.as_str().into()).to_string()).collect();
        prop_assert_eq!(spelt.len(), names.len());
        for name in spelt {
            let part = name.strip_prefix("hold/").unwrap();
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '%');
            prop_assert!(part.chars().all(allowed), "{}", part);
            prop_assert!(!part.starts_with('.') && !part.ends_with('.') && !part.contains("..") && !part.ends_with(".lock"));
            prop_assert!(!part.is_empty() && part.len() <= 200);
        }
    }

    #[test]
    fn what_is_written_is_read_again_whatever_a_person_typed(owner in any::<String>(), reason in any::<String>()) {
        let record = Record::Hold(HoldRecord { owner, reason, over: Some(Box::new(held(0))), ..held(1) });
        let text = record.text().unwrap();
        prop_assert!(!text.contains('\0'));
        prop_assert_eq!(Record::read(&text).unwrap(), record);
        let expiries = text.lines().filter(|line| line.starts_with("Expires-seconds: ")).count();
        prop_assert_eq!(expiries, 1, "a script reads one line");
    }

    #[test]
    fn no_text_makes_reading_fail_in_another_way_than_by_saying_so(text in any::<String>()) {
        prop_assert!(Record::read(&text).is_err());
    }
}

#[test]
fn the_text_is_for_people_for_scripts_and_for_lastgood() {
    insta::assert_snapshot!(Record::Hold(held(0)).text().unwrap(), @r#"
    Hold production

    Owner: @on-call
    Reason: Checkout fails
    Since: 1970-01-01T00:00:00Z
    Expires: 1970-01-02T00:00:00Z
    Expires-seconds: 86400
    Rollback: rb-1
    Lastgood: {"format":1,"kind":"hold","environment":"production","owner":"@on-call","reason":"Checkout fails","since":"1970-01-01T00:00:00Z","expires":"1970-01-02T00:00:00Z","rollback":"rb-1"}
    "#);
}

#[test]
fn what_a_newer_version_wrote_stands_and_cannot_be_read() {
    let text = Record::Hold(held(0)).text().unwrap().replace("\"format\":1", "\"format\":2");
    assert_eq!(Record::read(&text).unwrap_err().to_string(), "a newer version of Lastgood wrote it (format 2)");
    let hold = hold::known::standing(&[], Some(&marks(50, &[("hold/production", &text)])), &PRODUCTION.into(), at(100))
        .unwrap();
    assert!(hold.blocks(at(1_000_000)), "it may say anything");
    assert!(hold.reason.contains("cannot be read"), "{}", hold.reason);
}

#[test]
fn a_mark_that_says_another_thing_than_its_name_stands_and_is_not_believed() {
    let elsewhere = Record::Hold(HoldRecord { environment: "staging".into(), ..held(0) }).text().unwrap();
    let seen = marks(50, &[("hold/production", &elsewhere)]);
    assert_eq!(hold::known::standing(&[], Some(&seen), &PRODUCTION.into(), at(100)).unwrap().owner, "somebody");
}

#[test]
fn a_teammates_hold_is_seen_with_owner_reason_and_expiry() {
    let seen = marks(50, &[("hold/production", &Record::Hold(held(10)).text().unwrap())]);
    let hold = hold::known::standing(&[], Some(&seen), &PRODUCTION.into(), at(100)).unwrap();
    assert_eq!((hold.owner.as_str(), hold.reason.as_str(), hold.place), ("@on-call", "Checkout fails", Place::Remote));
    assert!(hold.blocks(at(10 + 86_399)) && !hold.blocks(at(10 + 86_400)));
    assert_eq!(hold::known::standing(&[], Some(&seen), &"staging".into(), at(100)), None);
}

#[test]
fn a_hold_that_a_teammate_lifted_is_gone_here_as_well() {
    let facts = [taken(1, Place::Remote)];
    assert!(hold::known::standing(&facts, None, &PRODUCTION.into(), at(100)).is_some(), "nobody read the remote yet");
    assert_eq!(hold::known::standing(&facts, Some(&marks(50, &[])), &PRODUCTION.into(), at(100)), None);
}

#[test]
fn what_happened_here_after_the_last_look_counts() {
    let early = marks(0, &[]);
    assert!(hold::known::standing(&[taken(1, Place::Remote)], Some(&early), &PRODUCTION.into(), at(100)).is_some());
    let held = marks(0, &[("hold/production", &Record::Hold(held(0)).text().unwrap())]);
    let facts = [taken(-1, Place::Remote), fact(1, Event::HoldLifted { by: "@me".to_owned(), reason: String::new() })];
    assert_eq!(hold::known::standing(&facts, Some(&held), &PRODUCTION.into(), at(100)), None);
}

#[test]
fn a_hold_that_is_lifted_while_a_rollback_takes_it_over_takes_nothing_from_the_rollback() {
    let by_rollback = |fact: Fact| Fact { subject: fact.subject.clone().rollback("rb-1".into()), ..fact };
    let lifted = |second| fact(second, Event::HoldLifted { by: "@me".to_owned(), reason: String::new() });
    let facts = [taken(1, Place::Remote), by_rollback(taken(2, Place::Remote)), lifted(3)];
    let hold = hold::standing(&facts, &PRODUCTION.into()).unwrap();
    assert_eq!((hold.rollback, hold.in_use), (Some("rb-1".into()), true));
    let undone = [&facts[..], &[by_rollback(lifted(4))]].concat();
    assert_eq!(hold::standing(&undone, &PRODUCTION.into()), None, "what was lifted is not given back");
}

#[test]
fn a_hold_that_the_remote_did_not_take_stands_on_this_machine() {
    let facts = [taken(1, Place::ThisMachine)];
    let hold = hold::known::standing(&facts, Some(&marks(50, &[])), &PRODUCTION.into(), at(100)).unwrap();
    assert_eq!(hold.place, Place::ThisMachine);
}

#[test]
fn a_hold_forbids_a_rollback_unless_it_is_ones_own_or_over() {
    let placed = |record: HoldRecord| {
        let seen = marks(50, &[("hold/production", &Record::Hold(record).text().unwrap())]);
        hold::known::standing(&[], Some(&seen), &PRODUCTION.into(), at(100)).unwrap()
    };
    let (theirs, by_hand) = (placed(held(10)), placed(HoldRecord { rollback: None, ..held(10) }));
    let forbids = |hold: &hold::Hold, person: &str, facts: &[Fact], second| hold.forbids(person, facts, at(second));
    assert!(forbids(&theirs, "@me", &[], 100) && forbids(&by_hand, "@me", &[], 100));
    assert!(!forbids(&theirs, "@me", &[], 100_000), "it expired");
    assert!(!forbids(&by_hand, "@on-call", &[], 100), "their own, by hand");
    assert!(forbids(&theirs, "@on-call", &[], 100), "a rollback of theirs may still use it, on another machine");
    let (outcome, sentence, hint) = (Outcome::Succeeded, String::new(), String::new());
    let mut ended = fact(60, Event::RollbackEnded { outcome, sentence, hint });
    ended.subject = ended.subject.rollback("rb-1".into());
    assert!(!forbids(&theirs, "@on-call", &[ended], 100), "left behind by a rollback that is over");
    let here = hold::known::standing(&[taken(1, Place::ThisMachine)], None, &PRODUCTION.into(), at(100)).unwrap();
    assert!(!here.forbids("@other", &[], at(100)), "nobody else sees it");
    assert_eq!(theirs.way_past(), "Ask @on-call to lift it, or break it with a reason.");
}

#[test]
fn a_quarantine_counts_in_its_scope_until_it_expires_or_is_lifted() {
    let bad = |scope, expires| Record::Quarantine(QuarantineRecord { scope, expires, ..quarantine() }).text().unwrap();
    let tags = |text: &str, environment: &str, now: i64| {
        let seen = marks(50, &[("quarantine/v2.5.0", text)]);
        let found = hold::known::quarantined(&[], Some(&seen), &environment.into(), at(now));
        found.into_iter().map(|bad| bad.tag.to_string()).collect::<Vec<_>>()
    };
    let everywhere = bad(Scope::Everywhere, Some(at(100)));
    assert_eq!(tags(&everywhere, "staging", 99), ["v2.5.0"]);
    assert!(tags(&everywhere, "staging", 100).is_empty());
    let here = bad(Scope::Environments(vec![PRODUCTION.into()]), None);
    assert_eq!(tags(&here, PRODUCTION, 1_000_000), ["v2.5.0"]);
    assert!(tags(&here, "staging", 60).is_empty());

    let facts = [fact(60, Event::QuarantineLifted { tag: "v2.5.0".into(), by: "@me".into(), reason: "Mended".into() })];
    let seen = marks(50, &[("quarantine/v2.5.0", &here)]);
    assert!(hold::known::quarantined(&facts, Some(&seen), &PRODUCTION.into(), at(61)).is_empty());
}

#[test]
fn a_quarantine_on_this_machine_alone_hides_none_that_everybody_sees() {
    let kept_here = |second| {
        let (owner, reason) = ("@me".to_owned(), "Slow".to_owned());
        fact(second, Event::Quarantined { tag: "v2.5.0".into(), owner, reason, expires: None, shared: None })
    };
    let theirs = Record::Quarantine(QuarantineRecord { since: at(30), expires: Some(at(200)), ..quarantine() });
    let seen = marks(50, &[("quarantine/v2.5.0", &theirs.text().unwrap())]);
    let owner = |fact: Fact, now| {
        let found = hold::known::quarantined(&[fact], Some(&seen), &PRODUCTION.into(), at(now));
        found.into_iter().map(|bad| bad.owner).collect::<Vec<_>>()
    };
    for here in [10, 60] {
        assert_eq!(owner(kept_here(here), 100), ["@on-call"], "{here}");
        assert_eq!(owner(kept_here(here), 200), ["@me"], "{here}: theirs has expired, and this one stands");
    }
}

#[test]
fn what_was_written_before_the_clock_was_set_back_is_older_than_any_look_since() {
    let ahead = 3_600;
    let theirs = Record::Hold(HoldRecord { rollback: None, ..held(0) }).text().unwrap();
    let seen = marks(50, &[("hold/production", &theirs)]);
    let lifted = fact(ahead, Event::HoldLifted { by: "@me".to_owned(), reason: String::new() });
    let hold =
        hold::known::standing(&[taken(ahead - 1, Place::Remote), lifted], Some(&seen), &PRODUCTION.into(), at(60));
    assert_eq!(hold.unwrap().owner, "@on-call", "a teammate took one since");

    let bad = Record::Quarantine(quarantine()).text().unwrap();
    let seen = marks(50, &[("quarantine/v2.5.0", &bad)]);
    let mended = Event::QuarantineLifted { tag: "v2.5.0".into(), by: "@me".into(), reason: "Mended".into() };
    let found = hold::known::quarantined(&[fact(ahead, mended)], Some(&seen), &PRODUCTION.into(), at(60));
    assert_eq!(found.len(), 1, "and quarantined it anew");

    let bad = |at| Event::Quarantined {
        tag: "v2.4.0".into(),
        owner: "@me".into(),
        reason: "Slow".into(),
        expires: Some(self::at(at + 86_400)),
        shared: Some("a".into()),
    };
    let facts = [fact(ahead, bad(ahead)), taken(ahead, Place::Remote)];
    let nobody_looked = hold::known::quarantined(&facts[..1], None, &PRODUCTION.into(), at(60));
    assert_eq!(nobody_looked.len(), 1, "where nobody looked since, it is all there is");
    let before = marks(ahead - 10, &[]);
    assert_eq!(hold::known::quarantined(&facts, Some(&before), &PRODUCTION.into(), at(60)).len(), 1, "a look of then");
    assert!(hold::known::standing(&facts, Some(&before), &PRODUCTION.into(), at(60)).is_some());
}

#[test]
fn scopes_add_up() {
    let of = |name: &str| Scope::Environments(vec![name.into()]);
    assert_eq!(of("a").and(&of("b")).and(&of("a")), Scope::Environments(vec!["a".into(), "b".into()]));
    assert_eq!(of("a").and(&Scope::Everywhere), Scope::Everywhere);
}

#[test]
fn a_hold_expires_where_the_calendar_ends_at_the_latest() {
    assert_eq!(HoldRecord::expiry(at(0), 24), at(0) + SignedDuration::from_hours(24));
    assert_eq!(HoldRecord::expiry(Timestamp::MAX, 24), Timestamp::MAX);
}

fn held(since: i64) -> HoldRecord {
    HoldRecord {
        environment: PRODUCTION.into(),
        owner: "@on-call".to_owned(),
        reason: "Checkout fails".to_owned(),
        since: at(since),
        expires: HoldRecord::expiry(at(since), 24),
        rollback: Some("rb-1".into()),
        over: None,
    }
}

fn quarantine() -> QuarantineRecord {
    QuarantineRecord {
        tag: "v2.5.0".into(),
        owner: "@on-call".to_owned(),
        reason: "Checkout fails".to_owned(),
        since: at(0),
        expires: None,
        scope: Scope::Everywhere,
    }
}

fn marks(seen: i64, all: &[(&str, &str)]) -> Marks {
    let mark = |(name, text): &(&str, &str)| Mark {
        name: MarkName::of_ref(&format!("refs/lastgood/{name}")).unwrap(),
        object: "a".into(),
        text: (*text).to_owned(),
    };
    Marks { all: all.iter().map(mark).collect(), seen: at(seen) }
}

fn taken(second: i64, place: Place) -> Fact {
    let shared = (place == Place::Remote).then(|| "a".into());
    let (owner, reason) = ("@me".to_owned(), "Mine".to_owned());
    fact(second, Event::HoldTaken { owner, reason, expires: None, shared, over: None })
}

fn fact(second: i64, event: Event) -> Fact {
    Fact {
        writer: "laptop".into(),
        sequence: 1,
        at: at(second),
        subject: Subject::repository("acme/shop").environment(EnvironmentName::new(PRODUCTION)),
        event: event.into(),
        hash: String::new(),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}
