//! `lastgood incident`: from the first notice to the last.

mod show;
mod tell;

use std::collections::BTreeMap;
use std::process::ExitCode;

use jiff::Timestamp;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::place::Place;
use lastgood_adapters::telling::Telling;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, EnvironmentName, IncidentId, RollbackId, UpdateId};
use lastgood_core::incident::event::{Edit, Event, Opening, SendChoice, Verdict};
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::{Audience, Incident, Severity, Stage, next, opening};
use lastgood_core::ports::Clock;
use lastgood_core::rollback::Rollback;

use crate::arguments::{self, Edits, Repository};
use crate::output::{self, plain};

pub(crate) async fn run(command: arguments::Incident) -> Result<ExitCode, Trouble> {
    use arguments::Incident as Command;
    match command {
        Command::Open { title, edits, rollback, words } => {
            let telling = telling(&words.repository)?;
            let opening = begin(&telling, title, &edits, rollback);
            let thought = next::begin(IncidentId::new("inc-preview"), SystemClock.now(), &opening);
            let thought = apply(&telling, thought, roles(&edits), true).await?;
            if words.dry_run {
                return tell::tell(&telling, &thought, &words).await;
            }
            // What cannot be told is said before there is an incident: tried again, this would open a second one.
            tell::try_out(&telling, &thought, &words).await?;
            let incident = telling.open(opening).await?;
            let incident = apply(&telling, incident, roles(&edits), false).await?;
            tell::tell(&telling, &incident, &words).await
        }
        Command::Update { id, stage, nothing_new, edits, words } => {
            let telling = telling(&words.repository)?;
            let mut incident = find(&telling, id).await?;
            if nothing_new && !words.dry_run {
                incident = telling.nothing_new(&incident.id, Audience::Team).await?;
            }
            let stage = stage.map(Into::into);
            if !nothing_new {
                let thought = apply(&telling, incident.clone(), changes(&edits, stage), true).await?;
                tell::try_out(&telling, &thought, &words).await?;
            }
            let incident = apply(&telling, incident, changes(&edits, stage), words.dry_run).await?;
            if nothing_new && waits(&incident) {
                return tell::send(&telling, words.json).await;
            }
            tell::tell(&telling, &incident, &words).await
        }
        Command::Resolve { id, edits, words } => {
            let telling = telling(&words.repository)?;
            let incident = find(&telling, id).await?;
            let thought = apply(&telling, incident.clone(), changes(&edits, Some(Stage::Resolved)), true).await?;
            tell::try_out(&telling, &thought, &words).await?;
            let incident = apply(&telling, incident, changes(&edits, Some(Stage::Resolved)), words.dry_run).await?;
            tell::tell(&telling, &incident, &words).await
        }
        Command::List { all, repository, json } => {
            let telling = telling(&repository)?;
            let settings = telling.settings().incident.clone();
            let mut incidents = telling.incidents().await?;
            incidents.retain(|incident| all || incident.is_open());
            show::list(&incidents, &settings, json);
            Ok(ExitCode::SUCCESS)
        }
        Command::Show { id, repository, json } => {
            let incident = find(&telling(&repository)?, id).await?;
            show::one(&incident, json);
            Ok(ExitCode::SUCCESS)
        }
        Command::Send { repository, json } => tell::send(&telling(&repository)?, json).await,
        Command::Review { id, update, by, decline, note, repository, json } => {
            let telling = telling(&repository)?;
            let (id, update) = (IncidentId::new(id), UpdateId::new(update));
            let by = by.unwrap_or_else(|| telling.person().to_owned());
            let verdict = if decline { Verdict::Declined } else { Verdict::Approved };
            let after = telling.review(&id, &update, &by, verdict, &note).await?;
            tell::send_after_review(&telling, &after, &update, json).await
        }
        Command::Decide { id, update, channel, choice, found, repository, json } => {
            let telling = telling(&repository)?;
            let (id, update, channel) = (IncidentId::new(id), UpdateId::new(update), ChannelName::new(channel));
            telling.decide(&id, &update, &channel, choice.into(), &found).await?;
            tell::send(&telling, json).await
        }
    }
}

/// A rollback began or ended: its incident follows it. The rollback goes on whatever becomes of that.
pub(crate) async fn follow(workspace: &Workspace, rollback: &Rollback, json: bool) {
    let opened = async {
        let telling = workspace.telling()?;
        let opened = telling.follow(rollback).await?;
        if let Some(incident) = &opened {
            telling.send_queued().await?;
            for silent in telling.silent().await? {
                let message = format!("{} was not told by itself: {}", silent.channel, silent.trouble.message);
                output::trouble(&Trouble { message, ..silent.trouble }, false);
            }
            if !json && rollback.end.is_none() {
                output::line(&format!("Incident {} is open; `lastgood incident update` tells people.", incident.id));
            }
        }
        Ok::<(), Trouble>(())
    };
    if let Err(trouble) = opened.await {
        output::trouble(&trouble, false);
    }
}

pub(super) fn telling(repository: &Repository) -> Result<Telling, Trouble> {
    Workspace::open(&repository.repo, &Place::find()?, Access::from_environment())?.telling()
}

/// Whether something of it may leave now.
fn waits(incident: &Incident) -> bool {
    let mut all = incident.updates.iter().flat_map(|update| &update.deliveries);
    all.any(|delivery| delivery.phase == SendPhase::Queued)
}

