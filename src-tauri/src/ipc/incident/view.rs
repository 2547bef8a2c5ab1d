//! Incidents as the window shows them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lastgood_adapters::telling::{HELD, Telling};
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::event::SendChoice;
use lastgood_core::incident::outbox::{Delivery, SendPhase};
use lastgood_core::incident::{self, Audience, Incident, Severity, Update};
use lastgood_core::journal::Fact;
use lastgood_core::message;
use lastgood_core::message::render::Format;
use lastgood_core::settings::telling::{ChannelKind as Kind, ChannelSettings, IncidentSettings, NothingNew};

use super::{
    AudienceView, ChannelKind, ContactView, DestinationState, DestinationView, IncidentSummary, IncidentView, Reason,
    ReceiptView, RoleView, SendOutcome, SettleChoice, SeverityView, Stage,
};
use super::{happened, look};

/// Roles that a room offers before anybody has them.
const ROLES: [(&str, &str); 2] = [("scribe", "Scribe"), ("speaker", "Speaks to customers")];

/// Under this name the commander is one of the roles.
pub(crate) const COMMANDER: &str = "commander";

pub(crate) fn summary(incident: &Incident, telling: &Telling, rehearsal: bool) -> IncidentSummary {
    let phase = |wanted: SendPhase| deliveries(incident).filter(|delivery| delivery.phase == wanted).count();
    IncidentSummary {
        id: incident.id.to_string(),
        title: incident.title.clone(),
        severity: incident.severity.number(),
        severity_name: telling.settings().incident.severity_name(incident.severity),
        stage: stage(incident.stage),
        environment: incident.environment.as_ref().map(ToString::to_string),
        rollback: incident.rollback.as_ref().map(ToString::to_string),
        since: since(incident).to_string(),
        ended_at: ended_at(incident).map(|time| time.to_string()),
        commander: incident.commander.clone(),
        next_due: incident.due.values().min().map(ToString::to_string),
        updates_sent: count(phase(SendPhase::Delivered)),
        unclear: count(phase(SendPhase::Unknown) + phase(SendPhase::Stale)),
        rehearsal,
    }
}

/// `facts` are those of the incident and of its rollback, `sequence` counts all there are; `drafted` has a text.
pub(crate) fn incident(
    incident: &Incident,
    telling: &Telling,
    facts: &[Fact],
    sequence: usize,
    drafted: &BTreeSet<ChannelName>,
) -> IncidentView {
    IncidentView {
        id: incident.id.to_string(),
        sequence: count(sequence),
        title: incident.title.clone(),
        severity: incident.severity.number(),
        severity_name: telling.settings().incident.severity_name(incident.severity),
        severities: severities(&telling.settings().incident),
        stage: stage(incident.stage),
        environment: incident.environment.as_ref().map(ToString::to_string),
        since: since(incident).to_string(),
        found_at: incident.found_at.to_string(),
        impact_started_at: incident.impact_started_at.map(|time| time.to_string()),
        impact_ended_at: incident.impact_ended_at.map(|time| time.to_string()),
        ended_at: ended_at(incident).map(|time| time.to_string()),
        opened_by: incident.opened_by.clone(),
        rollback: incident.rollback.as_ref().map(ToString::to_string),
        postmortem: None,
        roles: roles(incident),
        escalation: telling.settings().incident.escalation.clone(),
        contacts: contacts(telling),
        nothing_new_sends: telling.settings().incident.nothing_new == NothingNew::Send,
        impact: incident.impact.clone(),
        cause: incident.cause.clone(),
        surfaces: incident.surfaces.clone(),
        audiences: audiences(incident, telling),
        destinations: destinations(incident, telling, drafted),
        happened: happened::lines(facts),
        receipts: receipts(incident, telling),
    }
}

pub(crate) fn severities(settings: &IncidentSettings) -> Vec<SeverityView> {
    let view = |severity: Severity| SeverityView {
        number: severity.number(),
        name: settings.severity_name(severity),
        meaning: settings.severity_meaning(severity),
    };
    Severity::ALL.map(view).to_vec()
}

fn contacts(telling: &Telling) -> Vec<ContactView> {
    let view = |(name, how): (&String, &String)| ContactView { name: name.clone(), how: how.clone() };
    telling.settings().contacts.iter().map(view).collect()
}

