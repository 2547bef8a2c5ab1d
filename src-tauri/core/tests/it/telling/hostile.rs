//! Values that want to be more than text, in every format.

use lastgood_core::message::render::{Body, Format, render};
use lastgood_core::message::{Message, parse};
use lastgood_core::redact::redact;
use lastgood_core::template::{Templates, Values, shipped};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

use super::kit::{full, letter};
use super::templates::FORMATS;

pub(super) const HOSTILE: [&str; 18] = [
    "<!channel> <!everyone> <@U123> <https://evil.example|click>",
    "@everyone @channel @here @platform-lead <at>All</at>",
    "[click](https://evil.example) ![x](https://evil.example/x.png) **bold** _it_ ~~no~~ `code`",
    "<script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"x",
    "{{ 7 * 7 }} {% for x in range(9) %}{{ x }}{% endfor %} {# gone #}",
    "{{< track \"2026-01-01\" >}} {{% rawhtml %}}",
    "\u{1b}[31mred\u{7} \u{202e}turned\u{2066} \r\nBcc: all@evil.example\r\n\r\nbody",
    "\u{10FF03}impact\u{10FF04} \u{10FF01}",
    "# heading\n- item\nLabel:: value\n---\n1. one\n> quote",
    "%0d%0aSubject: x; rm -rf / && $(reboot) `reboot` ${HOME}",
    "'; DROP TABLE fact; --",
    "fixes #1, closes acme/shop#2, GH-3",
    "gh-4, look at https://evil.example, http://evil.example, www.evil.example",
    "first\n  - x\n  + x\n   1. x\n  === \n  --- \n  ===",
    "😀😀😀 ünïcödé \u{200f}rtl",
    "\"}]},\"text\":\"<!here>",
    "https://evil.example/`@everyone` `https://evil.example`#1 www.evil.example](https://evil.example) fixes #2",
    "xhttps://evil.example/@here ftp://evil.example [a](https://evil.example/]GH-3{{<x>}} $https://evil.example$",
];

fn with(hostile: &str) -> Values {
    let mut values = full();
    for name in ["title", "impact", "note", "cause", "reason", "commander", "environment", "from", "to"] {
        values.text(name, hostile);
    }
    values.list("surfaces", [hostile, hostile]);
    values
}

pub(super) fn message(template: &str, hostile: &str) -> Message {
    Templates::default().render(template, &with(hostile)).unwrap()
}

/// All texts that Slack shows or reads markup in.
pub(super) fn texts<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(key).and_then(Value::as_str));
            object.values().for_each(|value| texts(value, key, found));
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn json(format: Format, message: Message) -> Value {
    match render(format, &letter(message)).body {
        Body::Json(value) => value,
        Body::Text(_) | Body::Mail { .. } => panic!("{format:?} is JSON"),
    }
}

#[test]
fn slack_reads_no_markup_and_mentions_nobody() {
    each(|template, hostile| {
        let body = json(Format::Slack, message(template, hostile));
        let fallback = body["text"].as_str().unwrap();
        assert!(!fallback.contains(['<', '>']), "{fallback}");
        let whole = body.to_string();
        assert!(!whole.contains("mrkdwn"), "{whole}");
        for kind in ["user", "usergroup", "broadcast", "channel"] {
            let mut kinds = Vec::new();
            texts(&body["blocks"], "type", &mut kinds);
            assert!(!kinds.contains(&kind), "{whole}");
        }
        let mut urls = Vec::new();
        texts(&body["blocks"], "url", &mut urls);
        assert!(urls.iter().all(|url| !url.contains("evil")), "{urls:?}");
    });
}

#[test]
fn teams_reads_no_markdown_and_mentions_nobody() {
    each(|template, hostile| {
        let body = json(Format::Teams, message(template, hostile));
        let card = &body["attachments"][0]["content"];
        let mut kinds = Vec::new();
        texts(card, "type", &mut kinds);
        let known = ["AdaptiveCard", "RichTextBlock", "TextRun", "Action.OpenUrl"];
        assert!(kinds.iter().all(|kind| known.contains(kind)), "{kinds:?}");
        assert!(card["msteams"].get("entities").is_none());
        let mut urls = Vec::new();
        texts(card, "url", &mut urls);
        assert!(urls.iter().all(|url| !url.contains("evil")), "{urls:?}");
    });
}

#[test]
fn mail_and_status_pages_hold_no_html_of_a_value() {
    each(|template, hostile| {
        let rendered = render(Format::Mail, &letter(message(template, hostile)));
        let Body::Mail { html, .. } = &rendered.body else { panic!("a mail") };
        for forbidden in ["<script", "<img", "onerror=alert(1)>", "href=\"https://evil", "\" onmouseover"] {
            assert!(!html.contains(forbidden), "{html}");
        }
        assert!(!rendered.title.contains(['\r', '\n']), "{}", rendered.title);
        let status = render(Format::Status, &letter(message(template, hostile)));
        assert!(!status.body.text().contains(['<', '>']), "{status:?}");
        let event = render(Format::Event, &letter(message(template, hostile)));
        assert!(!event.body.text().contains(['<', '>']) && !event.title.contains(['<', '>']), "{event:?}");
    });
}

