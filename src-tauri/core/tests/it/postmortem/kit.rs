//! A rollback that really was driven, told by the journal's sample, and what people add to it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::Code;
use lastgood_core::ids::PostmortemId;
use lastgood_core::incident::cadence::Urgency;
use lastgood_core::incident::event::{Approval, Edit, Event as Happened, Opening, Outgoing, SendEnding, SendOutcome};
use lastgood_core::incident::{Audience, Receipt, Severity, Stage};
use lastgood_core::journal::{Fact, Record as Stored, Subject};
use lastgood_core::live::event::Event as Seen;
use lastgood_core::live::spans::Span;
use lastgood_core::message::{Inline, Message};
use lastgood_core::ports::forge::{Deployment, DeploymentState};
use lastgood_core::postmortem::event::{Added, Deed, Event};
use lastgood_core::postmortem::line::{LineId, LineKind};
use lastgood_core::postmortem::story::{Story, tell};
use lastgood_core::postmortem::timeline::{GAP, Record};
use lastgood_core::postmortem::{About, Postmortem, fold};

pub(crate) struct Record1 {
    pub(crate) facts: Vec<Fact>,
    pub(crate) deployments: Vec<Deployment>,
    next: u64,
}

impl Record1 {
    /// One rollback with a hold that was lifted, and a post-mortem of it.
    pub(crate) fn new() -> Self {
        let all = include_str!("../samples/journal-format-1.jsonl").lines();
        let facts = all.map(|line| serde_json::from_str::<Stored>(line).unwrap().read().unwrap());
        let facts = facts.filter(|fact| fact.subject.rollback == Some("rb-1".into())).collect();
        let mut record = Self { facts, deployments: vec![deployment()], next: 0 };
        record.say("2026-03-02T11:00:00Z", Deed::PostmortemCreated { about: about(), by: "@platform-lead".to_owned() });
        record
    }

    /// The same with an incident that the rollback answers, and one message that took two attempts.
    pub(crate) fn with_incident() -> Self {
        let mut record = Self::new();
        record.happens("2026-03-02T09:43:00Z", Happened::IncidentOpened(Box::new(opening())));
        record.happens("2026-03-02T09:44:00Z", edited(Edit::Severity(Severity::new(1).unwrap())));
        record.happens("2026-03-02T09:45:00Z", edited(Edit::Impact(Some("12 % of orders fail".to_owned()))));
        record.happens("2026-03-02T09:46:00Z", edited(Edit::FoundAt(at("2026-03-02T09:31:00Z"))));
        record.happens("2026-03-02T09:46:30Z", noted("Orders from the app fail, those from the web do not"));
        record.happens("2026-03-02T09:50:00Z", stage(Stage::Identified));
        let approval = Approval {
            update: "up-1".into(),
            by: "@on-call".to_owned(),
            stage: Stage::Identified,
            messages: vec![outgoing()],
            at_once: BTreeSet::new(),
            expires_at: at("2026-03-02T10:20:00Z"),
            due: BTreeMap::new(),
        };
        record.happens("2026-03-02T09:51:00Z", Happened::IncidentUpdateApproved(Box::new(approval)));
        record.happens("2026-03-02T09:51:01Z", begun("We look into it, first try"));
        record.happens("2026-03-02T09:51:02Z", ended(SendOutcome::NotSent));
        record.happens("2026-03-02T09:51:12Z", begun("We look into it"));
        record.happens("2026-03-02T09:51:13Z", ended(SendOutcome::Delivered));
        record.happens("2026-03-02T09:52:00Z", edited(Edit::Rollback(Some("rb-1".into()))));
        let due = at("2026-03-02T09:58:00Z");
        let reminded = Happened::IncidentReminded { audience: Audience::Team, due, urgency: Urgency::Now };
        record.happens("2026-03-02T09:58:00Z", reminded);
        record.happens("2026-03-02T10:03:00Z", edited(Edit::ImpactEndedAt(Some(at("2026-03-02T10:02:00Z")))));
        record.happens("2026-03-02T10:04:00Z", stage(Stage::Resolved));
        record
    }

    /// A fact of the incident, on another machine.
    pub(crate) fn happens(&mut self, when: &str, event: Happened) {
        self.next += 1;
        self.facts.push(Fact {
            writer: "room".into(),
            sequence: self.next,
            at: at(when),
            subject: Subject::repository("acme/shop").incident("inc-1".into()),
            event: event.into(),
            hash: format!("{:064}", 1000 + self.next),
        });
    }

    /// The service is looked at, by another session.
    pub(crate) fn sees(&mut self, when: &str, well: bool) {
        self.next += 1;
        let sentence = "503, three of three tries.".to_owned();
        let event = Seen::LiveHealthSeen { tag: Some("v2.5.0".into()), well, sentence };
        self.facts.push(Fact {
            writer: "probe".into(),
            sequence: self.next,
            at: at(when),
            subject: Subject::repository("acme/shop").environment("production".into()),
            event: event.into(),
            hash: format!("{:064}", 2000 + self.next),
        });
    }

