//! Looks at GitHub: the first one, the next one, and what they cost.

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::live::Source;
use lastgood_core::rollback::check::Answer;
use lastgood_core::rollback::checks;
use lastgood_rehearsal::{Fault, FaultKind, RecordedRequest, When};
use serde_json::{Value, json};

use super::audience::{audience, opened, plan};
use crate::rehearsed::{Rehearsed, preview, status};

#[tokio::test]
async fn the_first_screen_is_there_after_one_query_and_the_titles_that_graphql_does_not_tell() {
    let rehearsed = Rehearsed::start().await;
    let first = opened(&rehearsed).first_look().await.unwrap();
    let asked: Vec<String> = rehearsed.server().requests().into_iter().map(|request| request.path_and_query).collect();
    let (runs, of) = ("/repos/acme/connectias/actions/", asked.len());
    assert_eq!((asked[0].as_str(), of), ("/graphql", 3), "{asked:?}");
    assert!(asked[1].starts_with(&format!("{runs}runs/")), "{asked:?}");
    assert_eq!(asked[2], format!("{runs}workflows/deploy.yml/runs?per_page=100"));
    let production = first.environment("production").unwrap();
    assert_eq!(production.live.as_ref().unwrap().version, "v2.4.1");
    assert_eq!(production.last_good.tag.as_ref().unwrap().as_str(), "v2.4.0");
    let forge = first.forge.as_ref().unwrap();
    assert_eq!((forge.account.as_str(), forge.default_branch.as_str()), ("platform-lead", "main"));
    assert!(!forge.published.is_empty() && !first.whole);

    let workspace = opened(&rehearsed);
    let wish = plan(&workspace, None).await;
    assert_eq!(wish.to.as_str(), "v2.4.0");
    assert!(
        workspace.first_look().await.is_none(),
        "what is known already is asked for by REST, where it may be unchanged"
    );
}

#[tokio::test]
async fn nothing_is_planned_from_a_first_look() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let first = workspace.first_look().await.unwrap();
    let wish = lastgood_core::planning::Wish {
        to: Some("v2.4.0".into()),
        reason: String::new(),
        who: String::new(),
        countdown: jiff::SignedDuration::ZERO,
        rehearsal: true,
    };
    assert_eq!(workspace.plan("production", wish, &first).unwrap_err().message, "GitHub is still being read.");
}

#[tokio::test]
async fn a_look_in_which_nothing_changed_is_made_of_304s_alone() {
    for graphql in [true, false] {
        let rehearsed = Rehearsed::start().await;
        if !graphql {
            rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
        }
        let first = opened(&rehearsed).know().await.unwrap();
        let spent = first.forge.as_ref().unwrap().calls_left;
        // Another process, with nothing but the data folder.
        let (again, asked) = look_again(&rehearsed).await;
        assert!(asked.iter().all(|request| request.status == Some(304)), "{asked:#?}");
        assert!(asked.len() < 12, "{asked:#?}");
        assert_eq!(again.forge.as_ref().unwrap().calls_left, spent, "an unchanged answer costs no call");
        assert_eq!(again.environments, first.environments);
        let (again, first) = (again.forge.unwrap(), first.forge.unwrap());
        assert_eq!((again.deployments, again.workflows), (first.deployments, first.workflows));
        assert_eq!((again.published, again.environments), (first.published, first.environments));
    }
}

#[tokio::test]
async fn a_second_round_of_arming_in_which_nothing_changed_costs_no_call() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    arm(&workspace).await;
    let (spent, before) = (calls_left(&workspace), rehearsed.server().requests().len());
    let answers = arm(&workspace).await;
    let asked: Vec<RecordedRequest> = rehearsed.server().requests().split_off(before);
    assert!(!asked.is_empty(), "it looked");
    let paid: Vec<&RecordedRequest> = asked.iter().filter(|request| request.status != Some(304)).collect();
    assert!(paid.is_empty(), "{paid:#?}");
    assert_eq!(calls_left(&workspace), spent);
    assert!(answers.iter().all(|answer| !answer.blocks()), "{answers:#?}");
}

/// As the window does it: a look, and all questions about the best target.
async fn arm(workspace: &Workspace) -> Vec<Answer> {
    let plan = plan(workspace, None).await;
    let (audience, _, _bell) = audience();
    checks::ask_all(&workspace.ports(audience).unwrap(), workspace.key(), &plan).await
}

