//! Tags, approvals, notes, issues: each request that writes leaves once.

use lastgood_adapters::github::Github;
use lastgood_core::error::Code;
use lastgood_core::ids::{ObjectId, RunId, TagName};
use lastgood_core::ports::forge::{Decision, DispatchAnswer, Tagger, Written};
use lastgood_core::ports::publishing::{Latest, ReleaseEdit};
use lastgood_core::ports::repository::{PushOutcome, TagOrder};
use lastgood_core::ports::{Forge, Publishing};
use lastgood_core::release::Moment;
use lastgood_rehearsal::state::Access;
use lastgood_rehearsal::{Fault, FaultKind, Moment as Cutting, When};
use serde_json::{Value, json};

use crate::rehearsed::{Rehearsed, git, order, status};

#[tokio::test]
async fn a_tag_made_by_the_api_is_the_one_that_git_would_have_made() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let (made, order) = made(&rehearsed, &github, "rollback-20260302-100000").await;
    assert_eq!(github.place_tag(&order.name, &made).await, PushOutcome::Created);
    let remote = &rehearsed.description().remote;
    assert_eq!(git(remote, &["rev-parse", "refs/tags/rollback-20260302-100000"]), made.as_str());
    let content = git(remote, &["cat-file", "tag", made.as_str()]);
    let head = format!(
        "object {}\ntype commit\ntag rollback-20260302-100000\ntagger platform-lead <platform-lead@example.com> 1772445600 +0000",
        order.commit
    );
    assert!(content.starts_with(&head), "{content}");
    let found = github.tag(&order.name).await.unwrap().unwrap();
    assert_eq!((found.object, found.commit), (made, Some(order.commit)));
    assert_eq!(github.tag(&TagName::new("none")).await.unwrap(), None);
}

#[tokio::test]
async fn placing_a_tag_twice_has_one_effect_and_another_object_is_told() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let (first, order) = made(&rehearsed, &github, "rollback-20260302-100000").await;
    assert_eq!(github.place_tag(&order.name, &first).await, PushOutcome::Created);
    assert_eq!(github.place_tag(&order.name, &first).await, PushOutcome::AlreadyThere);
    let (other, _) = made(&rehearsed, &github, "rollback-20260302-100001").await;
    assert_eq!(github.place_tag(&order.name, &other).await, PushOutcome::Taken);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_before_it_is_called_unknown() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let (object, order) = made(&rehearsed, &github, "rollback-20260302-100000").await;
    rehearsed.arm(Fault::once("/git/refs", FaultKind::Cut { moment: Cutting::BeforeEffect }));
    assert!(matches!(github.place_tag(&order.name, &object).await, PushOutcome::Unknown(_)));
    rehearsed.arm(Fault::once("/git/refs", status(502, &[], When::AfterEffect)));
    assert_eq!(github.place_tag(&order.name, &object).await, PushOutcome::Created);
}

#[tokio::test]
async fn a_token_that_may_only_read_makes_no_tag() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.access = Access::Read).unwrap();
    let order = tag_order(&rehearsed, "rollback-20260302-100000");
    let Written::Refused(trouble) = rehearsed.github().create_tag(&order, &tagger()).await else { panic!() };
    assert_eq!(trouble.code, Code::TokenTooWeak);
}

#[tokio::test]
async fn a_run_that_waits_names_who_may_approve_and_goes_on_when_it_is_approved() {
    let rehearsed = Rehearsed::start().await;
    let reviewers = |state: &mut lastgood_rehearsal::state::State| {
        state.environments[0].reviewers = vec!["platform-lead".to_owned()];
    };
    rehearsed.server().change(|state, _| reviewers(state)).unwrap();
    let github = rehearsed.github();
    let run = dispatched(&rehearsed, &github).await;
    let pending = github.pending_approvals(run).await.unwrap();
    assert_eq!((pending.len(), pending[0].environment.as_str(), pending[0].can_approve), (1, "production", true));
    assert_eq!(pending[0].reviewers, ["platform-lead"]);
    let waiting = github.waiting_runs().await.unwrap();
    assert_eq!(waiting.iter().map(|run| run.id).collect::<Vec<_>>(), [run]);
    assert!(github.open_runs().await.unwrap().iter().any(|open| open.id == run));

    let decision = Decision {
        environment_ids: vec![pending[0].environment_id],
        approve: true,
        comment: "checkout fails".to_owned(),
    };
    assert_eq!(github.decide(run, &decision).await, Written::Done(()));
    let sent: Value = serde_json::from_str(&rehearsed.sent("POST").pop().unwrap().body).unwrap();
    assert_eq!((&sent["state"], &sent["comment"]), (&json!("approved"), &json!("checkout fails")));
    assert_eq!(github.pending_approvals(run).await.unwrap(), []);
    rehearsed.pass(jiff::SignedDuration::from_secs(60));
    assert_eq!(github.run(run).await.unwrap().conclusion.as_deref(), Some("success"));
}

#[tokio::test]
async fn a_rejected_run_fails_and_a_cancelled_one_is_over() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["platform-lead".to_owned()]).unwrap();
    let github = rehearsed.github();
    let run = dispatched(&rehearsed, &github).await;
    let environment_ids = github.pending_approvals(run).await.unwrap().iter().map(|one| one.environment_id).collect();
    let no = Decision { environment_ids, approve: false, comment: "not today".to_owned() };
    assert_eq!(github.decide(run, &no).await, Written::Done(()));
    assert_eq!(github.run(run).await.unwrap().conclusion.as_deref(), Some("failure"));
    let other = dispatched(&rehearsed, &github).await;
    assert_eq!(github.cancel(other).await, Written::Done(()));
    assert!(matches!(github.cancel(RunId(run.0)).await, Written::Refused(_)), "it is over");
}

