//! Every shipped template, with all values and with each one missing.

use lastgood_core::message::render::{Format, render};
use lastgood_core::message::{Block, Inline, Message};
use lastgood_core::template::{NAMES, Templates, fill, shipped};

use super::kit::{full, letter};

pub(super) const FORMATS: [Format; 8] = [
    Format::Slack,
    Format::Teams,
    Format::Mail,
    Format::Status,
    Format::Event,
    Format::Markdown,
    Format::Plain,
    Format::Notice,
];

#[test]
fn every_shipped_template_reads_well_with_all_values() {
    let mut all = String::new();
    for template in shipped() {
        let message = Templates::default().render(template.name, &full()).unwrap();
        assert_eq!(message.gaps(), [""; 0], "{}", template.name);
        let rendered = render(Format::Plain, &letter(message));
        assert_eq!(rendered.notes, [""; 0], "{}", template.name);
        all.push_str(&format!("=== {}: {}\n{}\n", template.name, template.title, rendered.body.text()));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_missing_value_leaves_its_line_out_or_shows_as_a_gap() {
    let mut needed = String::new();
    for template in shipped() {
        let mut blocking = Vec::new();
        for (name, _) in NAMES {
            let message = Templates::default().render(template.name, &full().without(name)).unwrap();
            assert!(message.gaps().iter().all(|gap| *gap == name), "{} without {name}: {message:?}", template.name);
            if !message.gaps().is_empty() {
                blocking.push(name);
            }
            assert_clean(template.name, name, &message);
        }
        needed.push_str(&format!("{}: {}\n", template.name, blocking.join(" ")));
    }
    insta::assert_snapshot!(needed);
}

#[test]
fn nothing_known_is_still_a_message_that_shows_what_it_lacks() {
    for template in shipped() {
        let message = Templates::default().render(template.name, &lastgood_core::template::Values::default()).unwrap();
        assert!(!message.gaps().is_empty(), "{}", template.name);
        assert_clean(template.name, "everything", &message);
    }
}

/// What leaves by itself when a rollback begins and ends.
const BY_ITSELF: [&str; 14] = [
    "team-rolling-back",
    "team-rolled-back",
    "team-not-rolled-back",
    "status-identified",
    "status-monitoring",
    "status-nothing-new",
    "ticket-opened",
    "ticket-update",
    "release-bad",
    "leads-declared",
    "leads-update",
    "customers-declared",
    "customers-update",
    "notice-open",
];

#[test]
fn what_is_sent_by_itself_leaves_out_what_a_rollback_cannot_know_and_a_draft_shows_it() {
    let mut all = String::new();
    for name in BY_ITSELF {
        let drafted = full().without("impact").without("surfaces").without("impact_started_at").without("note");
        let shown = Templates::default().render(name, &drafted).unwrap();
        assert_eq!(shown.gaps().is_empty(), name == "release-bad", "{name}: {:?}", shown.gaps());
        let message = Templates::default().render(name, &drafted.without("drafted")).unwrap();
        assert_eq!(message.gaps(), [""; 0], "{name}");
        assert_clean(name, "what does not work", &message);
        all.push_str(&format!("=== {name}\n{}\n", render(Format::Plain, &letter(message)).body.text()));
    }
    insta::assert_snapshot!(all);
}

/// Nobody has to give a reason, and what was live before may be unknown; neither can be said afterwards.
#[test]
fn a_rollback_without_a_reason_or_without_a_release_before_it_is_told_all_the_same() {
    for template in shipped() {
        for missing in ["reason", "from"] {
            let drafted = full().without(missing);
            for values in [drafted.without("drafted"), drafted] {
                let message = Templates::default().render(template.name, &values).unwrap();
                assert_eq!(message.gaps(), [""; 0], "{} without {missing}", template.name);
                assert_clean(template.name, missing, &message);
            }
        }
    }
}

/// In no format does a placeholder, an empty bullet or a word of the machine show.
pub(super) fn assert_clean(template: &str, missing: &str, message: &Message) {
    for block in &message.blocks {
        let empty = match block {
            Block::Paragraph(line) => line.is_empty(),
            Block::List(items) => items.iter().any(Vec::is_empty),
            Block::Fields(fields) => fields.iter().any(|field| field.value.is_empty() || field.label.is_empty()),
            Block::Links(links) => links.is_empty(),
        };
        assert!(!empty, "{template} without {missing}: {block:?}");
    }
    for format in FORMATS {
        let rendered = render(format, &letter(message.clone()));
        let text = format!("{}\n{}", rendered.title, rendered.body.text());
        for forbidden in ["{{", "}}", "{%", "None", "undefined", "null,", "()", "\u{10FF01}", "\u{10FF03}", ": \n"] {
            let teams_own = forbidden == "null," && format == Format::Teams;
            assert!(!text.contains(forbidden) || teams_own, "{template} without {missing} as {format:?}: {text}");
        }
        let shown = message.gaps().iter().all(|gap| text.contains(&gap.replace('_', " ")) || text.contains(*gap));
        assert!(
            shown || text.contains(r"impact\_"),
            "{template} without {missing} as {format:?} hides its gap: {text}"
        );
    }
}

#[test]
fn a_template_of_the_team_takes_the_place_of_the_shipped_one() {
    let own =
        [("team-declared".to_owned(), "# Oh no: {{ title }}".to_owned()), ("pirate".to_owned(), "Arr".to_owned())];
    let templates = Templates::new(own.into());
    let message = templates.render("team-declared", &full()).unwrap();
    assert_eq!(message.title, [Inline::Text("Oh no: Plugin execution failing in production".to_owned())]);
    assert_eq!(templates.names().last(), Some(&"pirate"));
    assert_eq!(templates.names().len(), shipped().len() + 1);
}

#[test]
fn a_mistake_is_found_with_its_place_and_a_way_out() {
    let faults = [
        ("Hello\n  {{ vresion }} there", "2:6+7"),
        ("{{ titel }}", "1:4+5"),
        ("{% if stage %}never ended", "1:"),
        ("{{ title|no_such_filter }}", "1:"),
        ("a {{ 'ü' }} {{ commandr }}", "1:16+8"),
        (
            "{% for a in surfaces %}{% for b in range(9000) %}{% for c in range(9000) %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
            "",
        ),
    ];
    let mut told = String::new();
    for (source, place) in faults {
        let fault = fill("draft", source, &full()).unwrap_err();
        let found = format!("{}:{}+{}", fault.line, fault.column, fault.length);
        assert!(found.starts_with(place), "{source}: {found} {fault:?}");
        told.push_str(&format!("{}\n  {} {}\n", source.replace('\n', "⏎"), fault.sentence, fault.hint));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn an_unknown_template_is_answered_with_those_there_are() {
    let trouble = Templates::default().render("team-panic", &full()).unwrap_err();
    assert!(trouble.hint.contains("team-declared"), "{trouble:?}");
}
