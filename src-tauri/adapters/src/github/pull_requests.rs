//! Pull requests: opened once, and found again by their branch or by their number.

use http::Method;
use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{Opened, PullRequest, PullRequestOrder, Standing};
use serde::Deserialize;
use serde_json::json;

use super::transport::encode;
use super::{Github, object, publishing, writing};

#[derive(Deserialize)]
struct Made {
    number: u64,
    html_url: String,
}

#[derive(Deserialize)]
struct Wire {
    number: u64,
    html_url: String,
    title: String,
    state: String,
    draft: Option<bool>,
    merged_at: Option<Timestamp>,
    /// Before the merge, that of a trial merge.
    merge_commit_sha: Option<String>,
    head: Side,
    base: Side,
}

#[derive(Deserialize)]
struct Side {
    #[serde(rename = "ref")]
    name: String,
}

impl Github {
    pub(super) async fn send_pull_request(&self, order: &PullRequestOrder) -> Written<Opened> {
        let body = json!({
            "title": order.title,
            "body": order.body,
            "head": order.head,
            "base": order.base,
            "draft": order.draft,
        });
        let sent = self.reader.transport.write(&Method::POST, &self.path("/pulls"), &body).await;
        writing::outcome_with(sent, |made: Made| Opened {
            number: made.number,
            url: made.html_url,
            dropped: Vec::new(),
        })
    }

    pub(super) async fn newest_pull_request(&self, head: &str) -> Result<Option<PullRequest>, Trouble> {
        // Without the owner GitHub does not look at the head at all, and answers with everything.
        let owned = encode(&format!("{}:{head}", self.slug.owner));
        let route = self.path(&format!("/pulls?state=all&head={owned}&sort=created&direction=desc&per_page=10"));
        let found = self.reader.ask::<Vec<Wire>>(&route).await?.value;
        Ok(found.into_iter().find(|one| one.head.name == head).map(Wire::read))
    }

    pub(super) async fn pull_request_by(&self, number: u64) -> Result<Option<PullRequest>, Trouble> {
        let asked = self.reader.ask::<Wire>(&self.path(&format!("/pulls/{number}"))).await;
        publishing::found(asked.map(|heard| heard.value.read()))
    }
}

impl Wire {
    fn read(self) -> PullRequest {
        let standing = match self.merged_at {
            Some(at) => Standing::Merged { at, commit: self.merge_commit_sha.as_deref().map(object) },
            None if self.state == "open" => Standing::Open,
            None => Standing::Closed,
        };
        PullRequest {
            number: self.number,
            url: self.html_url,
            title: self.title,
            head: self.head.name,
            base: self.base.name,
            draft: self.draft.unwrap_or_default(),
            standing,
        }
    }
}
