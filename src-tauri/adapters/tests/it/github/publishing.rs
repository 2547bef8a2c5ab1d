//! Issues and pull requests: each request that writes leaves once, and what was written is found again.

use lastgood_core::ids::ObjectId;
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{IssueEdit, IssueOrder, PullRequestOrder, Standing};
use lastgood_rehearsal::state::Access;
use lastgood_rehearsal::{Fault, FaultKind, Moment as Cutting};
use serde_json::{Value, json};

use crate::rehearsed::{Rehearsed, git};

#[tokio::test]
async fn an_issue_tells_what_github_dropped() {
    let rehearsed = Rehearsed::start().await;
    let issue = IssueOrder {
        title: "Checkout fails".to_owned(),
        body: "See the journal.".to_owned(),
        labels: vec!["incident".to_owned()],
        assignees: vec!["on-call".to_owned()],
    };
    let Written::Done(opened) = rehearsed.github().open_issue(&issue).await else { panic!() };
    assert!(opened.dropped.is_empty() && opened.number > 0 && opened.url.contains("/issues/"), "{opened:?}");
    rehearsed.server().change(|state, _| state.access = Access::Read).unwrap();
    let Written::Done(opened) = rehearsed.github().open_issue(&issue).await else { panic!() };
    assert_eq!(opened.dropped, ["incident", "on-call"]);
}

#[tokio::test]
async fn an_issue_is_commented_closed_and_read_again() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let order = IssueOrder { title: "Checkout fails".to_owned(), ..IssueOrder::default() };
    let Written::Done(opened) = github.open_issue(&order).await else { panic!() };
    let Written::Done(comment) = github.comment(opened.number, "It is better.").await else { panic!() };
    assert_eq!(github.comments(opened.number).await.unwrap(), [comment]);
    let edit = IssueEdit { closed: Some(true), ..IssueEdit::default() };
    assert_eq!(github.edit_issue(opened.number, &edit).await, Written::Done(()));
    let sent: Value = serde_json::from_str(&rehearsed.sent("PATCH").pop().unwrap().body).unwrap();
    assert_eq!(sent, json!({ "state": "closed", "state_reason": "completed" }), "what is not named stays");
    let issue = github.issue(opened.number).await.unwrap().unwrap();
    assert_eq!((issue.is_open, issue.title.as_str(), &issue.url), (false, "Checkout fails", &opened.url));
    assert_eq!(github.newest_issues().await.unwrap(), [issue]);
    assert_eq!(github.issue(9_999).await.unwrap(), None);
}

#[tokio::test]
async fn a_pull_request_is_found_by_its_branch_and_by_its_number() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    branch(&rehearsed, "postmortem/2026-03-02");
    assert_eq!(github.pull_request_of("postmortem/2026-03-02").await.unwrap(), None);
    let Written::Done(opened) = github.open_pull_request(&pull_request("postmortem/2026-03-02")).await else {
        panic!()
    };
    let found = github.pull_request_of("postmortem/2026-03-02").await.unwrap().unwrap();
    assert_eq!((found.number, &found.url, &found.standing), (opened.number, &opened.url, &Standing::Open));
    assert_eq!((found.head.as_str(), found.base.as_str()), ("postmortem/2026-03-02", "main"));
    assert_eq!(github.pull_request(opened.number).await.unwrap().as_ref(), Some(&found));
    assert_eq!(github.pull_request(9_999).await.unwrap(), None);
    let Written::Refused(trouble) = github.open_pull_request(&pull_request(&found.head)).await else { panic!() };
    assert!(trouble.message.contains("already exists"), "{}", trouble.message);
}

#[tokio::test]
async fn what_became_of_a_pull_request_is_told() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    for name in ["one", "two"] {
        branch(&rehearsed, name);
        assert!(matches!(github.open_pull_request(&pull_request(name)).await, Written::Done(_)), "{name}");
    }
    let merged = rehearsed.server().merge_pull_request(413).unwrap();
    rehearsed.server().close_pull_request(414).unwrap();
    let standing = github.pull_request_of("one").await.unwrap().unwrap().standing;
    assert!(matches!(standing, Standing::Merged { commit: Some(commit), .. } if commit == ObjectId::new(merged)));
    assert_eq!(github.pull_request_of("two").await.unwrap().unwrap().standing, Standing::Closed);
}

#[tokio::test]
async fn a_pull_request_whose_answer_is_lost_is_unknown_and_was_sent_once() {
    let rehearsed = Rehearsed::start().await;
    branch(&rehearsed, "postmortem");
    rehearsed.arm(Fault::once("/pulls", FaultKind::Cut { moment: Cutting::DuringAnswer }));
    let answer = rehearsed.github().open_pull_request(&pull_request("postmortem")).await;
    assert!(matches!(answer, Written::Unknown(_)), "{answer:?}");
    assert_eq!(rehearsed.sent("POST").len(), 1);
    assert!(rehearsed.github().pull_request_of("postmortem").await.unwrap().is_some(), "it is looked up by its branch");
}

fn pull_request(head: &str) -> PullRequestOrder {
    let (title, base) = ("Post-mortem".to_owned(), "main".to_owned());
    PullRequestOrder { title, head: head.to_owned(), base, ..PullRequestOrder::default() }
}

/// On the remote, with a commit that `main` has not.
fn branch(rehearsed: &Rehearsed, name: &str) {
    let remote = &rehearsed.description().remote;
    let made = git(remote, &["commit-tree", "main^{tree}", "-p", "main", "-m", name]);
    git(remote, &["update-ref", &format!("refs/heads/{name}"), &made]);
}
