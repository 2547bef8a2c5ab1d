//! Environments with their protection.

use axum::extract::Path;

use super::{
    call::{Call, ok},
    refusal::{Answer, Refusal},
    shape,
};

pub(super) async fn list(call: Call) -> Answer {
    let environments = call.github.read(|state, _| state.environments.clone());
    Ok(call.page().counted("environments", &environments, |one| shape::release::environment(&call.links, one)))
}

pub(super) async fn one(call: Call, Path(name): Path<String>) -> Answer {
    let environment = call.github.read(|state, _| state.environment(&name).cloned()).ok_or_else(Refusal::not_found)?;
    Ok(ok(shape::release::environment(&call.links, &environment)))
}
