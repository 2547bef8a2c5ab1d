//! The same message in the format of each channel.

use lastgood_core::message::parse;
use lastgood_core::message::render::{Body, Format, render};
use lastgood_core::template::Templates;

use super::kit::{full, letter};

#[test]
fn one_message_in_each_format() {
    let message = Templates::default().render("team-rolled-back", &full().without("cause").without("impact")).unwrap();
    for (format, name) in [
        (Format::Slack, "slack"),
        (Format::Teams, "teams"),
        (Format::Mail, "mail"),
        (Format::Status, "status"),
        (Format::Markdown, "markdown"),
        (Format::Notice, "notice"),
    ] {
        let rendered = render(format, &letter(message.clone()));
        let text = match &rendered.body {
            Body::Json(value) => serde_json::to_string_pretty(value).unwrap(),
            Body::Mail { plain, html } => format!("{plain}\n\n{html}"),
            Body::Text(text) => text.clone(),
        };
        insta::assert_snapshot!(format!("as_{name}"), format!("{}\n\n{text}", rendered.title));
    }
}

#[test]
fn the_markup_of_templates_is_read() {
    let message = parse(
        "# A **title**\nFirst line\nsecond `line`.\n\n- one\n-\n- two **bold**\nLabel:: value\nNothing:: \n\n\
         [Open](https://a.example/x) | [More](http://b.example)\nSee [this](https://c.example), not [that](javascript:alert(1)).",
    );
    insta::assert_json_snapshot!(message);
}

#[test]
fn a_message_without_a_title_has_the_incidents() {
    let rendered = render(Format::Plain, &letter(parse("Only text.")));
    assert_eq!(rendered.title, "Plugin execution failing in production");
}
