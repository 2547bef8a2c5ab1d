//! Approvals that runs wait for.

use axum::{body::Bytes, extract::Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    call::{Call, number, ok, parse},
    refusal::{Answer, Refusal},
    shape::{release, user::user},
};
use crate::state::{State, run::Review, view::View};

pub(super) async fn pending(call: Call, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let shapes = call.read(|state, view| {
        let waiting = waiting(state, view, id)?;
        Some(
            waiting
                .iter()
                .map(|environment| {
                    let reviewer = |login: &String| json!({ "type": "User", "reviewer": user(&call.links, login) });
                    json!({
                        "environment": release::brief_environment(&call.links, environment),
                        "wait_timer": 0,
                        "wait_timer_started_at": null,
                        "current_user_can_approve": may_approve(state, environment),
                        "reviewers": environment.reviewers.iter().map(reviewer).collect::<Vec<_>>(),
                    })
                })
                .collect::<Vec<_>>(),
        )
    });
    Ok(ok(shapes.ok_or_else(Refusal::not_found)?))
}

#[derive(Deserialize)]
struct Decision {
    environment_ids: Vec<u64>,
    state: Verdict,
    comment: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Approved,
    Rejected,
}

pub(super) async fn review(call: Call, Path(id): Path<String>, body: Bytes) -> Answer {
    call.must_write()?;
    let id = number(&id)?;
    let decision: Decision = parse(&body)?;
    let names: Option<Vec<String>> = call.read(|state, view| {
        let waiting = waiting(state, view, id)?;
        let asked = waiting.iter().filter(|one| decision.environment_ids.contains(&one.id));
        Some(asked.filter(|one| may_approve(state, one)).map(|one| one.name.clone()).collect())
    });
    let names = names.ok_or_else(Refusal::not_found)?;
    if names.len() != decision.environment_ids.len() || names.is_empty() {
        return Err(Refusal::unprocessable(
            "There are no pending deployments to approve or reject for these environments",
        ));
    }
    call.github.change(|state, now| {
        let reviewer = state.viewer.clone();
        let Some(run) = state.runs.iter_mut().find(|run| run.id == id) else { return };
        let Some(attempt) = run.attempts.last_mut() else { return };
        attempt.reviews.extend(names.iter().map(|environment| Review {
            at: now,
            reviewer: reviewer.clone(),
            environment: environment.clone(),
            approved: decision.state == Verdict::Approved,
            comment: decision.comment.clone(),
        }));
    })?;
    let deployments: Vec<Value> = call.read(|_, view| {
        let last = view.run(id).and_then(|run| run.last()).map(|last| last.attempt.deployment_id());
        let own = view.deployments.iter().filter(|one| Some(one.id) == last);
        own.map(|one| release::deployment(&call.links, one)).collect()
    });
    Ok(ok(deployments))
}

pub(super) async fn list(call: Call, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let shapes = call.read(|state, view| {
        let reviews = view.run(id)?.attempts.iter().flat_map(|attempt| &attempt.attempt.reviews);
        Some(reviews.map(|review| {
            let environment = state.environment(&review.environment);
            json!({
                "environments": environment.map(|one| release::brief_environment(&call.links, one)).into_iter().collect::<Vec<_>>(),
                "state": if review.approved { "approved" } else { "rejected" },
                "user": user(&call.links, &review.reviewer),
                "comment": review.comment,
            })
        }).collect::<Vec<_>>())
    });
    Ok(ok(shapes.ok_or_else(Refusal::not_found)?))
}

fn waiting<'s>(state: &'s State, view: &View<'_>, id: u64) -> Option<Vec<&'s crate::state::Environment>> {
    let last = view.run(id)?.last()?;
    Some(last.waits_for().filter_map(|name| state.environment(name)).collect())
}

/// Where nobody is named, the run waits because of a fault: the person behind the token may approve then.
fn may_approve(state: &State, environment: &crate::state::Environment) -> bool {
    environment.reviewers.is_empty() || environment.reviewers.contains(&state.viewer)
}
