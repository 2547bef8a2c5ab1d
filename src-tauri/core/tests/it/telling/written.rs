//! What each shipped template becomes: at every stage, in every format, with all values and with each one missing. One
//! picture a template; what differs from the whole message stands as its lines that go and come.

use lastgood_core::incident::Stage;
use lastgood_core::message::Message;
use lastgood_core::message::render::{Body, Format, Letter, render};
use lastgood_core::template::{NAMES, Templates, Values, shipped};

use super::kit::{full, letter};
use super::templates::{FORMATS, assert_clean};

#[test]
fn every_template_at_every_stage_in_every_format_with_each_value_missing() {
    for template in shipped() {
        let mut picture = String::new();
        for format in FORMATS {
            let whole = written(template.name, format, Stage::Monitoring, &full());
            picture.push_str(&format!("=== {format:?}\n{whole}\n"));
            for stage in Stage::ALL.into_iter().filter(|stage| *stage != Stage::Monitoring) {
                let other = written(template.name, format, stage, &full());
                picture.push_str(&difference(&format!("{format:?}, {}", stage.as_str()), &whole, &other));
            }
            for name in names(template.source) {
                let other = written(template.name, format, Stage::Monitoring, &full().without(name));
                picture.push_str(&difference(&format!("{format:?} without {name}"), &whole, &other));
            }
        }
        insta::assert_snapshot!(template.name, picture);
    }
}

#[test]
fn nothing_of_the_machine_shows_at_any_stage_with_any_value_missing() {
    for template in shipped() {
        for stage in Stage::ALL {
            for name in names(template.source) {
                assert_clean(template.name, name, &message(template.name, stage, &full().without(name)));
            }
        }
    }
}

fn message(template: &str, stage: Stage, values: &Values) -> Message {
    let mut values = values.clone();
    if values.has("stage") {
        values.text("stage", stage.as_str());
    }
    Templates::default().render(template, &values).unwrap()
}

fn written(template: &str, format: Format, stage: Stage, values: &Values) -> String {
    let rendered = render(format, &Letter { stage, ..letter(message(template, stage, values)) });
    let text = match &rendered.body {
        Body::Json(value) => serde_json::to_string_pretty(value).unwrap(),
        Body::Mail { plain, html } => format!("{plain}\n\n{html}"),
        Body::Text(text) => text.clone(),
    };
    format!("{}\n\n{text}", rendered.title)
}

/// Nothing where they are the same.
fn difference(what: &str, whole: &str, other: &str) -> String {
    if whole == other {
        return String::new();
    }
    let lines = |sign: char, of: &str, against: &str| -> String {
        let mut rest: Vec<&str> = against.lines().collect();
        let own = of.lines().filter(|line| match rest.iter().position(|other| other == line) {
            Some(place) => {
                rest.remove(place);
                false
            }
            None => true,
        });
        own.map(|line| format!("{sign} {}\n", line.trim_start())).collect()
    };
    format!("--- {what}\n{}{}", lines('-', whole, other), lines('+', other, whole))
}

/// The others cannot change it.
fn names(source: &str) -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().map(|(name, _)| name).filter(|name| source.contains(name))
}
