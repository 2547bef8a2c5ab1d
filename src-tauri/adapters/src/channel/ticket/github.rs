//! An issue on GitHub: opened by the first update, commented by the others, closed by the last. Each text carries a mark
//! that nobody sees, by which it is found again when an answer was lost.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter, heading, render};
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{IssueEdit, IssueOrder};
use lastgood_core::ports::{Channel, Publishing};
use lastgood_core::settings::telling::ChannelSettings;

use crate::channel::Keys;
use crate::channel::github::{self, written};
use crate::github::Github;

pub(in crate::channel) struct Issue {
    github: Github,
    labels: Vec<String>,
}

impl Issue {
    pub(in crate::channel) fn new(name: &str, settings: &ChannelSettings, keys: &Keys) -> Result<Self, Trouble> {
        Ok(Self { github: github::github(name, settings, keys)?, labels: settings.labels.clone() })
    }

    async fn open(&self, title: String, body: String) -> Result<Receipt, Sent> {
        let order = IssueOrder { title, body, labels: self.labels.clone(), assignees: Vec::new() };
        let opened = written(&self.github, self.github.open_issue(&order).await)?;
        let sentence = match opened.dropped.as_slice() {
            [] => "It is on GitHub.".to_owned(),
            // GitHub leaves them out silently where the token may not set them.
            dropped => format!("It is on GitHub, without {}: the token may not set that.", dropped.join(", ")),
        };
        Ok(Receipt { handle: Some(opened.number.to_string()), url: Some(opened.url), sentence })
    }

    async fn comment(&self, number: u64, text: &str) -> Result<Receipt, Sent> {
        let comment = written(&self.github, self.github.comment(number, text).await)?;
        let (handle, sentence) = (Some(number.to_string()), "It is on GitHub.".to_owned());
        Ok(Receipt { handle, url: Some(comment.url), sentence })
    }

    /// Why the issue stays open, if it does.
    async fn close(&self, number: u64) -> Option<String> {
        let edit = IssueEdit { closed: Some(true), ..IssueEdit::default() };
        match self.github.edit_issue(number, &edit).await {
            Written::Done(()) => None,
            Written::Refused(trouble) | Written::NotSent(trouble) | Written::Unknown(trouble) => Some(trouble.message),
        }
    }
}

#[async_trait]
impl Channel for Issue {
    async fn send(&self, letter: &Letter) -> Sent {
        let rendered = render(Format::Markdown, letter);
        let text = format!("{}\n{}\n", rendered.body.text(), mark(letter));
        let sent = match &letter.handle {
            None => self.open(rendered.title, text).await,
            Some(handle) => match handle.parse() {
                Ok(number) => self.comment(number, &format!("### {}\n\n{text}", heading(&rendered.title))).await,
                Err(_) => return Sent::Refused(no_number(handle)),
            },
        };
        let receipt = match sent {
            Ok(receipt) => receipt,
            Err(sent) => return sent,
        };
        let number = receipt.handle.as_ref().filter(|_| letter.stage == Stage::Resolved);
        let trouble = match number.and_then(|number| number.parse().ok()) {
            Some(number) => self.close(number).await,
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
        github::readable(&self.github).await.map(Tested::Answered)
    }

    async fn look_up(&self, letter: &Letter) -> Option<Receipt> {
        let mark = mark(letter);
        let sentence = "It is on GitHub.".to_owned();
        match &letter.handle {
            None => {
                let issues = self.github.newest_issues().await.ok()?;
                let found = issues.into_iter().find(|issue| issue.body.contains(&mark))?;
                Some(Receipt { handle: Some(found.number.to_string()), url: Some(found.url), sentence })
            }
            Some(handle) => {
                let comments = self.github.comments(handle.parse().ok()?).await.ok()?;
                let found = comments.into_iter().find(|comment| comment.body.contains(&mark))?;
                Some(Receipt { handle: Some(handle.clone()), url: Some(found.url), sentence })
            }
        }
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

fn no_number(handle: &str) -> Trouble {
    let message = format!("“{handle}” is no number of an issue.");
    Trouble::new(Code::ChannelRefused, message, "Send the update again to open a new issue.")
}
