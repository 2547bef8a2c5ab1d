use lastgood_core::journal::Fact;
use lastgood_core::postmortem::drawing::draw;
use lastgood_core::postmortem::event::Deed;
use lastgood_core::postmortem::line::{Line, LineId, LineKind, Source};
use lastgood_core::postmortem::place::Picture;
use lastgood_core::postmortem::timeline::lines;

use super::kit::{Record1, at};

#[test]
fn every_fact_of_the_rollback_is_one_line_and_none_is_invented() {
    let record = Record1::new();
    let told = all(&record);
    let mut ids: Vec<&LineId> = told.iter().map(|line| &line.id).collect();
    ids.sort_unstable();
    let rollback = record.facts.iter().filter(|fact| fact.subject.rollback.is_some());
    let mut expected: Vec<LineId> = rollback.map(|fact| LineId::of_fact(&fact.writer, fact.sequence)).collect();
    expected.push(LineId::of_deployment(41));
    expected.sort_unstable();
    assert_eq!(ids, expected.iter().collect::<Vec<_>>());
}

#[test]
fn facts_of_the_same_second_stand_as_they_were_written() {
    let record = Record1::new();
    let sequences: Vec<u64> = all(&record)
        .iter()
        .filter_map(|line| match &line.source {
            Source::Journal { sequence, .. } => Some(*sequence),
            Source::GitHub | Source::Person { .. } | Source::Derived => None,
        })
        .collect();
    assert_eq!(sequences, (1..=38).collect::<Vec<_>>());
}

#[test]
fn facts_of_two_people_stand_by_time_in_whatever_order_they_came() {
    let mut record = Record1::new();
    let mut other: Vec<Fact> = record.facts[..3].to_vec();
    for fact in &mut other {
        fact.writer = "tower".into();
        fact.at = at("2026-03-02T10:00:30Z");
    }
    record.facts.extend(other);
    record.facts.reverse();
    let told = all(&record);
    assert!(told.is_sorted_by_key(|line| line.at));
    let tower = |line: &&Line| matches!(&line.source, Source::Journal { writer, .. } if writer.as_str() == "tower");
    assert_eq!(told.iter().filter(tower).count(), 3);
    assert!(told.iter().all(|line| !line.clock_went_back), "two clocks are not one that was set");
}

#[test]
fn a_clock_that_was_set_back_is_said_and_no_line_is_lost() {
    let mut record = Record1::new();
    for fact in record.facts.iter_mut().filter(|fact| fact.writer.as_str() == "laptop" && fact.sequence >= 30) {
        fact.at = fact.at.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap();
    }
    let told = all(&record);
    let marked = told.iter().filter(|line| line.clock_went_back).count();
    assert_eq!((marked, told.len()), (9, 39));
    assert!(told.is_sorted_by_key(|line| line.at));
}

#[test]
fn silence_beyond_the_threshold_is_a_line_where_it_began() {
    let record = Record1::new();
    let story = record.story();
    let gap = story.lines.iter().find(|line| line.kind == LineKind::Gap).unwrap();
    assert_eq!((gap.at, gap.text.as_str()), (at("2026-03-02T09:20:00Z"), "40 min without an entry"));
    assert_eq!(story.lines.iter().filter(|line| line.kind == LineKind::Gap).count(), 1);
}

#[test]
fn a_gap_can_be_hidden_and_commented_like_any_other_line() {
    let mut record = Record1::new();
    let gap = |record: &Record1| record.story().lines.into_iter().find(|line| line.kind == LineKind::Gap).unwrap();
    let line = gap(&record).id;
    let by = "@on-call".to_owned();
    let comment = "Everybody was on the phone".to_owned();
    record.say("2026-03-02T12:00:00Z", Deed::PostmortemLineCommented { line: line.clone(), comment, by: by.clone() });
    assert_eq!(gap(&record).comment.as_deref(), Some("Everybody was on the phone"));
    assert!(record.story().visible(false).0.iter().any(|known| known.id == line));
    record.say("2026-03-02T12:01:00Z", Deed::PostmortemLineHidden { line: line.clone(), by });
    assert!(gap(&record).hidden);
    assert!(record.story().visible(true).0.iter().all(|known| known.id != line));
}

#[test]
fn a_line_can_be_hidden_shown_again_commented_and_added() {
    let mut record = Record1::new();
    let line = LineId::new("laptop:11");
    let by = || "@on-call".to_owned();
    record.say("2026-03-02T12:00:00Z", Deed::PostmortemLineHidden { line: line.clone(), by: by() });
    record.add("2026-03-02T09:31:00Z", LineKind::Detection, "A customer wrote that checkout fails");
    record.say(
        "2026-03-02T12:01:00Z",
        Deed::PostmortemLineCommented { line: line.clone(), comment: "Said on the phone".to_owned(), by: by() },
    );
    let find = |record: &Record1| record.story().lines.into_iter().find(|known| known.id == line).unwrap();
    assert!(find(&record).hidden);
    assert_eq!(find(&record).comment.as_deref(), Some("Said on the phone"));
    assert!(record.story().visible(true).0.iter().all(|known| known.id != line));
    record.say("2026-03-02T12:02:00Z", Deed::PostmortemLineShown { line: line.clone(), by: by() });
    assert!(!find(&record).hidden);
    let story = record.story();
    let added = story.lines.iter().find(|line| line.kind == LineKind::Detection).unwrap();
    assert_eq!(added.source.words(), "added by @on-call");
}

#[test]
fn what_was_seen_of_the_bad_release_is_told_from_its_first_moment_and_drawn() {
    let mut record = Record1::new();
    record.sees("2026-03-02T08:00:00Z", false);
    record.sees("2026-03-02T09:24:00Z", false);
    record.sees("2026-03-02T10:01:15Z", true);
    let story = record.story();
    let seen: Vec<(LineKind, &str)> = story
        .lines
        .iter()
        .filter(|line| line.id.as_str().starts_with("probe:"))
        .map(|line| (line.kind, line.text.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (LineKind::Detection, "Health of v2.5.0 not well: 503, three of three tries"),
            (LineKind::Proof, "Health of v2.5.0 well: 503, three of three tries")
        ]
    );
    let picture = draw(Picture::Probes, &story, &super::kit::berlin()).unwrap();
    assert!(picture.description.contains("Health of v2.5.0 not well"), "{}", picture.description);
}

#[test]
fn what_a_person_adds_is_read_back_from_the_journal_as_it_was_written() {
    let mut record = Record1::new();
    record.add("2026-03-02T09:31:00Z", LineKind::Message, "🚒 قف <script>");
    for fact in record.facts.iter().filter(|fact| fact.event.postmortem().is_some()) {
        let text = serde_json::to_string(fact).unwrap();
        assert!(text.contains("\"kind\":\"postmortem_"), "{text}");
        assert_eq!(&serde_json::from_str::<Fact>(&text).unwrap(), fact);
    }
}

fn all(record: &Record1) -> Vec<Line> {
    let postmortem = record.postmortem();
    lines(&postmortem.about, &postmortem.curation, &record.record())
}
