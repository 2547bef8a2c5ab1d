//! An incident's facts in a timeline's words.

use super::{Told, detail, main, quoted, some};
use crate::incident::cadence::Urgency;
use crate::incident::event::{Approval, Edit, Event, Opening, SendChoice, SendEnding, SendOutcome, Verdict};
use crate::incident::{Audience, Receipt};
use crate::journal::Fact;
use crate::postmortem::line::{Evidence, LineKind};
use crate::postmortem::zone;

/// `own` are the facts around it: the outcome of a message shows what went out.
pub(super) fn tell(event: &Event, fact: &Fact, own: &[&Fact]) -> Told {
    match event {
        Event::IncidentOpened(opening) => opened(opening, fact),
        Event::IncidentEdited { by, edit } => Told { who: some(by), ..edited(edit) },
        Event::IncidentNoted { by, text } => Told { who: some(by), ..main(LineKind::Signal, text.trim().to_owned()) },
        Event::IncidentStageSet { by, stage } => {
            let told = main(LineKind::Decision, format!("Stage set to {}", stage.as_str()));
            Told { who: some(by), ..told }
        }
        Event::IncidentUpdateApproved(approval) => approved(approval),
        Event::IncidentReviewAsked(approval) => {
            let text = format!("A second person is asked to read the update for {}", channels(approval));
            Told { who: some(&approval.by), ..detail(LineKind::Decision, text) }
        }
        Event::IncidentReviewGiven { by, verdict, note, late, .. } => {
            let said = match verdict {
                Verdict::Approved if *late => "approved, too late to leave",
                Verdict::Approved => "approved",
                Verdict::Declined => "declined",
            };
            let note = if note.trim().is_empty() { String::new() } else { format!(": {}", quoted(note)) };
            Told { who: some(by), ..main(LineKind::Decision, format!("Update read and {said}{note}")) }
        }
        Event::IncidentSendBegun { channel, sent, .. } => {
            let told = detail(LineKind::Message, format!("Message to {channel} leaves"));
            Told { evidence: words_of(sent), ..told }
        }
        Event::IncidentSendEnded { channel, ending, .. } => {
            let words = sent(event, fact, own).map(words_of).unwrap_or_default();
            ended(channel.as_str(), ending, words)
        }
        Event::IncidentSendStale { channel, .. } => {
            main(LineKind::Signal, format!("Message to {channel} could not leave in time"))
        }
        Event::IncidentSendDecided { channel, by, choice, receipt, .. } => {
            let text = format!("About the message to {channel}, a person chose: {}", chosen(*choice));
            Told { who: some(by), evidence: place_of(receipt.as_ref()), ..main(LineKind::Decision, text) }
        }
        Event::IncidentNothingNew { by, audience, due } => {
            let text = format!("Nothing new for {}; they hear more by {}", people(*audience), zone::utc(*due));
            Told { who: some(by), ..detail(LineKind::Decision, text) }
        }
        Event::IncidentReminded { audience, due, urgency } => {
            let when = match urgency {
                Urgency::Soon => "is soon due",
                Urgency::Now => "is due",
            };
            let text = format!("Alert shown: the update to {} {when}, by {}", people(*audience), zone::utc(*due));
            detail(LineKind::Alert, text)
        }
    }
}

fn opened(opening: &Opening, fact: &Fact) -> Told {
    let (title, severity) = (opening.title.trim(), opening.severity.number());
    let later = fact.at.duration_since(opening.found_at);
    let later = match later.as_secs() {
        ..60 => String::new(),
        _ => format!(" {} after it was found", zone::length(later)),
    };
    let told = main(LineKind::Detection, format!("Incident opened{later}, severity {severity}: {}", quoted(title)));
    Told { who: some(&opening.by), ..told }
}

