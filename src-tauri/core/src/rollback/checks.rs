//! The questions of step 2, one function each. Arming asks the same ones.

use std::time::Duration;

use crate::error::Trouble;
use crate::hold;
use crate::ports::Ports;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::plan::Plan;

/// All questions before a rollback, blocking ones first.
pub const BEFORE: [Question; 4] =
    [Question::TargetExists, Question::WorkflowReady, Question::TargetQuarantine, Question::TargetRan];

/// Asks one question. Questions of step 6 have no answer here and come back inconclusive.
pub async fn ask(question: Question, ports: &Ports, repository: &str, plan: &Plan) -> Answer {
    let begun = ports.clock.elapsed();
    let found = match question {
        Question::TargetExists => target_exists(ports, plan).await,
        Question::WorkflowReady => workflow_ready(ports, plan).await,
        Question::TargetQuarantine => target_quarantine(ports, repository, plan).await,
        Question::TargetRan => target_ran(ports, plan).await,
        Question::LiveVersion | Question::LiveHealth => Found::unclear("only the live service can answer"),
    };
    let taken: Duration = ports.clock.elapsed().saturating_sub(begun);
    Answer {
        question,
        verdict: found.verdict,
        policy: policy(question),
        sentence: found.sentence,
        evidence: found.evidence,
        milliseconds: u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
    }
}

fn policy(question: Question) -> Policy {
    match question {
        Question::TargetRan => Policy::Warn,
        Question::TargetExists
        | Question::TargetQuarantine
        | Question::WorkflowReady
        | Question::LiveVersion
        | Question::LiveHealth => Policy::Block,
    }
}

struct Found {
    verdict: Verdict,
    sentence: String,
    evidence: Vec<String>,
}

impl Found {
    fn passed(sentence: impl Into<String>) -> Self {
        Self { verdict: Verdict::Passed, sentence: sentence.into(), evidence: Vec::new() }
    }

    fn failed(sentence: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failed, sentence: sentence.into(), evidence: Vec::new() }
    }

    fn unclear(sentence: impl Into<String>) -> Self {
        Self { verdict: Verdict::Inconclusive, sentence: sentence.into(), evidence: Vec::new() }
    }

    fn errored(trouble: &Trouble) -> Self {
        Self { verdict: Verdict::Errored, sentence: trouble.message.clone(), evidence: vec![trouble.hint.clone()] }
    }

    fn with(mut self, evidence: Vec<String>) -> Self {
        self.evidence = evidence;
        self
    }
}

/// Here and on the remote, and both the object that was pinned when the rollback was asked for.
async fn target_exists(ports: &Ports, plan: &Plan) -> Found {
    let here = match ports.repository.local_tag(&plan.to).await {
        Ok(Some(here)) => here,
        Ok(None) => return Found::failed(format!("{} is no longer in this repository.", plan.to)),
        Err(trouble) => return Found::errored(&trouble),
    };
    let there = match ports.repository.remote_tag(&plan.to).await {
        Ok(Some(there)) => there,
        Ok(None) => return Found::failed(format!("The remote has no tag {}.", plan.to)),
        Err(trouble) => return Found::errored(&trouble),
    };
    let evidence =
        vec![format!("planned {}", plan.object), format!("here {}", here.object), format!("remote {}", there.object)];
    if here.object != plan.object || here.commit.as_ref() != Some(&plan.commit) {
        return Found::failed(format!("{} moved in this repository since it was chosen.", plan.to)).with(evidence);
    }
    if there.object != plan.object {
        return Found::failed(format!("{} is another object on the remote.", plan.to)).with(evidence);
    }
    Found::passed(format!("{} is the same object here and on the remote", plan.to)).with(evidence)
}

/// On the default branch, active, dispatchable, with the version input and nothing required that is not given.
async fn workflow_ready(ports: &Ports, plan: &Plan) -> Found {
    let workflows = match ports.forge.workflows().await {
        Ok(workflows) => workflows,
        Err(trouble) => return Found::errored(&trouble),
    };
    let file = &plan.deploy.workflow;
    let Some(workflow) = workflows.iter().find(|workflow| workflow.file == *file) else {
        return Found::failed(format!("{file} is not on {}, or cannot be dispatched.", plan.deploy.branch));
    };
    if workflow.state != "active" {
        return Found::failed(format!("{file} is switched off on GitHub ({}).", workflow.state));
    }
    let given = plan.inputs("");
    if let Some(unknown) = given.keys().find(|name| !workflow.inputs.iter().any(|input| input.name == **name)) {
        return Found::failed(format!("{file} has no input named {unknown}."));
    }
    if let Some(lacking) = workflow.inputs.iter().find(|input| input.required && !given.contains_key(&input.name)) {
        return Found::failed(format!("{file} asks for {}, and no value is configured.", lacking.name));
    }
    let inputs = workflow.inputs.iter().map(|input| format!("input {}", input.name)).collect();
    Found::passed(format!("{file} is active and takes {}", plan.deploy.version_input)).with(inputs)
}

async fn target_quarantine(ports: &Ports, repository: &str, plan: &Plan) -> Found {
    match hold::known::ask(ports, repository, &plan.environment).await {
        Err(trouble) => Found::errored(&trouble),
        Ok(quarantined) => match quarantined.into_iter().find(|bad| bad.tag == plan.to) {
            Some(bad) => Found::failed(format!("{} is quarantined: {}", plan.to, bad.reason))
                .with(vec![format!("since {}", bad.since)]),
            None => Found::passed(format!("{} is not quarantined", plan.to)),
        },
    }
}

async fn target_ran(ports: &Ports, plan: &Plan) -> Found {
    match ports.forge.deployments().await {
        Err(trouble) => Found::errored(&trouble),
        Ok(deployments) => {
            let ran = deployments.iter().find(|deployment| {
                deployment.environment == plan.environment
                    && deployment.succeeded.is_some()
                    && (deployment.reference == plan.to.as_str() || deployment.commit == plan.commit)
            });
            match ran {
                Some(found) => Found::passed(format!("{} ran in {} before", plan.to, plan.environment))
                    .with(vec![format!("deployment {} by {}", found.id, found.creator)]),
                None => Found::failed(format!("{} has no record of running in {}", plan.to, plan.environment)),
            }
        }
    }
}
