//! Single looks of a probe: kept, thinned, drawn, and absent in what earlier versions wrote.

use jiff::SignedDuration;
use lastgood_core::journal::Event;
use lastgood_core::postmortem::drawing::{Mark, draw};
use lastgood_core::postmortem::line::Evidence;
use lastgood_core::postmortem::place::Picture;
use lastgood_core::rollback::check::samples::{MOST, Sample, Samples};
use lastgood_core::rollback::check::{Answer, Question, Verdict};
use lastgood_core::rollback::event::Event as Happened;

use super::kit::{Record1, at, berlin};

#[test]
fn too_many_looks_are_thinned_and_each_turn_stays() {
    let mut samples = Samples::default();
    for second in 0..1_000 {
        let down = (400..403).contains(&second) || second == 999;
        samples.push(look(second, if down { Verdict::Failed } else { Verdict::Passed }));
    }
    assert!(samples.kept.len() <= MOST, "{}", samples.kept.len());
    assert_eq!(samples.kept.len() + samples.left_out as usize, 1_000);
    assert!(samples.kept.is_sorted_by_key(|sample| sample.at));
    let turns: Vec<i64> = samples
        .kept
        .windows(2)
        .filter(|pair| pair[0].verdict != pair[1].verdict)
        .map(|pair| pair[1].at.duration_since(samples.kept[0].at).as_secs())
        .collect();
    assert_eq!(turns, [400, 403, 999], "when it turned is known to the look");
    assert!(
        samples.words().contains(&format!("{} more between them not kept", samples.left_out)),
        "{}",
        samples.words()
    );
}

#[test]
fn looks_that_never_say_the_same_twice_are_bounded_too() {
    let mut samples = Samples::default();
    for second in 0..1_000 {
        let verdict = if second % 2 == 0 { Verdict::Failed } else { Verdict::Passed };
        samples.push(Sample { words: "x".repeat(10_000), ..look(second, verdict) });
    }
    assert!(samples.kept.len() <= MOST && samples.kept.iter().all(|sample| sample.words.len() <= 120));
    assert_eq!(samples.kept.len() + samples.left_out as usize, 1_000);
}

#[test]
fn an_answer_without_looks_is_written_as_it_always_was() {
    let old = r#"{"question":"live.health","verdict":"passed","policy":"block","sentence":"healthy","evidence":[],"milliseconds":7}"#;
    let answer: Answer = serde_json::from_str(old).unwrap();
    assert!(answer.samples.is_empty());
    assert_eq!(serde_json::to_string(&answer).unwrap(), old);
}

#[test]
fn each_look_is_a_dot_of_the_picture_and_evidence_of_its_line() {
    let dots = |record: &Record1| {
        let drawing = draw(Picture::Probes, &record.story(), &berlin()).unwrap();
        drawing.marks.iter().filter(|mark| matches!(mark, Mark::Dot { .. })).count()
    };
    let mut record = Record1::new();
    let before = dots(&record);
    let fact = record
        .facts
        .iter_mut()
        .find(|fact| matches!(fact.event.rollback(), Some(Happened::Answered(answer)) if answer.question == Question::LiveHealth))
        .unwrap();
    let when = fact.at;
    let Event::Rollback(Happened::Answered(answer)) = &mut fact.event else { panic!() };
    let earlier = |seconds| when.checked_sub(SignedDuration::from_secs(seconds)).unwrap();
    for (seconds, verdict) in [(6, Verdict::Failed), (4, Verdict::Passed), (2, Verdict::Passed)] {
        answer.samples.push(Sample { at: earlier(seconds), ..look(seconds, verdict) });
    }
    assert_eq!(dots(&record), before + 3);
    let story = record.story();
    let evidence = story.lines.iter().flat_map(|line| &line.evidence);
    let looks: Vec<&Samples> =
        evidence.filter_map(|one| if let Evidence::Looks(samples) = one { Some(samples) } else { None }).collect();
    assert_eq!((looks.len(), looks[0].kept.len()), (1, 3));
    assert_eq!(looks[0].words(), "3 looks in 31 ms, 1 not well");
    let drawing = draw(Picture::Probes, &story, &berlin()).unwrap();
    assert!(drawing.description.contains("3 looks in 31 ms, 1 not well"), "{}", drawing.description);
    assert!(
        drawing.marks.iter().any(|mark| matches!(mark, Mark::Text { text, .. } if text == "failed")),
        "a turn has its word"
    );
}

fn look(second: i64, verdict: Verdict) -> Sample {
    let at = at("2026-03-02T10:00:00Z").checked_add(SignedDuration::from_secs(second)).unwrap();
    let words = if verdict == Verdict::Passed { "200" } else { "503" };
    Sample { at, milliseconds: 31, verdict, words: words.to_owned() }
}
