//! An incident on a terminal.

use lastgood_core::incident::event::Verdict;
use lastgood_core::incident::{Incident, Update};
use lastgood_core::settings::telling::IncidentSettings;
use serde_json::{Value, json};

use crate::output::{self, plain};

pub(super) fn list(incidents: &[Incident], settings: &IncidentSettings, json: bool) {
    if json {
        output::json(&json!({ "incidents": incidents.iter().map(as_json).collect::<Vec<_>>() }));
        return;
    }
    for incident in incidents {
        let line = format!(
            "{}  {}  {:<13} {}",
            incident.id,
            settings.severity_name(incident.severity),
            incident.stage.as_str(),
            incident.title
        );
        output::line(&plain(&line));
    }
    if incidents.is_empty() {
        output::line("None is open.");
    }
}

pub(super) fn one(incident: &Incident, json: bool) {
    if json {
        output::json(&as_json(incident));
        return;
    }
    output::line(&plain(&format!("{}  {}", incident.id, incident.title)));
    let commander = incident.commander.clone().unwrap_or_else(|| "nobody".to_owned());
    let facts = [
        ("severity", Some(incident.severity.number().to_string())),
        ("stage", Some(incident.stage.as_str().to_owned())),
        ("commander", Some(commander)),
        ("environment", incident.environment.as_ref().map(ToString::to_string)),
        ("impact", incident.impact.clone()),
        ("cause", incident.cause.clone()),
        ("affected", Some(incident.surfaces.join(", ")).filter(|text| !text.is_empty())),
        ("rollback", incident.rollback.as_ref().map(ToString::to_string)),
        ("found", Some(incident.found_at.to_string())),
        ("began", incident.impact_started_at.map(|time| time.to_string())),
        ("ended", incident.impact_ended_at.map(|time| time.to_string())),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            output::line(&plain(&format!("  {name:<12} {value}")));
        }
    }
    for (audience, due) in &incident.due {
        output::line(&format!("  next update  {} by {due}", audience.as_str()));
    }
    incident.updates.iter().for_each(print);
}

fn print(update: &Update) {
    output::line(&plain(&format!("  {}  {}  by {}", update.id, update.at, update.by)));
    if let Some(review) = &update.review {
        let verdict = match review.verdict {
            Verdict::Approved => "approved",
            Verdict::Declined => "declined",
        };
        output::line(&plain(&format!("    {verdict} by {} {}", review.by, review.note)));
    }
    for delivery in &update.deliveries {
        let line = format!("    {:<10} {:<16} {}", delivery.phase.as_str(), delivery.channel, delivery.sentence);
        output::line(&plain(&line));
    }
}

fn as_json(incident: &Incident) -> Value {
    json!({
        "incident": incident.id,
        "title": incident.title,
        "severity": incident.severity,
        "stage": incident.stage,
        "commander": incident.commander,
        "roles": incident.roles,
        "impact": incident.impact,
        "cause": incident.cause,
        "surfaces": incident.surfaces,
        "environment": incident.environment,
        "rollback": incident.rollback,
        "found_at": incident.found_at,
        "impact_started_at": incident.impact_started_at,
        "impact_ended_at": incident.impact_ended_at,
        "due": incident.due,
        "updates": incident.updates.iter().map(update_as_json).collect::<Vec<_>>(),
    })
}

fn update_as_json(update: &Update) -> Value {
    let deliveries: Vec<Value> = update
        .deliveries
        .iter()
        .map(|delivery| {
            json!({
                "channel": delivery.channel,
                "template": delivery.template,
                "phase": delivery.phase,
                "attempts": delivery.attempts,
                "sentence": delivery.sentence,
                "hint": delivery.hint,
                "code": delivery.code,
                "receipt": delivery.receipt,
                "sent": delivery.sent,
            })
        })
        .collect();
    let review = update
        .review
        .as_ref()
        .map(|review| json!({ "by": review.by, "at": review.at, "verdict": review.verdict, "note": review.note }));
    json!({
        "update": update.id,
        "at": update.at,
        "by": update.by,
        "stage": update.stage,
        "review": review,
        "deliveries": deliveries,
    })
}
