//! Every request that we make, and every answer to it, with Prism in between: what GitHub does not describe is stopped there
//! and comes back as a trouble.

use std::time::Duration;

use jiff::SignedDuration;
use lastgood_adapters::github::{Github, account};
use lastgood_adapters::secret::Secret;
use lastgood_adapters::server::Server;
use lastgood_clients::{Prism, Served};
use lastgood_core::ids::{ObjectId, RepositorySlug, RunId, TagName};
use lastgood_core::ports::forge::{Decision, DispatchAnswer, DispatchOrder, Tagger, Written};
use lastgood_core::ports::publishing::{IssueEdit, IssueOrder, Latest, PullRequestOrder, ReleaseEdit, Standing};
use lastgood_core::ports::repository::{PushOutcome, TagOrder};
use lastgood_core::ports::{Forge, Publishing, Readiness};
use lastgood_core::release::Moment;
use lastgood_rehearsal::state::Environment;
use lastgood_rehearsal::{Fault, FaultKind, Fill, When};

use crate::routes;

/// Prism thinks about every answer; on a loaded machine, for long.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn everything_that_is_read_conforms_with_graphql_and_without() {
    let (served, prism) = stage().await;
    let github = github(&served, &prism);
    assert!(github.first_look().await.is_some(), "GraphQL passes as well");
    let status = FaultKind::Status { code: 404, body: None, headers: [].into(), when: When::BeforeEffect };
    served.github().arm(Fault { times: None, ..Fault::once("/graphql", status) });
    let by_rest = self::github(&served, &prism);
    assert_eq!(by_rest.account().await.unwrap(), "platform-lead");
    assert_eq!(by_rest.default_branch().await.unwrap(), "main");
    assert_eq!(by_rest.environments().await.unwrap().len(), 2);
    assert!(!by_rest.deployments().await.unwrap().is_empty());
    assert!(!by_rest.releases().await.unwrap().is_empty());
    assert!(!by_rest.workflows().await.unwrap().is_empty());
    let runs = by_rest.successful_runs("deploy.yml").await.unwrap().items;
    assert!(!runs.is_empty());
    by_rest.run(runs[0].id).await.unwrap();
    by_rest.open_runs().await.unwrap();
    assert!(!by_rest.newest_runs("deploy.yml").await.unwrap().is_empty());
    assert!(!by_rest.recent_runs(200).await.unwrap().is_empty());
    assert!(by_rest.latest_release().await.unwrap().is_some());
    by_rest.dispatched_runs("deploy.yml", "main").await.unwrap();
    assert!(by_rest.tag(&TagName::new("v2.4.0")).await.unwrap().is_some());
    assert!(by_rest.rights().await.unwrap().push);
    assert!(by_rest.assets(&TagName::new("v2.4.0")).await.unwrap().is_some());
    let (server, token) = (Server::at(&prism.api).unwrap(), Secret::new(served.description().token.as_str()));
    let account = account::read(&server, &token).await.unwrap();
    account::rights(&server, &token, &slug(), &account).await.unwrap();
    all_passed(
        &served,
        &prism,
        &[
            "GET ",
            "GET actions/runs",
            "GET actions/runs/*",
            "GET actions/runs/*/jobs",
            "GET actions/workflows",
            "GET actions/workflows/*/runs",
            "GET contents/*",
            "GET deployments",
            "GET deployments/*/statuses",
            "GET environments",
            "GET git/ref/tags/*",
            "GET git/tags/*",
            "GET releases",
            "GET releases/latest",
            "GET releases/tags/*",
        ],
    )
    .await;
}

#[tokio::test]
async fn every_further_page_of_a_list_conforms() {
    let (served, prism) = stage().await;
    // Environments that the newest deployments do not mention are asked for by their names.
    served.github().fill(Fill { releases: 230, runs: 230, deployments: 330, ..Fill::default() }).unwrap();
    served.github().change(|state, _| state.environments.extend(more(&state.environments[1].clone()))).unwrap();
    let status = FaultKind::Status { code: 404, body: None, headers: [].into(), when: When::BeforeEffect };
    served.github().arm(Fault::once("/graphql", status).for_ever());
    let github = github(&served, &prism);
    assert!(github.environments().await.unwrap().len() > 100);
    assert!(github.releases().await.unwrap().len() > 230);
    assert!(github.recent_runs(300).await.unwrap().len() > 200);
    assert!(github.successful_runs("deploy.yml").await.unwrap().items.len() > 100);
    assert_eq!(github.deployments().await.unwrap().len(), 300);
    all_passed(
        &served,
        &prism,
        &[
            "GET environments?page",
            "GET releases?page",
            "GET actions/runs?page",
            "GET actions/workflows/*/runs?page",
            "GET deployments?page",
            "GET deployments?environment",
        ],
    )
    .await;
}

