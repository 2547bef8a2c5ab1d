//! An incident with everything known of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lastgood_core::ids::{ChannelName, EnvironmentName, IncidentId, RollbackId, UpdateId};
use lastgood_core::incident::event::{Approval, Edit, Event, Opening, Outgoing};
use lastgood_core::incident::{Audience, Incident, Severity, Stage, next};
use lastgood_core::message::render::Letter;
use lastgood_core::message::{Message, parse};
use lastgood_core::template::Values;

/// 2026-11-23, this many minutes after 14:00 UTC.
pub(crate) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_442_400 + minutes * 60).unwrap()
}

pub(crate) fn full() -> Values {
    let mut values = Values::default();
    for (name, text) in [
        ("by", "@platform-lead"),
        ("cause", "advanced fuel metering, turned on in v2.4.1"),
        ("commander", "@platform-lead"),
        ("drafted", "a person writes this"),
        ("environment", "production"),
        ("found_at", "14:05 UTC"),
        ("from", "v2.4.1"),
        ("group", "team leads"),
        ("held", "v2.4.1 is quarantined and production is held: deploy nothing there until the hold is lifted."),
        ("impact", "about 12 % of plugin calls fail"),
        ("impact_duration", "40 minutes"),
        ("impact_ended_at", "14:42 UTC"),
        ("impact_started_at", "14:02 UTC"),
        ("incident", "inc-4f1c"),
        ("next_update_at", "15:00 UTC"),
        ("note", "Do not restart the plugin hosts by hand."),
        ("now", "14:44 UTC"),
        ("reason", "plugins fail since v2.4.1"),
        ("repository", "acme/connectias"),
        ("review", "A review will follow within 5 days."),
        ("rollback", "rb-4f1c"),
        ("rollback_duration", "1 minute"),
        ("rollback_ended_at", "14:42 UTC"),
        ("rollback_started_at", "14:41 UTC"),
        ("rollback_state", "succeeded"),
        ("run_url", "https://github.com/acme/connectias/actions/runs/7"),
        ("severity", "SEV 2"),
        ("severity_meaning", "something important does not work"),
        ("stage", "monitoring"),
        ("status_url", "https://status.acme.example"),
        ("title", "Plugin execution failing in production"),
        ("to", "v2.4.0"),
    ] {
        values.text(name, text);
    }
    values
        .list("contacts", ["platform: #platform"])
        .list("escalation", ["platform on call: +1 555 0100", "@vp-engineering"])
        .list("roles", ["communications: @team-lead"])
        .list("surfaces", ["API", "plugin host"]);
    values
}

pub(crate) fn letter(message: Message) -> Letter {
    Letter {
        key: "up-1.incidents".to_owned(),
        incident: "inc-4f1c".to_owned(),
        title: "Plugin execution failing in production".to_owned(),
        severity: Severity::DEFAULT,
        severity_name: "SEV 2".to_owned(),
        stage: Stage::Monitoring,
        surfaces: vec!["API".to_owned(), "plugin host".to_owned()],
        recovered: Vec::new(),
        releases: None,
        began: at(2),
        at: at(44),
        before: 0,
        handle: None,
        reached: Vec::new(),
        behind: None,
        message,
    }
}

pub(crate) fn opening() -> Opening {
    Opening {
        title: "Plugin execution failing".to_owned(),
        severity: Severity::DEFAULT,
        by: "@on-call".to_owned(),
        commander: Some("@platform-lead".to_owned()),
        impact: None,
        surfaces: vec!["API".to_owned()],
        environment: Some(EnvironmentName::new("production")),
        rollback: Some(RollbackId::new("rb-4f1c")),
        found_at: at(5),
        impact_started_at: Some(at(2)),
        due: BTreeMap::from([(Audience::Team, at(20))]),
    }
}

pub(crate) fn opened() -> Incident {
    next::begin(IncidentId::new("inc-4f1c"), at(5), &opening())
}

/// The incident after these events, one a minute.
pub(crate) fn after(events: &[Event]) -> Incident {
    events.iter().enumerate().fold(opened(), |incident, (minute, event)| {
        next::next(&incident, at(6 + i64::try_from(minute).unwrap()), event).unwrap()
    })
}

pub(crate) fn edited(edit: Edit) -> Event {
    Event::IncidentEdited { by: "@team-lead".to_owned(), edit }
}

pub(crate) fn stage(stage: Stage) -> Event {
    Event::IncidentStageSet { by: "@team-lead".to_owned(), stage }
}

pub(crate) fn update() -> UpdateId {
    UpdateId::new("up-1")
}

pub(crate) fn channel() -> ChannelName {
    ChannelName::new("incidents")
}

pub(crate) fn approval(text: &str) -> Approval {
    let message = Outgoing {
        channel: channel(),
        audience: Audience::Team,
        template: "team-declared".to_owned(),
        moment: None,
        stage: None,
        rollback: None,
        message: parse(text),
    };
    Approval {
        update: update(),
        by: "@team-lead".to_owned(),
        stage: Stage::Investigating,
        messages: vec![message],
        at_once: BTreeSet::new(),
        expires_at: at(40),
        due: BTreeMap::from([(Audience::Team, at(30))]),
    }
}

pub(crate) fn approved() -> Event {
    Event::IncidentUpdateApproved(Box::new(approval("# Declared\nWe are looking into it.")))
}

/// The same words, for a second person to read first.
pub(crate) fn asked() -> Event {
    Event::IncidentReviewAsked(Box::new(approval("# Declared\nWe are looking into it.")))
}