#[test]
fn markdown_holds_no_html_no_shortcode_no_mention_and_no_link_of_a_value() {
    each(|template, hostile| {
        let text = render(Format::Markdown, &letter(message(template, hostile))).body.text();
        for forbidden in ["{{", "{%", "<script", "<img", "<!", "<at>"] {
            assert!(!text.contains(forbidden), "{forbidden} in {text}");
        }
        // An escaped bracket begins no link.
        assert!(!text.replace("\\]", "").contains("](https://evil"), "{text}");
        let read = outside_of_code(&text);
        for forbidden in ["@everyone", "@here", "@platform", "://evil", "www.evil", "GH-3", "gh-4", "#1", "#2"] {
            assert!(!read.contains(forbidden), "{forbidden} in {read} of {text}");
        }
        let ours = |line: &str| ["- ", "**", "`", "["].iter().any(|start| line.starts_with(start));
        for line in text.lines().filter(|line| !ours(line)) {
            let line = line.trim_start();
            assert!(!line.starts_with(['#', '>', '=', '+', '-']) && !line.starts_with("1."), "{line}");
        }
    });
}

/// What a reader of Markdown takes for text, where a mention or an address means something. It finds no link of a value.
fn outside_of_code(markdown: &str) -> String {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        if let Event::Start(Tag::Link { dest_url: url, .. } | Tag::Image { dest_url: url, .. }) = &event {
            assert!(!url.contains("evil"), "{url} in {markdown}");
        }
        assert!(!matches!(event, Event::Html(_) | Event::InlineHtml(_)), "{event:?} in {markdown}");
        if let Event::Text(words) = event {
            text.push_str(&words);
        } else if !matches!(event, Event::Start(_)) {
            text.push('\n');
        }
    }
    text
}

/// The addresses that a reader of Markdown shows as they are, to be copied.
fn copied(markdown: &str) -> Vec<String> {
    let code = |event| if let Event::Code(code) = event { Some(code.into_string()) } else { None };
    Parser::new(markdown).filter_map(code).filter(|code| code.contains("://") || code.contains("www.")).collect()
}

#[test]
fn an_address_in_somebodys_words_can_be_copied_from_markdown_as_it_was_written() {
    for (words, addresses) in [
        ("see https://acme.example/a_b*c?x=1&y=[2]#part, please", vec!["https://acme.example/a_b*c?x=1&y=[2]#part"]),
        (
            "(HTTP://acme.example/wiki/A_(b)) www.acme.example.",
            vec!["HTTP://acme.example/wiki/A_(b)", "www.acme.example"],
        ),
        ("`https://acme.example/`; [https://acme.example]", vec!["https://acme.example/", "https://acme.example"]),
        (
            "https://acme.example/@team/issues/3\nhttps://other.example",
            vec!["https://acme.example/@team/issues/3", "https://other.example"],
        ),
        ("https://acme.example/`x`]", vec!["https://acme.example/"]),
        ("https://acme.example/[x](https://other.example)", vec!["https://acme.example/[x]", "https://other.example"]),
        ("https://, www. and www.?", vec![]),
    ] {
        let mut values = full();
        values.text("note", words);
        let value = Templates::default().render("ticket-opened", &values).unwrap();
        let text = render(Format::Markdown, &letter(value)).body.text();
        assert_eq!(copied(&text), addresses, "{words}: {text}");
    }
}

#[test]
fn an_address_that_a_person_types_into_a_draft_is_a_link_or_can_be_copied() {
    let message =
        parse("# Title\nSee https://acme.example/a_b and\n- [the run](https://acme.example/7)\n- www.acme.example");
    let text = render(Format::Markdown, &letter(message)).body.text();
    assert_eq!(copied(&text), ["https://acme.example/a_b", "www.acme.example"], "{text}");
    assert!(text.contains("[the run](<https://acme.example/7>)"), "{text}");
}

#[test]
fn an_address_beside_code_of_the_template_leaves_both_as_they_are() {
    let message = parse("# Title\nhttps://acme.example/`v2.4.0`https://other.example/**www.acme.example**");
    let text = render(Format::Markdown, &letter(message)).body.text();
    assert_eq!(copied(&text), ["https://acme.example/", "https://other.example/", "www.acme.example"], "{text}");
    assert!(text.contains("`v2.4.0`"), "{text}");
}

/// What a template links to is meant; what only looks like an address in somebody's words is not.
#[test]
fn a_link_of_a_template_stays_a_link_in_markdown_beside_addresses_that_are_none() {
    let values = with("see https://evil.example and GH-3, high-3 and C:/3");
    let run = "[Open run](<https://github.com/acme/connectias/actions/runs/7>)";
    for name in ["ticket-opened", "ticket-update"] {
        let message = Templates::default().render(name, &values).unwrap();
        let text = render(Format::Markdown, &letter(message)).body.text();
        assert!(text.contains(run), "{text}");
        assert!(text.contains("`https://evil.example` and GH-\u{200B}3, high-3 and C:/3"), "{text}");
    }
}

