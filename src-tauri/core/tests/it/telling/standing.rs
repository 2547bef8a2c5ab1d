//! What shipped templates say of a rollback, wherever it stands: what was not proven is not told as done.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use lastgood_core::ids::RollbackId;
use lastgood_core::incident::event::Edit;
use lastgood_core::incident::values::{Surroundings, values};
use lastgood_core::incident::{Incident, Stage};
use lastgood_core::message::render::{Format, render};
use lastgood_core::rollback::{End, Outcome, Rollback, next};
use lastgood_core::settings::telling::IncidentSettings;
use lastgood_core::template::{Templates, Values, shipped};
use serde_json::json;

use super::kit::{after, at, edited, letter};

/// These are about a rollback that was proven, and lack its end else.
const OF_PROVEN: [&str; 3] = ["team-rolled-back", "release-bad", "release-good"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    UnderWay,
    Ended(Outcome),
    Forward(Option<Outcome>),
}

impl Standing {
    const UNPROVEN: [Self; 6] = [
        Self::UnderWay,
        Self::Ended(Outcome::Failed),
        Self::Ended(Outcome::Errored),
        Self::Ended(Outcome::Aborted),
        Self::Forward(None),
        Self::Forward(Some(Outcome::Succeeded)),
    ];

    pub(super) fn rollback(self) -> Rollback {
        let (outcome, forward) = match self {
            Self::UnderWay => (None, false),
            Self::Ended(outcome) => (Some(outcome), false),
            Self::Forward(outcome) => (outcome, true),
        };
        let sentence = "So it ended.".to_owned();
        let end = outcome.map(|outcome| End { at: at(42), outcome, sentence, hint: String::new() });
        Rollback { end, ..rollback(forward) }
    }

    fn stage(self) -> Stage {
        match self {
            Self::UnderWay => Stage::Identified,
            Self::Ended(Outcome::Succeeded) => Stage::Monitoring,
            Self::Ended(Outcome::Failed | Outcome::Errored | Outcome::Aborted) | Self::Forward(_) => {
                Stage::Investigating
            }
        }
    }
}

fn rollback(forward: bool) -> Rollback {
    let plan = json!({
        "environment": "production",
        "from": "v2.4.1",
        "to": "v2.4.0",
        "object": "a".repeat(40),
        "commit": "c".repeat(40),
        "reason": "plugins fail since v2.4.1",
        "who": "@release-manager",
        "started": at(41),
        "undo_until": at(41),
        "rollback_tag": "rollback-20261123-144100",
        "deploy": { "workflow": "deploy.yml", "branch": "main", "version_input": "version", "inputs": {}, "key_input": null },
        "proofs": { "version": null, "health": null, "health_times": 3 },
        "budget": 300,
        "forward": forward,
        "rehearsal": false,
    });
    next::begin(RollbackId::new("rb-4f1c"), serde_json::from_value(plan).unwrap())
}

fn known(standing: Standing, stage: Stage) -> Values {
    let told = [Edit::Impact(Some("12 % of calls fail".to_owned())), Edit::Cause(Some("a flag".to_owned()))];
    let incident = Incident { stage, ..after(&told.map(edited)) };
    let around = Surroundings {
        now: at(44),
        zone: TimeZone::UTC,
        repository: None,
        by: "@team-lead".to_owned(),
        group: None,
        note: None,
        drafted: true,
        next_update_at: Some(at(60)),
        settings: &IncidentSettings::default(),
        contacts: &BTreeMap::new(),
    };
    values(&incident, Some(&standing.rollback()), &around)
}

fn written(template: &str, standing: Standing, stage: Stage) -> String {
    let message = Templates::default().render(template, &known(standing, stage)).unwrap();
    render(Format::Plain, &letter(message)).body.text()
}

