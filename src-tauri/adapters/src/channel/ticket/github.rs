//! An issue on GitHub: opened by the first update, commented by the others, closed by the last. Each text carries a mark
//! that nobody sees, by which it is found again when an answer was lost.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter, heading, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::telling::ChannelSettings;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::channel::http::{Http, authorized};
use crate::channel::{self, Keys};
use crate::secret::Secret;

pub(in crate::channel) struct Issue {
    http: Http,
    repository: String,
    token: Secret,
    labels: Vec<String>,
}

impl Issue {
    pub(in crate::channel) fn new(
        http: Http,
        name: &str,
        settings: &ChannelSettings,
        keys: &Keys,
    ) -> Result<Self, Trouble> {
        let (api, token, repository) = channel::github(name, settings, keys)?;
        Ok(Self { http, repository: format!("{api}/repos/{repository}"), token, labels: settings.labels.clone() })
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        let request =
            request.header("accept", "application/vnd.github+json").header("x-github-api-version", "2022-11-28");
        authorized(request, "Bearer", &self.token)
    }

    async fn close(&self, number: &str) -> Option<String> {
        let address = format!("{}/issues/{number}", self.repository);
        let body = json!({ "state": "closed", "state_reason": "completed" });
        match self.http.write(self.signed(self.http.json(Method::PATCH, &address, &body))).await {
            Ok(_) | Err(Sent::Delivered(_)) => None,
            Err(Sent::Refused(trouble) | Sent::Unknown(trouble) | Sent::NotSent { trouble, .. }) => {
                Some(trouble.message)
            }
        }
    }

    async fn listed(&self, path: &str) -> Option<Vec<Value>> {
        let address = format!("{}/{path}", self.repository);
        let answer = self.http.read(self.signed(self.http.request(Method::GET, &address))).await.ok()?;
        answer.json()?.as_array().cloned()
    }
}

#[async_trait]
impl Channel for Issue {
    async fn send(&self, letter: &Letter) -> Sent {
        let rendered = render(Format::Markdown, letter);
        let text = format!("{}\n{}\n", rendered.body.text(), mark(letter));
        let (address, body) = match &letter.handle {
            None => {
                let body = json!({ "title": rendered.title, "body": text, "labels": self.labels });
                (format!("{}/issues", self.repository), body)
            }
            Some(number) => {
                let text = format!("### {}\n\n{text}", heading(&rendered.title));
                (format!("{}/issues/{number}/comments", self.repository), json!({ "body": text }))
            }
        };
        let answer = match self.http.write(self.signed(self.http.json(Method::POST, &address, &body))).await {
            Ok(answer) => answer,
            Err(sent) => return sent,
        };
        let Some(receipt) = answer.json().as_ref().and_then(|body| receipt(body, letter)) else {
            return self.http.strange(&answer);
        };
        let number = receipt.handle.clone().filter(|_| letter.stage == Stage::Resolved);
        let trouble = match number {
            Some(number) => self.close(&number).await,
            None => None,
        };
        Sent::Delivered(match trouble {
            Some(trouble) => {
                Receipt { sentence: format!("The comment is there; the issue stays open: {trouble}"), ..receipt }
            }
            None => receipt,
        })
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        let answer = self.http.read(self.signed(self.http.request(Method::GET, &self.repository))).await?;
        let name = answer.json().and_then(|body| body["full_name"].as_str().map(str::to_owned));
        Ok(Tested::Answered(format!("{} can be read.", name.unwrap_or_else(|| "The repository".to_owned()))))
    }

    async fn look_up(&self, letter: &Letter) -> Option<Receipt> {
        let path = match &letter.handle {
            None => "issues?state=all&sort=created&direction=desc&per_page=50".to_owned(),
            // Comments come oldest first: those from before the update are none of it.
            Some(number) => format!("issues/{number}/comments?per_page=100&since={}", letter.began),
        };
        let mark = mark(letter);
        let found = self.listed(&path).await?;
        found
            .iter()
            .find(|item| item["body"].as_str().is_some_and(|body| body.contains(&mark)))
            .and_then(|item| receipt(item, letter))
    }

    /// `12`, `#12`, or the address of the issue or of a comment on it.
    async fn found(&self, letter: &Letter, said: &str) -> Option<Receipt> {
        let behind =
            said.split_once("/issues/").map_or_else(|| said.trim().trim_start_matches('#'), |(_, behind)| behind);
        let number: String = behind.chars().take_while(char::is_ascii_digit).collect();
        Receipt::found(&letter.handle.clone().unwrap_or(number), said)
    }
}

fn mark(letter: &Letter) -> String {
    format!("<!-- lastgood:{} -->", letter.key)
}

fn receipt(body: &Value, letter: &Letter) -> Option<Receipt> {
    let own = body["number"].as_u64().map(|number| number.to_string());
    let handle = letter.handle.clone().or(own)?;
    let url = body["html_url"].as_str().map(str::to_owned);
    body["id"].as_u64()?;
    Some(Receipt { handle: Some(handle), url, sentence: "It is on GitHub.".to_owned() })
}
