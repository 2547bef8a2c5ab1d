//! What the journal knows, as templates say it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Incident;
use crate::ids::TagName;
use crate::rollback::{Outcome, Rollback};
use crate::settings::telling::IncidentSettings;
use crate::template::Values;

/// What an update is written in front of.
#[derive(Debug, Clone)]
pub struct Surroundings<'a> {
    pub now: Timestamp,
    pub zone: TimeZone,
    pub repository: Option<String>,
    pub by: String,
    /// Whom this message is for, as the settings call them.
    pub group: Option<String>,
    /// What the sender adds.
    pub note: Option<String>,
    /// A person writes it, and sees what is lacking; else it is sent by itself, and leaves out what it can do without.
    pub drafted: bool,
    /// When this audience hears more.
    pub next_update_at: Option<Timestamp>,
    pub settings: &'a IncidentSettings,
    pub contacts: &'a BTreeMap<String, String>,
}

/// Every value that is known; the others are gaps.
pub fn values(incident: &Incident, rollback: Option<&Rollback>, around: &Surroundings<'_>) -> Values {
    let mut values = Values::default();
    let back = rollback.filter(|rollback| !rollback.plan.forward);
    let ended = back.and_then(proven_at);
    // The proofs said so: it works again since the rollback was over, unless a person knows better.
    let impact_ended_at = incident.impact_ended_at.or(ended);
    // What is over did not last "so far": until somebody knows when it ended, nobody knows how long it was felt.
    let duration = felt(incident.impact_started_at, impact_ended_at, around.now)
        .filter(|_| incident.is_open() || impact_ended_at.is_some());
    let clock = |time: Timestamp| clock(time, around);
    values
        .text("incident", incident.id.as_str())
        .text("title", &incident.title)
        .text("severity", around.settings.severity_name(incident.severity))
        .text("severity_meaning", around.settings.severity_meaning(incident.severity))
        .text("stage", incident.stage.as_str())
        .maybe("commander", incident.commander.as_ref())
        .maybe("impact", incident.impact.as_ref())
        .maybe("cause", incident.cause.as_ref())
        .list("surfaces", &incident.surfaces)
        .list("roles", incident.roles.iter().map(|(role, who)| format!("{role}: {who}")))
        .maybe("environment", incident.environment.as_ref().map(ToString::to_string))
        .text("found_at", clock(incident.found_at))
        .maybe("impact_started_at", incident.impact_started_at.map(clock))
        .maybe("impact_ended_at", impact_ended_at.map(clock))
        .maybe("impact_duration", duration)
        .maybe("next_update_at", around.next_update_at.map(clock))
        .text("now", clock(around.now))
        .text("by", &around.by)
        .maybe("group", around.group.as_ref())
        .maybe("note", around.note.as_ref())
        .maybe("drafted", around.drafted.then_some("a person writes this"))
        .maybe("repository", around.repository.as_ref())
        .maybe("review", around.settings.review(incident.severity))
        .maybe("status_url", around.settings.status_url.as_ref())
        .list("contacts", around.contacts.iter().map(|(name, how)| format!("{name}: {how}")))
        .list("escalation", around.settings.escalation.iter().map(|name| called(name, around.contacts)));
    if let Some(rollback) = rollback {
        values
            .text("environment", rollback.plan.environment.as_str())
            .maybe("run_url", rollback.seen.as_ref().map(|run| run.url.as_str()));
    }
    if let Some(back) = back {
        of_rollback(&mut values, back, ended, around);
    }
    values
}

/// Whoever goes forward rolls nothing back: no message says so of it.
fn of_rollback(values: &mut Values, rollback: &Rollback, ended: Option<Timestamp>, around: &Surroundings<'_>) {
    let plan = &rollback.plan;
    let state = match &rollback.end {
        None => "under way",
        Some(end) => end.outcome.as_str(),
    };
    values
        .text("rollback", rollback.id.as_str())
        .maybe("from", plan.from.as_ref().map(TagName::as_str))
        .text("to", plan.to.as_str())
        .text("reason", &rollback.reason)
        .text("rollback_state", state)
        .text("rollback_started_at", clock(plan.started, around))
        .maybe("held", held(rollback))
        .maybe("rollback_ended_at", ended.map(|time| clock(time, around)))
        .maybe("rollback_duration", ended.map(|time| words(plan.started.duration_until(time))));
}

/// What nobody may deploy now, in whole sentences, as far as the rollback itself knows.
fn held(rollback: &Rollback) -> Option<String> {
    let plan = &rollback.plan;
    let hold = format!("{} is held: deploy nothing there until the hold is lifted.", plan.environment);
    match (&plan.from, rollback.quarantined, rollback.held) {
        (Some(from), true, true) => Some(format!("{from} is quarantined and {hold}")),
        (_, _, true) => Some(hold),
        (Some(from), true, false) => Some(format!("{from} is quarantined: do not deploy it.")),
        (_, _, false) => None,
    }
}

/// Only a rollback that was proven has ended the disturbance.
fn proven_at(rollback: &Rollback) -> Option<Timestamp> {
    rollback.end.as_ref().filter(|end| end.outcome == Outcome::Succeeded).map(|end| end.at)
}

fn called(name: &str, contacts: &BTreeMap<String, String>) -> String {
    contacts.get(name).map_or_else(|| name.to_owned(), |how| format!("{name}: {how}"))
}

fn felt(start: Option<Timestamp>, end: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let start = start?;
    let text = words(start.duration_until(end.unwrap_or(now)));
    Some(if end.is_some() { text } else { format!("{text} so far") })
}

/// `14:42 UTC`, with the date where it is another day.
fn clock(time: Timestamp, around: &Surroundings<'_>) -> String {
    let there = time.to_zoned(around.zone.clone());
    let today = around.now.to_zoned(around.zone.clone()).date();
    let format = if there.date() == today { "%H:%M %Z" } else { "%-d %B %Y, %H:%M %Z" };
    there.strftime(format).to_string()
}

/// `40 minutes`, `1 hour 5 minutes`, `2 days`.
fn words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let counted = |count: i64, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    if seconds < 60 {
        return counted(seconds, "second");
    }
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = [(days, "day"), (hours, "hour"), (minutes, "minute")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).take(2).map(|(count, word)| counted(count, word)).collect();
    parts.join(" ")
}
