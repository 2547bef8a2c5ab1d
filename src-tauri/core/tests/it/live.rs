//! What runs where, and what was last good.

mod ci;
mod dispatched;
pub(crate) mod kit;
mod runs;
mod told;

use lastgood_core::hold::quarantined;
use lastgood_core::ids::RunId;
use lastgood_core::live::last_good::{Against, words};
use lastgood_core::live::spans::durations;
use lastgood_core::live::{Source, know, url};
use lastgood_core::ports::forge::{DeploymentState, Maker};
use lastgood_core::ports::world::Seen;
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollback::event::{Event, Evidence};

use kit::{PRODUCTION, Team, at, candidate, deployment, followed, release, rollback_facts};

#[test]
fn live_is_the_newest_successful_deployment_where_no_probe_answers() {
    let team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 100)]);
    for version in [None, Some(Seen::No("404".to_owned())), Some(Seen::Nothing("refused".to_owned()))] {
        let mut seen = team.sightings();
        seen.version = version;
        let live = know(&seen).live.unwrap();
        assert_eq!(
            (live.tag.unwrap().as_str(), live.source, live.since),
            ("v2.0.0", Source::Deployment, Some(at(100)))
        );
    }
}

#[test]
fn what_the_probe_says_counts_more_than_the_record_and_the_difference_is_told() {
    let team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 100)]);
    let mut seen = team.sightings();
    seen.version = Some(Seen::Answer("1.0.0".to_owned()));
    let live = know(&seen).live.unwrap();
    assert_eq!((live.tag.unwrap().as_str(), live.source, live.since), ("v1.0.0", Source::Probe, None));
    assert_eq!(live.disagreement.unwrap(), "The service answers 1.0.0, the newest deployment is v2.0.0.");

    seen.version = Some(Seen::Answer("v2.0.0".to_owned()));
    let live = know(&seen).live.unwrap();
    assert_eq!((live.since, live.disagreement), (Some(at(100)), None), "both say the same");
}

#[test]
fn a_version_that_belongs_to_no_release_is_told_word_for_word() {
    let team = Team::new(&["v1"], &[("v1", 0)]);
    let mut seen = team.sightings();
    seen.version = Some(Seen::Answer("hotfix-7".to_owned()));
    let live = know(&seen).live.unwrap();
    assert_eq!((live.tag, live.version.as_str()), (None, "hotfix-7"));
    assert!(live.disagreement.is_some());
}

#[test]
fn of_several_releases_of_one_version_the_newest_is_meant() {
    let mut team = Team::new(&[], &[]);
    team.releases = vec![release("api-v1.0.0", 10), release("web-v1.0.0", 30), release("doc-v1.0.0", 20)];
    let mut seen = team.sightings();
    seen.version = Some(Seen::Answer("1.0.0".to_owned()));
    assert_eq!(know(&seen).live.unwrap().tag.unwrap().as_str(), "web-v1.0.0");
}

#[test]
fn a_version_that_two_series_have_is_that_of_the_series_that_runs_here() {
    let live = |deployed: &[(&str, i64)], said: &str| {
        let mut team = Team::new(&[], &[]);
        team.releases = ["api-v1.3.0", "api-v1.4.0", "web-v1.4.0", "web-v1.5.0"]
            .into_iter()
            .zip(1..)
            .map(|(tag, second)| release(tag, second * 10))
            .collect();
        team.deployments = deployed.iter().map(|(tag, second)| deployment(tag, *second)).collect();
        let mut seen = team.sightings();
        seen.version = Some(Seen::Answer(said.to_owned()));
        know(&seen).live.unwrap()
    };
    let recorded = live(&[("api-v1.4.0", 100)], "1.4.0");
    assert_eq!((recorded.tag.unwrap().as_str(), recorded.since), ("api-v1.4.0", Some(at(100))));
    assert_eq!(recorded.disagreement, None, "web-v1.4.0 is newer, and does not run here");
    let went_back = live(&[("api-v1.3.0", 100)], "1.4.0");
    assert_eq!(went_back.tag.unwrap().as_str(), "api-v1.4.0", "the series that runs here");
    let moved = live(&[("web-v1.5.0", 200), ("api-v1.3.0", 100)], "1.4.0");
    assert_eq!(moved.tag.unwrap().as_str(), "web-v1.4.0", "the series that ran here last");
    assert_eq!(live(&[("api-v1.3.0", 100)], "web-v1.4.0").tag.unwrap().as_str(), "web-v1.4.0", "it says which");
}

