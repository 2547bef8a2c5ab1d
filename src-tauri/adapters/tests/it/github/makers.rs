//! The runs behind deployments: which ones are ours to ask for, and what asking costs.

use jiff::Timestamp;
use lastgood_adapters::github::Memory;
use lastgood_core::ids::RunId;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::Deployment;
use lastgood_rehearsal::state::deployment::{BOT, Deployment as Listed, Link};
use lastgood_rehearsal::{Fault, Fill, When};

use crate::rehearsed::{Rehearsed, preview, status};

#[tokio::test]
async fn a_look_in_the_middle_of_a_rollback_asks_twice_for_titles_however_long_the_past_is() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(Fill { deployments: 260, ..Fill::default() }).unwrap();
    let github = rehearsed.github();
    let told = github.deployments().await.unwrap();
    assert_eq!(asked_for_titles(&rehearsed), 2);
    assert!(newest_of(&told, "production").maker.is_some());
}

#[tokio::test]
async fn a_token_that_may_not_read_runs_is_asked_once_and_the_next_one_again() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("/actions/runs/", status(403, &[], When::BeforeEffect)).for_ever());
    let github = rehearsed.github();
    for _ in 0..3 {
        github.deployments().await.unwrap();
    }
    assert_eq!(asked_for_titles(&rehearsed), 1);
    github.renew(&rehearsed.token()).unwrap();
    github.deployments().await.unwrap();
    assert_eq!(asked_for_titles(&rehearsed), 2);
}

#[tokio::test]
async fn a_run_of_which_github_tells_nothing_holds_up_no_other() {
    let rehearsed = Rehearsed::start().await;
    let newest = rehearsed.github().deployments().await.unwrap()[0].run.unwrap();
    let silent = format!("/actions/runs/{newest}");
    rehearsed.arm(Fault::once(&silent, status(502, &[], When::BeforeEffect)).for_ever());
    let github = rehearsed.github().remembering(Memory::open(&rehearsed.beside("cache.sqlite")));
    let told = github.deployments().await.unwrap();
    assert!(told.iter().any(|found| found.maker.is_some()), "the next one was asked for");
    let told = github.deployments().await.unwrap();
    assert!(told.iter().all(|found| found.succeeded.is_none() || found.maker.is_some()), "{told:#?}");
}

#[tokio::test]
async fn where_the_list_of_runs_is_read_anyway_no_title_is_asked_for() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let (runs, told) = tokio::join!(github.recent_runs(100), github.deployments());
    assert!(!runs.unwrap().is_empty());
    assert!(told.unwrap().iter().all(|found| found.maker.is_some()));
    assert_eq!(asked_for_titles(&rehearsed), 0);
}

#[tokio::test]
async fn a_run_that_github_has_no_more_is_told_apart_from_one_that_nobody_asked_for() {
    let rehearsed = Rehearsed::start().await;
    let run = rehearsed.github().deployments().await.unwrap()[0].run.unwrap();
    let gone = format!("/actions/runs/{run}");
    rehearsed.arm(Fault::once(&gone, status(404, &[], When::BeforeEffect)).for_ever());
    let told = rehearsed.github().deployments().await.unwrap();
    assert!(told[0].maker.as_ref().is_some_and(lastgood_core::ports::forge::Maker::is_gone), "{:?}", told[0]);
}

#[tokio::test]
async fn a_log_in_another_repository_names_no_run_of_this_one() {
    for graphql in [true, false] {
        let rehearsed = Rehearsed::start().await;
        if !graphql {
            rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
        }
        let (pages, slug) = (rehearsed.github().server().pages(), rehearsed.slug());
        let told = async |creator: &str, log: String| {
            rehearsed
                .server()
                .change(|state, now| state.deployments.push(listed(creator, Link::Given(log), now)))
                .unwrap();
            let told = rehearsed.github().deployments().await.unwrap();
            rehearsed.server().change(|state, _| state.deployments.clear()).unwrap();
            newest_of(&told, "preview").run
        };
        assert_eq!(told("deployer", format!("{pages}/acme/deployer/actions/runs/77/job/1")).await, None);
        assert_eq!(told("deployer", format!("https://elsewhere.example/{slug}/actions/runs/77")).await, None);
        assert_eq!(told("deployer", format!("{pages}/{slug}/actions/runs/77/job/1")).await, Some(RunId(77)));
        let renamed = format!("{pages}/acme/name-before/actions/runs/77/job/1");
        assert_eq!(told(BOT, renamed).await, Some(RunId(77)), "Actions makes deployments of its own repository alone");
    }
}

#[tokio::test]
async fn a_branch_that_is_gone_is_not_taken_for_a_commit_that_was_asked_for() {
    let rehearsed = Rehearsed::start().await;
    let run = rehearsed.server().state().runs.last().unwrap().id;
    let put = |link: Link| {
        rehearsed.server().change(|state, now| state.deployments = vec![listed("deployer", link, now)]).unwrap();
    };
    put(Link::Run(run));
    let github = rehearsed.github().remembering(Memory::open(&rehearsed.beside("cache.sqlite")));
    let first = newest_of(&github.first_look().await.unwrap().deployments, "preview");
    assert_eq!((first.reference.as_str(), first.run), (first.commit.short(), Some(RunId(run))));
    assert_eq!(newest_of(&github.deployments().await.unwrap(), "preview").reference, "gone", "REST names it");

    put(Link::None);
    let first = newest_of(&rehearsed.github().first_look().await.unwrap().deployments, "preview");
    assert_eq!(first.reference, first.commit.as_str(), "no run made it: its commit counts");
}

fn newest_of(deployments: &[Deployment], environment: &str) -> Deployment {
    deployments.iter().find(|found| found.environment.as_str() == environment).unwrap().clone()
}

fn asked_for_titles(rehearsed: &Rehearsed) -> usize {
    let of_titles = |path: &str| {
        path.contains("/actions/runs/") || (path.contains("/actions/workflows/") && path.contains("/runs?per_page=100"))
    };
    rehearsed.server().requests().iter().filter(|request| of_titles(&request.path_and_query)).count()
}

/// Of a branch that is gone by now.
fn listed(creator: &str, log: Link, at: Timestamp) -> Listed {
    let mut listed = preview(0, at, "success");
    listed.statuses[0].log = log;
    listed.git_ref = "gone".to_owned();
    listed.creator = creator.to_owned();
    listed
}
