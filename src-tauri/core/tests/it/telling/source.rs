//! A settled template is a text again, and says the same when it is read once more.

use lastgood_core::message::{Inline, Message, parse, source};
use lastgood_core::template::{Templates, Values, fill, shipped};

use super::hostile::HOSTILE;
use super::kit::full;

fn read(source: &str, values: &Values) -> Message {
    fill("draft", source, values).unwrap_or_else(|fault| panic!("{fault:?} in {source}"))
}

/// As a reader sees it: neighbouring texts are one, spaces are one.
fn shown(message: &Message) -> String {
    let json = serde_json::to_string(message).unwrap();
    json.replace("\"},{\"text\":\"", "")
}

#[test]
fn a_settled_template_stays_linked_to_its_values() {
    for template in shipped() {
        let settled = source(&Templates::default().render(template.name, &full().linked()).unwrap());
        assert!(!settled.contains("{%"), "{settled}");
        let other = full().without("title");
        let whole = Templates::default().render(template.name, &full()).unwrap();
        assert_eq!(shown(&read(&settled, &full())), shown(&whole), "{}: {settled}", template.name);
        if settled.contains("{{ title }}") {
            assert_eq!(read(&settled, &other).gaps(), ["title"], "{settled}");
        }
    }
    let settled = Templates::default().render("team-declared", &full().linked()).unwrap();
    insta::assert_snapshot!(source(&settled));
}

#[test]
fn no_value_becomes_a_command_or_markup_on_its_way_through_the_editor() {
    for template in shipped() {
        for hostile in HOSTILE {
            let mut values = full();
            for name in ["title", "impact", "note", "cause", "reason", "commander", "environment", "from", "to"] {
                values.text(name, hostile);
            }
            values.list("surfaces", [hostile, "API"]).list("roles", [hostile]).list("contacts", [hostile]);
            values.list("escalation", [hostile]);
            let whole = Templates::default().render(template.name, &values).unwrap();
            // Once with everything written out, as after a copy, and once as the editor has it.
            let written = source(&whole);
            assert_eq!(links(&read(&written, &Values::default())), links(&whole), "{written}");
            let settled = source(&Templates::default().render(template.name, &values.linked()).unwrap());
            let again = read(&settled, &values);
            assert_eq!(links(&again), links(&whole), "{settled}");
            assert_eq!(again.blocks.len(), whole.blocks.len(), "{}: {settled}", template.name);
        }
    }
}

#[test]
fn text_that_looks_like_markup_stays_text() {
    for text in
        ["# not a title", "- not an item", "**not bold**", "a `b` c", "[x](https://evil.example)", "Label:: value"]
    {
        let message = Message { blocks: vec![paragraph(text)], ..Message::default() };
        assert_eq!(read(&source(&message), &Values::default()), message, "{text}");
    }
    let quiet = parse("Nothing to escape - here, at 100 %: [SEV 2].");
    assert_eq!(source(&quiet), "Nothing to escape - here, at 100 %: [SEV 2].");
}

fn paragraph(text: &str) -> lastgood_core::message::Block {
    lastgood_core::message::Block::Paragraph(vec![Inline::Text(text.to_owned())])
}

fn links(message: &Message) -> Vec<String> {
    let mut found = Vec::new();
    let json = serde_json::to_value(message).unwrap();
    urls(&json, &mut found);
    found
}

fn urls(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            found.extend(object.get("url").and_then(|url| url.as_str()).map(str::to_owned));
            object.values().for_each(|value| urls(value, found));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| urls(value, found)),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}
