//! What the window asks and does in a room.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, EnvironmentName, IncidentId, RollbackId, UpdateId};
use lastgood_core::incident::event::{Edit, Event, Opening, SendChoice, Verdict};
use lastgood_core::incident::{self, Audience, Incident, Severity, opening};
use lastgood_core::journal::Fact;
use lastgood_core::message::render::{CopyAs, copied};
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::fold;
use tauri::State;

use super::draft::{CopyFormat, DraftGiven, DraftView, UpdateGiven};
use super::look;
use super::words::Room;
use super::{
    IncidentChange, IncidentSummary, IncidentView, NewIncident, ReviewGiven, SettleChoice, SeveritiesView, Stage, view,
};
use crate::controller::{Host, People};
use crate::ipc::error::UiError;

type Answer<T> = Result<T, UiError>;

/// Newest first.
#[tauri::command]
pub(crate) async fn incidents(host: State<'_, Host>) -> Answer<Vec<IncidentSummary>> {
    Ok(summaries(&host.people().await?).await?)
}

#[tauri::command]
pub(crate) async fn incident(host: State<'_, Host>, id: String) -> Answer<IncidentView> {
    Ok(whole(&host.people().await?, &IncidentId::new(id)).await?)
}

/// What the team calls each severity, before there is an incident.
#[tauri::command]
pub(crate) async fn severities(host: State<'_, Host>) -> Answer<SeveritiesView> {
    let people = host.people().await?;
    let settings = &people.telling.settings().incident;
    Ok(SeveritiesView { usual: settings.severity().number(), all: view::severities(settings) })
}

/// An incident of a rollback is opened once; opened again, it is the same.
#[tauri::command]
pub(crate) async fn open_incident(host: State<'_, Host>, given: NewIncident) -> Answer<IncidentView> {
    let people = host.people().await?;
    let opened = people.telling.open(opening_of(&people, given)?).await?;
    host.told(&opened.id);
    Ok(whole(&people, &opened.id).await?)
}

#[tauri::command]
pub(crate) async fn change_incident(host: State<'_, Host>, id: String, change: IncidentChange) -> Answer<()> {
    let people = host.people().await?;
    let id = IncidentId::new(id);
    people.telling.write(&id, event_of(people.telling.person().to_owned(), change)?).await?;
    host.told(&id);
    Ok(())
}

#[tauri::command]
pub(crate) async fn nothing_new(host: State<'_, Host>, id: String, audience: Option<String>) -> Answer<()> {
    let people = host.people().await?;
    let id = IncidentId::new(id);
    let standing = people.telling.incident(&id).await?;
    let meant = |one: &&Audience| audience.as_deref().is_none_or(|wanted| one.as_str() == wanted);
    for audience in standing.due.keys().filter(meant) {
        people.telling.nothing_new(&id, *audience).await?;
    }
    host.told(&id);
    Ok(())
}

#[tauri::command]
pub(crate) async fn draft(host: State<'_, Host>, incident: String, destination: String) -> Answer<DraftView> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(incident)).await?;
    let channel = ChannelName::new(destination);
    Ok(room(&people, &standing, &channel)?.draft().await?)
}

#[tauri::command]
pub(crate) async fn choose_template(
    host: State<'_, Host>,
    incident: String,
    destination: String,
    template: String,
) -> Answer<DraftView> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(incident)).await?;
    let channel = ChannelName::new(destination);
    let room = room(&people, &standing, &channel)?;
    let fresh = room.fresh(Some(template), None).await?;
    Ok(room.keep(fresh.template, fresh.text, Some(fresh.stage)).await?)
}

/// The stage that a person chooses for a message; words that nobody typed follow it.
#[tauri::command]
pub(crate) async fn choose_stage(
    host: State<'_, Host>,
    incident: String,
    destination: String,
    stage: Stage,
) -> Answer<DraftView> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(incident)).await?;
    let channel = ChannelName::new(destination);
    Ok(room(&people, &standing, &channel)?.turn_to(stage).await?)
}

#[tauri::command]
pub(crate) async fn save_draft(host: State<'_, Host>, given: DraftGiven) -> Answer<DraftView> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(given.incident)).await?;
    let channel = ChannelName::new(given.destination);
    Ok(room(&people, &standing, &channel)?.keep(given.template, given.text, given.stage).await?)
}

