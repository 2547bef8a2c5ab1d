//! The HTTP face: routes, and what every handler needs.

mod actions;
mod approvals;
mod call;
mod commits;
mod contents;
mod control;
mod deployments;
mod dispatches;
mod environments;
mod gate;
mod graphql;
mod issues;
mod jobs;
mod meta;
mod page;
mod pulls;
mod refs;
mod refusal;
mod releases;
mod repository;
mod shape;
mod sign_in;
mod workflows;

use axum::{
    Extension, Router, middleware,
    routing::{delete, get, post, put},
};

use crate::{
    github::GitHub,
    sample::{OWNER, REPO},
};

use self::refusal::Refusal;
pub(crate) use self::{
    call::Links,
    page::encode,
    shape::{node, release::address, repository::DESCRIPTION, time},
};

/// The whole API, for `/...` and for `/api/v3/...`.
pub(crate) fn router(github: GitHub) -> Router {
    let repository = format!("/repos/{OWNER}/{REPO}");
    let api = Router::new()
        .route("/", get(meta::root))
        .route("/user", get(meta::user))
        .route("/rate_limit", get(meta::rate_limit))
        .route("/meta", get(meta::meta))
        .route(&repository, get(repository::repository))
        .nest(&repository, git().merge(releases()).merge(actions()).merge(people()))
        .route("/{*path}", axum::routing::any(unknown));
    Router::new()
        .merge(control::routes())
        .route("/graphql", post(graphql::answer))
        .route("/api/graphql", post(graphql::answer))
        .merge(sign_in::routes())
        .route("/api/v3/", get(meta::root))
        .nest("/api/v3", api.clone())
        .merge(api)
        .fallback(unknown)
        .layer(Extension(crate::graphql::schema()))
        .layer(middleware::from_fn_with_state(github.clone(), gate::gate))
        .with_state(github)
}

fn git() -> Router<GitHub> {
    Router::new()
        .route("/tags", get(refs::tags))
        .route("/branches", get(refs::branches))
        .route("/branches/{*name}", get(refs::branch))
        .route("/git/ref/{*name}", get(refs::one))
        .route("/git/matching-refs/{*prefix}", get(refs::matching))
        .route("/git/refs", post(refs::create))
        .route("/git/refs/{*name}", delete(refs::remove))
        .route("/git/tags", post(refs::create_tag))
        .route("/git/tags/{id}", get(refs::tag_object))
        .route("/git/commits/{id}", get(commits::object))
        .route("/commits", get(commits::list))
        .route("/commits/{*revision}", get(commits::one))
        .route("/compare/{*range}", get(commits::compare))
        .route("/contents", get(contents::root))
        .route("/contents/", get(contents::root))
        .route("/contents/{*path}", get(contents::one))
}

fn releases() -> Router<GitHub> {
    Router::new()
        .route("/releases", get(releases::list).post(releases::create))
        .route("/releases/latest", get(releases::latest))
        .route("/releases/tags/{*tag}", get(releases::by_tag))
        .route("/releases/{id}", get(releases::one).patch(releases::update))
        .route("/releases/{id}/assets", get(releases::assets))
        .route("/environments", get(environments::list))
        .route("/environments/{name}", get(environments::one))
        .route("/deployments", get(deployments::list).post(deployments::create))
        .route("/deployments/{id}", get(deployments::one))
        .route("/deployments/{id}/statuses", get(deployments::statuses).post(deployments::create_status))
        .route("/deployments/{id}/statuses/{status}", get(deployments::status))
}

fn actions() -> Router<GitHub> {
    Router::new()
        .route("/actions/workflows", get(workflows::list))
        .route("/actions/workflows/{workflow}", get(workflows::one))
        .route("/actions/workflows/{workflow}/runs", get(actions::of_workflow))
        .route("/actions/workflows/{workflow}/dispatches", post(dispatches::create))
        .route("/actions/runs", get(actions::list))
        .route("/actions/runs/{id}", get(actions::one))
        .route("/actions/runs/{id}/attempts/{attempt}", get(actions::attempt))
        .route("/actions/runs/{id}/jobs", get(jobs::of_run))
        .route("/actions/runs/{id}/attempts/{attempt}/jobs", get(jobs::of_attempt))
        .route("/actions/runs/{id}/pending_deployments", get(approvals::pending).post(approvals::review))
        .route("/actions/runs/{id}/approvals", get(approvals::list))
        .route("/actions/runs/{id}/artifacts", get(actions::artifacts))
        .route("/check-runs/{id}/annotations", get(jobs::annotations))
        .route("/actions/runs/{id}/cancel", post(actions::cancel))
        .route("/actions/runs/{id}/force-cancel", post(actions::cancel))
        .route("/actions/runs/{id}/rerun", post(actions::rerun))
        .route("/actions/jobs/{id}", get(jobs::one))
        .route("/actions/jobs/{id}/logs", get(jobs::log))
}

fn people() -> Router<GitHub> {
    Router::new()
        .route("/issues", get(issues::list).post(issues::create))
        .route("/issues/{number}", get(issues::one).patch(issues::update))
        .route("/issues/{number}/comments", get(issues::comments).post(issues::comment))
        .route("/pulls", get(pulls::list).post(pulls::create))
        .route("/pulls/{number}", get(pulls::one).patch(pulls::update))
        .route("/pulls/{number}/files", get(pulls::files))
        .route("/pulls/{number}/merge", put(pulls::merge))
        .route("/collaborators/{login}/permission", get(repository::permission))
}

async fn unknown() -> Refusal {
    Refusal::not_found()
}