#[test]
fn nothing_is_live_where_nothing_tells() {
    let team = Team::new(&["v1"], &[]);
    let known = know(&team.sightings());
    assert_eq!(known.live, None);
    assert_eq!(known.last_good.tag, None);
    assert_eq!(known.last_good.sentence, "No release is known to have run in production.");
}

#[test]
fn health_is_told_beside_what_is_live() {
    let team = Team::new(&["v1"], &[("v1", 0)]);
    for (health, verdict) in [
        (Seen::Answer(200), Verdict::Passed),
        (Seen::No("503".to_owned()), Verdict::Failed),
        (Seen::Nothing("refused".to_owned()), Verdict::Inconclusive),
    ] {
        let mut seen = team.sightings();
        seen.health = Some(health);
        assert_eq!(know(&seen).live.unwrap().health.unwrap().verdict, verdict);
    }
}

#[test]
fn last_good_is_the_newest_that_ran_for_the_soak_time_and_is_not_live() {
    let team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 3600), ("v3", 7200)]);
    let known = know(&team.sightings());
    assert_eq!(known.last_good.tag.unwrap().as_str(), "v2.0.0");
    assert_eq!(known.last_good.sentence, "v2.0.0 ran here 1 h; no incident is known");
    let order: Vec<_> = known.last_good.candidates.iter().map(|one| one.tag.as_str()).collect();
    assert_eq!(order, ["v3.0.0", "v2.0.0", "v1.0.0"]);
    assert_eq!(known.last_good.candidates[0].reason, "it is live");
}

#[test]
fn the_soak_time_is_thirty_minutes_unless_the_settings_say_otherwise() {
    for (ran, minutes, good) in [(1799, None, false), (1800, None, true), (60, Some(1), true), (59, Some(1), false)] {
        let mut team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", ran)]);
        team.settings.soak_minutes = minutes;
        let last_good = know(&team.sightings()).last_good;
        assert_eq!(last_good.tag.is_some(), good, "{ran} s, {minutes:?}: {}", candidate(&last_good, "v1.0.0").reason);
    }
}

#[test]
fn a_release_that_ran_too_short_is_passed_over_and_its_time_is_told() {
    let team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 3600), ("v3", 3900)]);
    let last_good = know(&team.sightings()).last_good;
    assert_eq!(last_good.tag.as_ref().unwrap().as_str(), "v1.0.0");
    assert_eq!(candidate(&last_good, "v2.0.0").reason, "it ran here only 5 min, less than 30 min");
}

#[test]
fn spans_of_one_release_count_together() {
    let team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 1000), ("v1", 2000), ("v3", 3000)]);
    let last_good = know(&team.sightings()).last_good;
    assert_eq!(candidate(&last_good, "v1.0.0").seconds, 2000);
    assert!(candidate(&last_good, "v1.0.0").good);
}

#[test]
fn a_release_that_was_rolled_back_from_is_not_good_however_long_it_ran() {
    let team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v3", 10_000), ("v2", 90_000), ("v1", 190_000)]);
    let last_good = know(&team.sightings()).last_good;
    assert_eq!(last_good.tag, None);
    assert_eq!(candidate(&last_good, "v3.0.0").reason, "it was rolled back from here");
    assert_eq!(last_good.sentence, "No release that ran in production counts as good; choose one yourself.");
}

#[test]
fn a_quarantined_release_is_not_good() {
    let mut team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 10_000), ("v3", 20_000)]);
    team.facts = kit::quarantine("v2.0.0");
    let known = know(&team.sightings());
    assert_eq!(known.last_good.tag.as_ref().unwrap().as_str(), "v1.0.0");
    assert_eq!(candidate(&known.last_good, "v2.0.0").reason, "it is quarantined");
    assert!(known.is_quarantined(&"v2.0.0".into()));
    assert_eq!(known.quarantined[0].words(), "@on-call: Checkout fails");
    assert!(quarantined(&team.facts, &"staging".into()).is_empty(), "a quarantine is for one environment");
}

