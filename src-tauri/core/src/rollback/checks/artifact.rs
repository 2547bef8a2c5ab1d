//! `target.artifact`: what the deploy needs still exists.

use super::found::Found;
use crate::ports::Ports;
use crate::ports::world::{Seen, Wanted};
use crate::risk;
use crate::rollback::check::Policy;
use crate::rollback::plan::Plan;

pub(super) async fn there(ports: &Ports, plan: &Plan) -> Found {
    let artifact = &plan.checks.artifact;
    let mut evidence = Vec::new();
    let not_asked = plan.deploy.local.is_some() && !artifact.assets.is_empty();
    if not_asked {
        let sentence = format!("Not asked: GitHub has the files of {}.", plan.to);
        if artifact.url.is_none() {
            return Found::not_asked(sentence, Policy::Warn);
        }
        evidence.push(sentence);
    } else if !artifact.assets.is_empty() {
        let names = match ports.readiness.assets(&plan.to).await {
            Err(trouble) => return Found::errored(&trouble),
            Ok(None) => return Found::failed(format!("{} has no release on GitHub, so its files are gone.", plan.to)),
            Ok(Some(names)) => names,
        };
        for pattern in &artifact.assets {
            let found = risk::names_matching(pattern, &names);
            if found.is_empty() {
                let there = if names.is_empty() { "no files".to_owned() } else { names.join(", ") };
                let sentence = format!("The release of {} has no file {pattern}.", plan.to);
                return Found::failed(sentence).with(vec![format!("it has {there}")]);
            }
            evidence.extend(found.into_iter().map(|name| format!("file {name}")));
        }
    }
    if let Some(url) = &artifact.url {
        match ports.probe.health(&Wanted { anywhere: true, ..Wanted::at(url.as_str()) }).await {
            Seen::Answer(status) => evidence.push(format!("{url} answered {status}")),
            Seen::No(words) => {
                return Found::failed(format!("{url} does not say that it is there: {words}.")).with(evidence);
            }
            Seen::Nothing(words) => {
                return Found::unclear(format!("{url} could not be asked: {words}.")).with(evidence);
            }
        }
    }
    Found::passed(format!("Everything that {} needs is still there", plan.to)).with(evidence)
}
