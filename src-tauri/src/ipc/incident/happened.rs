//! What happened, a line for each fact that a person wants to read in the room.

use lastgood_core::incident::cadence::Urgency;
use lastgood_core::incident::event::{Edit, Event, SendOutcome, Verdict};
use lastgood_core::journal::Fact;
use lastgood_core::rollback::event::{self, StepOutcome};

use super::view::audience_title;
use super::{EventTone, HappenedLine};

/// One sentence, its tone, and who did it.
struct Said(String, EventTone, Option<String>);

/// Oldest first, whatever order they come in.
pub(super) fn lines(facts: &[Fact]) -> Vec<HappenedLine> {
    let mut lines: Vec<(jiff::Timestamp, HappenedLine)> = facts
        .iter()
        .filter(|fact| !is_overtaken(fact, facts))
        .filter_map(|fact| Some((fact.at, line(fact)?)))
        .collect();
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Of the tries that came to nothing the newest is told, and none once it ended; one that reached some stands.
fn is_overtaken(fact: &Fact, facts: &[Fact]) -> bool {
    let ended = |fact: &Fact| match fact.event.incident() {
        Some(Event::IncidentSendEnded { update, channel, ending }) if ending.reached.is_empty() => {
            Some((update.clone(), channel.clone(), ending.outcome))
        }
        _ => None,
    };
    let Some((update, channel, SendOutcome::NotSent)) = ended(fact) else { return false };
    facts.iter().any(|other| {
        let later = (&other.writer, other.sequence) > (&fact.writer, fact.sequence);
        later && ended(other).is_some_and(|(id, name, _)| id == update && name == channel)
    })
}

fn line(fact: &Fact) -> Option<HappenedLine> {
    let of_incident = fact.event.incident().and_then(of_incident);
    let Said(sentence, tone, who) = of_incident.or_else(|| fact.event.rollback().and_then(of_rollback))?;
    let began = matches!(fact.event.rollback(), Some(event::Event::RollbackStarted(_)));
    Some(HappenedLine {
        id: format!("{}:{}", fact.writer, fact.sequence),
        at: fact.at.to_string(),
        tone,
        sentence,
        who: who.filter(|who| !who.is_empty()),
        url: None,
        rollback: fact.subject.rollback.as_ref().filter(|_| began).map(ToString::to_string),
    })
}

fn of_incident(event: &Event) -> Option<Said> {
    let neutral = |sentence: String, who: &str| Some(Said(sentence, EventTone::Neutral, Some(who.to_owned())));
    match event {
        Event::IncidentOpened(opening) => {
            Some(Said(format!("Incident opened: {}", opening.title), EventTone::Info, Some(opening.by.clone())))
        }
        Event::IncidentEdited { by, edit } => neutral(edited(edit), by),
        Event::IncidentNoted { by, text } => neutral(text.clone(), by),
        Event::IncidentStageSet { by, stage } => {
            let tone = if stage.as_str() == "resolved" { EventTone::Good } else { EventTone::Info };
            Some(Said(format!("Stage set to {}", stage.as_str()), tone, Some(by.clone())))
        }
        Event::IncidentUpdateApproved(approval) => {
            let channels: Vec<&str> = approval.messages.iter().map(|message| message.channel.as_str()).collect();
            neutral(format!("Update approved for {}", channels.join(", ")), &approval.by)
        }
        Event::IncidentReviewAsked(approval) => {
            let read = approval.messages.iter().filter(|message| !approval.at_once.contains(&message.channel));
            let channels: Vec<&str> = read.map(|message| message.channel.as_str()).collect();
            let at_once: Vec<&str> = approval.at_once.iter().map(|channel| channel.as_str()).collect();
            let rest = Some(at_once.join(", ")).filter(|names| !names.is_empty());
            let rest = rest.map_or_else(String::new, |names| format!("; approved for {names}"));
            let asked = format!("A second person is asked to read the update for {}{rest}", channels.join(", "));
            neutral(asked, &approval.by)
        }
        Event::IncidentReviewGiven { by, verdict: Verdict::Approved, late, .. } => {
            let when = if *late { ", too late to leave" } else { "" };
            neutral(format!("Update read and approved{when}"), by)
        }
        Event::IncidentReviewGiven { by, note, .. } => {
            let why = if note.is_empty() { String::new() } else { format!(": {note}") };
            Some(Said(format!("Update declined{why}"), EventTone::Warn, Some(by.clone())))
        }
        Event::IncidentSendEnded { channel, ending, .. } => {
            let (words, tone) = match ending.outcome {
                SendOutcome::Delivered => ("Sent to", EventTone::Neutral),
                SendOutcome::Refused => ("Refused by", EventTone::Bad),
                SendOutcome::NotSent if !ending.reached.is_empty() => ("Sent to some of", EventTone::Warn),
                SendOutcome::NotSent => ("Not sent yet to", EventTone::Warn),
                SendOutcome::Unknown => ("Could not tell whether it arrived at", EventTone::Warn),
            };
            Some(Said(format!("{words} {channel}"), tone, None))
        }
        Event::IncidentSendStale { channel, .. } => {
            Some(Said(format!("Too late to send to {channel} without a question"), EventTone::Warn, None))
        }
        Event::IncidentNothingNew { by, audience, .. } => {
            neutral(format!("Nothing new for {}", audience_title(*audience)), by)
        }
        Event::IncidentReminded { audience, urgency: Urgency::Now, .. } => {
            let sentence = format!("Alert shown: the update to {} is due", audience_title(*audience));
            Some(Said(sentence, EventTone::Neutral, None))
        }
        Event::IncidentSendBegun { .. } | Event::IncidentSendDecided { .. } | Event::IncidentReminded { .. } => None,
    }
}

fn edited(edit: &Edit) -> String {
    let said = |what: &str, value: &Option<String>| match value {
        Some(value) => format!("{what}: {value}"),
        None => format!("{what} taken back"),
    };
    match edit {
        Edit::Title(title) => format!("Title: {title}"),
        Edit::Severity(severity) => format!("Severity set to {}", severity.number()),
        Edit::Commander(who) => said("Commander", who),
        Edit::Role { role, who } => said(role, who),
        Edit::Impact(impact) => said("Impact", impact),
        Edit::Cause(cause) => said("Cause", cause),
        Edit::Surfaces(surfaces) => format!("Surfaces: {}", surfaces.join(", ")),
        Edit::Environment(environment) => said("Environment", &environment.as_ref().map(ToString::to_string)),
        Edit::Rollback(rollback) => said("Rollback", &rollback.as_ref().map(ToString::to_string)),
        Edit::FoundAt(time) => format!("Found at {time}"),
        Edit::ImpactStartedAt(time) => said("Impact began", &time.map(|time| time.to_string())),
        Edit::ImpactEndedAt(time) => said("Impact ended", &time.map(|time| time.to_string())),
    }
}

fn of_rollback(event: &event::Event) -> Option<Said> {
    match event {
        event::Event::RollbackStarted(plan) => {
            let sentence = format!("{} of {} to {} started", plan.deed(), plan.environment, plan.to);
            Some(Said(sentence, EventTone::Info, Some(plan.who.clone())))
        }
        // Whether the remote took it is told by what follows.
        event::Event::TagMade { tag, .. } => Some(Said(format!("Tag {tag} made"), EventTone::Neutral, None)),
        event::Event::RunFound { run, .. } => Some(Said(format!("Run {run} started"), EventTone::Neutral, None)),
        event::Event::LocalBegan { command, .. } => {
            Some(Said(format!("Deploy from this machine: {command}"), EventTone::Neutral, None))
        }
        event::Event::TagKept { tag, .. } => {
            Some(Said(format!("Tag {tag} kept here; the remote did not confirm it"), EventTone::Warn, None))
        }
        event::Event::StepEnded(ending) => {
            let tone = match ending.outcome {
                StepOutcome::Succeeded => return None,
                StepOutcome::Inconclusive => EventTone::Warn,
                StepOutcome::Failed | StepOutcome::Errored | StepOutcome::Aborted => EventTone::Bad,
            };
            Some(Said(ending.sentence.clone(), tone, None))
        }
        event::Event::RollbackEnded { outcome, sentence, .. } => {
            let good = *outcome == lastgood_core::rollback::Outcome::Succeeded;
            Some(Said(sentence.clone(), if good { EventTone::Good } else { EventTone::Bad }, None))
        }
        event::Event::HoldLifted { by, .. } => {
            Some(Said("Hold lifted".to_owned(), EventTone::Neutral, Some(by.clone())))
        }
        event::Event::QuarantineLifted { tag, by, .. } => {
            Some(Said(format!("Quarantine of {tag} lifted"), EventTone::Neutral, Some(by.clone())))
        }
        event::Event::RunOrdered { run, order, by, .. } => {
            Some(Said(format!("{} run {run}", ordered(*order)), EventTone::Info, Some(by.clone())))
        }
        event::Event::ReasonGiven { .. }
        | event::Event::StepStarted { .. }
        | event::Event::Answered(_)
        | event::Event::HoldTaken { .. }
        | event::Event::NewestRun { .. }
        | event::Event::Waiting { .. }
        | event::Event::DispatchSent
        | event::Event::LocalEnded(_)
        | event::Event::RunSeen(_)
        | event::Event::RunOutOfSight { .. }
        | event::Event::Quarantined { .. }
        | event::Event::ReleaseMarked { .. }
        | event::Event::PersonChose { .. }
        | event::Event::UndoAsked
        | event::Event::StopAsked
        | event::Event::RunOrderEnded { .. } => None,
    }
}

fn ordered(order: event::RunOrder) -> &'static str {
    match order {
        event::RunOrder::Approve => "Approve",
        event::RunOrder::Reject => "Reject",
        event::RunOrder::Cancel => "Cancel",
    }
}

#[cfg(test)]
mod tests {
    use lastgood_core::journal::Subject;

    use super::*;

    #[test]
    fn a_tag_that_was_made_is_not_called_pushed_before_the_remote_said_so() {
        let made = event::Event::TagMade { tag: "rollback-20260302-100000".into(), object: "f".into() };
        let fact = Fact {
            writer: "laptop".into(),
            sequence: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            subject: Subject::repository("acme/shop").rollback("rb-1".into()),
            event: made.into(),
            hash: String::new(),
        };
        assert_eq!(lines(&[fact])[0].sentence, "Tag rollback-20260302-100000 made");
    }
}