#[test]
fn what_was_deployed_last_but_does_not_answer_is_not_good() {
    let team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 10_000)]);
    let mut seen = team.sightings();
    seen.version = Some(Seen::Answer("1.0.0".to_owned()));
    let last_good = know(&seen).last_good;
    assert_eq!(last_good.tag, None, "nobody knows how long v2.0.0 ran, nor why it does not answer");
    assert_eq!(candidate(&last_good, "v2.0.0").reason, "it was deployed last, and another version answers");
}

#[test]
fn deployments_that_failed_or_belong_elsewhere_are_no_evidence() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0)]);
    let mut failed = deployment("v2.0.0", 100);
    (failed.state, failed.succeeded) = (DeploymentState::Failure, None);
    let mut elsewhere = deployment("v2.0.0", 200);
    elsewhere.environment = "staging".into();
    team.deployments.extend([failed, elsewhere]);
    assert_eq!(know(&team.sightings()).live.unwrap().tag.unwrap().as_str(), "v1.0.0");
}

#[test]
fn what_is_deployed_and_is_no_release_is_told_as_what_it_is() {
    let mut team = Team::new(&["v1"], &[("v1", 0)]);
    let mut foreign = deployment("feature-x", 300);
    foreign.commit = "0123456789".into();
    team.deployments.insert(0, foreign);
    let known = know(&team.sightings());
    let live = known.live.unwrap();
    assert_eq!((live.tag, live.version.as_str(), live.since), (None, "feature-x@0123456", Some(at(300))));
    assert_eq!(known.spans[0].to, Some(at(300)));
}

/// Without a run nobody but who told GitHub's API what to deploy made it; GitHub keeps the commit that they meant.
#[test]
fn a_deployment_of_a_commit_or_a_full_ref_that_no_run_made_is_that_of_its_release() {
    let mut team = Team::new(&["v1", "v2"], &[]);
    let mut by_ref = deployment("refs/tags/v1.0.0", 0);
    by_ref.commit = "0".into();
    let mut by_commit = deployment("main", 10);
    by_commit.commit = release("v2.0.0", 2).commit().unwrap().clone();
    team.deployments = vec![by_commit, by_ref];
    let spans = know(&team.sightings()).spans;
    assert_eq!(spans.iter().map(|span| span.tag.as_str()).collect::<Vec<_>>(), ["v1.0.0", "v2.0.0"]);
}

#[test]
fn our_own_rollback_counts_where_github_keeps_no_deployment_of_it() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 10_000)]);
    team.facts = rollback_facts("v1.0.0", 20_000, true);
    let known = know(&team.sightings());
    let live = known.live.unwrap();
    assert_eq!((live.tag.unwrap().as_str(), live.source, live.since), ("v1.0.0", Source::Journal, Some(at(20_060))));
    let last = known.spans.last().unwrap();
    assert!(last.went_back && known.spans[1].left_behind);
    assert_eq!(durations(&PRODUCTION.into(), &team.facts), [90]);
}

