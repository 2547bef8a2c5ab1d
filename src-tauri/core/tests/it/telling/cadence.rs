//! When the next update is due, and who is called for it.

use lastgood_core::incident::cadence::{Reminder, Urgency, due, next_due, wake_at};
use lastgood_core::incident::event::Event;
use lastgood_core::incident::{Audience, Stage, next};
use lastgood_core::settings::telling::IncidentSettings;

use super::kit::{after, approved, at, opened, stage};

fn reminder(due: i64, urgency: Urgency) -> Reminder {
    Reminder { audience: Audience::Team, due: at(due), urgency }
}

fn reminded(of: &Reminder) -> Event {
    Event::IncidentReminded { audience: of.audience, due: of.due, urgency: of.urgency }
}

#[test]
fn an_alert_comes_before_an_update_is_due_and_when_it_is_and_each_once() {
    let settings = IncidentSettings::default();
    let mut incident = opened();
    assert_eq!(due(&incident, at(16), &settings), []);
    assert_eq!(wake_at(&incident, at(16), &settings), Some(at(17)));
    let soon = reminder(20, Urgency::Soon);
    assert_eq!(due(&incident, at(17), &settings), std::slice::from_ref(&soon));
    incident = next::next(&incident, at(17), &reminded(&soon)).unwrap();
    assert_eq!(due(&incident, at(18), &settings), []);
    assert_eq!(wake_at(&incident, at(18), &settings), Some(at(20)));
    let now = reminder(20, Urgency::Now);
    assert_eq!(due(&incident, at(25), &settings), std::slice::from_ref(&now));
    incident = next::next(&incident, at(25), &reminded(&now)).unwrap();
    assert_eq!(due(&incident, at(90), &settings), []);
    assert!(next::next(&incident, at(25), &reminded(&now)).is_err(), "an alert is shown once");
}

#[test]
fn an_update_moves_what_is_due_and_so_does_nothing_new() {
    let incident = after(&[approved()]);
    assert_eq!(incident.due[&Audience::Team], at(30));
    let later = Event::IncidentNothingNew { by: "@on-call".to_owned(), audience: Audience::Team, due: at(45) };
    assert_eq!(next::next(&incident, at(29), &later).unwrap().due[&Audience::Team], at(45));
}

#[test]
fn who_is_told_that_it_is_due_is_not_told_that_it_soon_will_be() {
    let incident = next::next(&opened(), at(20), &reminded(&reminder(20, Urgency::Now))).unwrap();
    assert_eq!(due(&incident, at(19), &IncidentSettings::default()), []);
}

#[test]
fn the_cadence_is_the_audiences_and_for_the_team_the_severitys() {
    let settings: IncidentSettings =
        toml::from_str("cadence = { leads = 45 }\n[severities.2]\ncadence = 10\n").unwrap();
    let incident = opened();
    let next = |audience| next_due(&incident, audience, at(10), &settings);
    assert_eq!(next(Audience::Team), Some(at(20)));
    assert_eq!(next(Audience::Leads), Some(at(55)));
    assert_eq!(next(Audience::Customers), Some(at(70)));
    assert_eq!(next_due(&after(&[stage(Stage::Resolved)]), Audience::Team, at(10), &settings), None);
}

#[test]
fn what_comes_back_is_promised_and_alerted_about_as_before() {
    let ended = after(&[approved(), stage(Stage::Resolved)]);
    assert_eq!(ended.due.len(), 0);
    let back = next::next(&ended, at(60), &stage(Stage::Investigating)).unwrap();
    assert_eq!(back.due.get(&Audience::Team), Some(&at(84)), "24 minutes, as it was promised last");
    let settings = IncidentSettings::default();
    assert_eq!(due(&back, at(84), &settings), [reminder(84, Urgency::Now)]);
    let later = Event::IncidentNothingNew { by: "@on-call".to_owned(), audience: Audience::Team, due: at(95) };
    assert_eq!(next::next(&back, at(80), &later).unwrap().due[&Audience::Team], at(95));
}
