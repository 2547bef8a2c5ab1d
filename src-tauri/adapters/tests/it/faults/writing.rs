//! Every fault at every request that writes: it leaves once, it is told as it is, and the words are those of the table.

use std::fmt::Write as _;
use std::time::Duration;

use lastgood_adapters::github::Github;
use lastgood_core::error::Trouble;
use lastgood_core::ids::{ObjectId, RunId, TagName};
use lastgood_core::ports::forge::{Decision, DispatchAnswer, Tagger, Written};
use lastgood_core::ports::publishing::{IssueEdit, IssueOrder, Latest, PullRequestOrder, ReleaseEdit};
use lastgood_core::ports::repository::TagOrder;
use lastgood_core::ports::{Forge, Publishing};
use lastgood_core::release::Moment;
use lastgood_rehearsal::state::State;
use lastgood_rehearsal::{Fault, FaultKind};

use super::{Case, cases, is_for_people, without_transports_words};
use crate::rehearsed::{PATIENCE, Rehearsed, git, order};

/// Far below the fault that is late, far above any answer that is not.
const DEADLINE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn deciding_about_a_run() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["platform-lead".to_owned()]).unwrap();
    let mut table = Table::of("pending_deployments", "POST", |rehearsed| {
        count(rehearsed, |state| state.runs.iter().flat_map(|run| &run.attempts).map(|one| one.reviews.len()).sum())
    });
    for case in cases() {
        let run = waiting_run(&rehearsed).await;
        let environment_ids = vec![rehearsed.github().pending_approvals(run).await.unwrap()[0].environment_id];
        let decision = Decision { environment_ids, approve: true, comment: "checkout fails".to_owned() };
        table.row(&rehearsed, &case, async |github| github.decide(run, &decision).await).await;
        make_room(&rehearsed, run);
    }
    insta::assert_snapshot!("write", table.text);
}

#[tokio::test]
async fn cancelling_a_run() {
    let rehearsed = Rehearsed::start().await;
    let mut table = Table::of("/cancel", "POST", |rehearsed| {
        count(rehearsed, |state| {
            state.runs.iter().flat_map(|run| &run.attempts).filter(|one| one.cancelled_at.is_some()).count()
        })
    });
    for case in cases() {
        let DispatchAnswer::Run(run) = rehearsed.dispatch().await else { panic!() };
        table.row(&rehearsed, &case, async |github| github.cancel(run).await).await;
        make_room(&rehearsed, run);
    }
    insta::assert_snapshot!("write", table.text);
}

#[tokio::test]
async fn making_a_tags_object() {
    let rehearsed = Rehearsed::start().await;
    let mut table = Table::of("/git/tags", "POST", |rehearsed| {
        let objects = ["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"];
        git(&rehearsed.description().remote, &objects).lines().filter(|kind| *kind == "tag").count()
    });
    let commit = ObjectId::new(git(&rehearsed.description().remote, &["rev-parse", "v2.4.0^{commit}"]));
    let tagger = Tagger { name: "platform-lead".to_owned(), email: "platform-lead@acme.example".to_owned() };
    for (number, case) in cases().into_iter().enumerate() {
        let order = TagOrder {
            name: TagName::new(format!("rollback-{number}")),
            commit: commit.clone(),
            message: "Rollback to v2.4.0".to_owned(),
            date: Moment { seconds: 1_763_822_400, offset: 0 },
        };
        table.row(&rehearsed, &case, async |github| github.create_tag(&order, &tagger).await).await;
    }
    insta::assert_snapshot!("write", table.text);
}

#[tokio::test]
async fn editing_a_release() {
    let rehearsed = Rehearsed::start().await;
    let mut table = Table::of("/releases/", "PATCH", |rehearsed| {
        count(rehearsed, |state| {
            let notes = state.releases.iter().filter_map(|release| release.body.as_ref());
            notes.filter_map(|notes| notes.strip_prefix("edit ")?.parse::<usize>().ok()).max().unwrap_or(0)
        })
    });
    let id = rehearsed.server().state().releases[0].id;
    for case in cases() {
        // One more than what stands there, so that one edit counts as one.
        let notes = Some(format!("edit {}", (table.done)(&rehearsed) + 1));
        let edit = ReleaseEdit { notes, latest: Latest::Not, ..ReleaseEdit::default() };
        table.row(&rehearsed, &case, async |github| github.edit_release(id, &edit).await).await;
    }
    insta::assert_snapshot!("write", table.text);
}

#[tokio::test]
async fn opening_an_issue() {
    let rehearsed = Rehearsed::start().await;
    let mut table = Table::of("/issues", "POST", |rehearsed| count(rehearsed, |state| state.issues.len()));
    let order = IssueOrder { title: "Checkout fails".to_owned(), ..IssueOrder::default() };
    for case in cases() {
        table.row(&rehearsed, &case, async |github| github.open_issue(&order).await).await;
    }
    insta::assert_snapshot!("write", table.text);
}

#[tokio::test]
async fn commenting_and_closing_an_issue() {
    let rehearsed = Rehearsed::start().await;
    let mut comments = Table::of("/comments", "POST", |rehearsed| {
        count(rehearsed, |state| state.issues.iter().map(|issue| issue.comments.len()).sum())
    });
    let mut closings = Table::of("/issues/", "PATCH", |rehearsed| {
        count(rehearsed, |state| state.issues.iter().filter(|issue| issue.closed_at.is_some()).count())
    });
    let order = IssueOrder { title: "Checkout fails".to_owned(), ..IssueOrder::default() };
    let edit = IssueEdit { closed: Some(true), ..IssueEdit::default() };
    for case in cases() {
        let Written::Done(issue) = rehearsed.github().open_issue(&order).await else { panic!() };
        comments.row(&rehearsed, &case, async |github| github.comment(issue.number, "Better").await).await;
        closings.row(&rehearsed, &case, async |github| github.edit_issue(issue.number, &edit).await).await;
    }
    assert_eq!(comments.text, closings.text, "the same words for both");
    insta::assert_snapshot!("write", comments.text);
}

