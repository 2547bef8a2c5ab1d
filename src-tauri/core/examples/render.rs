//! The time that the longest shipped template takes, from its text to a Slack message: the median in milliseconds on the
//! first line, then what another engine needs to do the same, as JSON.
#![expect(clippy::print_stdout, reason = "what it prints is its result")]

use std::time::Instant;

use jiff::Timestamp;
use lastgood_core::incident::{Severity, Stage};
use lastgood_core::message::render::{Format, Letter, render};
use lastgood_core::message::{Message, parse};
use lastgood_core::template::{NAMES, Values, fill, shipped};

const ROUNDS: usize = 2_000;

fn letter(message: Message) -> Letter {
    let at = Timestamp::UNIX_EPOCH;
    Letter {
        key: "up-1.incidents".to_owned(),
        incident: "inc-1".to_owned(),
        title: "Plugins fail".to_owned(),
        severity: Severity::DEFAULT,
        severity_name: "SEV 2".to_owned(),
        stage: Stage::Monitoring,
        surfaces: Vec::new(),
        recovered: Vec::new(),
        releases: None,
        began: at,
        at,
        before: 0,
        handle: None,
        reached: Vec::new(),
        behind: None,
        message,
    }
}

fn main() {
    let Some(longest) = shipped().iter().max_by_key(|template| template.source.len()) else { return };
    let mut values = Values::default();
    for (name, meaning) in NAMES {
        values.text(name, meaning);
    }
    for name in ["contacts", "escalation", "roles", "surfaces"] {
        values.list(name, ["the first of them", "and the second"]);
    }
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let message = fill(longest.name, longest.source, &values).unwrap_or_else(|fault| parse(&fault.sentence));
            let message = render(Format::Slack, &letter(message));
            let took = start.elapsed().as_secs_f64() * 1_000.0;
            std::hint::black_box(message);
            took
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{}", times[ROUNDS / 2]);
    let lists = ["contacts", "escalation", "roles", "surfaces"];
    let given: serde_json::Map<String, serde_json::Value> = values
        .shown()
        .into_iter()
        .map(|(name, text)| {
            let value = if lists.contains(&name) {
                serde_json::json!(["the first of them", "and the second"])
            } else {
                text.into()
            };
            (name.to_owned(), value)
        })
        .collect();
    println!("{}", serde_json::json!({ "rounds": ROUNDS, "source": longest.source, "values": given }));
}