#[test]
fn where_github_names_the_run_our_rollback_is_known_by_it_however_far_the_clocks_are_apart() {
    const DAY: i64 = 86_400;
    for skew in [0, DAY, -DAY] {
        let mut team = Team::new(&["v1", "v2", "v3"], &[("v1", 200_000 + skew), ("v2", 210_000 + skew)]);
        team.facts = followed(rollback_facts("v1.0.0", 220_000, true), 7);
        // The workflow's environment records its branch, whose head is the newest release.
        let mut left = deployment("main", 220_050 + skew);
        (left.commit, left.run) = ("commit of v3.0.0".into(), Some(RunId(7)));
        team.deployments.insert(0, left);
        let known = know(&team.sightings());
        let told: Vec<&str> = known.spans.iter().map(|span| span.tag.as_str()).collect();
        assert_eq!(told, ["v1.0.0", "v2.0.0", "v1.0.0"], "{skew}: its branch's head never ran");
        let live = known.live.unwrap();
        assert_eq!((live.version.as_str(), live.since), ("v1.0.0", Some(at(220_050 + skew))), "{skew}");

        // Another run from the same branch at the same time is its own, and brought what its title names.
        let mut another = team.deployments[0].clone();
        (another.id, another.run) = (another.id + 1, Some(RunId(8)));
        another.maker = Some(Maker { event: "workflow_dispatch".to_owned(), title: "Deploy v3.0.0".to_owned() });
        team.deployments.insert(0, another);
        let spans = know(&team.sightings()).spans;
        assert!(spans.iter().any(|span| span.tag.as_str() == "v3.0.0"), "{skew}: {spans:?}");

        // Where ours made none, it may have begun the run that did, unless that one's title names another release.
        team.deployments.remove(1);
        let spans = know(&team.sightings()).spans;
        assert!(spans.iter().any(|span| span.tag.as_str() == "v3.0.0"), "{skew}: {spans:?}");
        team.deployments[0].maker = None;
        let known = know(&team.sightings());
        assert!(!known.spans.iter().any(|span| span.tag.as_str() == "v3.0.0"), "{skew}: the branch's head never ran");
        let ends_untold = skew > 0;
        assert_eq!(known.live.unwrap().untold.is_some(), ends_untold, "{skew}");

        // A deployment that names the target tells it already.
        team.deployments[0] = deployment("v1.0.0", 220_050 + skew);
        team.deployments[0].run = Some(RunId(7));
        let spans = know(&team.sightings()).spans;
        assert_eq!(spans.len(), 3, "{skew}: {spans:?}");
        assert_eq!(spans[2].from, at(220_050 + skew));
    }
}

#[test]
fn a_run_that_was_ours_by_its_number_alone_brought_what_its_title_names() {
    for (how, live) in [(Evidence::TimeAndActor, "v3.0.0"), (Evidence::Answer, "v1.0.0")] {
        let mut team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 10_000)]);
        team.facts = followed(rollback_facts("v1.0.0", 20_000, true), 7);
        team.facts[2].event = Event::RunFound { run: RunId(7), how }.into();
        let mut left = deployment("main", 20_050);
        left.run = Some(RunId(7));
        let title = "Deploy v3.0.0 to production".to_owned();
        left.maker = Some(Maker { event: "workflow_dispatch".to_owned(), title });
        team.deployments.insert(0, left);
        assert_eq!(know(&team.sightings()).live.unwrap().version, live, "{how:?}");
    }
}

#[test]
fn a_rollback_that_github_recorded_too_counts_once() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 10_000), ("v1", 20_050)]);
    team.facts = rollback_facts("v1.0.0", 20_000, true);
    let spans = know(&team.sightings()).spans;
    assert_eq!((spans.len(), spans[2].deployment.is_some()), (3, true));
}

#[test]
fn a_deploy_from_this_machine_is_live_though_github_has_no_record_of_it() {
    let mut team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 10_000)]);
    let mut of_somebody = deployment("main", 20_050);
    of_somebody.commit = release("v3.0.0", 3).commit().unwrap().clone();
    team.deployments.insert(0, of_somebody);
    team.facts = kit::local_facts("v1.0.0", 20_000);
    let known = know(&team.sightings());
    let live = known.live.unwrap();
    assert_eq!((live.tag.unwrap().as_str(), live.source), ("v1.0.0", Source::Journal));
    let spans = known.spans.iter().map(|span| span.tag.as_str()).collect::<Vec<_>>();
    assert_eq!(spans, ["v1.0.0", "v2.0.0", "v3.0.0", "v1.0.0"], "no run of ours made that deployment");
}

#[test]
fn a_rollback_whose_run_failed_changes_nothing() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 10_000)]);
    team.facts = rollback_facts("v1.0.0", 20_000, false);
    assert_eq!(know(&team.sightings()).live.unwrap().tag.unwrap().as_str(), "v2.0.0");
    assert!(durations(&PRODUCTION.into(), &team.facts).is_empty());
}