fn roles(incident: &Incident) -> Vec<RoleView> {
    let role = |role: &str, title: &str, person: Option<String>| RoleView {
        role: role.to_owned(),
        title: title.to_owned(),
        person,
    };
    let known = ROLES.map(|(name, title)| role(name, title, incident.roles.get(name).cloned()));
    let others = incident.roles.iter().filter(|(name, _)| ROLES.iter().all(|(known, _)| known != name));
    std::iter::once(role(COMMANDER, "Commander", incident.commander.clone()))
        .chain(known)
        .chain(others.map(|(name, who)| role(name, name, Some(who.clone()))))
        .collect()
}

fn audiences(incident: &Incident, telling: &Telling) -> Vec<AudienceView> {
    let settings = telling.settings();
    let told: BTreeSet<Audience> = settings
        .channels
        .values()
        .filter(|one| one.kind != Kind::ReleaseNotes)
        .map(ChannelSettings::audience)
        .collect();
    let shown = Audience::ALL.into_iter().filter(|one| told.contains(one) || incident.due.contains_key(one));
    let view = |audience: Audience| AudienceView {
        id: audience.as_str().to_owned(),
        title: audience_title(audience).to_owned(),
        every_minutes: settings.incident.cadence(audience, incident.severity),
        next_due: incident.due.get(&audience).map(ToString::to_string),
        last_sent: last_sent(incident, telling, audience).map(|time| time.to_string()),
    };
    shown.map(view).collect()
}

/// The notes of a release are told to nobody in particular.
fn last_sent(incident: &Incident, telling: &Telling, audience: Audience) -> Option<Timestamp> {
    let kind = |one: &Delivery| telling.channel_settings(&one.channel).ok().map(|settings| settings.kind);
    let sent = deliveries(incident).filter(|one| one.audience == audience && one.phase == SendPhase::Delivered);
    let sent = sent.filter(|one| kind(one) != Some(Kind::ReleaseNotes));
    sent.filter_map(|delivery| delivery.ended_at).max()
}

fn destinations(incident: &Incident, telling: &Telling, drafted: &BTreeSet<ChannelName>) -> Vec<DestinationView> {
    let channels = &telling.settings().channels;
    let view = |(name, settings): (&String, &ChannelSettings)| {
        let channel = ChannelName::new(name.as_str());
        DestinationView {
            id: name.clone(),
            audience: settings.audience().as_str().to_owned(),
            title: destination_title(name, settings),
            kind: kind(settings.kind),
            target: target(name, settings),
            closed: closed(incident, telling, name, settings),
            state: state(incident, &channel, drafted.contains(&channel)),
        }
    };
    let mut found: Vec<DestinationView> = channels.iter().map(view).collect();
    // Those who work on it first, those who wait last.
    found.sort_by_key(|one| Audience::ALL.iter().position(|audience| audience.as_str() == one.audience));
    found
}

/// Why nothing can be sent there now.
pub(crate) fn closed(incident: &Incident, telling: &Telling, name: &str, settings: &ChannelSettings) -> Option<Reason> {
    if let Err(trouble) = telling.check(&ChannelName::new(name)) {
        return Some(Reason { sentence: bare(&trouble.message), hint: trouble.hint });
    }
    if !settings.takes(incident.severity, &telling.settings().incident) {
        let severity = telling.settings().incident.severity_name(incident.severity);
        return Some(Reason {
            sentence: format!("Updates of {severity} do not go there"),
            hint: "Change the severity, or copy the text and send it yourself.".to_owned(),
        });
    }
    None
}

fn state(incident: &Incident, channel: &ChannelName, drafted: bool) -> DestinationState {
    let last = incident.to_channel(channel).last().map(|delivery| delivery.phase);
    match last {
        Some(SendPhase::Unknown | SendPhase::Stale) => DestinationState::Unclear,
        Some(SendPhase::Review | SendPhase::Queued | SendPhase::Sending) => DestinationState::Sending,
        _ if drafted => DestinationState::Draft,
        Some(SendPhase::Refused) => DestinationState::Failed,
        Some(SendPhase::Delivered) => DestinationState::Sent,
        Some(SendPhase::Dropped) | None => DestinationState::Empty,
    }
}

