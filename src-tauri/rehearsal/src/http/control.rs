//! The rehearsal's own switches over HTTP, for other processes. They ask for the token as well.
//!
//! `GET|POST|DELETE /_rehearsal/faults` · `GET /_rehearsal/requests` · `POST /_rehearsal/speed {"speed": 100}` ·
//! `POST /_rehearsal/advance {"seconds": 60}` · `POST /_rehearsal/fill {"releases": 1000, "runs": 500}`

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value;

use super::{
    call::{created, ok, parse},
    jobs,
    refusal::Refusal,
};
use crate::{Fill, FillError, fault::Fault, github::GitHub};

pub(super) fn routes() -> Router<GitHub> {
    Router::new()
        .route("/_rehearsal/faults", get(faults).post(arm).delete(clear))
        .route("/_rehearsal/requests", get(requests))
        .route("/_rehearsal/speed", post(speed))
        .route("/_rehearsal/advance", post(advance))
        .route("/_rehearsal/fill", post(fill))
        .route("/_logs/{id}", get(jobs::log_text))
}

async fn faults(State(github): State<GitHub>) -> Response {
    ok(github.faults())
}

async fn requests(State(github): State<GitHub>) -> Response {
    ok(github.requests())
}

async fn arm(State(github): State<GitHub>, body: Bytes) -> Result<Response, Refusal> {
    let fault: Fault = parse(&body)?;
    github.arm(fault.clone());
    Ok(created(fault))
}

async fn clear(State(github): State<GitHub>) -> StatusCode {
    github.clear_faults();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Speed {
    /// A number above 0, or "infinity".
    speed: Value,
}

async fn speed(State(github): State<GitHub>, body: Bytes) -> Result<Response, Refusal> {
    let Speed { speed } = parse(&body)?;
    let speed = if speed == "infinity" { Some(f64::INFINITY) } else { speed.as_f64().filter(|speed| *speed > 0.0) };
    let speed = speed.ok_or_else(|| Refusal::unprocessable("speed is a number above 0, or \"infinity\""))?;
    github.set_speed(speed)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Advance {
    seconds: u32,
}

async fn advance(State(github): State<GitHub>, body: Bytes) -> Result<Response, Refusal> {
    let Advance { seconds } = parse(&body)?;
    github.advance(SignedDuration::from_secs(seconds.into()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn fill(State(github): State<GitHub>, body: Bytes) -> Result<Response, Refusal> {
    let fill: Fill = parse(&body)?;
    let filled = tokio::task::spawn_blocking(move || github.fill(fill)).await;
    let filled = filled.map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    filled.map(created).map_err(|error| match error {
        FillError::Filled => Refusal::unprocessable(error.to_string()),
        FillError::Repository(_) | FillError::Workflow(_) | FillError::Save(_) => {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        }
    })
}