fn calls_left(workspace: &Workspace) -> Option<u32> {
    workspace.github().unwrap().calls_left()
}

#[tokio::test]
async fn graphql_and_rest_tell_the_same_story() {
    let (by_graphql, by_rest) = (Rehearsed::start().await, Rehearsed::start().await);
    by_rest.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
    let told = async |rehearsed: &Rehearsed| {
        let known = opened(rehearsed).know().await.unwrap().forge.unwrap();
        let deployments = known.deployments.into_iter();
        let of = |found: lastgood_core::ports::forge::Deployment| {
            (
                found.id,
                found.environment,
                (found.reference, found.maker),
                found.creator,
                found.state,
                found.succeeded.is_some(),
                found.url.is_some(),
            )
        };
        let releases: Vec<_> =
            known.published.iter().map(|release| (release.tag.clone(), release.prerelease)).collect();
        (deployments.map(of).collect::<Vec<_>>(), releases)
    };
    assert_eq!(told(&by_graphql).await, told(&by_rest).await);
    assert_eq!(by_rest.queries(), 1, "a server without GraphQL is asked for it once");
}

#[tokio::test]
async fn what_is_new_costs_what_is_new() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    workspace.know().await.unwrap();
    rehearsed.dispatch().await;
    let (known, asked) = look_again(&rehearsed).await;
    assert_eq!(known.environment("production").unwrap().live.as_ref().unwrap().version, "v2.4.0");
    let paid: Vec<&RecordedRequest> = asked.iter().filter(|request| request.status != Some(304)).collect();
    // The list, the new deployment's statuses, those of the one that it replaced, and what the new one's run is called.
    let runs = paid.iter().filter(|request| request.path_and_query.contains("/actions/runs/")).count();
    let rest = paid.iter().filter(|request| request.path_and_query.contains("/deployments")).count();
    assert!(runs == 1 && rest <= 3 && paid.len() == runs + rest, "{paid:#?}");
}

#[tokio::test]
async fn a_crowd_of_previews_hides_neither_production_nor_its_history() {
    for graphql in [true, false] {
        let rehearsed = Rehearsed::start().await;
        if !graphql {
            rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
        }
        rehearsed
            .server()
            .change(|state, now| (0..320).for_each(|n| state.deployments.push(preview(n, now, "success"))))
            .unwrap();
        let known = opened(&rehearsed).know().await.unwrap();
        let production = known.environment("production").unwrap();
        assert_eq!(production.live.as_ref().unwrap().version, "v2.4.1", "graphql: {graphql}");
        assert_eq!(production.last_good.tag.as_ref().unwrap().as_str(), "v2.4.0");
        let (_, asked) = look_again(&rehearsed).await;
        assert!(asked.iter().all(|request| request.status == Some(304)), "{asked:#?}");
    }
}

#[tokio::test]
async fn a_deployment_that_was_deleted_is_gone_from_what_is_known() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, now| state.deployments.push(preview(1, now, "success"))).unwrap();
    let has = |known: &lastgood_adapters::workspace::Known| {
        known.forge.as_ref().unwrap().deployments.iter().any(|found| found.environment.as_str() == "preview")
    };
    assert!(has(&opened(&rehearsed).know().await.unwrap()));
    rehearsed.server().change(|state, _| state.deployments.clear()).unwrap();
    assert!(!has(&look_again(&rehearsed).await.0));
}

#[tokio::test]
async fn a_cache_that_is_broken_is_made_anew() {
    let rehearsed = Rehearsed::start().await;
    let file = Place::at(rehearsed.beside("data")).unwrap().answers();
    std::fs::write(&file, "no database").unwrap();
    let known = opened(&rehearsed).know().await.unwrap();
    assert!(known.forge.is_ok());
    let (_, asked) = look_again(&rehearsed).await;
    assert!(asked.iter().all(|request| request.status == Some(304)));
}

#[tokio::test]
async fn the_token_is_not_in_the_cache() {
    let rehearsed = Rehearsed::start().await;
    opened(&rehearsed).know().await.unwrap();
    let token = rehearsed.description().token.clone();
    for entry in std::fs::read_dir(rehearsed.beside("data")).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "{:?}", entry.path());
    }
}

