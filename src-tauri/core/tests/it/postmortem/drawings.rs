//! Pictures are drawn from a real rollback; `target/tmp` keeps them to be looked at.

use lastgood_core::postmortem::drawing::{Anchor, Drawing, Mark, draw, svg};
use lastgood_core::postmortem::event::Deed;
use lastgood_core::postmortem::line::LineKind;
use lastgood_core::postmortem::place::Picture;
use lastgood_core::postmortem::times::Landmark;

use super::kit::{Record1, at, berlin};

#[test]
fn every_picture_has_its_marks_inside_and_no_two_words_overlap() {
    for record in [Record1::new(), detected(), crowded(), hostile()] {
        for picture in Picture::ALL {
            let drawing = draw(picture, &record.story(), &berlin()).unwrap();
            assert_in_order(&drawing);
        }
    }
}

#[test]
fn an_svg_says_what_it_shows_names_both_themes_and_obeys_nothing_from_outside() {
    for picture in Picture::ALL {
        let record = hostile();
        let text = svg(&draw(picture, &record.story(), &berlin()).unwrap(), picture.name());
        keep(
            &format!("{}.svg", picture.name()),
            &svg(&draw(picture, &detected().story(), &berlin()).unwrap(), picture.name()),
        );
        assert!(text.contains("<title id=") && text.contains("<desc id="));
        assert!(text.contains("var(--text,#1d222b)") && text.contains("prefers-color-scheme:dark"));
        assert!(!text.contains("<script") && !text.contains('\u{1}') && !text.contains("\" onload"), "{text}");
        assert_eq!(text.matches('<').count(), text.matches('>').count(), "{text}");
    }
}

#[test]
fn nothing_is_drawn_where_nothing_is_known() {
    let mut record = Record1::new();
    record.facts.retain(|fact| fact.event.postmortem().is_some());
    record.deployments.clear();
    let mut story = record.story();
    story.spans.clear();
    assert!(Picture::ALL.into_iter().all(|picture| draw(picture, &story, &berlin()).is_none()));
}

#[test]
fn a_line_that_reads_like_an_answer_is_none() {
    let drawn = |record: &Record1| {
        let drawing = draw(Picture::Probes, &record.story(), &berlin()).unwrap();
        drawing.marks.iter().filter(|mark| matches!(mark, Mark::Dot { .. })).count()
    };
    let mut record = Record1::new();
    let before = drawn(&record);
    record.add("2026-03-02T10:01:10Z", LineKind::Proof, "Health failed: as somebody says");
    assert_eq!(drawn(&record), before);
}

fn detected() -> Record1 {
    let mut record = Record1::new();
    record.add("2026-03-02T09:31:00Z", LineKind::Detection, "A customer wrote that checkout fails");
    record
}

/// Landmarks within a second, at the edges.
fn crowded() -> Record1 {
    let mut record = detected();
    for landmark in Landmark::ALL {
        let to = Some(at("2026-03-02T10:01:19Z"));
        let set = Deed::PostmortemMomentSet { landmark, to, reason: "r".to_owned(), by: "@on-call".to_owned() };
        record.say("2026-03-02T12:00:00Z", set);
    }
    record
}

fn hostile() -> Record1 {
    let mut record = detected();
    let text = serde_json::to_string(&record.facts).unwrap();
    let nasty = "v2.4.0\\\" onload=\\\"x<script>alert(1)</script>\\u0001&amp; 🚒 توقف with a very long name that goes on and on";
    record.facts = serde_json::from_str(&text.replace("v2.4.0", nasty)).unwrap();
    record
}

fn assert_in_order(drawing: &Drawing) {
    let boxes: Vec<(f64, f64, f64, f64, &str)> = drawing.marks.iter().filter_map(room).collect();
    for (left, top, right, bottom, text) in &boxes {
        assert!(
            *left >= 0.0 && *right <= drawing.width && *top >= 0.0 && *bottom <= drawing.height,
            "{text} is cut off"
        );
    }
    for (number, one) in boxes.iter().enumerate() {
        for other in &boxes[number + 1..] {
            let apart = one.2 <= other.0 || other.2 <= one.0 || one.3 <= other.1 || other.3 <= one.1;
            assert!(apart, "{} overlaps {} in {}", one.4, other.4, drawing.title);
        }
    }
}

/// About where a text is, as most fonts set it.
fn room(mark: &Mark) -> Option<(f64, f64, f64, f64, &str)> {
    let Mark::Text { x, y, size, anchor, text, .. } = mark else { return None };
    let width = text.chars().count() as f64 * size * 0.55;
    let left = match anchor {
        Anchor::Start => *x,
        Anchor::Middle => x - width / 2.0,
        Anchor::End => x - width,
    };
    Some((left, y - size * 0.8, left + width, y + size * 0.2, text))
}

fn keep(name: &str, text: &str) {
    std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), text).unwrap();
}