/// Newest first.
fn receipts(incident: &Incident, telling: &Telling) -> Vec<ReceiptView> {
    let severity = telling.settings().incident.severity_name(incident.severity);
    let deliveries = incident
        .updates
        .iter()
        .rev()
        .flat_map(|update| update.deliveries.iter().map(move |delivery| (update, delivery)));
    let view = |(update, delivery): (&Update, &Delivery)| {
        let name = delivery.channel.as_str();
        let settings = telling.settings().channels.get(name);
        let (sentence, hint) = if telling.is_held(incident, delivery) {
            HELD
        } else {
            (delivery.sentence.as_str(), delivery.hint.as_str())
        };
        ReceiptView {
            id: format!("{}/{name}", update.id),
            at: delivery.ended_at.or(delivery.begun_at).unwrap_or(delivery.queued_at).to_string(),
            destination: name.to_owned(),
            title: settings.map_or_else(|| name.to_owned(), |settings| destination_title(name, settings)),
            kind: settings.map_or(ChannelKind::Webhook, |settings| kind(settings.kind)),
            target: settings.map_or_else(String::new, |settings| target(name, settings)),
            subject: message::shown(&delivery.message.title),
            text: look::written(incident, &delivery.message, &severity, Format::Plain),
            by: update.by.clone(),
            outcome: outcome(delivery.phase),
            sentence: bare(sentence),
            hint: hint.to_owned(),
            choices: delivery.phase.choices().iter().map(|choice| settle(*choice)).collect(),
            url: delivery.receipt.as_ref().and_then(|receipt| receipt.url.clone()),
        }
    };
    deliveries.map(view).collect()
}

fn outcome(phase: SendPhase) -> SendOutcome {
    match phase {
        SendPhase::Review => SendOutcome::Review,
        SendPhase::Queued => SendOutcome::Queued,
        SendPhase::Sending => SendOutcome::Sending,
        SendPhase::Delivered => SendOutcome::Delivered,
        SendPhase::Refused => SendOutcome::Refused,
        SendPhase::Unknown => SendOutcome::Unknown,
        SendPhase::Stale => SendOutcome::Stale,
        SendPhase::Dropped => SendOutcome::Dropped,
    }
}

fn settle(choice: SendChoice) -> SettleChoice {
    match choice {
        SendChoice::ItArrived => SettleChoice::ItArrived,
        SendChoice::SendAgain => SettleChoice::SendAgain,
        SendChoice::Drop => SettleChoice::Drop,
    }
}

pub(crate) fn stage(stage: incident::Stage) -> Stage {
    match stage {
        incident::Stage::Investigating => Stage::Investigating,
        incident::Stage::Identified => Stage::Identified,
        incident::Stage::Monitoring => Stage::Monitoring,
        incident::Stage::Resolved => Stage::Resolved,
    }
}

pub(crate) fn kind(kind: Kind) -> ChannelKind {
    match kind {
        Kind::Slack | Kind::SlackBot => ChannelKind::Slack,
        Kind::Teams => ChannelKind::Teams,
        Kind::Email => ChannelKind::Email,
        Kind::Statuspage | Kind::Instatus | Kind::Cachet | Kind::Cstate => ChannelKind::StatusPage,
        Kind::Github | Kind::Pagerduty => ChannelKind::Ticket,
        Kind::Notice => ChannelKind::InApp,
        Kind::ReleaseNotes => ChannelKind::ReleaseNotes,
        Kind::Webhook => ChannelKind::Webhook,
    }
}

pub(crate) fn audience_title(audience: Audience) -> &'static str {
    match audience {
        Audience::Team => "Team",
        Audience::Leads => "Leads",
        Audience::Customers => "Customers",
    }
}

/// The service and, where it is not plain from that, for whom.
pub(crate) fn destination_title(name: &str, settings: &ChannelSettings) -> String {
    let service = settings.kind.title();
    match settings.audience() {
        audience if settings.kind == Kind::Email => format!("{service} to {}", audience.as_str()),
        _ if name.eq_ignore_ascii_case(service) => service.to_owned(),
        Audience::Team | Audience::Leads | Audience::Customers => format!("{service}: {name}"),
    }
}

/// Where exactly, as people know it.
pub(crate) fn target(name: &str, settings: &ChannelSettings) -> String {
    let named = Some(settings.to.join(", ")).filter(|to| !to.is_empty());
    let named = named.or_else(|| settings.page.clone()).or_else(|| settings.repository.clone());
    named.unwrap_or_else(|| name.to_owned())
}

fn deliveries(incident: &Incident) -> impl Iterator<Item = &Delivery> {
    incident.updates.iter().flat_map(|update| &update.deliveries)
}

fn since(incident: &Incident) -> Timestamp {
    incident.impact_started_at.unwrap_or(incident.found_at)
}

fn ended_at(incident: &Incident) -> Option<Timestamp> {
    let last = incident.stages.last().filter(|(_, stage)| *stage == incident::Stage::Resolved);
    last.map(|(time, _)| *time)
}

/// The window ends sentences itself.
fn bare(sentence: &str) -> String {
    sentence.trim_end_matches('.').to_owned()
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
