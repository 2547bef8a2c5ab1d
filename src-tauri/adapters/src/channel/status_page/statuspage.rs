//! Atlassian Statuspage: <https://developer.statuspage.io/>. One request a second and token.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::Sent;
use lastgood_core::settings::telling::ChannelSettings;
use reqwest::Method;
use serde_json::{Value, json};

use super::{components, words};
use crate::channel::http::{Http, authorized};
use crate::secret::Secret;

pub(in crate::channel) const API: &str = "https://api.statuspage.io";

pub(in crate::channel) struct Statuspage {
    http: Http,
    page: String,
    settings: ChannelSettings,
    key: Secret,
}

impl Statuspage {
    pub(in crate::channel) fn new(http: Http, api: String, settings: &ChannelSettings, key: Secret) -> Self {
        let page = format!("{api}/v1/pages/{}", settings.page.as_deref().unwrap_or_default());
        Self { http, page, settings: settings.clone(), key }
    }

    fn body(&self, letter: &Letter) -> Value {
        let (title, text) = words(Format::Status, letter);
        let ids = components(&self.settings, letter);
        let state = match (letter.stage, letter.severity.number()) {
            (Stage::Resolved, _) => "operational",
            (_, 1) => "major_outage",
            (_, 2) => "partial_outage",
            _ => "degraded_performance",
        };
        let states: serde_json::Map<String, Value> = ids.iter().map(|id| (id.clone(), json!(state))).collect();
        let mut incident = json!({
            "name": title,
            "status": letter.stage.as_str(),
            "body": text,
            "deliver_notifications": self.settings.notify.unwrap_or(true),
            "impact_override": match letter.severity.number() { 1 => "critical", 2 => "major", _ => "minor" },
        });
        if !ids.is_empty() {
            incident["component_ids"] = json!(ids);
            incident["components"] = Value::Object(states);
        }
        json!({ "incident": incident })
    }

    fn receipt(answer: &Value) -> Option<Receipt> {
        Some(Receipt {
            handle: Some(answer["id"].as_str()?.to_owned()),
            url: answer["shortlink"].as_str().map(str::to_owned),
            sentence: "The status page shows it.".to_owned(),
        })
    }
}

#[async_trait]
impl Channel for Statuspage {
    async fn send(&self, letter: &Letter) -> Sent {
        let (method, address) = match &letter.handle {
            None => (Method::POST, format!("{}/incidents", self.page)),
            Some(id) => (Method::PATCH, format!("{}/incidents/{id}", self.page)),
        };
        let request = self.http.json(method, &address, &self.body(letter));
        match self.http.write(authorized(request, "OAuth", &self.key)).await {
            Ok(answer) => {
                let receipt = answer.json().as_ref().and_then(Self::receipt);
                receipt.map_or_else(|| self.http.strange(&answer), Sent::Delivered)
            }
            Err(sent) => sent,
        }
    }

    async fn test(&self) -> Result<String, Trouble> {
        let answer = self.http.read(authorized(self.http.request(Method::GET, &self.page), "OAuth", &self.key)).await?;
        let name = answer.json().and_then(|page| page["name"].as_str().map(str::to_owned));
        Ok(format!("The page {} can be read.", name.unwrap_or_else(|| "there".to_owned())))
    }
}