#[test]
fn the_run_of_our_own_rollback_is_no_deployment_of_the_branch_it_was_dispatched_from() {
    let mut team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 10_000)]);
    let mut of_the_run = deployment("main", 20_050);
    of_the_run.commit = release("v3.0.0", 3).commit().unwrap().clone();
    team.deployments.insert(0, of_the_run);
    team.facts = rollback_facts("v1.0.0", 20_000, true);
    let tags: Vec<_> = know(&team.sightings()).spans.iter().map(|span| span.tag.to_string()).collect();
    assert_eq!(tags, ["v1.0.0", "v2.0.0", "v1.0.0"], "v3.0.0 never ran here");
}

#[test]
fn the_address_is_the_settings_or_that_of_the_newest_deployment_that_tells_one() {
    let mut team = Team::new(&["v1"], &[("v1", 0)]);
    assert_eq!(url(&PRODUCTION.into(), &team.settings, &team.deployments), None);
    team.deployments[0].url = Some("https://shop.example".to_owned());
    assert_eq!(url(&PRODUCTION.into(), &team.settings, &team.deployments).as_deref(), Some("https://shop.example"));
    team.settings.url = Some("https://configured.example".to_owned());
    assert_eq!(
        url(&PRODUCTION.into(), &team.settings, &team.deployments).as_deref(),
        Some("https://configured.example")
    );
}

#[test]
fn a_time_is_told_in_two_words_at_most() {
    for (seconds, said) in [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (86_400, "1 d"),
        (90_000, "1 d 1 h"),
    ] {
        assert_eq!(words(seconds), said);
    }
}

#[test]
fn each_candidate_says_what_speaks_against_it() {
    let mut team = Team::new(&["v1", "v2", "v3", "v4"], &[("v1", 0), ("v2", 10_000), ("v3", 20_000), ("v4", 20_060)]);
    team.facts = kit::quarantine("v2.0.0");
    let good = know(&team.sightings()).last_good;
    let against = |tag: &str| candidate(&good, tag).against.clone();
    assert_eq!(against("v4.0.0"), Some(Against::Live));
    assert_eq!(against("v3.0.0"), Some(Against::TooShort { seconds: 60, soak_minutes: 30 }));
    assert_eq!(against("v2.0.0"), Some(Against::Quarantined));
    assert_eq!((against("v1.0.0"), good.tag.as_ref().unwrap().as_str()), (None, "v1.0.0"));
    let told = serde_json::to_value(against("v3.0.0")).unwrap();
    assert_eq!(told, serde_json::json!({ "code": "too_short", "seconds": 60, "soak_minutes": 30 }));
}

#[test]
fn a_target_whose_health_failed_after_the_rollback_is_not_good_until_it_is_proved() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 10_000)]);
    team.facts = rollback_facts("v1.0.0", 20_000, true);
    // Somebody went on to v2 again, much later; v1 ran for hours meanwhile.
    team.deployments.insert(0, deployment("v2.0.0", 40_000));
    team.facts.insert(3, kit::proof(Verdict::Failed));
    assert_eq!(candidate(&know(&team.sightings()).last_good, "v1.0.0").against, Some(Against::ProofFailed));
    team.facts.insert(4, kit::proof(Verdict::Passed));
    assert_eq!(candidate(&know(&team.sightings()).last_good, "v1.0.0").against, None);
}

#[test]
fn behind_a_rollback_that_worked_the_hold_says_what_is_back() {
    let mut team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 10_000)]);
    let mut facts = rollback_facts("v1.0.0", 20_000, true);
    facts.insert(1, kit::hold());
    team.facts = facts.clone();
    let returned = know(&team.sightings()).returned.unwrap();
    assert_eq!((returned.to.as_str(), returned.since), ("v1.0.0", at(20_001)));

    facts.pop();
    team.facts = facts;
    assert_eq!(know(&team.sightings()).returned, None, "it is not over");
    team.facts = rollback_facts("v1.0.0", 20_000, false);
    team.facts.insert(1, kit::hold());
    assert_eq!(know(&team.sightings()).returned, None, "what is live is another");
}