#[test]
fn every_template_says_of_a_rollback_what_is_so() {
    let mut all = String::new();
    for template in shipped() {
        let proven = Standing::Ended(Outcome::Succeeded);
        let mut last = written(template.name, proven, proven.stage());
        all.push_str(&format!("=== {}\n{last}", template.name));
        for standing in Standing::UNPROVEN {
            let text = written(template.name, standing, standing.stage());
            if text != last {
                all.push_str(&format!("--- {standing:?}\n{text}"));
            }
            last = text;
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_was_not_proven_is_told_nowhere_as_done() {
    for template in shipped().iter().filter(|template| !OF_PROVEN.contains(&template.name)) {
        for standing in Standing::UNPROVEN {
            let text = written(template.name, standing, Stage::Resolved);
            for claim in ["was rolled back", "We rolled", "went through", "Fixed by", "succeeded"] {
                assert!(!text.contains(claim), "{} {standing:?}: {text}", template.name);
            }
        }
    }
    for name in OF_PROVEN {
        for standing in Standing::UNPROVEN {
            let message = Templates::default().render(name, &known(standing, standing.stage())).unwrap();
            assert!(message.gaps().contains(&"rollback_ended_at"), "{name} {standing:?} does not leave");
        }
    }
}

#[test]
fn whoever_hears_of_it_first_when_a_remedy_is_in_place_does_not_read_that_it_is_sought() {
    for name in ["customers-declared", "notice-open"] {
        let text = written(name, Standing::Ended(Outcome::Succeeded), Stage::Monitoring);
        assert!(!text.contains("working on it") && text.contains("A remedy is in place"), "{name}: {text}");
        let text = written(name, Standing::UnderWay, Stage::Identified);
        assert!(text.contains("working on it"), "{name}: {text}");
    }
}

/// People write values with a full stop and without.
#[test]
fn a_value_that_ends_with_a_full_stop_is_followed_by_no_second_sign() {
    for template in shipped() {
        for standing in Standing::UNPROVEN.into_iter().chain([Standing::Ended(Outcome::Succeeded)]) {
            for stage in Stage::ALL {
                let mut values = known(standing, stage);
                values.text("impact", "12 % of calls fail.").text("cause", "a flag.").text("reason", "calls fail.");
                let message = Templates::default().render(template.name, &values).unwrap();
                let text = render(Format::Plain, &letter(message)).body.text();
                let doubled = ["..", ".,", ".;", ".:", "  ", ":.", ". ."].iter().find(|sign| text.contains(**sign));
                assert_eq!(doubled, None, "{} {standing:?}: {text}", template.name);
            }
        }
    }
}

#[test]
fn what_is_over_was_not_felt_so_far() {
    for standing in Standing::UNPROVEN {
        for template in shipped().iter().filter(|template| template.name.ends_with("-resolved")) {
            let text = written(template.name, standing, Stage::Resolved);
            assert!(!text.contains("so far"), "{} {standing:?}: {text}", template.name);
        }
    }
}

#[test]
fn words_about_a_rollback_that_did_not_work_say_of_one_that_goes_on_that_it_does() {
    let text = |outcome: Option<Outcome>| {
        let standing = outcome.map_or(Standing::UnderWay, Standing::Ended);
        written("team-not-rolled-back", standing, standing.stage())
    };
    assert!(text(None).contains("is still under way.") && !text(None).contains("did not go through"));
    assert!(!text(Some(Outcome::Succeeded)).contains("did not go through"));
    for (outcome, words) in
        [(Outcome::Failed, "it failed."), (Outcome::Errored, "it errored."), (Outcome::Aborted, "it was aborted.")]
    {
        assert!(text(Some(outcome)).contains(&format!("did not go through: {words}")), "{}", text(Some(outcome)));
    }
}

#[test]
fn a_sentence_that_begins_with_an_address_leaves_the_address_as_it_was_written() {
    let mut values = known(Standing::UnderWay, Stage::Identified);
    values.text("impact", "https://acme.example/x is down");
    let message = Templates::default().render("team-declared", &values).unwrap();
    let text = render(Format::Plain, &letter(message)).body.text();
    assert!(text.contains("We are looking into it. https://acme.example/x is down."), "{text}");
}
