//! `access.ready`: whether this token may push a tag and dispatch.

use super::found::Found;
use crate::ports::Ports;
use crate::ports::readiness::Rights;
use crate::rollback::check::{Policy, Question};
use crate::rollback::plan::Plan;

/// GitHub's "Scopes for OAuth apps": dispatching takes `repo`; `public_repo` is enough for public repositories.
pub(super) async fn ready(ports: &Ports, plan: &Plan) -> Found {
    let rights = match ports.readiness.rights().await {
        Ok(rights) => rights,
        Err(trouble) => return Found::errored(&trouble),
    };
    let evidence = evidence(&rights);
    if rights.archived {
        return Found::failed("The repository is archived on GitHub and takes no deploys.").with(evidence);
    }
    if !rights.push {
        let sentence = "This account may not write to the repository, so it can neither push a tag nor dispatch.";
        return Found::failed(sentence).with(evidence);
    }
    if let Some(scopes) = &rights.scopes
        && !scopes.iter().any(|scope| scope == "repo" || (scope == "public_repo" && !rights.private))
    {
        return Found::failed("The token lacks the scope repo, so it may not dispatch.").with(evidence);
    }
    if rights.scopes.is_some() {
        return Found::passed("This token may push a tag and dispatch").with(evidence);
    }
    // It could not tell, and the token may well be right: what cannot be asked before must not hold up a rollback.
    let policy = (plan.checks.policy(Question::AccessReady) == Policy::Block).then_some(Policy::Warn);
    let sentence = "This account may write; whether its token may push a tag and dispatch, GitHub does not tell.";
    Found { policy, ..Found::unclear(sentence).with(evidence) }
}

fn evidence(rights: &Rights) -> Vec<String> {
    let scopes = match &rights.scopes {
        Some(scopes) if scopes.is_empty() => "the token has no scopes".to_owned(),
        Some(scopes) => format!("scopes {}", scopes.join(", ")),
        None => "no classic token: GitHub names no scopes; it needs Actions and Contents, read and write".to_owned(),
    };
    vec![if rights.push { "may write" } else { "may only read" }.to_owned(), scopes]
}
