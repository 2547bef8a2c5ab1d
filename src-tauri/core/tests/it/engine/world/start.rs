//! How the world is before a rollback: v2.5.0 is live and bad, v2.4.0 is what it goes back to.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::forge::{Deployment, DeploymentState, Workflow, WorkflowInput};
use lastgood_core::ports::world::Seen;
use lastgood_core::rollback::checks::plan::CheckPlan;
use lastgood_core::rollback::plan::{Deploy, Plan, Proofs, rollback_tag};
use tokio::sync::Notify;

use super::{Effects, Fate, Ready, Service, State, Tag, World};

pub(crate) const REPOSITORY: &str = "acme/shop";
pub(crate) const ENVIRONMENT: &str = "production";
pub(crate) const TARGET: &str = "v2.4.0";
pub(crate) const BAD: &str = "v2.5.0";

impl World {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state()), crashed: Notify::new() })
    }

    /// The plan of a person who clicks now, with five seconds to undo.
    pub(crate) fn plan(&self) -> Plan {
        let now = self.with(|state| state.now);
        Plan {
            environment: ENVIRONMENT.into(),
            from: Some(BAD.into()),
            to: TARGET.into(),
            object: object('a'),
            commit: object('c'),
            reason: "Checkout fails".to_owned(),
            who: "@release-manager".to_owned(),
            started: now,
            undo_until: now.checked_add(Duration::from_secs(5)).unwrap(),
            rollback_tag: rollback_tag(now),
            deploy: Deploy {
                workflow: "deploy.yml".to_owned(),
                branch: "main".to_owned(),
                version_input: "version".to_owned(),
                inputs: BTreeMap::new(),
                key_input: Some("rollback_id".to_owned()),
                key_in_title: true,
                local: None,
            },
            proofs: Proofs {
                version: Some("https://shop.example/version".to_owned()),
                health: Some("https://shop.example/health".to_owned()),
                health_times: 3,
                ..Proofs::default()
            },
            checks: CheckPlan::default(),
            next: None,
            budget: 300,
            hold_hours: 24,
            after: None,
            incident: None,
            mark_release: true,
            forward: false,
            frees_target: false,
            frees: None,
            rollout: None,
            rehearsal: false,
        }
    }

    /// The same, where the workflow takes no key of ours.
    pub(crate) fn plan_without_key(&self) -> Plan {
        let mut plan = self.plan();
        plan.deploy.key_input = None;
        plan.deploy.key_in_title = false;
        plan
    }

    /// The same, where the workflow takes our key and no title shows it.
    pub(crate) fn plan_with_a_silent_key(&self) -> Plan {
        self.with(|state| state.titles_keys = false);
        let mut plan = self.plan();
        plan.deploy.key_in_title = false;
        plan
    }
}

impl State {
    /// v2.6.0 is a release too.
    pub(crate) fn has_another_release(&mut self) {
        self.has_tag("v2.6.0");
    }

    pub(crate) fn has_tag(&mut self, name: &str) {
        let tag = Tag { object: object('e'), commit: object('9'), message: "Release".to_owned() };
        self.local.insert(TagName::new(name), tag);
    }
}

pub(crate) fn object(digit: char) -> ObjectId {
    ObjectId::new(digit.to_string().repeat(40))
}

fn state() -> State {
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let target = Tag { object: object('a'), commit: object('c'), message: "Release".to_owned() };
    let bad = Tag { object: object('d'), commit: object('b'), message: "Release".to_owned() };
    State {
        now,
        elapsed: Duration::from_secs(1000),
        records: Vec::new(),
        facts: Vec::new(),
        standing: BTreeMap::new(),
        local: BTreeMap::from([(TagName::new(TARGET), target), (TagName::new(BAD), bad)]),
        remote: BTreeMap::from([(TagName::new(TARGET), object('a'))]),
        marks: BTreeMap::new(),
        marked: 0,
        runs: Vec::new(),
        strangers: Vec::new(),
        fate: Fate::Succeeds,
        titles_keys: true,
        names_runs: true,
        listed_after: Duration::from_secs(3),
        github_is_ahead: jiff::SignedDuration::ZERO,
        limit: Duration::from_secs(7),
        closed_until: None,
        closed_once: false,
        remembered: None,
        release: None,
        edits: Vec::new(),
        dark: Vec::new(),
        workflows: vec![workflow()],
        deployments: vec![deployment(2, BAD, 'b', now, "-PT26H"), deployment(1, TARGET, 'c', now, "-PT200H")],
        keeps_deployments: true,
        service: Service::Follows(Duration::from_secs(4)),
        readiness: Ready::default(),
        health: vec![Seen::Answer(200)],
        asks: Vec::new(),
        alerts: Vec::new(),
        objects: HashMap::new(),
        tag_orders: Vec::new(),
        orders: Vec::new(),
        effects: Effects::default(),
        looks: Vec::new(),
        calls: BTreeMap::new(),
        faults: Vec::new(),
        crash: None,
        sleeps_after_fact: None,
        sleeps_in: None,
        meanwhile: None,
        set_back_at_fact: None,
        taken: Vec::new(),
    }
}

fn workflow() -> Workflow {
    let input = |name: &str, required| WorkflowInput { name: name.to_owned(), required, options: Vec::new() };
    Workflow {
        file: "deploy.yml".to_owned(),
        name: "Deploy".to_owned(),
        state: "active".to_owned(),
        inputs: vec![input("version", true), input("rollback_id", false)],
        run_name: "Deploy ${{ inputs.rollback_id }}".to_owned(),
        digest: String::new(),
    }
}

fn deployment(id: u64, tag: &str, commit: char, now: Timestamp, ago: &str) -> Deployment {
    let at = now.checked_add(ago.parse::<jiff::SignedDuration>().unwrap()).unwrap();
    Deployment {
        id,
        environment: ENVIRONMENT.into(),
        reference: tag.to_owned(),
        commit: object(commit),
        created: at,
        creator: "@release-manager".to_owned(),
        state: DeploymentState::Success,
        state_since: at,
        succeeded: Some(at),
        url: None,
        run: None,
        maker: None,
    }
}
