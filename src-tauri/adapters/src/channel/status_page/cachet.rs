//! Cachet 3: <https://docs.cachethq.io/v3.x/api-reference>. An incident that is fixed takes no more updates.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::telling::ChannelSettings;
use reqwest::Method;
use serde_json::{Value, json};

use super::{components, last_part, words};
use crate::channel::http::{Http, authorized};
use crate::secret::Secret;

pub(in crate::channel) struct Cachet {
    http: Http,
    api: String,
    settings: ChannelSettings,
    token: Secret,
}

impl Cachet {
    pub(in crate::channel) fn new(http: Http, url: String, settings: &ChannelSettings, token: Secret) -> Self {
        Self { http, api: format!("{url}/api"), settings: settings.clone(), token }
    }

    fn first(&self, letter: &Letter) -> Value {
        let (title, text) = words(Format::Markdown, letter);
        // 1 operational, 2 performance issues, 3 partial outage, 4 major outage.
        let state = match (letter.stage, letter.severity.number()) {
            (Stage::Resolved, _) => 1,
            (_, 1) => 4,
            (_, 2) => 3,
            _ => 2,
        };
        let components: Vec<Value> = components(&self.settings, letter)
            .iter()
            .filter_map(|id| id.parse::<u64>().ok())
            .map(|id| json!({ "component_id": id, "component_status": state }))
            .collect();
        let mut body = json!({
            "name": title,
            "status": status(letter.stage),
            "message": text,
            "visible": true,
            "stickied": false,
            "notifications": self.settings.notify.unwrap_or(true),
            "occurred_at": letter.began.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        });
        if !components.is_empty() {
            body["components"] = json!(components);
        }
        body
    }
}

/// 0 reported, 1 investigating, 2 identified, 3 watching, 4 fixed.
fn status(stage: Stage) -> u8 {
    match stage {
        Stage::Investigating => 1,
        Stage::Identified => 2,
        Stage::Monitoring => 3,
        Stage::Resolved => 4,
    }
}

/// Ids are numbers; some versions write them as text.
fn id(value: &Value) -> Option<String> {
    let id = &value["data"]["id"];
    id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|id| id.to_string()))
}

#[async_trait]
impl Channel for Cachet {
    async fn send(&self, letter: &Letter) -> Sent {
        let (address, body) = match &letter.handle {
            None => (format!("{}/incidents", self.api), self.first(letter)),
            Some(incident) => {
                let (_, text) = words(Format::Markdown, letter);
                let body = json!({ "status": status(letter.stage), "message": text });
                (format!("{}/incidents/{incident}/updates", self.api), body)
            }
        };
        let request = self.http.json(Method::POST, &address, &body).header("accept", "application/json");
        match self.http.write(authorized(request, "Bearer", &self.token)).await {
            Ok(answer) => match answer.json().as_ref().and_then(id) {
                Some(id) => Sent::Delivered(Receipt {
                    handle: Some(letter.handle.clone().unwrap_or(id)),
                    url: None,
                    sentence: "The status page shows it.".to_owned(),
                }),
                None => self.http.strange(&answer),
            },
            Err(sent) => sent,
        }
    }

    async fn found(&self, letter: &Letter, said: &str) -> Option<Receipt> {
        Receipt::found(letter.handle.as_deref().unwrap_or_else(|| last_part(said)), said)
    }

    /// Everybody may read: only what writes asks for the token. An incident without a name and a status is none.
    async fn test(&self) -> Result<Tested, Trouble> {
        let request = self.http.json(Method::POST, &format!("{}/incidents", self.api), &json!({}));
        let request = authorized(request, "Bearer", &self.token).header("accept", "application/json");
        self.http.refuses(request, 422).await?;
        Ok(Tested::Answered(
            "The token is accepted, and nothing was published. Whether it may manage incidents shows with the first update."
                .to_owned(),
        ))
    }
}
