//! The door to GraphQL: one address, always POST.

use async_graphql::Request;
use axum::{
    Extension,
    body::Bytes,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    call::{Call, ok, parse},
    gate::Points,
    refusal::{Answer, Refusal},
};
use crate::graphql::{self, Schema};

pub(super) async fn answer(call: Call, Extension(schema): Extension<Schema>, body: Bytes) -> Answer {
    let body: Value = parse(&body)?;
    if !body.get("query").is_some_and(Value::is_string) {
        let message = "A query attribute must be specified and must be a string.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    let request: Request = serde_json::from_value(body)
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, format!("Problems parsing JSON: {error}")))?;
    let (body, points) = graphql::answer(&schema, call.github, call.links, request).await;
    Ok(priced(ok(body), points))
}

fn priced(mut answer: Response, points: u64) -> Response {
    answer.extensions_mut().insert(Points(points));
    ([("x-github-media-type", "github.v4; format=json")], answer).into_response()
}