#[tokio::test]
async fn opening_a_pull_request() {
    let rehearsed = Rehearsed::start().await;
    let mut table = Table::of("/pulls", "POST", |rehearsed| count(rehearsed, |state| state.pull_requests.len()));
    for (number, case) in cases().into_iter().enumerate() {
        let head = branch(&rehearsed, &format!("notes-{number}"));
        let base = "main".to_owned();
        let order = PullRequestOrder { title: "Notes".to_owned(), head, base, ..PullRequestOrder::default() };
        table.row(&rehearsed, &case, async |github| github.open_pull_request(&order).await).await;
    }
    insta::assert_snapshot!("write", table.text);
}

#[tokio::test]
async fn dispatching_a_workflow() {
    let rehearsed = Rehearsed::start().await;
    let mut table = Table::of("/dispatches", "POST", |rehearsed| count(rehearsed, |state| state.runs.len()));
    let order = order(&[("version_tag", "v2.4.0")]);
    for case in cases() {
        let deed = async |github: &Github| match github.dispatch(&order).await {
            DispatchAnswer::Run(_) | DispatchAnswer::Accepted => Written::Done(()),
            DispatchAnswer::Refused(trouble) => Written::Refused(trouble),
            DispatchAnswer::NotSent(trouble) => Written::NotSent(trouble),
            DispatchAnswer::Unknown(trouble) => Written::Unknown(trouble),
        };
        table.row(&rehearsed, &case, deed).await;
    }
    insta::assert_snapshot!("dispatch", table.text);
}

/// The faults of one request, each with what reached the server, what it did, and what a person is told.
struct Table {
    path: &'static str,
    method: &'static str,
    /// How often the server did it.
    done: fn(&Rehearsed) -> usize,
    text: String,
}

impl Table {
    fn of(path: &'static str, method: &'static str, done: fn(&Rehearsed) -> usize) -> Self {
        Self { path, method, done, text: String::new() }
    }

    async fn row<T>(&mut self, rehearsed: &Rehearsed, case: &Case, deed: impl AsyncFnOnce(&Github) -> Written<T>) {
        let late = matches!(case.kind, FaultKind::Delay { .. });
        let github = rehearsed.github_within(if late { DEADLINE } else { PATIENCE });
        // A connection that is used again may break in other ways than a fresh one.
        github.account().await.unwrap();
        let before = (self.sent(rehearsed), (self.done)(rehearsed));
        rehearsed.arm(Fault::once(self.path, case.kind.clone()).on(self.method));
        let (shown, trouble) = shown(deed(&github).await);
        let (sent, done) = (self.sent(rehearsed) - before.0, (self.done)(rehearsed) - before.1);
        assert_eq!((sent, done), (1, usize::from(case.effect)), "{}", case.name);
        assert_eq!(trouble.as_ref().map(|trouble| trouble.code), case.code, "{}: {trouble:?}", case.name);
        assert!(trouble.as_ref().is_none_or(is_for_people), "{}: {trouble:?}", case.name);
        // "No" is said only where nothing was done, "sent nothing" never: it reached the server.
        assert!(!(shown == "refused" && case.effect) && shown != "not sent", "{}: {shown}", case.name);
        assert!(rehearsed.server().faults().is_empty(), "{}: the fault met nothing", case.name);
        let words = trouble.map_or_else(String::new, |trouble| {
            format!("\n    {}\n    {}", without_transports_words(&trouble.message), trouble.hint)
        });
        writeln!(self.text, "{}: {sent} sent, {done} done, {shown}{words}", case.name).unwrap();
    }

    fn sent(&self, rehearsed: &Rehearsed) -> usize {
        let sent = rehearsed.sent(self.method);
        sent.iter().filter(|request| request.path_and_query.contains(self.path)).count()
    }
}

fn shown<T>(written: Written<T>) -> (&'static str, Option<Trouble>) {
    match written {
        Written::Done(_) => ("done", None),
        Written::Refused(trouble) => ("refused", Some(trouble)),
        Written::NotSent(trouble) => ("not sent", Some(trouble)),
        Written::Unknown(trouble) => ("a person decides", Some(trouble)),
    }
}

fn count(rehearsed: &Rehearsed, of: impl Fn(&State) -> usize) -> usize {
    of(&rehearsed.server().state())
}

async fn waiting_run(rehearsed: &Rehearsed) -> RunId {
    let DispatchAnswer::Run(run) = rehearsed.dispatch().await else { panic!() };
    rehearsed.pass(jiff::SignedDuration::from_secs(30));
    run
}

/// Only one run of the workflow goes at a time.
fn make_room(rehearsed: &Rehearsed, run: RunId) {
    rehearsed.server().change(|state, now| state.cancel(run.0, now)).unwrap();
}

/// On the remote, with a commit that `main` has not.
fn branch(rehearsed: &Rehearsed, name: &str) -> String {
    let remote = &rehearsed.description().remote;
    let made = git(remote, &["commit-tree", "main^{tree}", "-p", "main", "-m", name]);
    git(remote, &["update-ref", &format!("refs/heads/{name}"), &made]);
    name.to_owned()
}
