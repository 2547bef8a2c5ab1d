//! Every way in which GitHub, or the way to it, can fail: what reached the server, what it did, what a person is told.

mod dispatch;
mod reading;
mod skew;
mod tagging;
mod writing;

use std::fmt;

use lastgood_core::error::{Code, Trouble};
use lastgood_rehearsal::{FaultKind, Moment, When};
use serde_json::json;

use crate::rehearsed::{Rehearsed, status};

/// The page that GitHub's answers about secondary limits point to.
const SECONDARY: &str =
    "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits";

/// One way to fail.
pub(super) struct Case {
    name: &'static str,
    kind: FaultKind,
    /// Whether the server does what it is asked all the same.
    effect: bool,
    /// What a person is told, where the answer says no; `None` where the answer is whole and true.
    code: Option<Code>,
}

/// One line of the table that a test prints.
pub(super) struct Row {
    fault: &'static str,
    call: &'static str,
    writes: usize,
    started: usize,
    shown: String,
    sentence: String,
}

pub(super) fn cases() -> Vec<Case> {
    use Code::{GithubAnswer, GithubUnreachable, NotOnGithub, RateLimited, TokenRejected, TokenTooWeak};
    let scope = json!({ "message": "Resource not accessible by personal access token" });
    let secondary = json!({ "message": "You have exceeded a secondary rate limit.", "documentation_url": SECONDARY });
    let taken = json!({ "message": "Conflict" });
    let rule = json!({ "message": "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n" });
    let moved = [("location", "/repositories/300")];
    let cut = |moment| FaultKind::Cut { moment };
    let html = |code| FaultKind::Html { code, when: When::BeforeEffect };
    let (before, after) = (When::BeforeEffect, When::AfterEffect);
    let no = |name, kind, code| Case { name, kind, effect: false, code: Some(code) };
    let done = |name, kind, code| Case { name, kind, effect: true, code };
    vec![
        no("401", status(401, &[], before), TokenRejected),
        no("403, a scope is missing", says(403, &scope), TokenTooWeak),
        no("404, the right to change workflows is missing", status(404, &[], before), NotOnGithub),
        no("409", says(409, &taken), GithubAnswer),
        no("422, a rule for tags", says(422, &rule), GithubAnswer),
        no("429 with retry-after", status(429, &[("retry-after", "7")], before), RateLimited),
        no("429 without", status(429, &[], before), RateLimited),
        no("secondary limit with retry-after", status(403, &[("retry-after", "7")], before), RateLimited),
        no("secondary limit without", says(403, &secondary), RateLimited),
        no("500 before the effect", status(500, &[], before), GithubUnreachable),
        no("502 before the effect", status(502, &[], before), GithubUnreachable),
        done("502 after the effect", status(502, &[], after), Some(GithubUnreachable)),
        no("cut before the effect", cut(Moment::BeforeEffect), GithubUnreachable),
        done("cut before the answer", cut(Moment::BeforeAnswer), Some(GithubUnreachable)),
        done("cut during the answer", cut(Moment::DuringAnswer), Some(GithubUnreachable)),
        done("cut after the answer", cut(Moment::AfterAnswer), None),
        done("the first byte comes too late", FaultKind::Delay { milliseconds: 60_000 }, Some(GithubUnreachable)),
        no("a proxy answers 200 in HTML", html(200), GithubAnswer),
        no("a proxy answers 502 in HTML", html(502), GithubUnreachable),
        no("the repository was renamed", status(301, &moved, before), NotOnGithub),
    ]
}

impl Row {
    pub(super) fn of(
        rehearsed: &Rehearsed,
        case: &Case,
        call: &'static str,
        shown: String,
        told: Option<&Trouble>,
    ) -> Self {
        Self {
            fault: case.name,
            call,
            writes: writes(rehearsed),
            started: rehearsed.started(),
            shown,
            sentence: told.map(|trouble| format!("{} {}", trouble.message, trouble.hint)).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, call, writes, started, shown, sentence } = self;
        write!(out, "{fault:<46} {call:<11} {writes} sent {started} done  {shown:<28} {sentence}")
    }
}

#[expect(clippy::print_stdout, reason = "the table is for the person who reads the run")]
pub(super) fn print(rows: &[Row]) {
    rows.iter().for_each(|row| println!("{row}"));
}

/// Requests that change something and reached the server. A question in GraphQL is sent by POST and changes nothing.
pub(super) fn writes(rehearsed: &Rehearsed) -> usize {
    rehearsed.sent("POST").iter().filter(|request| !request.path_and_query.ends_with("/graphql")).count()
}

/// One sentence and a next action, and nothing of a page or a stack.
pub(super) fn is_for_people(trouble: &Trouble) -> bool {
    let plain = |text: &str| !text.is_empty() && !text.contains(['<', '\n', '{']) && text.chars().count() < 400;
    plain(&trouble.message) && plain(&trouble.hint)
}

/// The words of a broken connection are the system's and name a port.
pub(super) fn without_transports_words(message: &str) -> &str {
    message.split_once("GitHub did not answer:").map_or(message, |_| "GitHub did not answer: …")
}

fn says(code: u16, body: &serde_json::Value) -> FaultKind {
    FaultKind::Status { code, body: Some(body.clone()), headers: [].into(), when: When::BeforeEffect }
}
