//! What the journal knows, as templates say it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use lastgood_core::incident::event::Edit;
use lastgood_core::incident::values::{Surroundings, values};
use lastgood_core::settings::telling::IncidentSettings;

use super::kit::{after, at, edited, opened};

fn around(settings: &IncidentSettings, contacts: &BTreeMap<String, String>, now: i64) -> Vec<(&'static str, String)> {
    let around = Surroundings {
        now: at(now),
        zone: TimeZone::UTC,
        repository: None,
        by: "@team-lead".to_owned(),
        group: None,
        note: None,
        drafted: true,
        next_update_at: Some(at(now + 15)),
        settings,
        contacts,
    };
    values(&after(&[edited(Edit::Impact(Some("12 % fail".to_owned())))]), None, &around).shown()
}

#[test]
fn what_is_known_is_said_and_what_is_not_is_absent() {
    let settings =
        IncidentSettings { escalation: vec!["platform".into(), "@vp".into()], ..IncidentSettings::default() };
    let contacts = BTreeMap::from([("platform".to_owned(), "+1 555 0100".to_owned())]);
    let shown = around(&settings, &contacts, 44);
    let text: String = shown.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_time_of_another_day_carries_its_date() {
    let shown = around(&IncidentSettings::default(), &BTreeMap::new(), 24 * 60);
    let found = &shown.iter().find(|(name, _)| *name == "found_at").unwrap().1;
    assert_eq!(found, "23 November 2026, 14:05 UTC");
    assert!(opened().impact_ended_at.is_none());
}
