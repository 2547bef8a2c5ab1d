//! A webhook of your own: the notice's document, signed. The receiver computes HMAC-SHA256 over `TIMESTAMP.BODY` with the
//! shared key, compares it with `Lastgood-Signature`, and refuses a timestamp that is minutes old.

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use lastgood_core::error::Trouble;
use lastgood_core::incident::Receipt;
use lastgood_core::message::render::{Format, Letter, render};
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::ports::{Channel, Clock};
use reqwest::Method;
use sha2::Sha256;

use super::http::Http;
use crate::clock::SystemClock;
use crate::secret::Secret;

pub(super) struct Webhook {
    http: Http,
    address: String,
    key: Secret,
}

impl Webhook {
    pub(super) fn new(http: Http, address: String, key: Secret) -> Self {
        Self { http, address, key }
    }

    fn signature(&self, timestamp: i64, body: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.reveal().as_bytes()).ok()?;
        mac.update(format!("{timestamp}.{body}").as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(format!("v1={hex}"))
    }
}

#[async_trait]
impl Channel for Webhook {
    async fn send(&self, letter: &Letter) -> Sent {
        let body = render(Format::Notice, letter).body.text();
        let timestamp = SystemClock.now().as_second();
        let Some(signature) = self.signature(timestamp, &body) else {
            return self.http.refused("the key signs nothing");
        };
        let request = self
            .http
            .request(Method::POST, &self.address)
            .header("content-type", "application/json")
            .header("lastgood-delivery", &letter.key)
            .header("lastgood-timestamp", timestamp.to_string())
            .header("lastgood-signature", signature)
            .body(body);
        match self.http.write(request).await {
            Ok(answer) if answer.is_html() => self.http.strange(&answer),
            Ok(_) => Sent::Delivered(Receipt { sentence: "The receiver took it.".to_owned(), ..Receipt::default() }),
            Err(sent) => sent,
        }
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        Ok(Tested::NotAsked("The address and the key are there. The receiver was not asked.".to_owned()))
    }
}
