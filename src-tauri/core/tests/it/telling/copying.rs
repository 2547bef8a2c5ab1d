//! On the clipboard: plain, Markdown, and as the channel takes it.

use lastgood_core::message::parse;
use lastgood_core::message::render::{CopyAs, Format, copied};
use serde_json::Value;

use super::hostile::{each, message, texts};
use super::kit::letter;

const TEXT: &str = "# It <fails>\nWe *look* at `v2.4.1`.\n\n- one\n\n[Open](https://run.example)";

#[test]
fn plain_is_read_as_it_stands_and_markdown_has_its_heading() {
    let letter = letter(parse(TEXT));
    let plain = copied(CopyAs::Plain, Format::Slack, &letter);
    assert_eq!(plain, "It <fails>\n\nWe *look* at v2.4.1.\n\n- one\n\nOpen: https://run.example\n");
    let markdown = copied(CopyAs::Markdown, Format::Slack, &letter);
    assert_eq!(
        markdown,
        "## It &lt;fails&gt;\n\nWe \\*look\\* at `v2.4.1`.\n\n- one\n\n[Open](<https://run.example>)\n"
    );
}

#[test]
fn a_channels_own_form_is_what_it_takes() {
    let letter = letter(parse(TEXT));
    let own = |format| copied(CopyAs::Channel, format, &letter);
    let json = |format| serde_json::from_str::<Value>(&own(format)).unwrap();
    assert_eq!(json(Format::Slack)["blocks"][0]["text"]["text"], "It <fails>");
    assert_eq!(json(Format::Slack)["text"], "It &lt;fails&gt;");
    let card = &json(Format::Teams)["attachments"][0]["content"];
    assert_eq!((&card["type"], &card["version"]), (&"AdaptiveCard".into(), &"1.4".into()));
    assert!(own(Format::Mail).starts_with("<!DOCTYPE html>") && own(Format::Mail).contains("It &lt;fails&gt;"));
    assert_eq!(own(Format::Status), "We *look* at v2.4.1.\n\n- one\n\nOpen: https://run.example");
    assert_eq!(json(Format::Notice)["title"], "It <fails>");
}

#[test]
fn what_is_copied_holds_no_markup_of_a_value() {
    each(|template, hostile| {
        let letter = letter(message(template, hostile));
        let form = |form, format| copied(form, format, &letter);
        let markdown = form(CopyAs::Markdown, Format::Slack).replace("\\]", "").replace("\\!", "").replace("&#1", "");
        for forbidden in ["{{", "{%", "<script", "<img", "<!", "@everyone", "@here", "](https://evil", "#1"] {
            assert!(!markdown.contains(forbidden), "{forbidden} in {markdown}");
        }
        assert!(markdown.lines().skip(1).all(|line| !line.starts_with('#')), "one heading: {markdown}");
        let html = form(CopyAs::Channel, Format::Mail);
        for forbidden in ["<script", "<img", "href=\"https://evil", "\" onmouseover"] {
            assert!(!html.contains(forbidden), "{html}");
        }
        for format in [Format::Slack, Format::Teams] {
            let whole: Value = serde_json::from_str(&form(CopyAs::Channel, format)).unwrap();
            assert!(!whole.to_string().contains("mrkdwn"), "{whole}");
            let mut urls = Vec::new();
            texts(&whole, "url", &mut urls);
            assert!(urls.iter().all(|url| !url.contains("evil")), "{urls:?}");
        }
        let plain = form(CopyAs::Plain, Format::Slack);
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{plain:?}");
    });
}
