//! Slack: an incoming webhook, which posts and no more, or a bot, which keeps one headline up to date with a thread below.
//!
//! <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>,
//! <https://docs.slack.dev/reference/methods/chat.postMessage>. About one message a second and channel.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::incident::Receipt;
use lastgood_core::message::render::{Body, Format, Letter, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::telling::ChannelSettings;
use reqwest::Method;
use serde_json::{Value, json};

use super::http::{Answer, Http, authorized, unknown};
use crate::secret::Secret;

pub(super) const API: &str = "https://slack.com/api";

/// Answers that say nothing of what Slack did before.
const BROKEN: [&str; 4] = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

pub(super) struct Webhook {
    http: Http,
    address: String,
}

impl Webhook {
    pub(super) fn new(http: Http, address: String) -> Self {
        Self { http, address }
    }
}

#[async_trait]
impl Channel for Webhook {
    async fn send(&self, letter: &Letter) -> Sent {
        let request = self.http.json(Method::POST, &self.address, &payload(letter));
        match self.http.write(request).await {
            Ok(answer) if answer.body.trim() == "ok" => {
                Sent::Delivered(Receipt { sentence: "Slack took it.".to_owned(), ..Receipt::default() })
            }
            Ok(answer) => self.http.strange(&answer),
            Err(sent) => sent,
        }
    }

    /// An empty message is refused as such by a webhook that works, and posts nothing.
    async fn test(&self) -> Result<Tested, Trouble> {
        let request = self.http.json(Method::POST, &self.address, &json!({}));
        match self.http.hear(request).await {
            Ok(answer) if answer.status == 400 => {
                Ok(Tested::Answered("The webhook answers. Nothing was posted.".to_owned()))
            }
            Ok(answer) => Err(unusable(&answer.body, answer.status)),
            Err(super::http::Failure::NotSent(trouble) | super::http::Failure::NoAnswer(trouble)) => Err(trouble),
        }
    }
}

pub(super) struct Bot {
    http: Http,
    api: String,
    channel: String,
    token: Secret,
}

impl Bot {
    pub(super) fn new(http: Http, api: String, settings: &ChannelSettings, token: Secret) -> Self {
        Self { http, api, channel: settings.to.first().cloned().unwrap_or_default(), token }
    }

    async fn call(&self, method: &str, body: &Value) -> Result<Value, Sent> {
        let request = self.http.json(Method::POST, &format!("{}/{method}", self.api), body);
        let answer = self.http.write(authorized(request, "Bearer", &self.token)).await?;
        self.judge(&answer)
    }

    /// Slack answers 200 to everything; whether it did it stands inside.
    fn judge(&self, answer: &Answer) -> Result<Value, Sent> {
        let Some(body) = answer.json() else { return Err(self.http.strange(answer)) };
        match (body["ok"].as_bool(), body["error"].as_str()) {
            (Some(true), _) => Ok(body),
            (_, Some("ratelimited")) => {
                Err(Sent::NotSent { trouble: self.http.busy(), again_in: answer.retry_after() })
            }
            (_, Some(error)) if BROKEN.contains(&error) => {
                Err(Sent::Unknown(unknown(format!("Slack broke: {error}."))))
            }
            (_, Some(error)) => Err(self.http.refused(error)),
            (_, None) => Err(self.http.strange(answer)),
        }
    }

    /// The headline tells how it stands now. It is edited in place: done twice it is done once.
    async fn refresh(&self, letter: &Letter, headline: &str) -> Option<String> {
        let mut body = payload(letter);
        body["channel"] = json!(self.channel);
        body["ts"] = json!(headline);
        match self.call("chat.update", &body).await {
            Ok(_) => None,
            Err(
                Sent::Refused(trouble)
                | Sent::Unknown(trouble)
                | Sent::NotSent { trouble, .. }
                | Sent::Partly { trouble, .. },
            ) => Some(trouble.message),
            Err(Sent::Delivered(_)) => None,
        }
    }
}

#[async_trait]
impl Channel for Bot {
    async fn send(&self, letter: &Letter) -> Sent {
        let mut body = payload(letter);
        body["channel"] = json!(self.channel);
        body["parse"] = json!("none");
        body["link_names"] = json!(false);
        if let Some(headline) = &letter.handle {
            body["thread_ts"] = json!(headline);
        }
        let posted = match self.call("chat.postMessage", &body).await {
            Ok(posted) => posted,
            Err(sent) => return sent,
        };
        let Some(own) = posted["ts"].as_str() else {
            return Sent::Unknown(unknown("Slack took it and named no message.".to_owned()));
        };
        let trouble = match &letter.handle {
            Some(headline) => self.refresh(letter, headline).await,
            None => None,
        };
        let sentence = trouble.map_or_else(
            || "Slack has it.".to_owned(),
            |trouble| format!("Slack has it in the thread; the headline above is old: {trouble}"),
        );
        let handle = letter.handle.clone().unwrap_or_else(|| own.to_owned());
        Sent::Delivered(Receipt { handle: Some(handle), url: None, sentence })
    }

    /// A link to the message ends in its timestamp without the point.
    async fn found(&self, letter: &Letter, said: &str) -> Option<Receipt> {
        let last = said.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let digits =
            last.strip_prefix('p').filter(|digits| digits.len() > 6 && digits.bytes().all(|b| b.is_ascii_digit()));
        let stamp = digits.map(|digits| format!("{}.{}", &digits[..digits.len() - 6], &digits[digits.len() - 6..]));
        let handle = letter.handle.clone().or(stamp).unwrap_or_else(|| last.to_owned());
        Receipt::found(&handle, said)
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        match self.call("auth.test", &json!({})).await {
            Ok(body) => {
                let (team, user) = (body["team"].as_str().unwrap_or("?"), body["user"].as_str().unwrap_or("?"));
                Ok(Tested::Answered(format!("Signed in to {team} as {user}; it must be a member of {}.", self.channel)))
            }
            Err(
                Sent::Refused(trouble)
                | Sent::Unknown(trouble)
                | Sent::NotSent { trouble, .. }
                | Sent::Partly { trouble, .. },
            ) => Err(trouble),
            Err(Sent::Delivered(receipt)) => Ok(Tested::Answered(receipt.sentence)),
        }
    }
}

fn payload(letter: &Letter) -> Value {
    match render(Format::Slack, letter).body {
        Body::Json(value) => value,
        Body::Text(text) | Body::Mail { plain: text, .. } => json!({ "text": text }),
    }
}

fn unusable(body: &str, status: u16) -> Trouble {
    let words: String = body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
    let message = format!("Slack answered {status} to the webhook: {words}.");
    Trouble::new(
        Code::ChannelSecret,
        message,
        "Make a new webhook in Slack, and keep its address with `lastgood channel secret`.",
    )
}