fn edited(edit: &Edit) -> Told {
    let said = |what: &str, value: Option<String>| match value {
        Some(value) => format!("{what}: {value}"),
        None => format!("{what} taken back"),
    };
    let words = |value: &Option<String>| value.as_deref().map(quoted);
    match edit {
        Edit::Title(title) => detail(LineKind::Action, format!("Title: {}", quoted(title))),
        Edit::Severity(severity) => main(LineKind::Decision, format!("Severity set to {}", severity.number())),
        Edit::Commander(who) => detail(LineKind::Decision, said("Commander", who.clone())),
        Edit::Role { role, who } => detail(LineKind::Decision, said(role, who.clone())),
        Edit::Impact(impact) => main(LineKind::Signal, said("Impact", words(impact))),
        Edit::Cause(cause) => main(LineKind::Signal, said("Cause", words(cause))),
        Edit::Surfaces(surfaces) => {
            let all = (!surfaces.is_empty()).then(|| surfaces.join(", "));
            detail(LineKind::Signal, said("Affected", all))
        }
        Edit::Environment(environment) => {
            detail(LineKind::Action, said("Environment", environment.as_ref().map(ToString::to_string)))
        }
        Edit::Rollback(rollback) => {
            detail(LineKind::Action, said("Rollback", rollback.as_ref().map(ToString::to_string)))
        }
        Edit::FoundAt(at) => detail(LineKind::Signal, said("Found at", Some(zone::utc(*at)))),
        Edit::ImpactStartedAt(at) => detail(LineKind::Signal, said("Impact began at", at.map(zone::utc))),
        Edit::ImpactEndedAt(at) => detail(LineKind::Signal, said("Impact ended at", at.map(zone::utc))),
    }
}

fn approved(approval: &Approval) -> Told {
    let told = detail(LineKind::Decision, format!("Update approved for {}", channels(approval)));
    Told { who: some(&approval.by), ..told }
}

fn channels(approval: &Approval) -> String {
    approval.messages.iter().map(|message| message.channel.as_str()).collect::<Vec<_>>().join(", ")
}

fn place_of(receipt: Option<&Receipt>) -> Vec<Evidence> {
    receipt.and_then(|receipt| receipt.url.clone()).map(Evidence::Link).into_iter().collect()
}

fn ended(channel: &str, ending: &SendEnding, words: Vec<Evidence>) -> Told {
    let text = |said: &str| {
        let why = ending.sentence.trim().trim_end_matches('.');
        if why.is_empty() { said.to_owned() } else { format!("{said}: {why}") }
    };
    let told = match ending.outcome {
        SendOutcome::Delivered => main(LineKind::Message, text(&format!("Message to {channel} delivered"))),
        SendOutcome::Refused => main(LineKind::Message, text(&format!("Message to {channel} refused"))),
        SendOutcome::NotSent if !ending.reached.is_empty() => {
            main(LineKind::Message, text(&format!("Message to {channel} delivered to some")))
        }
        // Its words stand where it was tried, and where it arrived.
        SendOutcome::NotSent => return detail(LineKind::Message, text(&format!("Message to {channel} not sent yet"))),
        SendOutcome::Unknown => {
            main(LineKind::Message, text(&format!("Nobody can tell whether the message to {channel} arrived")))
        }
    };
    Told { evidence: words.into_iter().chain(place_of(ending.receipt.as_ref())).collect(), ..told }
}

/// What went out in the attempt that this outcome belongs to: the newest intent before it, whoever wrote that. A session
/// that ended in between left the intent to the next one.
fn sent<'a>(ending: &Event, fact: &Fact, own: &[&'a Fact]) -> Option<&'a str> {
    let Event::IncidentSendEnded { update, channel, .. } = ending else { return None };
    let begun = own.iter().filter(|begun| begun.at <= fact.at).filter_map(|begun| match begun.event.incident() {
        Some(Event::IncidentSendBegun { update: of, channel: to, sent }) if (of, to) == (update, channel) => {
            Some(((begun.at, begun.sequence), sent.as_str()))
        }
        _ => None,
    });
    begun.max_by_key(|(when, _)| *when).map(|(_, sent)| sent)
}

fn words_of(sent: &str) -> Vec<Evidence> {
    vec![Evidence::Sent(sent.lines().map(str::to_owned).collect())]
}

fn people(audience: Audience) -> &'static str {
    match audience {
        Audience::Team => "the team",
        Audience::Leads => "the leads",
        Audience::Customers => "the customers",
    }
}

fn chosen(choice: SendChoice) -> &'static str {
    match choice {
        SendChoice::ItArrived => "it arrived",
        SendChoice::SendAgain => "send again",
        SendChoice::Drop => "drop it",
    }
}