#[tokio::test]
async fn where_no_deployment_tells_the_runs_of_the_deploy_workflow_do() {
    let rehearsed = Rehearsed::start().await;
    silence_deployments(&rehearsed);
    let known = opened(&rehearsed).know().await.unwrap();
    let staging = known.environment("staging").unwrap();
    let told: Vec<Source> = staging.spans.iter().map(|span| span.source()).collect();
    assert!(!told.is_empty() && told.iter().all(|source| *source == Source::Run), "{told:?}");
    let production = known.environment("production").unwrap();
    assert_eq!(production.spans.last().unwrap().tag.as_str(), "v2.4.1");
    assert_eq!(production.last_good.tag.as_ref().unwrap().as_str(), "v2.4.0");
    // Nothing tells where the service answers, so the run is all there is.
    assert_eq!(production.live.as_ref().unwrap().source, Source::Run);
}

#[tokio::test]
async fn a_second_rollback_without_a_target_goes_no_further_back() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap().to_the_end().await.unwrap();
    let known = workspace.know().await.unwrap();
    let wish = |to: Option<&str>| lastgood_core::planning::Wish {
        to: to.map(Into::into),
        reason: String::new(),
        who: String::new(),
        countdown: jiff::SignedDuration::ZERO,
        rehearsal: true,
    };
    let trouble = workspace.plan("production", wish(None), &known).unwrap_err();
    assert_eq!(trouble.code, lastgood_core::error::Code::NoTarget);
    assert!(trouble.message.starts_with("production is back on v2.4.0 already, from v2.4.1"), "{}", trouble.message);
    assert!(trouble.hint.contains("--to v2.3.1"), "{}", trouble.hint);
    assert_eq!(workspace.plan("production", wish(Some("v2.3.1")), &known).unwrap().to.as_str(), "v2.3.1");
}

#[tokio::test]
async fn where_github_asks_to_wait_it_is_said_until_when() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    rehearsed.arm(Fault::once("/environments", status(429, &[("retry-after", "300")], When::BeforeEffect)));
    let known = workspace.know().await.unwrap();
    assert_eq!(known.forge.unwrap_err().code, lastgood_core::error::Code::RateLimited);
    let left = known.waiting.unwrap().until.duration_since(known.at).as_secs();
    assert!((200..=300).contains(&left), "{left}");
    let before = rehearsed.server().requests().len();
    let again = workspace.know().await.unwrap();
    assert_eq!(rehearsed.server().requests().len(), before, "nothing is sent meanwhile");
    let trouble = again.forge.unwrap_err();
    assert!(trouble.message.contains("nothing is asked before"), "{trouble:?}");
}

#[tokio::test]
async fn a_look_that_got_no_releases_says_nothing_of_an_older_ones_end() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().fill(lastgood_rehearsal::Fill { releases: 120, ..Default::default() }).unwrap();
    let workspace = opened(&rehearsed);
    workspace.first_look().await.unwrap();
    for path in ["/graphql", "/releases?per_page=100"] {
        rehearsed.arm(Fault::once(path, status(502, &[], When::BeforeEffect)).for_ever());
    }
    let forge = workspace.know().await.unwrap().forge.unwrap();
    assert_eq!((forge.published.len(), forge.releases_cut), (100, true));
    rehearsed.arm(Fault::once("/releases?per_page=30", status(502, &[], When::BeforeEffect)).for_ever());
    let forge = workspace.know().await.unwrap().forge.unwrap();
    assert_eq!((forge.published.len(), forge.releases_cut), (0, false));
}

/// Opens the repository anew on the same data folder, and tells what that cost.
async fn look_again(rehearsed: &Rehearsed) -> (lastgood_adapters::workspace::Known, Vec<RecordedRequest>) {
    let before = rehearsed.server().requests().len();
    let place = Place::at(rehearsed.beside("data")).unwrap();
    let access = Access::rehearsal(&rehearsed.description().api, rehearsed.token(), 1.0);
    let workspace = Workspace::open(&rehearsed.description().clone, &place, access).unwrap();
    let known = workspace.know().await.unwrap();
    (known, rehearsed.server().requests().split_off(before))
}

/// A repository whose workflows leave no deployments.
fn silence_deployments(rehearsed: &Rehearsed) {
    let none =
        |body: Value| FaultKind::Status { code: 200, body: Some(body), headers: [].into(), when: When::BeforeEffect };
    rehearsed.arm(Fault::once("/graphql", status(404, &[], When::BeforeEffect)).for_ever());
    rehearsed.arm(Fault::once("/deployments?", none(json!([]))).for_ever());
}
