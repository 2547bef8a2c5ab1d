//! What each channel takes: counted as it is written, whole up to its limit, cut at a word and said so beyond.

use lastgood_core::message::render::{Body, Format, Letter, Limit, counted, render};
use lastgood_core::message::{Message, parse};

use super::hostile::texts;
use super::kit::letter;

/// By format: where it counts, and how much it takes.
const LIMITS: [(Format, &str, usize); 11] = [
    (Format::Slack, "in the header", 150),
    (Format::Slack, "in the longest block", 3_000),
    (Format::Mail, "in the subject", 150),
    (Format::Status, "in the title", 120),
    (Format::Status, "in the text", 8_000),
    // Cachet's names and GitHub's titles.
    (Format::Markdown, "in the title", 255),
    (Format::Markdown, "in the text", 10_000),
    (Format::Event, "in the summary", 1_024),
    (Format::Event, "in the text", 8_000),
    (Format::Notice, "in the title", 120),
    (Format::Notice, "in the text", 2_000),
];

/// Words of four letters, so many characters in all.
fn words(length: usize) -> String {
    let mut text = "word ".repeat(length / 5 + 1);
    text.truncate(length);
    // A space at the end would be no character of the text.
    text.trim_end().to_owned() + if text.ends_with(' ') { "s" } else { "" }
}

/// Not in the title.
fn is_text(place: &str) -> bool {
    ["in the text", "in the longest block"].contains(&place)
}

fn written(place: &str, text: &str) -> Letter {
    letter(if is_text(place) { parse(&format!("# Title\n{text}")) } else { parse(&format!("# {text}\nText.")) })
}

fn count(format: Format, letter: &Letter, place: &str) -> Limit {
    counted(format, letter).into_iter().find(|limit| limit.place == place).unwrap()
}

#[test]
fn up_to_its_limit_a_text_leaves_whole_and_beyond_it_is_cut_at_a_word_and_said_so() {
    for (format, place, most) in LIMITS {
        for length in [most - 1, most] {
            let letter = written(place, &words(length));
            let rendered = render(format, &letter);
            assert_eq!(count(format, &letter, place), Limit { place, used: length, most }, "{format:?}");
            assert_eq!(rendered.notes, [""; 0], "{format:?} {place}: {length}");
            assert!(shown(&rendered.title, &rendered.body).contains(&words(length)), "{format:?} {place}: {length}");
        }
        let letter = written(place, &words(most + 1));
        let rendered = render(format, &letter);
        assert_eq!(count(format, &letter, place).used, most + 1, "{format:?}");
        assert_eq!(rendered.notes.len(), 1, "{format:?} {place}: {:?}", rendered.notes);
        let shown = shown(&rendered.title, &rendered.body);
        assert!(shown.contains("word …"), "{format:?} {place}: cut at a word: {shown}");
        if is_text(place) {
            assert!(shown.contains("Shortened to fit here."), "{format:?}");
        } else {
            assert!(rendered.title.chars().count() <= most, "{format:?}: {}", rendered.title);
        }
    }
}

#[test]
fn a_message_without_a_title_has_the_incidents_and_that_fits_too() {
    for (format, place, most) in LIMITS.into_iter().filter(|(_, place, _)| !is_text(place)) {
        let letter = Letter { title: words(most + 1), ..letter(parse("Only text.")) };
        let rendered = render(format, &letter);
        assert_eq!(count(format, &letter, place).used, most + 1, "{format:?}");
        assert!(rendered.title.chars().count() <= most && rendered.title.ends_with("word …"), "{}", rendered.title);
    }
    let slack = render(Format::Slack, &Letter { title: words(200), ..letter(parse("Only text.")) });
    let Body::Json(body) = slack.body else { panic!("Slack is JSON") };
    assert!(body["blocks"][0]["text"]["text"].as_str().unwrap().ends_with("word …"), "{body}");
}

#[test]
fn what_is_escaped_to_six_characters_still_fits_a_comment() {
    let rendered = render(Format::Markdown, &written("in the text", &"{".repeat(20_000)));
    assert!(rendered.body.text().chars().count() <= 65_536, "{}", rendered.body.text().chars().count());
}

#[test]
fn plain_text_has_no_limits() {
    assert_eq!(counted(Format::Plain, &letter(Message::default())), []);
}

/// Of many blocks none is too long, and all together are.
#[test]
fn what_slack_and_teams_take_in_all_is_counted_before_it_is_cut() {
    for (format, place) in [(Format::Slack, "in the text"), (Format::Teams, "bytes in the text")] {
        for paragraphs in [2, 20] {
            let text: String = (0..paragraphs).map(|_| format!("{}\n\n", words(2_000))).collect();
            let letter = letter(parse(&format!("# Title\n{text}")));
            let counted = count(format, &letter, place);
            let is_more = counted.used > counted.most;
            assert_eq!(!render(format, &letter).notes.is_empty(), is_more, "{format:?}: {counted:?}");
            assert!(counted.used >= paragraphs * 2_000, "{format:?}: {counted:?}");
            assert_eq!(is_more, paragraphs == 20, "{format:?}: {counted:?}");
        }
    }
    let title = letter(parse(&format!("# {}\nText.", "ü".repeat(101))));
    assert_eq!(count(Format::Teams, &title, "bytes in the title").used, 606);
    assert_eq!(render(Format::Teams, &title).notes.len(), 1);
}

/// All that is read; where a text is in pieces, as one.
fn shown(title: &str, body: &Body) -> String {
    let text = match body {
        Body::Json(value) => {
            let mut found = Vec::new();
            texts(value, "text", &mut found);
            found.concat()
        }
        Body::Text(text) | Body::Mail { plain: text, .. } => text.clone(),
    };
    format!("{title}\n{text}")
}