    /// A fact of another person, on another machine.
    pub(crate) fn say(&mut self, when: &str, deed: Deed) {
        self.next += 1;
        let event = Event { postmortem: PostmortemId::new("pm-1"), deed };
        self.facts.push(Fact {
            writer: "desk".into(),
            sequence: self.next,
            at: at(when),
            subject: Subject::repository("acme/shop"),
            event: event.into(),
            hash: format!("{:064}", self.next),
        });
    }

    pub(crate) fn add(&mut self, when: &str, kind: LineKind, text: &str) {
        let line = LineId::new(format!("line-{}", self.next));
        let added = Added {
            line,
            at: at(when),
            kind,
            text: text.to_owned(),
            who: None,
            pasted_from: None,
            by: "@on-call".to_owned(),
        };
        self.say("2026-03-02T12:00:00Z", Deed::PostmortemLineAdded(Box::new(added)));
    }

    /// When the rollback was started.
    pub(crate) fn started(&self) -> String {
        self.story().rollbacks[0].plan.started.to_string()
    }

    pub(crate) fn record(&self) -> Record<'_> {
        Record { facts: &self.facts, deployments: &self.deployments, releases: &[] }
    }

    pub(crate) fn postmortem(&self) -> Postmortem {
        fold(&self.facts).remove(0)
    }

    pub(crate) fn story(&self) -> Story {
        let span = |tag: &str, from: &str, to: Option<&str>, went_back, left_behind| Span {
            tag: tag.into(),
            from: at(from),
            to: to.map(at),
            deployment: None,
            run: None,
            went_back,
            left_behind,
        };
        let spans = vec![
            span("v2.4.0", "2026-02-20T10:00:00Z", Some("2026-03-02T09:20:00Z"), false, false),
            span("v2.5.0", "2026-03-02T09:20:00Z", Some("2026-03-02T10:01:11Z"), false, true),
            span("v2.4.0", "2026-03-02T10:01:11Z", None, true, false),
        ];
        tell(self.postmortem(), &self.record(), spans, GAP)
    }
}

pub(crate) fn opening() -> Opening {
    Opening {
        title: "Checkout fails".to_owned(),
        severity: Severity::DEFAULT,
        by: "@on-call".to_owned(),
        commander: None,
        impact: None,
        surfaces: vec!["app".to_owned()],
        environment: Some("production".into()),
        rollback: None,
        found_at: at("2026-03-02T09:43:00Z"),
        impact_started_at: None,
        due: BTreeMap::from([(Audience::Team, at("2026-03-02T09:58:00Z"))]),
    }
}

fn outgoing() -> Outgoing {
    let title = vec![Inline::Text("We look into it".to_owned())];
    let message = Message { title, blocks: Vec::new() };
    Outgoing {
        channel: "status".into(),
        audience: Audience::Customers,
        template: "status-identified".to_owned(),
        message,
        moment: None,
        stage: None,
        rollback: None,
    }
}

pub(crate) fn edited(edit: Edit) -> Happened {
    Happened::IncidentEdited { by: "@on-call".to_owned(), edit }
}

fn noted(text: &str) -> Happened {
    Happened::IncidentNoted { by: "@on-call".to_owned(), text: text.to_owned() }
}

fn stage(stage: Stage) -> Happened {
    Happened::IncidentStageSet { by: "@on-call".to_owned(), stage }
}

fn begun(sent: &str) -> Happened {
    Happened::IncidentSendBegun { update: "up-1".into(), channel: "status".into(), sent: sent.to_owned() }
}

fn ended(outcome: SendOutcome) -> Happened {
    let delivered = outcome == SendOutcome::Delivered;
    let url = Some("https://status.acme.example/1".to_owned());
    let receipt = Receipt { handle: None, url, sentence: "Delivered.".to_owned() };
    let ending = SendEnding {
        outcome,
        sentence: if delivered { "It is on the page." } else { "The name was not found." }.to_owned(),
        hint: String::new(),
        code: (!delivered).then_some(Code::SendUnknown),
        receipt: delivered.then_some(receipt),
        again_at: None,
        reached: Vec::new(),
    };
    Happened::IncidentSendEnded { update: "up-1".into(), channel: "status".into(), ending }
}

pub(crate) fn about() -> About {
    About {
        title: "Checkout failed after v2.5.0".to_owned(),
        environment: Some("production".into()),
        rollbacks: vec!["rb-1".into()],
        incident: None,
    }
}

pub(crate) fn deployment() -> Deployment {
    Deployment {
        id: 41,
        environment: "production".into(),
        reference: "v2.5.0".to_owned(),
        commit: "dddddddddddddddddddddddddddddddddddddddd".into(),
        created: at("2026-03-02T09:18:00Z"),
        creator: "release-manager".to_owned(),
        state: DeploymentState::Inactive,
        state_since: at("2026-03-02T10:01:11Z"),
        succeeded: Some(at("2026-03-02T09:20:00Z")),
        url: None,
        run: None,
        maker: None,
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An hour ahead of UTC, two in summer; changed on the last Sundays of March and October.
pub(crate) fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

pub(crate) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}
