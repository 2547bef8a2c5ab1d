//! Templates: shipped ones, and the team's own in their place.

use std::path::Path;

use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::template_files;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, IncidentId};
use lastgood_core::incident::event::Opening;
use lastgood_core::incident::values::{Surroundings, values};
use lastgood_core::incident::{self, Incident, Severity, cadence, next};
use lastgood_core::ports::Clock;
use lastgood_core::rollback::Rollback;
use lastgood_core::template::{Values, fill, shipped};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::draft::{TemplateProblem, ValueView};
use super::look::{self, Address};
use super::preview::PreviewView;
use super::{ChannelKind, Stage, words};
use crate::controller::{Host, People};
use crate::ipc::error::UiError;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateRow {
    pub id: String,
    pub title: String,
    pub audience: String,
    pub kind: ChannelKind,
    /// `None` for one that fits any.
    pub stage: Option<Stage>,
    pub origin: TemplateOrigin,
    /// It does not render; the editor shows where.
    pub broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TemplateOrigin {
    Shipped,
    /// The team's own text stands in place of the shipped one.
    Override,
    /// The team's own, with no shipped one behind it.
    Team,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateView {
    pub row: TemplateRow,
    pub text: String,
    /// The file in the repository that holds the team's text, or would.
    pub file: String,
    pub values: Vec<ValueView>,
}

/// What a template becomes on one incident, or on the sample.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateTrial {
    /// `None` where it does not render.
    pub preview: Option<PreviewView>,
    pub problems: Vec<TemplateProblem>,
    pub gaps: Vec<String>,
}

#[tauri::command]
pub(crate) async fn templates(host: State<'_, Host>) -> Result<Vec<TemplateRow>, UiError> {
    let people = host.people().await?;
    let folder = work_dir(&people).map(Path::to_path_buf);
    let names = names(&people, folder.as_deref());
    Ok(names.iter().map(|name| row(&people, folder.as_deref(), name)).collect())
}

#[tauri::command]
pub(crate) async fn template(host: State<'_, Host>, id: String) -> Result<TemplateView, UiError> {
    Ok(view_of(&host.people().await?, &id)?)
}

/// Renders a text that is being typed; nothing is kept.
#[tauri::command]
pub(crate) async fn try_template(
    host: State<'_, Host>,
    id: String,
    text: String,
    incident: Option<String>,
) -> Result<TemplateTrial, UiError> {
    Ok(trial(&host, &id, &text, incident).await?)
}

/// Writes it into the work tree, where the team can commit it.
#[tauri::command]
pub(crate) async fn save_template(host: State<'_, Host>, id: String, text: String) -> Result<TemplateView, UiError> {
    Ok(keep(&host, &id, &text).await?)
}

#[tauri::command]
pub(crate) async fn reset_template(host: State<'_, Host>, id: String) -> Result<TemplateView, UiError> {
    Ok(reset(&host, &id).await?)
}

/// What a text becomes, on one incident or on the sample.
///
/// # Errors
/// [`Code::IncidentUnknown`]; a text that does not render is no error, and says where it fails.
pub async fn trial(host: &Host, id: &str, text: &str, incident: Option<String>) -> Result<TemplateTrial, Trouble> {
    let people = host.people().await?;
    let on = match incident {
        Some(id) => people.telling.incident(&IncidentId::new(id)).await?,
        None => sample(),
    };
    let rollback = people.telling.rollback_of(&on).await?;
    let values = values_of(&people, &on, rollback.as_ref());
    let message = match fill(id, text, &values) {
        Ok(message) => message,
        Err(fault) => {
            let problems = vec![words::problem(text, &fault)];
            return Ok(TemplateTrial { preview: None, problems, gaps: Vec::new() });
        }
    };
    let gaps = message.gaps().into_iter().map(str::to_owned).collect();
    let to = Address::sample(kind_of(id), audience_of(id));
    let severity = people.telling.settings().incident.severity_name(on.severity);
    let preview = Some(look::preview(&on, &message, &severity, &to));
    Ok(TemplateTrial { preview, problems: Vec::new(), gaps })
}

/// The team's text takes the place of the shipped one.
///
/// # Errors
/// Where there is no work tree, or it takes no file.
pub async fn keep(host: &Host, id: &str, text: &str) -> Result<TemplateView, Trouble> {
    let people = host.people().await?;
    template_files::keep(needed_work_dir(&people)?, id, text)?;
    host.refresh();
    view_of(&people, id)
}

/// The shipped text stands again.
///
/// # Errors
/// As [`keep`].
pub async fn reset(host: &Host, id: &str) -> Result<TemplateView, Trouble> {
    let people = host.people().await?;
    template_files::remove(needed_work_dir(&people)?, id)?;
    host.refresh();
    view_of(&people, id)
}

/// Those that count now, and those that were just written into the work tree.
fn names(people: &People, folder: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = people.telling.templates().names().into_iter().map(str::to_owned).collect();
    let files = folder.map(template_files::all).unwrap_or_default();
    let new: Vec<String> = files.into_keys().filter(|name| !names.contains(name)).collect();
    names.extend(new);
    names
}

fn view_of(people: &People, name: &str) -> Result<TemplateView, Trouble> {
    if !names(people, work_dir(people)).iter().any(|known| known == name) {
        let hint = "Choose another one.";
        return Err(Trouble::new(Code::TemplateUnknown, format!("There is no template named {name}."), hint));
    }
    let folder = work_dir(people);
    let sample = sample();
    let known = values_of(people, &sample, None).shown();
    Ok(TemplateView {
        row: row(people, folder, name),
        text: text_of(people, folder, name),
        file: template_files::path(name),
        values: words::values(&known),
    })
}

fn row(people: &People, folder: Option<&Path>, name: &str) -> TemplateRow {
    let text = text_of(people, folder, name);
    let origin = match shipped().iter().find(|template| template.name == name) {
        Some(template) if template.source == text => TemplateOrigin::Shipped,
        Some(_) => TemplateOrigin::Override,
        None => TemplateOrigin::Team,
    };
    TemplateRow {
        id: name.to_owned(),
        title: words::template_title(name),
        audience: audience_of(name).to_owned(),
        kind: kind_of(name),
        stage: stage_of(name),
        origin,
        broken: fill(name, &text, &Values::default()).is_err(),
    }
}

/// The work tree's text, else the one that counts now; a file that was taken away counts until that is committed.
fn text_of(people: &People, folder: Option<&Path>, name: &str) -> String {
    let own = folder.and_then(|folder| template_files::read(folder, name));
    let inline = people.telling.settings().incident.templates.get(name).cloned();
    let source = || shipped().iter().find(|template| template.name == name).map(|template| template.source.to_owned());
    own.or(inline).or_else(source).unwrap_or_default()
}

fn work_dir(people: &People) -> Option<&Path> {
    people.workspace.repository().work_dir()
}

fn needed_work_dir(people: &People) -> Result<&Path, Trouble> {
    work_dir(people).ok_or_else(|| {
        let message = "This repository has no work tree to keep a template in.";
        Trouble::new(Code::TemplateInvalid, message, "Open a clone with files, or write it below [incident.templates].")
    })
}

fn values_of(people: &People, on: &Incident, rollback: Option<&Rollback>) -> Values {
    let settings = people.telling.settings();
    let now = SystemClock.now();
    let around = Surroundings {
        now,
        zone: people.telling.zone().clone(),
        repository: people.workspace.slug().map(ToString::to_string),
        by: people.telling.person().to_owned(),
        group: None,
        note: None,
        drafted: true,
        next_update_at: cadence::next_due(on, incident::Audience::Team, now, &settings.incident),
        settings: &settings.incident,
        contacts: &settings.contacts,
    };
    let mut values = values(on, rollback, &around);
    if on.id.as_str() == SAMPLE {
        for (name, value) in SAMPLE_VALUES {
            values.text(name, value);
        }
    }
    values
}

/// An incident for templates to be tried on, where there is none.
const SAMPLE: &str = "sample";
const SAMPLE_VALUES: [(&str, &str); 9] = [
    ("from", "v2.4.1"),
    ("to", "v2.4.0"),
    ("reason", "503 since the last deploy"),
    ("rollback", "sample"),
    ("rollback_state", "succeeded"),
    ("rollback_duration", "1 minute"),
    ("rollback_ended_at", "14:42 UTC"),
    ("impact_duration", "40 minutes"),
    ("run_url", "https://github.com/acme/connectias/actions/runs/1"),
];

fn sample() -> Incident {
    let at = SystemClock.now();
    let opening = Opening {
        title: "Plugin execution failing in production".to_owned(),
        severity: Severity::DEFAULT,
        by: "@platform-lead".to_owned(),
        commander: Some("@platform-lead".to_owned()),
        impact: Some("about 12 % of requests fail".to_owned()),
        surfaces: vec!["API".to_owned(), "plugin host".to_owned()],
        environment: Some(EnvironmentName::new("production")),
        rollback: None,
        found_at: at,
        impact_started_at: Some(at),
        due: std::collections::BTreeMap::new(),
    };
    next::begin(IncidentId::new(SAMPLE), at, &opening)
}

/// Shipped templates are named by audience and moment; the team's own are for the team where their name says nothing.
fn audience_of(name: &str) -> &'static str {
    match name.split('-').next() {
        Some("leads") => "Leads",
        Some("customers" | "status" | "notice") => "Customers",
        Some("release") => "Readers of the release",
        _ => "Team",
    }
}

fn kind_of(name: &str) -> ChannelKind {
    match name.split('-').next() {
        Some("leads" | "customers") => ChannelKind::Email,
        Some("status") => ChannelKind::StatusPage,
        Some("notice") => ChannelKind::InApp,
        Some("ticket") => ChannelKind::Ticket,
        Some("release") => ChannelKind::ReleaseNotes,
        _ => ChannelKind::Slack,
    }
}

fn stage_of(name: &str) -> Option<Stage> {
    match name.split_once('-').map(|(_, moment)| moment) {
        Some("declared" | "investigating" | "opened" | "rolling-back" | "open") => Some(Stage::Investigating),
        Some("identified") => Some(Stage::Identified),
        Some("monitoring" | "rolled-back") => Some(Stage::Monitoring),
        Some("resolved") => Some(Stage::Resolved),
        _ => None,
    }
}
