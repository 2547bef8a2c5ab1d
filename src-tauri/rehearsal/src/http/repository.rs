//! The repository and who may do what in it.

use axum::extract::Path;
use serde_json::json;

use super::{
    call::{Call, ok},
    refusal::{Answer, Refusal},
    shape::{repository::full, time, user::user},
};

pub(super) async fn repository(call: Call) -> Answer {
    let pushed_at = call.github.bare().commit("main")?.map(|commit| time(commit.committer.at));
    Ok(ok(call.github.read(|state, _| {
        let pushed_at = pushed_at.unwrap_or_else(|| time(state.created_at));
        full(&call.links, state, pushed_at)
    })))
}

pub(super) async fn permission(call: Call, Path(login): Path<String>) -> Answer {
    let known = call.github.read(|state, _| state.people.contains(&login));
    if !known {
        return Err(Refusal::not_found());
    }
    let mut person = user(&call.links, &login);
    person["role_name"] = "write".into();
    person["permissions"] = json!({ "admin": false, "maintain": false, "push": true, "triage": true, "pull": true });
    Ok(ok(json!({ "permission": "write", "role_name": "write", "user": person })))
}