#[tokio::test]
async fn the_environments_tell_who_must_approve() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["on-call".to_owned()]).unwrap();
    let environments = rehearsed.github().environments().await.unwrap();
    assert_eq!(environments[0].protection.reviewers, ["on-call"]);
    assert!(environments[0].protection.asks_people() && !environments[1].protection.asks_people());
}

#[tokio::test]
async fn rules_of_every_kind_are_read_and_unknown_ones_named() {
    let rehearsed = Rehearsed::start().await;
    let body = json!({ "total_count": 1, "environments": [{ "id": 1, "name": "production", "protection_rules": [
        { "id": 2, "type": "wait_timer", "wait_timer": 30 },
        { "id": 3, "type": "required_reviewers", "prevent_self_review": true, "reviewers": [
            { "type": "Team", "reviewer": { "name": "platform" } }, { "type": "User", "reviewer": null },
        ] },
        { "id": 4, "type": "branch_policy" },
        { "id": 5, "type": "moon_phase" },
    ] }] });
    let kind = FaultKind::Status { code: 200, body: Some(body), headers: [].into(), when: When::BeforeEffect };
    rehearsed.arm(Fault::once("/environments", kind));
    let protection = rehearsed.github().environments().await.unwrap().remove(0).protection;
    assert_eq!(
        (protection.wait_minutes, protection.prevents_self_review, protection.limits_branches),
        (30, true, true)
    );
    assert_eq!((protection.reviewers, protection.others), (vec!["platform".to_owned()], vec!["moon_phase".to_owned()]));
}

#[tokio::test]
async fn more_environments_than_a_page_holds_are_all_read() {
    let rehearsed = Rehearsed::start().await;
    let more = |state: &mut lastgood_rehearsal::state::State| {
        for number in 0..230 {
            let mut environment = state.environments[1].clone();
            (environment.id, environment.name) = (70_000 + number, format!("preview-{number}"));
            state.environments.push(environment);
        }
    };
    rehearsed.server().change(|state, _| more(state)).unwrap();
    let environments = rehearsed.github().environments().await.unwrap();
    assert_eq!((environments.len(), environments[231].name.as_str()), (232, "preview-229"));
}

#[tokio::test]
async fn the_log_of_a_job_is_there_when_the_job_has_ended() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let DispatchAnswer::Run(run) = rehearsed.dispatch().await else { panic!() };
    let job = github.run(run).await.unwrap().jobs[0].id;
    assert_eq!(github.job_log(job).await.unwrap_err().code, Code::NotOnGithub);
    rehearsed.pass(jiff::SignedDuration::from_secs(60));
    assert!(github.job_log(job).await.unwrap().contains("##[group]"));
}

#[tokio::test]
async fn an_edit_of_notes_always_says_what_it_means_for_the_latest_release() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let page = github.release_of(&TagName::new("v2.4.1")).await.unwrap().unwrap();
    assert_eq!(github.release_of(&TagName::new("none")).await.unwrap(), None);
    let edit = ReleaseEdit {
        notes: Some(format!("Rolled back from production.\n\n{}", page.notes)),
        latest: Latest::Not,
        ..ReleaseEdit::default()
    };
    assert_eq!(github.edit_release(page.release.id, &edit).await, Written::Done(()));
    let sent: Value = serde_json::from_str(&rehearsed.sent("PATCH").pop().unwrap().body).unwrap();
    assert_eq!((&sent["make_latest"], sent.get("name")), (&json!("false"), None));
    let after = github.release_of(&TagName::new("v2.4.1")).await.unwrap().unwrap();
    assert!(after.notes.starts_with("Rolled back from production."));
    assert_eq!(github.edit_release(page.release.id, &ReleaseEdit::default()).await, Written::Done(()));
    let sent: Value = serde_json::from_str(&rehearsed.sent("PATCH").pop().unwrap().body).unwrap();
    assert_eq!(sent, json!({ "make_latest": "legacy" }));
}

async fn dispatched(rehearsed: &Rehearsed, github: &Github) -> RunId {
    let answer = github.dispatch(&order(&[("version_tag", "v2.4.0")])).await;
    let DispatchAnswer::Run(run) = answer else { panic!("{answer:?}") };
    rehearsed.pass(jiff::SignedDuration::from_secs(30));
    run
}

async fn made(rehearsed: &Rehearsed, github: &Github, name: &str) -> (ObjectId, TagOrder) {
    let order = tag_order(rehearsed, name);
    let Written::Done(object) = github.create_tag(&order, &tagger()).await else { panic!() };
    (object, order)
}

fn tag_order(rehearsed: &Rehearsed, name: &str) -> TagOrder {
    let commit = git(&rehearsed.description().remote, &["rev-parse", "v2.4.0^{commit}"]);
    TagOrder {
        name: TagName::new(name),
        commit: ObjectId::new(commit),
        message: "Rollback to v2.4.0\n\nEnvironment: production\n".to_owned(),
        date: Moment { seconds: 1_772_445_600, offset: 0 },
    }
}

fn tagger() -> Tagger {
    Tagger { name: "platform-lead".to_owned(), email: "platform-lead@example.com".to_owned() }
}