/// The named incident, or the only open one.
async fn find(telling: &Telling, id: Option<String>) -> Result<Incident, Trouble> {
    if let Some(id) = id {
        return telling.incident(&IncidentId::new(id)).await;
    }
    let mut open: Vec<Incident> = telling.incidents().await?.into_iter().filter(Incident::is_open).collect();
    match (open.pop(), open.len()) {
        (Some(incident), 0) => Ok(incident),
        (None, _) => Err(Trouble::new(
            Code::IncidentUnknown,
            "No incident is open.",
            "Open one with `lastgood incident open TITLE`, or name an old one.",
        )),
        (Some(last), _) => {
            let ids: Vec<String> = open.iter().chain([&last]).map(|incident| plain(incident.id.as_str())).collect();
            Err(Trouble::new(Code::Usage, "Several incidents are open.", format!("Name one of {}.", ids.join(", "))))
        }
    }
}

fn begin(telling: &Telling, title: String, edits: &Edits, rollback: Option<String>) -> Opening {
    let settings = &telling.settings().incident;
    let severity = edits.severity.and_then(Severity::new).unwrap_or_else(|| settings.severity());
    let now: Timestamp = SystemClock.now();
    Opening {
        title,
        severity,
        by: telling.person().to_owned(),
        commander: Some(edits.commander.clone().unwrap_or_else(|| telling.person().to_owned())),
        impact: edits.impact.clone(),
        surfaces: edits.surface.clone(),
        environment: edits.environment.as_deref().map(EnvironmentName::new),
        rollback: rollback.map(RollbackId::new),
        found_at: edits.found.unwrap_or(now),
        impact_started_at: edits.impact_started,
        due: opening::first_due(severity, now, settings),
    }
}

/// What an opening does not hold.
fn roles(edits: &Edits) -> Vec<Change> {
    let rest = Edits { role: edits.role.clone(), cause: edits.cause.clone(), ..Edits::default() };
    let ended = Edits { impact_ended: edits.impact_ended, ..rest };
    changes(&ended, None)
}

/// What a person wants changed, in the order in which it is written.
enum Change {
    Edit(Edit),
    Stage(Stage),
}

fn changes(edits: &Edits, stage: Option<Stage>) -> Vec<Change> {
    let some = |text: &Option<String>| text.clone().map(|text| Some(text).filter(|text| !text.trim().is_empty()));
    let mut found: Vec<Option<Edit>> = vec![
        edits.severity.and_then(Severity::new).map(Edit::Severity),
        some(&edits.commander).map(Edit::Commander),
        some(&edits.impact).map(Edit::Impact),
        some(&edits.cause).map(Edit::Cause),
        (!edits.surface.is_empty()).then(|| Edit::Surfaces(edits.surface.clone())),
        edits.environment.as_deref().map(|name| Edit::Environment(Some(EnvironmentName::new(name)))),
        edits.found.map(Edit::FoundAt),
        edits.impact_started.map(|time| Edit::ImpactStartedAt(Some(time))),
        edits.impact_ended.map(|time| Edit::ImpactEndedAt(Some(time))),
    ];
    let roles: BTreeMap<&String, &String> = edits.role.iter().map(|(role, who)| (role, who)).collect();
    found.extend(roles.into_iter().map(|(role, who)| {
        Some(Edit::Role { role: role.clone(), who: Some(who.clone()).filter(|who| !who.trim().is_empty()) })
    }));
    let edits = found.into_iter().flatten().map(Change::Edit);
    edits.chain(stage.map(Change::Stage)).collect()
}

/// Writes what changes something; a preview only thinks of it.
async fn apply(
    telling: &Telling,
    mut incident: Incident,
    changes: Vec<Change>,
    dry: bool,
) -> Result<Incident, Trouble> {
    for change in changes {
        let by = telling.person().to_owned();
        let event = match change {
            Change::Edit(edit) => Event::IncidentEdited { by, edit },
            Change::Stage(stage) if stage == incident.stage => continue,
            Change::Stage(stage) => Event::IncidentStageSet { by, stage },
        };
        match next::next(&incident, SystemClock.now(), &event) {
            Ok(after) if dry => incident = after,
            Ok(_) => incident = telling.write(&incident.id, event).await?,
            // It says so already, or it would turn the times around.
            Err(_)
                if matches!(
                    &event,
                    Event::IncidentEdited { edit: Edit::ImpactStartedAt(_) | Edit::ImpactEndedAt(_), .. }
                ) =>
            {
                let message = "The impact cannot end before it began, and is unchanged.";
                return Err(Trouble::new(Code::IncidentRefused, message, "Check --impact-started and --impact-ended."));
            }
            Err(_) => {}
        }
    }
    Ok(incident)
}

impl From<arguments::SendChoice> for SendChoice {
    fn from(choice: arguments::SendChoice) -> Self {
        match choice {
            arguments::SendChoice::ItArrived => Self::ItArrived,
            arguments::SendChoice::SendAgain => Self::SendAgain,
            arguments::SendChoice::Drop => Self::Drop,
        }
    }
}

impl From<arguments::Stage> for Stage {
    fn from(stage: arguments::Stage) -> Self {
        match stage {
            arguments::Stage::Investigating => Self::Investigating,
            arguments::Stage::Identified => Self::Identified,
            arguments::Stage::Monitoring => Self::Monitoring,
        }
    }
}
