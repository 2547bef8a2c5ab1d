//! Which time counts while a stage is watched, and what the probes come to.

use std::time::Duration;

use lastgood_core::ports::world::Seen;
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollout::soak::{Came, Rule, Watch, judge};
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

fn rule(needs: u64) -> Rule {
    Rule {
        needs: SECOND * u32::try_from(needs).unwrap(),
        interval: SECOND * 2,
        noes: 3,
        patience: SECOND * 20,
        asks: true,
    }
}

fn looks(rule: Rule, looks: &[(u64, Verdict)]) -> Vec<Came> {
    let mut watch = Watch::new(rule);
    looks.iter().map(|(second, verdict)| watch.saw(Duration::from_secs(*second), *verdict)).collect()
}

#[test]
fn a_stage_that_stays_well_for_its_time_is_green() {
    let came =
        looks(rule(6), &[(0, Verdict::Passed), (2, Verdict::Passed), (4, Verdict::Passed), (6, Verdict::Passed)]);
    assert_eq!(came, [Came::On, Came::On, Came::On, Came::Over(Verdict::Passed)]);
    assert_eq!(
        looks(rule(0), &[(9, Verdict::Passed)]),
        [Came::Over(Verdict::Passed)],
        "without a soak one look counts"
    );
}

#[test]
fn one_no_is_not_yet_a_no_and_three_in_a_row_are() {
    use Verdict::{Failed, Passed};
    let came =
        looks(rule(60), &[(0, Passed), (2, Failed), (4, Failed), (6, Passed), (8, Failed), (10, Failed), (12, Failed)]);
    assert_eq!(came[..6], [Came::On; 6]);
    assert_eq!(came[6], Came::Over(Failed));
}

#[test]
fn time_in_which_nothing_could_be_seen_does_not_count_and_is_told_in_the_end() {
    use Verdict::{Inconclusive, Passed};
    let came = looks(rule(10), &[(0, Passed), (8, Inconclusive), (16, Passed), (18, Passed)]);
    assert_eq!(came[2..], [Came::On, Came::Over(Passed)], "8 s out of sight do not count");
    let lost = looks(rule(600), &[(0, Passed), (10, Inconclusive), (20, Inconclusive)]);
    assert_eq!(lost[2], Came::Over(Inconclusive));
}

#[test]
fn time_that_nobody_watched_does_not_count_and_the_watch_begins_anew() {
    use Verdict::Passed;
    let mut watch = Watch::new(rule(60));
    for second in [0, 20, 40] {
        watch.saw(SECOND * second, Passed);
    }
    assert_eq!(watch.watched(), SECOND * 40);
    assert_eq!(watch.saw(SECOND * 3640, Passed), Came::Anew(SECOND * 3600));
    assert_eq!(watch.watched(), Duration::ZERO);
    assert_eq!(watch.saw(SECOND * 3660, Passed), Came::On);
    assert_eq!(watch.saw(SECOND * 3680, Passed), Came::On);
    assert_eq!(watch.saw(SECOND * 3700, Passed), Came::Over(Passed));
}

#[test]
fn where_nothing_can_be_asked_the_time_passes_and_proves_nothing() {
    let rule = Rule { asks: false, ..rule(4) };
    let came = looks(rule, &[(0, Verdict::Inconclusive), (2, Verdict::Inconclusive), (4, Verdict::Inconclusive)]);
    assert_eq!(came[2], Came::Over(Verdict::Inconclusive));
}

proptest! {
    /// However looks come, a stage is never green before it was watched and well for its time.
    #[test]
    fn green_is_never_early(steps in prop::collection::vec((0_u64..40, 0_u8..3), 1..80)) {
        let mut watch = Watch::new(rule(60));
        let (mut now, mut well) = (0, 0);
        for (gap, kind) in steps {
            now += gap;
            let verdict = [Verdict::Passed, Verdict::Failed, Verdict::Inconclusive][usize::from(kind)];
            if verdict == Verdict::Passed { well += gap }
            match watch.saw(Duration::from_secs(now), verdict) {
                Came::On => {}
                Came::Anew(_) => well = 0,
                Came::Over(Verdict::Passed) => { prop_assert!(well >= 60, "{well}"); break }
                Came::Over(_) => break,
            }
        }
    }
}

#[test]
fn a_no_counts_more_than_what_could_not_be_asked_and_both_more_than_well() {
    let tag = "v2.4.2".into();
    let version = |text: &str| Seen::Answer(text.to_owned());
    let gone = || Seen::Nothing::<u16>("timed out".to_owned());
    for (said, health, verdict, sentence) in [
        (Some(version("2.4.2")), Some(Seen::Answer(200)), Verdict::Passed, "2.4.2 answers, health 200"),
        (Some(version("v2.4.0")), Some(Seen::Answer(200)), Verdict::Failed, "v2.4.0 answers instead of v2.4.2"),
        (Some(version("v2.4.2")), Some(Seen::No("503".to_owned())), Verdict::Failed, "health says no: 503"),
        (Some(version("v2.4.2")), Some(gone()), Verdict::Inconclusive, "health could not be asked: timed out"),
        (Some(version("v2.4.0")), Some(gone()), Verdict::Failed, "v2.4.0 answers instead of v2.4.2"),
        (None, None, Verdict::Inconclusive, "no probe is configured, so nothing was asked"),
    ] {
        assert_eq!(judge(said.as_ref(), health.as_ref(), &tag), (verdict, sentence.to_owned()));
    }
}
