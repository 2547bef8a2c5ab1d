//! PagerDuty, Events API v2: <https://developer.pagerduty.com/docs/send-alert-event>. The incident's id is the `dedup_key`:
//! an event that comes twice is one alert.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter, event_severity, event_source, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use reqwest::Method;
use serde_json::{Value, json};

use crate::channel::http::Http;
use crate::secret::Secret;

/// Of what is not a message's own text.
const LONGEST_KEY: usize = 255;

pub(in crate::channel) struct Pagerduty {
    http: Http,
    events: String,
    key: Secret,
}

impl Pagerduty {
    pub(in crate::channel) fn new(http: Http, api: String, key: Secret) -> Self {
        Self { http, events: format!("{api}/v2/enqueue"), key }
    }

    fn event(&self, letter: &Letter) -> Value {
        let rendered = render(Format::Event, letter);
        let key = key(letter);
        let mut event = json!({ "routing_key": self.key.reveal(), "dedup_key": key, "event_action": "trigger" });
        if letter.stage == Stage::Resolved {
            event["event_action"] = json!("resolve");
            return event;
        }
        let source = event_source(letter);
        event["client"] = json!("Lastgood");
        event["payload"] = json!({
            "summary": rendered.title,
            "source": source.chars().take(LONGEST_KEY).collect::<String>(),
            "severity": event_severity(letter.severity),
            "timestamp": letter.at,
            "custom_details": { "stage": letter.stage.as_str(), "text": rendered.body.text() },
        });
        event
    }
}

/// The same for every event of an incident.
fn key(letter: &Letter) -> String {
    format!("lastgood-{}", letter.incident).chars().take(LONGEST_KEY).collect()
}

#[async_trait]
impl Channel for Pagerduty {
    async fn send(&self, letter: &Letter) -> Sent {
        match self.http.write(self.http.json(Method::POST, &self.events, &self.event(letter))).await {
            Ok(answer) => match answer.json().and_then(|body| body["dedup_key"].as_str().map(str::to_owned)) {
                Some(key) => Sent::Delivered(Receipt {
                    handle: Some(key),
                    url: None,
                    sentence: "PagerDuty accepted the event.".to_owned(),
                }),
                None => self.http.strange(&answer),
            },
            Err(sent) => sent,
        }
    }

    async fn found(&self, letter: &Letter, said: &str) -> Option<Receipt> {
        Receipt::found(&key(letter), said)
    }

    /// There is nothing to ask that would not call somebody.
    async fn test(&self) -> Result<Tested, Trouble> {
        Ok(Tested::NotAsked(
            "The routing key is there; PagerDuty is not asked, because every event calls somebody.".to_owned(),
        ))
    }
}
