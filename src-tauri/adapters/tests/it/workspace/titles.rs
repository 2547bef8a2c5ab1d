//! What is live where GitHub names a run's branch, and only its title may name the version.

use lastgood_adapters::workspace::{Known, Workspace};
use lastgood_core::live::{Live, Source};
use lastgood_rehearsal::{Fault, Fill, RecordedRequest, When};

use super::audience::opened as opened_with_probes;
use crate::rehearsed::{Rehearsed, status};

#[tokio::test]
async fn what_somebody_dispatched_from_main_is_live_and_not_the_release_on_mains_head() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    rehearsed.server().change(|state, _| state.viewer = "on-call".to_owned()).unwrap();
    rehearsed.dispatch().await;
    let live = production(&opened(&rehearsed).know().await.unwrap());
    assert_eq!((live.version.as_str(), live.source, live.untold), ("v2.4.0", Source::Deployment, None));
}

#[tokio::test]
async fn where_the_title_names_no_version_the_release_before_is_not_called_live() {
    for graphql in [true, false] {
        let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
        if !graphql {
            rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
        }
        rehearsed.dispatch().await;
        let rename = |state: &mut lastgood_rehearsal::state::State| {
            state.runs.last_mut().unwrap().title = "Deploy".to_owned();
        };
        rehearsed.server().change(|state, _| rename(state)).unwrap();
        let known = opened(&rehearsed).know().await.unwrap();
        let live = production(&known);
        let run = rehearsed.server().state().runs.last().unwrap().id;
        assert!(live.tag.is_none() && live.version.starts_with("main@"), "{live:?}");
        let told = live.untold.unwrap();
        assert!(told.starts_with(&format!("Run {run} deployed from main@")), "{told}");
        assert!(told.ends_with("Put the version into the workflow's run-name."), "{told}");
    }
}

#[tokio::test]
async fn each_run_is_asked_once_what_it_is_called() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    workspace.know().await.unwrap();
    let titles = |asked: Vec<RecordedRequest>| {
        asked.into_iter().filter(|request| request.path_and_query.contains("/actions/runs/")).count()
    };
    assert_eq!(titles(rehearsed.server().requests()), 1, "the list tells the others");
    let before = rehearsed.server().requests().len();
    workspace.know().await.unwrap();
    assert_eq!(titles(rehearsed.server().requests().split_off(before)), 0);
}

#[tokio::test]
async fn with_a_long_past_what_is_live_takes_no_more_than_six_requests_and_nothing_new_only_304s() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { releases: 150, deployments: 150, runs: 200, ..Fill::default() }).unwrap();
    let workspace = opened(&rehearsed);
    let live = production(&workspace.know_live().await.unwrap());
    assert_eq!((live.version.as_str(), live.untold), ("v2.4.1", None));
    let asked: Vec<String> = rehearsed.server().requests().into_iter().map(|request| request.path_and_query).collect();
    assert!(asked.len() <= 6, "{asked:#?}");
    let before = rehearsed.server().requests().len();
    workspace.know_live().await.unwrap();
    let again = rehearsed.server().requests().split_off(before);
    assert!(again.iter().all(|request| request.status == Some(304)), "{again:#?}");
}

#[tokio::test]
async fn with_two_workflows_and_a_run_of_long_ago_each_look_asks_for_a_few_titles_until_all_are_known() {
    let rehearsed = Rehearsed::start().await;
    let deploy = rehearsed.description().clone.join(".github/workflows/deploy.yml");
    rehearsed.publish(".github/workflows/stage.yml", &std::fs::read_to_string(deploy).unwrap());
    rehearsed.server().fill(Fill { deployments: 260, ..Fill::default() }).unwrap();
    split(&rehearsed);
    let workspace = opened(&rehearsed);
    let first = workspace.know_live().await.unwrap();
    assert_eq!(production(&first).version, "v2.4.1");
    assert!(rehearsed.server().requests().len() <= 6, "{:#?}", rehearsed.server().requests());
    let mut looks = 0;
    let whole = loop {
        let before = rehearsed.server().requests().len();
        let known = workspace.know().await.unwrap();
        let asked = rehearsed.server().requests().split_off(before);
        let paid: Vec<&RecordedRequest> = asked.iter().filter(|request| request.status != Some(304)).collect();
        if paid.is_empty() {
            break known;
        }
        assert!(paid.iter().filter(|request| is_for_titles(request)).count() <= 4, "{paid:#?}");
        looks += 1;
        assert!(looks < MOST_LOOKS, "{paid:#?}");
    };
    let deployments = whole.forge.unwrap().deployments;
    assert!(deployments.len() > 260 && deployments.iter().any(|found| found.environment.as_str() == "legacy"));
    assert!(deployments.iter().all(|found| found.succeeded.is_none() || found.maker.is_some()));
}

#[tokio::test]
async fn where_runs_may_not_be_read_what_is_known_is_shown_and_the_rest_is_said() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("/actions/runs/", status(403, &[], When::BeforeEffect)).for_ever());
    let known = opened(&rehearsed).know().await.unwrap();
    let live = production(&known);
    assert!(live.tag.is_none() && live.untold.is_some_and(|told| told.contains("its title could not be read")));
    assert!(!known.forge.unwrap().published.is_empty());
}

/// Looks in which the titles of some hundred runs of two workflows are learned.
const MOST_LOOKS: usize = 8;

fn is_for_titles(request: &RecordedRequest) -> bool {
    let path = &request.path_and_query;
    path.contains("/actions/runs/") || (path.contains("/actions/workflows/") && path.contains("/runs?per_page=100"))
}

/// Staging has a workflow of its own, and the oldest deploy went where none went since.
fn split(rehearsed: &Rehearsed) {
    let goes_to = |run: &lastgood_rehearsal::state::run::Run, name: &str| {
        run.attempts[0].plan.jobs.iter().any(|job| job.environment.as_deref() == Some(name))
    };
    let change = |state: &mut lastgood_rehearsal::state::State| {
        let oldest = state.runs.iter_mut().find(|run| goes_to(run, "production")).unwrap();
        for job in &mut oldest.attempts[0].plan.jobs {
            job.environment = job.environment.as_ref().map(|_| "legacy".to_owned());
        }
        for run in state.runs.iter_mut().filter(|run| goes_to(run, "staging")) {
            run.workflow = "stage.yml".to_owned();
        }
    };
    rehearsed.server().change(|state, _| change(state)).unwrap();
}

/// The service is not asked here: the record tells.
fn opened(rehearsed: &Rehearsed) -> Workspace {
    std::fs::remove_file(rehearsed.description().clone.join("lastgood.toml")).unwrap();
    opened_with_probes(rehearsed)
}

fn production(known: &Known) -> Live {
    known.environment("production").unwrap().live.clone().unwrap()
}
