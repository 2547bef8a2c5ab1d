//! The sample service: what production and staging answer. It has a port of its own, so that GitHub's faults
//! do not touch it. A version is live from the moment that its run has switched the traffic.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use crate::github::GitHub;

/// Where an environment answers, below the base address.
pub(crate) fn path(environment: &str) -> String {
    if environment == "production" { String::new() } else { format!("/{environment}") }
}

pub(crate) fn router(github: GitHub) -> Router {
    let routes = |environment: &'static str| {
        Router::new()
            .route("/version", get(move |State(github): State<GitHub>| async move { version(&github, environment) }))
            .route("/healthz", get(move |State(github): State<GitHub>| async move { health(&github, environment) }))
    };
    Router::new().merge(routes("production")).nest("/staging", routes("staging")).with_state(github)
}

fn version(github: &GitHub, environment: &str) -> Response {
    match github.live(environment) {
        Some(live) => Json(json!({ "version": live.tag, "commit": live.commit })).into_response(),
        None => nothing_runs(),
    }
}

fn health(github: &GitHub, environment: &str) -> Response {
    let Some(live) = github.live(environment) else { return nothing_runs() };
    let reason = github.read(|state, _| state.sickness(environment, &live.tag).map(str::to_owned));
    match reason {
        None => Json(json!({ "status": "ok" })).into_response(),
        Some(reason) => {
            let body = json!({ "status": "failing", "reason": reason, "version": live.tag });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

fn nothing_runs() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing", "reason": "nothing runs here" })))
        .into_response()
}
