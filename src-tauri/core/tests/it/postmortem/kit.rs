//! A rollback that really was driven, told by the journal's sample, and what people add to it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::ids::PostmortemId;
use lastgood_core::journal::{Fact, Record as Stored, Subject};
use lastgood_core::live::spans::Span;
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

    pub(crate) fn record(&self) -> Record<'_> {
        Record { facts: &self.facts, deployments: &self.deployments }
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
