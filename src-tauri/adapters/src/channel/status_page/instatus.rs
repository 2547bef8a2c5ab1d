//! Instatus: <https://instatus.com/help/api>.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::telling::ChannelSettings;
use reqwest::Method;
use serde_json::{Value, json};

use super::{components, last_part, recovered, words};
use crate::channel::http::{Http, authorized};
use crate::secret::Secret;

pub(in crate::channel) const API: &str = "https://api.instatus.com";

pub(in crate::channel) struct Instatus {
    http: Http,
    incidents: String,
    settings: ChannelSettings,
    key: Secret,
}

impl Instatus {
    pub(in crate::channel) fn new(http: Http, api: String, settings: &ChannelSettings, key: Secret) -> Self {
        let incidents = format!("{api}/v1/{}/incidents", settings.page.as_deref().unwrap_or_default());
        Self { http, incidents, settings: settings.clone(), key }
    }

    fn body(&self, letter: &Letter) -> Value {
        let (title, text) = words(Format::Markdown, letter);
        let (mut ids, well) = (components(&self.settings, letter), recovered(&self.settings, letter));
        let state = match (letter.stage, letter.severity.number()) {
            (Stage::Resolved, _) => "OPERATIONAL",
            (_, 1) => "MAJOROUTAGE",
            (_, 2) => "PARTIALOUTAGE",
            _ => "DEGRADEDPERFORMANCE",
        };
        let hit = ids.iter().map(|id| json!({ "id": id, "status": state }));
        let statuses: Vec<Value> =
            hit.chain(well.iter().map(|id| json!({ "id": id, "status": "OPERATIONAL" }))).collect();
        ids.extend(well);
        let status = letter.stage.as_str().to_ascii_uppercase();
        let notify = self.settings.notify.unwrap_or(true);
        let mut body = json!({
            "message": text,
            "components": ids,
            "started": if letter.handle.is_some() { letter.at } else { letter.began },
            "status": status,
            "notify": notify,
            "statuses": statuses,
        });
        if letter.handle.is_none() {
            body["name"] = json!(title);
            body["shouldPublish"] = json!(true);
        }
        body
    }
}

#[async_trait]
impl Channel for Instatus {
    async fn send(&self, letter: &Letter) -> Sent {
        let address = match &letter.handle {
            None => self.incidents.clone(),
            Some(id) => format!("{}/{id}/incident-updates", self.incidents),
        };
        let request = authorized(self.http.json(Method::POST, &address, &self.body(letter)), "Bearer", &self.key);
        match self.http.write(request).await {
            Ok(answer) => match answer.json().and_then(|body| body["id"].as_str().map(str::to_owned)) {
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

    async fn test(&self) -> Result<Tested, Trouble> {
        self.http.read(authorized(self.http.request(Method::GET, &self.incidents), "Bearer", &self.key)).await?;
        Ok(Tested::Answered("The page's incidents can be read.".to_owned()))
    }
}
