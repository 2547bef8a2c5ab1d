//! What people read on GitHub: release notes, issues, pull requests.

use async_trait::async_trait;
use http::Method;
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{IssueOrder, Opened, PullRequestOrder, ReleaseEdit, ReleasePage};
use serde::Deserialize;
use serde_json::json;

use super::wire::User;
use super::{Github, writing};

#[derive(Deserialize)]
struct Made {
    number: u64,
    html_url: String,
    labels: Option<Vec<Label>>,
    assignees: Option<Vec<User>>,
}

#[derive(Deserialize)]
struct Label {
    name: Option<String>,
}

#[async_trait]
impl Publishing for Github {
    async fn release_of(&self, tag: &TagName) -> Result<Option<ReleasePage>, Trouble> {
        self.page_of(tag).await
    }

    async fn edit_release(&self, id: u64, edit: &ReleaseEdit) -> Written<()> {
        self.send_edit(id, edit).await
    }

    async fn open_issue(&self, order: &IssueOrder) -> Written<Opened> {
        let body = json!({
            "title": order.title,
            "body": order.body,
            "labels": order.labels,
            "assignees": order.assignees,
        });
        let sent = self.reader.transport.write(&Method::POST, &self.path("/issues"), &body).await;
        writing::outcome_with(sent, |made: Made| made.opened(&order.labels, &order.assignees))
    }

    async fn open_pull_request(&self, order: &PullRequestOrder) -> Written<Opened> {
        let body = json!({
            "title": order.title,
            "body": order.body,
            "head": order.head,
            "base": order.base,
            "draft": order.draft,
        });
        let sent = self.reader.transport.write(&Method::POST, &self.path("/pulls"), &body).await;
        writing::outcome_with(sent, |made: Made| made.opened(&[], &[]))
    }
}

impl Made {
    fn opened(self, labels: &[String], assignees: &[String]) -> Opened {
        let set: Vec<String> = self.labels.into_iter().flatten().filter_map(|label| label.name).collect();
        let people: Vec<String> = self.assignees.into_iter().flatten().map(|user| user.login).collect();
        let lacking = |asked: &[String], there: &[String]| {
            let lacks = |one: &&String| !there.iter().any(|known| known.eq_ignore_ascii_case(one));
            asked.iter().filter(lacks).cloned().collect::<Vec<_>>()
        };
        let dropped = [lacking(labels, &set), lacking(assignees, &people)].concat();
        Opened { number: self.number, url: self.html_url, dropped }
    }
}
