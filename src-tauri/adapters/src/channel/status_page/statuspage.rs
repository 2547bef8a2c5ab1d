//! Atlassian Statuspage: <https://developer.statuspage.io/>. One request a second and token.

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
        let (mut ids, well) = (components(&self.settings, letter), recovered(&self.settings, letter));
        let state = match (letter.stage, letter.severity.number()) {
            (Stage::Resolved, _) => "operational",
            (_, 1) => "major_outage",
            (_, 2) => "partial_outage",
            _ => "degraded_performance",
        };
        let hit = ids.iter().map(|id| (id.clone(), json!(state)));
        let states: serde_json::Map<String, Value> =
            hit.chain(well.iter().map(|id| (id.clone(), json!("operational")))).collect();
        ids.extend(well);
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

    /// Nobody has to say its id where the page lists an incident with these very words.
    async fn found(&self, letter: &Letter, said: &str) -> Option<Receipt> {
        if let Some(known) = letter.handle.as_deref().or_else(|| Some(last_part(said)).filter(|id| !id.is_empty())) {
            return Receipt::found(known, said);
        }
        let address = format!("{}/incidents?per_page=20", self.page);
        let answer =
            self.http.read(authorized(self.http.request(Method::GET, &address), "OAuth", &self.key)).await.ok()?;
        let (_, text) = words(Format::Status, letter);
        let says = |update: &Value| update["body"].as_str() == Some(text.as_str());
        let listed = answer.json()?;
        let ours = listed
            .as_array()?
            .iter()
            .find(|one| one["incident_updates"].as_array().is_some_and(|all| all.iter().any(says)));
        Receipt::found(ours?["id"].as_str()?, ours?["shortlink"].as_str().unwrap_or_default())
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        let answer = self.http.read(authorized(self.http.request(Method::GET, &self.page), "OAuth", &self.key)).await?;
        let name = answer.json().and_then(|page| page["name"].as_str().map(str::to_owned));
        Ok(Tested::Answered(format!("The page {} can be read.", name.unwrap_or_else(|| "there".to_owned()))))
    }
}
