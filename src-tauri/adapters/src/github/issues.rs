//! Issues: opened, changed, commented, and read again.

use http::Method;
use lastgood_core::error::Trouble;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{Comment, Issue, IssueEdit, IssueOrder, Opened};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::User;
use super::{Github, publishing, writing};

/// More comments than anybody reads below one incident.
const COMMENT_PAGES: u32 = 20;

/// What tells that an issue was opened, and what of it GitHub left out.
#[derive(Deserialize)]
struct Made {
    number: u64,
    html_url: String,
    labels: Option<Vec<Label>>,
    assignees: Option<Vec<User>>,
}

#[derive(Deserialize)]
struct Wire {
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
    state: String,
    labels: Option<Vec<Label>>,
    /// Pull requests are in the list as well; they alone have this.
    pull_request: Option<serde::de::IgnoredAny>,
}

/// A name of a label alone, or the label.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Whole { name: Option<String> },
}

#[derive(Deserialize)]
struct WireComment {
    id: u64,
    html_url: String,
    body: Option<String>,
}

impl Github {
    pub(super) async fn send_issue(&self, order: &IssueOrder) -> Written<Opened> {
        let body = json!({
            "title": order.title,
            "body": order.body,
            "labels": order.labels,
            "assignees": order.assignees,
        });
        let sent = self.reader.transport.write(&Method::POST, &self.path("/issues"), &body).await;
        writing::outcome_with(sent, |made: Made| made.opened(&order.labels, &order.assignees))
    }

    pub(super) async fn send_issue_edit(&self, number: u64, edit: &IssueEdit) -> Written<()> {
        let route = self.path(&format!("/issues/{number}"));
        writing::outcome(self.reader.transport.write(&Method::PATCH, &route, &changes(edit)).await)
    }

    pub(super) async fn send_comment(&self, number: u64, text: &str) -> Written<Comment> {
        let route = self.path(&format!("/issues/{number}/comments"));
        let sent = self.reader.transport.write(&Method::POST, &route, &json!({ "body": text })).await;
        writing::outcome_with(sent, WireComment::read)
    }

    pub(super) async fn issue_of(&self, number: u64) -> Result<Option<Issue>, Trouble> {
        let asked = self.reader.ask::<Wire>(&self.path(&format!("/issues/{number}"))).await;
        publishing::found(asked.map(|heard| heard.value.read()))
    }

    pub(super) async fn issues_of_late(&self) -> Result<Vec<Issue>, Trouble> {
        let route = self.path("/issues?state=all&sort=created&direction=desc&per_page=100");
        let found = self.reader.ask::<Vec<Wire>>(&route).await?.value;
        Ok(found.into_iter().filter(|one| one.pull_request.is_none()).map(Wire::read).collect())
    }

    pub(super) async fn all_comments(&self, number: u64) -> Result<Vec<Comment>, Trouble> {
        let route = self.path(&format!("/issues/{number}/comments?per_page=100"));
        let found = self.reader.all::<Vec<WireComment>>(&route, COMMENT_PAGES).await?;
        Ok(found.into_iter().map(WireComment::read).collect())
    }
}

fn changes(edit: &IssueEdit) -> Value {
    let mut body = json!({});
    if let Some(title) = &edit.title {
        body["title"] = json!(title);
    }
    if let Some(text) = &edit.body {
        body["body"] = json!(text);
    }
    if let Some(closed) = edit.closed {
        body["state"] = json!(if closed { "closed" } else { "open" });
        body["state_reason"] = json!(if closed { "completed" } else { "reopened" });
    }
    body
}

impl Wire {
    fn read(self) -> Issue {
        Issue {
            number: self.number,
            url: self.html_url,
            title: self.title,
            body: self.body.unwrap_or_default(),
            is_open: self.state == "open",
            labels: self.labels.into_iter().flatten().filter_map(Label::name).collect(),
        }
    }
}

impl Made {
    fn opened(self, labels: &[String], assignees: &[String]) -> Opened {
        let set: Vec<String> = self.labels.into_iter().flatten().filter_map(Label::name).collect();
        let people: Vec<String> = self.assignees.into_iter().flatten().map(|user| user.login).collect();
        let lacking = |asked: &[String], there: &[String]| {
            let lacks = |one: &&String| !there.iter().any(|known| known.eq_ignore_ascii_case(one));
            asked.iter().filter(lacks).cloned().collect::<Vec<_>>()
        };
        let dropped = [lacking(labels, &set), lacking(assignees, &people)].concat();
        Opened { number: self.number, url: self.html_url, dropped }
    }
}

impl Label {
    fn name(self) -> Option<String> {
        match self {
            Self::Name(name) => Some(name),
            Self::Whole { name } => name,
        }
    }
}

impl WireComment {
    fn read(self) -> Comment {
        Comment { id: self.id, url: self.html_url, body: self.body.unwrap_or_default() }
    }
}
