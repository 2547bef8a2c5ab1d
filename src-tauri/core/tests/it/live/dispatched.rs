//! Deployments of runs: GitHub names the branch and its newest commit, the run's title names the version.

use lastgood_core::ids::RunId;
use lastgood_core::live::{Environment, Source, know};
use lastgood_core::ports::forge::{Deployment, Maker};
use lastgood_core::ports::world::Seen;
use lastgood_core::release::PointsAt;

use super::kit::{Team, at, deployment, release};

#[test]
fn a_dispatched_run_brought_what_its_title_names_and_not_the_head_of_its_branch() {
    let found = seen(&["v1", "v2"], vec![of_main(100, "workflow_dispatch", "Deploy v1.0.0 to production")]);
    let live = found.live.unwrap();
    assert_eq!((live.tag.unwrap().as_str(), live.source, live.since), ("v1.0.0", Source::Deployment, Some(at(100))));
    assert_eq!(live.untold, None);
    assert_eq!(found.spans.iter().map(|span| span.deployment).collect::<Vec<_>>(), [Some(100)]);
}

#[test]
fn where_no_title_tells_the_release_that_ran_before_is_not_called_live() {
    for title in ["Deploy", "From v1.0.0 to v2.0.0"] {
        let found = seen(&["v1", "v2"], vec![deployment("v1.0.0", 0), of_main(5_000, "workflow_dispatch", title)]);
        let live = found.live.unwrap();
        assert_eq!((live.tag, live.version.as_str(), live.since), (None, "main@commit ", Some(at(5_000))), "{title}");
        let told = live.untold.unwrap();
        assert!(told.starts_with("Run 5000 deployed from main@commit , and its title names no release."), "{told}");
        assert_eq!(found.spans[0].to, Some(at(5_000)), "it ended when something else came");
        assert_eq!(found.last_good.tag.unwrap().as_str(), "v1.0.0");
    }
}

#[test]
fn a_run_whose_title_could_not_be_read_tells_nothing() {
    let unread = Deployment { maker: None, ..of_main(100, "workflow_dispatch", "") };
    let live = seen(&["v2"], vec![unread]).live.unwrap();
    assert_eq!(live.tag, None);
    assert!(live.untold.unwrap().contains("its title could not be read"));
}

#[test]
fn a_run_that_github_has_no_more_is_said_to_be_gone() {
    let gone = Deployment { maker: Some(Maker::gone()), ..of_main(100, "", "") };
    let live = seen(&["v2"], vec![gone]).live.unwrap();
    let told = live.untold.unwrap();
    assert_eq!(
        told,
        "Run 100 deployed from main@commit , and GitHub has that run no more, so the release is not known."
    );
}

#[test]
fn a_commits_short_id_in_the_place_of_a_name_asks_for_no_commit() {
    let mut gone_branch = of_main(100, "workflow_dispatch", "Deploy");
    gone_branch.commit = "0123456789".into();
    gone_branch.reference = gone_branch.commit.short().to_owned();
    let mut team = team(&["v2"], vec![gone_branch]);
    team.releases[0].points_at = PointsAt::Commit("0123456789".into());
    let live = know(&team.sightings()).live.unwrap();
    assert_eq!((live.tag, live.version.as_str()), (None, "0123456"));
}

#[test]
fn of_two_tags_on_one_commit_and_of_one_second_the_release_is_live_and_not_its_candidate() {
    for names in [["1.2.0-rc.3", "1.2.0"], ["1.2.0", "1.2.0-rc.3"]] {
        let mut team = Team::new(&[], &[]);
        team.releases = names.iter().map(|name| release(&format!("v{name}"), 1)).collect();
        team.releases.iter_mut().for_each(|one| one.points_at = PointsAt::Commit("commit of both".into()));
        team.deployments = vec![Deployment { commit: "commit of both".into(), ..deployment("main", 100) }];
        let live = know(&team.sightings()).live.unwrap();
        assert_eq!(live.tag.unwrap().as_str(), "v1.2.0", "{names:?}");
    }
}

#[test]
fn a_push_deploys_its_commit_whatever_its_subject_names() {
    let found = seen(&["v1", "v2"], vec![of_main(100, "push", "Revert v1.0.0")]);
    assert_eq!(found.live.unwrap().tag.unwrap().as_str(), "v2.0.0");

    let mut between = of_main(100, "push", "Merge v1.0.0");
    between.commit = "0123456789".into();
    let live = seen(&["v1", "v2"], vec![deployment("v1.0.0", 0), between]).live.unwrap();
    assert_eq!((live.tag, live.version.as_str()), (None, "main@0123456"));
    assert_eq!(live.untold.unwrap(), "The newest deployment is of main@0123456, on which no release stands.");
}

#[test]
fn a_run_of_a_timer_or_of_another_run_stands_on_its_branch_as_well() {
    for event in ["schedule", "workflow_run", "repository_dispatch"] {
        assert_eq!(seen(&["v2"], vec![of_main(100, event, "Deploy")]).live.unwrap().tag, None, "{event}");
        assert!(seen(&["v2"], vec![of_main(100, event, "Deploy v2.0.0")]).live.unwrap().tag.is_some(), "{event}");
    }
}

#[test]
fn a_commit_that_was_asked_for_by_its_id_is_what_was_deployed() {
    let mut by_id = of_main(100, "workflow_dispatch", "Deploy");
    by_id.reference = by_id.commit.to_string();
    assert_eq!(seen(&["v2"], vec![by_id]).live.unwrap().tag.unwrap().as_str(), "v2.0.0");
}

#[test]
fn what_comes_behind_an_untold_deployment_is_live_again() {
    let deployments = vec![
        deployment("v1.0.0", 0),
        of_main(5_000, "workflow_dispatch", "Deploy"),
        of_main(9_000, "workflow_dispatch", "Deploy v1.0.0"),
    ];
    let found = seen(&["v1", "v2"], deployments);
    assert_eq!(found.live.unwrap().tag.unwrap().as_str(), "v1.0.0");
    let spans: Vec<_> = found.spans.iter().map(|span| (span.from, span.to)).collect();
    assert_eq!(spans, [(at(0), Some(at(5_000))), (at(9_000), None)]);
}

#[test]
fn a_probe_does_not_disagree_with_a_deployment_that_tells_nothing() {
    let team = team(&["v1", "v2"], vec![deployment("v1.0.0", 0), of_main(5_000, "workflow_dispatch", "Deploy")]);
    let mut sightings = team.sightings();
    sightings.version = Some(Seen::Answer("2.0.0".to_owned()));
    let live = know(&sightings).live.unwrap();
    assert_eq!((live.tag.unwrap().as_str(), live.disagreement, live.untold), ("v2.0.0", None, None));
}

/// What was deployed, oldest first.
fn seen(majors: &[&str], deployments: Vec<Deployment>) -> Environment {
    know(&team(majors, deployments).sightings())
}

fn team(majors: &[&str], mut deployments: Vec<Deployment>) -> Team {
    deployments.reverse();
    Team { deployments, ..Team::new(majors, &[]) }
}

/// By a run on main, whose newest commit is that of v2.0.0.
fn of_main(second: i64, event: &str, title: &str) -> Deployment {
    Deployment {
        commit: "commit of v2.0.0".into(),
        run: Some(RunId(second.unsigned_abs())),
        maker: Some(Maker { event: event.to_owned(), title: title.to_owned() }),
        ..deployment("main", second)
    }
}
