//! Which rollback a fix or a rollout is about where nobody says.

use jiff::SignedDuration;
use lastgood_core::ids::RollbackId;
use lastgood_core::journal::{Fact, Record};
use lastgood_core::rollback::{Rollback, next as rollback};
use lastgood_core::rollout::mending::to_mend;
use lastgood_core::rollout::next::begin;
use lastgood_core::rollout::plan::{Gate, RolloutPlan};
use lastgood_core::rollout::{Back, End, Outcome, Rollout};

use super::kit::{plan, stage};

#[test]
fn what_a_rollout_mended_is_about_nothing_any_more() {
    let all = [rolled_back("rb-1", "production", 0), rolled_back("rb-2", "production", 60)];
    assert_eq!(found(&all, &[]), Some("rb-2"));
    assert_eq!(found(&all, &[ended(Outcome::Succeeded, &["staging", "production"], 90)]), None);
    let between = ended(Outcome::Succeeded, &["production"], 30);
    assert_eq!(found(&all, std::slice::from_ref(&between)), Some("rb-2"), "it came back after that");
    assert_eq!(found(&all[..1], std::slice::from_ref(&between)), None);
}

#[test]
fn a_rollout_that_did_not_come_through_there_mends_nothing() {
    let all = [rolled_back("rb-1", "production", 0)];
    for rollout in [
        ended(Outcome::Succeeded, &["staging"], 90),
        ended(Outcome::Stopped, &["staging", "production"], 90),
        ended(Outcome::RolledBack, &["staging", "production"], 90),
        Rollout { end: None, ..ended(Outcome::Succeeded, &["production"], 90) },
    ] {
        assert_eq!(found(&all, &[rollout]), Some("rb-1"));
    }
}

#[test]
fn what_a_rollout_rolled_back_itself_is_not_asked_about() {
    let all = [rolled_back("rb-1", "production", 0), rolled_back("rb-2", "staging", 60)];
    let mut rollout = ended(Outcome::RolledBack, &["staging", "production"], 30);
    rollout.back = Some(Back {
        stage: 0,
        by: String::new(),
        reason: String::new(),
        rollback: Some("rb-2".into()),
        outcome: None,
        sentence: String::new(),
        hint: String::new(),
    });
    rollout.plan.rollback = Some("rb-1".into());
    assert_eq!(found(&all, &[rollout.clone()]), Some("rb-1"));
    rollout.plan.rollback = None;
    assert_eq!(found(&all, &[rollout]), Some("rb-2"), "it mended nothing, and what it brought is to be mended");
    let mut forward = rolled_back("rb-3", "production", 90);
    forward.plan.forward = true;
    assert_eq!(found(&[all[0].clone(), forward], &[]), Some("rb-1"));
}

fn found<'a>(rollbacks: &'a [Rollback], rollouts: &[Rollout]) -> Option<&'a str> {
    to_mend(rollbacks, rollouts).map(|rollback| rollback.id.as_str())
}

/// The sample's, so many seconds later.
fn rolled_back(id: &str, environment: &str, later: i64) -> Rollback {
    let all = include_str!("../samples/journal-format-1.jsonl").lines();
    let facts = all.map(|line| serde_json::from_str::<Record>(line).unwrap().read().unwrap());
    let own: Vec<Fact> = facts.filter(|fact| fact.subject.rollback == Some("rb-1".into())).collect();
    let mut rollback = rollback::fold(&own).unwrap().unwrap();
    rollback.id = RollbackId::new(id);
    rollback.plan.environment = environment.into();
    rollback.plan.started += SignedDuration::from_secs(later);
    rollback
}

fn ended(outcome: Outcome, stages: &[&str], later: i64) -> Rollout {
    let started = rolled_back("rb-1", "production", later).plan.started;
    let stages = stages.iter().map(|name| stage(name, Gate::Automatic)).collect();
    let mut rollout = begin("ro-1".into(), RolloutPlan { stages, started, ..plan() });
    rollout.end = Some(End { at: started, outcome, sentence: String::new(), hint: String::new() });
    rollout
}