#[test]
fn control_characters_are_shown_and_not_obeyed_in_every_format() {
    each(|template, hostile| {
        for format in FORMATS {
            let rendered = render(format, &letter(message(template, hostile)));
            assert!(!rendered.title.contains(char::is_control), "{format:?}: {:?}", rendered.title);
            let text = rendered.body.text();
            let bad = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200f}')
            };
            assert!(!text.contains(bad), "{format:?}: {text:?}");
        }
    });
}

#[test]
fn a_value_cannot_pass_for_a_gap_or_for_markup() {
    let message = message("team-declared", HOSTILE[7]);
    assert_eq!(message.gaps(), [""; 0]);
    let one = Templates::default().render("team-declared", &full()).unwrap();
    let other = super::hostile::message("team-declared", HOSTILE[8]);
    assert_eq!(one.blocks.len(), other.blocks.len(), "a value adds no block: {other:?}");
}

#[test]
fn ten_thousand_characters_are_cut_at_a_word_said_so_and_within_every_limit() {
    for long in
        ["word ".repeat(2_000), "\"\\".repeat(5_000), "😀".repeat(10_000), "x".repeat(10_000), "a\n".repeat(5_000)]
    {
        for template in shipped() {
            let message = message(template.name, &long);
            let slack = render(Format::Slack, &letter(message.clone()));
            let Body::Json(body) = &slack.body else { panic!("Slack is JSON") };
            assert_slack_takes(body);
            let teams = json(Format::Teams, message.clone());
            assert!(teams.to_string().len() < 28 * 1024, "{}: {} bytes", template.name, teams.to_string().len());
            let ascii: usize =
                teams.to_string().chars().map(|c| if c.is_ascii() { 1 } else { 6 * c.len_utf16() }).sum();
            assert!(ascii < 28 * 1024, "{}: {ascii} bytes escaped", template.name);
            let status = render(Format::Status, &letter(message.clone()));
            assert!(status.title.chars().count() <= 121 && status.body.text().chars().count() < 9_000);
            let event = render(Format::Event, &letter(message.clone()));
            assert!(event.title.chars().count() <= 1_024 && event.body.text().chars().count() < 9_000);
            let markdown = render(Format::Markdown, &letter(message)).body.text();
            assert!(markdown.len() < 65_536 && !slack.notes.is_empty(), "{}", template.name);
            if long.starts_with("word") {
                assert!(status.body.text().contains("word …") || status.title.contains("word …"), "{status:?}");
                assert!(body.to_string().contains("Shortened to fit here."), "{body}");
            }
        }
    }
}

#[test]
fn three_hundred_short_lines_are_within_every_limit() {
    let bullets = "- a line\n".repeat(300);
    let fields: String =
        (0..300).map(|number| format!("Label {number}:: [x](https://run.example/{number})\n")).collect();
    let runs = "**a** `b` ".repeat(300);
    for text in [bullets, fields, runs] {
        let message = parse(&format!("# Title\n{text}"));
        let Body::Json(slack) = render(Format::Slack, &letter(message.clone())).body else { panic!("Slack is JSON") };
        assert_slack_takes(&slack);
        let teams = json(Format::Teams, message.clone()).to_string();
        assert!(teams.len() < 28_000, "{} bytes of {}", teams.len(), &text[..20]);
        assert!(teams.contains("Shortened to fit here."), "{}", &text[..20]);
        for (format, most) in [(Format::Status, 9_000), (Format::Event, 9_000), (Format::Notice, 28_000)] {
            let length = render(format, &letter(message.clone())).body.text().chars().count();
            assert!(length < most, "{format:?}: {length}");
        }
        assert!(render(Format::Markdown, &letter(message)).body.text().chars().count() < 65_536);
    }
}

/// <https://docs.slack.dev/reference/block-kit/blocks>
fn assert_slack_takes(body: &Value) {
    let blocks = body["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    let mut all = Vec::new();
    texts(&body["blocks"], "text", &mut all);
    assert!(all.iter().map(|text| text.chars().count()).sum::<usize>() < 13_200);
    for block in blocks {
        let mut own = Vec::new();
        texts(block, "text", &mut own);
        let length: usize = own.iter().map(|text| text.chars().count()).sum();
        let most = if block["type"] == "header" { 150 } else { 3_100 };
        assert!(length <= most, "{} of {}", length, block["type"]);
        assert!(own.iter().all(|text| !text.is_empty()), "{block}");
    }
}

#[test]
fn what_looks_like_a_token_is_not_kept() {
    let token = format!("ghp_{}", "a1".repeat(18));
    let kept = redact(&format!("curl -H 'Bearer {token}' xoxb-123456789012-abcdef, not xoxb- or ghp_1."));
    assert_eq!(kept, "curl -H 'Bearer [redacted]' [redacted], not xoxb- or ghp_1.");
}

pub(super) fn each(check: impl Fn(&str, &str)) {
    for template in shipped() {
        for hostile in HOSTILE {
            check(template.name, hostile);
        }
    }
}