/// What a text that is being typed becomes; nothing is kept.
#[tauri::command]
pub(crate) async fn preview_update(host: State<'_, Host>, given: DraftGiven) -> Answer<DraftView> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(given.incident)).await?;
    let channel = ChannelName::new(given.destination);
    Ok(room(&people, &standing, &channel)?.try_out(given.template, given.text, given.stage).await?)
}

#[tauri::command]
pub(crate) async fn copy_update(
    host: State<'_, Host>,
    incident: String,
    destination: String,
    format: CopyFormat,
) -> Answer<String> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(incident)).await?;
    let channel = ChannelName::new(destination);
    let composed = room(&people, &standing, &channel)?.composed().await?;
    let severity = people.telling.settings().incident.severity_name(standing.severity);
    let spoken = Incident { stage: composed.stage, ..standing };
    let form = match format {
        CopyFormat::Plain => CopyAs::Plain,
        CopyFormat::Markdown => CopyAs::Markdown,
        CopyFormat::Channel => CopyAs::Channel,
    };
    Ok(copied(form, composed.kind.format(), &look::letter(&spoken, &composed.message, &severity)))
}

/// Approves the words of all of them, exactly as they were shown; the outbox then sends each at most once.
#[tauri::command]
pub(crate) async fn send_updates(host: State<'_, Host>, incident: String, updates: Vec<UpdateGiven>) -> Answer<()> {
    let people = host.people().await?;
    let standing = people.telling.incident(&IncidentId::new(incident)).await?;
    let mut words = Vec::new();
    for given in updates {
        let channel = ChannelName::new(given.destination.clone());
        let room = room(&people, &standing, &channel)?;
        if let Some(reason) = &room.closed {
            return Err(Trouble::new(Code::IncidentRefused, reason.sentence.clone(), reason.hint.clone()).into());
        }
        words.push(room.as_seen(given).await?);
    }
    people.telling.approve(&standing, &words).await?;
    host.told(&standing.id);
    Ok(())
}

#[tauri::command]
pub(crate) async fn settle_receipt(
    host: State<'_, Host>,
    incident: String,
    receipt: String,
    choice: SettleChoice,
    found: String,
) -> Answer<()> {
    let people = host.people().await?;
    let id = IncidentId::new(incident);
    let (update, channel) = place(&receipt)?;
    let choice = match choice {
        SettleChoice::ItArrived => SendChoice::ItArrived,
        SettleChoice::SendAgain => SendChoice::SendAgain,
        SettleChoice::Drop => SendChoice::Drop,
    };
    people.telling.decide(&id, &update, &channel, choice, &found).await?;
    host.told(&id);
    Ok(())
}

/// What somebody other than the author says of an update that waits for them.
#[tauri::command]
pub(crate) async fn review_update(host: State<'_, Host>, given: ReviewGiven) -> Answer<()> {
    let people = host.people().await?;
    let id = IncidentId::new(given.incident);
    let (update, _) = place(&given.receipt)?;
    let verdict = if given.approved { Verdict::Approved } else { Verdict::Declined };
    people.telling.review(&id, &update, &given.by, verdict, &given.note).await?;
    host.told(&id);
    Ok(())
}

fn place(receipt: &str) -> Result<(UpdateId, ChannelName), Trouble> {
    let found = receipt.split_once('/').map(|(update, channel)| (UpdateId::new(update), ChannelName::new(channel)));
    found.ok_or_else(|| Trouble::new(Code::Usage, "There is no such receipt.", "Look at the room again."))
}

/// Newest first.
pub(crate) async fn summaries(people: &People) -> Result<Vec<IncidentSummary>, Trouble> {
    let rehearsal = people.workspace.is_rehearsal();
    let all = people.telling.incidents().await?;
    Ok(all.iter().rev().map(|incident| view::summary(incident, &people.telling, rehearsal)).collect())
}

