//! Teams: the webhook of a workflow. Its whole address is secret, for it holds the signature. 202 means that the flow began,
//! not that the card arrived.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::incident::Receipt;
use lastgood_core::message::render::{Body, Format, Letter, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use reqwest::Method;

use super::http::Http;

pub(super) struct Workflow {
    http: Http,
    address: String,
}

impl Workflow {
    pub(super) fn new(http: Http, address: String) -> Self {
        Self { http, address }
    }
}

#[async_trait]
impl Channel for Workflow {
    async fn send(&self, letter: &Letter) -> Sent {
        let card = match render(Format::Teams, letter).body {
            Body::Json(value) => value,
            Body::Text(text) | Body::Mail { plain: text, .. } => serde_json::json!({ "text": text }),
        };
        match self.http.write(self.http.json(Method::POST, &self.address, &card)).await {
            Ok(answer) if answer.is_html() => self.http.strange(&answer),
            Ok(answer) => {
                let sentence =
                    if answer.status == 202 { "Teams accepted it; the flow posts it." } else { "Teams took it." };
                Sent::Delivered(Receipt { sentence: sentence.to_owned(), ..Receipt::default() })
            }
            Err(sent) => sent,
        }
    }

    /// A flow cannot be asked without running it.
    async fn test(&self) -> Result<Tested, Trouble> {
        Ok(Tested::NotAsked(
            "The address is kept and looks right. The workflow was not asked: it would post.".to_owned(),
        ))
    }
}