#[tokio::test]
async fn everything_about_a_run_that_waits_conforms() {
    let (served, prism) = stage().await;
    served.github().change(|state, _| state.environments[0].reviewers = vec!["platform-lead".to_owned()]).unwrap();
    let github = github(&served, &prism);
    for approve in [true, false] {
        let run = waiting(&served, &github).await;
        assert_eq!(github.waiting_runs().await.unwrap().len(), 1);
        let environment_ids = vec![github.pending_approvals(run).await.unwrap()[0].environment_id];
        let decision = Decision { environment_ids, approve, comment: "checkout fails".to_owned() };
        assert_eq!(github.decide(run, &decision).await, Written::Done(()));
        assert_eq!(github.reviews(run).await.unwrap().len(), 1);
        served.github().advance(SignedDuration::from_secs(60)).unwrap();
        let seen = github.run(run).await.unwrap();
        assert!(seen.is_over(), "{seen:?}");
    }
    all_passed(
        &served,
        &prism,
        &[
            "GET actions/runs/*/approvals",
            "GET actions/runs/*/pending_deployments",
            "POST actions/runs/*/pending_deployments",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_cancelled_run_and_the_log_of_a_job_conform() {
    let (served, prism) = stage().await;
    let github = github(&served, &prism);
    let answer = github.dispatch(&order()).await;
    let DispatchAnswer::Run(run) = answer else { panic!("{answer:?}") };
    served.github().advance(SignedDuration::from_secs(5)).unwrap();
    assert_eq!(github.cancel(run).await, Written::Done(()));
    let seen = github.run(run).await.unwrap();
    assert_eq!(seen.conclusion.as_deref(), Some("cancelled"), "{seen:?}");

    let ended = github.successful_runs("deploy.yml").await.unwrap().items[0].id;
    let job = github.run(ended).await.unwrap().jobs[0].id;
    let log = github.job_log(job).await.unwrap();
    assert!(log.contains("##[group]"), "{log}");
    all_passed(&served, &prism, &["POST actions/runs/*/cancel", "GET actions/jobs/*/logs"]).await;
}

#[tokio::test]
async fn a_dispatch_to_a_server_that_names_no_run_conforms() {
    let (served, prism) = stage().await;
    let github = github(&served, &prism);
    served.github().arm(Fault::once("/dispatches", FaultKind::NoRunDetails { refuse: false }));
    assert_eq!(github.dispatch(&order()).await, DispatchAnswer::Accepted);
    all_passed(&served, &prism, &["POST actions/workflows/*/dispatches"]).await;
}

#[tokio::test]
async fn everything_that_is_published_conforms() {
    let (served, prism) = stage().await;
    let github = github(&served, &prism);
    let page = github.release_of(&TagName::new("v2.4.1")).await.unwrap().unwrap();
    let notes = Some("Rolled back.".to_owned());
    let edit = ReleaseEdit { notes, latest: Latest::Not, ..ReleaseEdit::default() };
    assert_eq!(github.edit_release(page.release.id, &edit).await, Written::Done(()));

    let labels = vec!["incident".to_owned()];
    let order = IssueOrder { title: "Checkout fails".to_owned(), labels, ..IssueOrder::default() };
    let Written::Done(issue) = github.open_issue(&order).await else { panic!() };
    let Written::Done(comment) = github.comment(issue.number, "Better.").await else { panic!() };
    assert_eq!(github.comments(issue.number).await.unwrap(), [comment]);
    let edit = IssueEdit { closed: Some(true), ..IssueEdit::default() };
    assert_eq!(github.edit_issue(issue.number, &edit).await, Written::Done(()));
    assert!(!github.issue(issue.number).await.unwrap().unwrap().is_open);
    assert_eq!(github.newest_issues().await.unwrap().len(), 1);

    served.branch("notes", "v2.4.0");
    let (head, base) = ("notes".to_owned(), "main".to_owned());
    let order = PullRequestOrder { title: "Notes".to_owned(), head, base, ..PullRequestOrder::default() };
    let Written::Done(opened) = github.open_pull_request(&order).await else { panic!() };
    assert_eq!(github.pull_request_of("notes").await.unwrap().unwrap().number, opened.number);
    served.github().merge_pull_request(opened.number).unwrap();
    let standing = github.pull_request(opened.number).await.unwrap().unwrap().standing;
    assert!(matches!(standing, Standing::Merged { .. }), "{standing:?}");
    all_passed(
        &served,
        &prism,
        &[
            "PATCH releases/*",
            "PATCH issues/*",
            "POST issues",
            "POST issues/*/comments",
            "GET issues",
            "GET issues/*",
            "GET issues/*/comments",
            "POST pulls",
            "GET pulls",
            "GET pulls/*",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_tag_without_git_conforms() {
    let (served, prism) = stage().await;
    let github = github(&served, &prism);
    let commit = github.tag(&TagName::new("v2.4.0")).await.unwrap().unwrap().commit.unwrap();
    let order = tag_order(commit);
    let tagger = Tagger { name: "platform-lead".to_owned(), email: "platform-lead@acme.example".to_owned() };
    let Written::Done(object) = github.create_tag(&order, &tagger).await else { panic!() };
    assert_eq!(github.place_tag(&order.name, &object).await, PushOutcome::Created);
    all_passed(&served, &prism, &["POST git/tags", "POST git/refs"]).await;
    // The no of a ref that is there already is described as well.
    assert_eq!(github.place_tag(&order.name, &object).await, PushOutcome::AlreadyThere);
    assert_eq!(prism.violations().await, [""; 0]);
}

async fn stage() -> (Served, Prism) {
    let served = Served::at_speed(1.0).await;
    let prism = Prism::before(&served).await;
    (served, prism)
}

fn github(served: &Served, prism: &Prism) -> Github {
    let token = Secret::new(served.description().token.as_str());
    Github::within(&prism.api, &token, slug(), PATIENCE).unwrap()
}

fn slug() -> RepositorySlug {
    RepositorySlug::new("acme", "connectias").unwrap()
}

fn order() -> DispatchOrder {
    let inputs = [("version_tag".to_owned(), "v2.4.0".to_owned())].into();
    DispatchOrder { workflow: "deploy.yml".to_owned(), branch: "main".to_owned(), inputs }
}

fn tag_order(commit: ObjectId) -> TagOrder {
    TagOrder {
        name: TagName::new("rollback-20261122-144000"),
        commit,
        message: "Rollback to v2.4.0".to_owned(),
        date: Moment { seconds: 1_763_822_400, offset: 0 },
    }
}

/// More environments than a page holds.
fn more(of: &Environment) -> Vec<Environment> {
    (0..110)
        .map(|number| Environment { id: 70_000 + number, name: format!("preview-{number}"), ..of.clone() })
        .collect()
}

async fn waiting(served: &Served, github: &Github) -> RunId {
    let answer = github.dispatch(&order()).await;
    let DispatchAnswer::Run(run) = answer else { panic!("{answer:?}") };
    served.github().advance(SignedDuration::from_secs(30)).unwrap();
    run
}

/// What Prism stopped on its way back was answered here and is a trouble there; what it stopped on its way here is missing.
async fn all_passed(served: &Served, prism: &Prism, routes: &[&str]) {
    let asked = routes::asked(served);
    for route in routes {
        assert!(asked.contains(*route), "{route} was not asked: {asked:#?}");
    }
    assert_eq!(prism.violations().await, [""; 0]);
    let refused = |status: Option<u16>| status.is_none_or(|status| status >= 400 && status != 404);
    let requests = served.github().requests();
    let bad: Vec<_> = requests.iter().filter(|request| refused(request.status)).collect();
    assert!(bad.is_empty() && !requests.is_empty(), "{bad:#?}");
}