/// The incident with everything that stands around it.
pub(crate) async fn whole(people: &People, id: &IncidentId) -> Result<IncidentView, Trouble> {
    let standing = people.telling.incident(id).await?;
    let all = people.workspace.facts().await?;
    let sequence = all.len();
    let postmortem = fold(&all).into_iter().find(|known| known.about.incident.as_ref() == Some(id));
    let of_rollback = |found: Option<&RollbackId>| found.is_some() && found == standing.rollback.as_ref();
    let ours = |fact: &&Fact| fact.subject.incident.as_ref() == Some(id) || of_rollback(fact.subject.rollback.as_ref());
    let facts: Vec<Fact> = all.iter().filter(ours).cloned().collect();
    let drafted: BTreeSet<ChannelName> =
        people.telling.drafts().of(id)?.into_iter().map(|draft| draft.channel).collect();
    let view = view::incident(&standing, &people.telling, &facts, sequence, &drafted);
    Ok(IncidentView { postmortem: postmortem.map(|known| known.id.to_string()), ..view })
}

fn room<'a>(people: &'a People, incident: &'a Incident, channel: &'a ChannelName) -> Result<Room<'a>, Trouble> {
    let settings = people.telling.channel_settings(channel)?;
    let closed = view::closed(incident, &people.telling, channel.as_str(), settings);
    Ok(Room { telling: &people.telling, incident, channel, closed })
}

fn opening_of(people: &People, given: NewIncident) -> Result<Opening, Trouble> {
    let severity = severity(given.severity)?;
    let now = lastgood_adapters::clock::SystemClock.now();
    let by = people.telling.person().to_owned();
    Ok(Opening {
        title: given.title.trim().to_owned(),
        severity,
        commander: Some(by.clone()).filter(|by| !by.is_empty()),
        by,
        impact: said(given.impact),
        surfaces: given.surfaces,
        environment: given.environment.map(EnvironmentName::new),
        rollback: given.rollback.map(RollbackId::new),
        found_at: now,
        impact_started_at: None,
        due: opening::first_due(severity, now, &people.telling.settings().incident),
    })
}

fn event_of(by: String, change: IncidentChange) -> Result<Event, Trouble> {
    let edit = match change {
        IncidentChange::Note { text } => return Ok(Event::IncidentNoted { by, text: text.trim().to_owned() }),
        IncidentChange::Stage { stage } => return Ok(Event::IncidentStageSet { by, stage: stage_of(stage) }),
        IncidentChange::Title { title } => Edit::Title(title),
        IncidentChange::Severity { severity: number } => Edit::Severity(severity(number)?),
        IncidentChange::Value { name, value } if name == "impact" => Edit::Impact(said(value)),
        IncidentChange::Value { name, value } if name == "cause" => Edit::Cause(said(value)),
        IncidentChange::Value { name, value } if name == "impact_started_at" => Edit::ImpactStartedAt(time(value)?),
        IncidentChange::Value { name, value } if name == "impact_ended_at" => Edit::ImpactEndedAt(time(value)?),
        IncidentChange::Value { name, value } if name == "found_at" => Edit::FoundAt(time(value)?.ok_or_else(no_time)?),
        IncidentChange::Environment { environment } => Edit::Environment(said(environment).map(EnvironmentName::new)),
        IncidentChange::Value { name, .. } => {
            let message = format!("Nobody can say {name}; the journal knows it or does not.");
            return Err(Trouble::new(Code::Usage, message, "Write over it in the text."));
        }
        IncidentChange::Surfaces { surfaces } => Edit::Surfaces(surfaces),
        IncidentChange::Role { role, person } if role == view::COMMANDER => Edit::Commander(said(person)),
        IncidentChange::Role { role, person } => Edit::Role { role, who: said(person) },
    };
    Ok(Event::IncidentEdited { by, edit })
}

pub(super) fn stage_of(stage: Stage) -> incident::Stage {
    match stage {
        Stage::Investigating => incident::Stage::Investigating,
        Stage::Identified => incident::Stage::Identified,
        Stage::Monitoring => incident::Stage::Monitoring,
        Stage::Resolved => incident::Stage::Resolved,
    }
}

fn severity(number: u8) -> Result<Severity, Trouble> {
    Severity::new(number)
        .ok_or_else(|| Trouble::new(Code::Usage, format!("There is no severity {number}."), "Choose 1 to 4."))
}

/// An empty text takes the time back.
fn time(text: String) -> Result<Option<Timestamp>, Trouble> {
    said(text).map(|text| text.parse().map_err(|_| no_time())).transpose()
}

fn no_time() -> Trouble {
    Trouble::new(Code::Usage, "This is no time.", "Write it as 14:02, or with its day: 2026-11-23 14:02.")
}

/// An empty text takes the value back.
fn said(text: String) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
