//! One request to a service, and what its answer proves.

use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Clock;
use lastgood_core::ports::channel::Sent;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::Value;

use crate::clock::SystemClock;
use crate::loopback::is_loopback;
use crate::secret::Secret;

const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Where a service asks to wait and does not say how long.
const PAUSE: Duration = Duration::from_secs(30);

/// A message expires long before.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// What is longer is no answer of a service.
const MAX_BODY: usize = 1 << 20;

pub(super) struct Http {
    service: &'static str,
    client: Client,
    /// For what runs on this machine: a proxy would look for it on its own.
    direct: Client,
    deadline: Duration,
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: String,
}

/// No answer came.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection was made: nothing left.
    NotSent(Trouble),
    NoAnswer(Trouble),
}

impl Http {
    pub(super) fn new(service: &'static str, deadline: Duration) -> Result<Self, Trouble> {
        crate::install_crypto();
        let building = || {
            // A connection that was kept may be gone; whether a request on it arrived would not be known.
            Client::builder()
                .connect_timeout(CONNECT_DEADLINE.min(deadline))
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .pool_max_idle_per_host(0)
                .user_agent(concat!("lastgood/", env!("CARGO_PKG_VERSION")))
        };
        let broken = |error: reqwest::Error| {
            Trouble::new(Code::Internal, error.to_string(), "Check this machine's certificates.")
        };
        let (client, direct) = (building().build().map_err(broken)?, building().no_proxy().build().map_err(broken)?);
        Ok(Self { service, client, direct, deadline })
    }

    pub(super) fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let client = if is_loopback(address) { &self.direct } else { &self.client };
        client.request(method, address)
    }

    pub(super) fn json(&self, method: Method, address: &str, body: &Value) -> RequestBuilder {
        self.request(method, address).header(CONTENT_TYPE, "application/json; charset=utf-8").body(body.to_string())
    }

    /// The whole answer, if it comes in time. Addresses may hold secrets and are in no trouble's words.
    pub(super) async fn hear(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let whole = async {
            let mut response = request.send().await.map_err(|error| self.failure(error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(error))? {
                body.extend_from_slice(&chunk);
                if body.len() > MAX_BODY {
                    break;
                }
            }
            Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
        };
        let late = || {
            let words = format!("{} did not answer within {} s.", self.service, self.deadline.as_secs_f64());
            Err(Failure::NoAnswer(unknown(words)))
        };
        tokio::time::timeout(self.deadline, whole).await.unwrap_or_else(|_| late())
    }

    /// Sends what writes, and tells a yes from everything else.
    pub(super) async fn write(&self, request: RequestBuilder) -> Result<Answer, Sent> {
        match self.hear(request).await {
            Ok(answer) => self.accepted(answer),
            Err(Failure::NotSent(trouble)) => Err(Sent::NotSent { trouble, again_in: None }),
            Err(Failure::NoAnswer(trouble)) => Err(Sent::Unknown(trouble)),
        }
    }

    /// Asks something; nothing changes by it.
    pub(super) async fn read(&self, request: RequestBuilder) -> Result<Answer, Trouble> {
        match self.hear(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(answer),
            Ok(answer) => Err(self.refusal(&answer)),
            Err(Failure::NotSent(trouble) | Failure::NoAnswer(trouble)) => Err(trouble),
        }
    }

    /// Asks with what is no message, and hears that it is none; what was accepted all the same is no answer to that.
    pub(super) async fn refuses(&self, request: RequestBuilder, status: u16) -> Result<(), Trouble> {
        match self.hear(request).await {
            Ok(answer) if answer.status == status => Ok(()),
            Ok(answer) if (200..300).contains(&answer.status) => {
                Err(refused(format!("{} answered {} to what is no message.", self.service, answer.status)))
            }
            Ok(answer) => Err(self.refusal(&answer)),
            Err(Failure::NotSent(trouble) | Failure::NoAnswer(trouble)) => Err(trouble),
        }
    }

    fn accepted(&self, answer: Answer) -> Result<Answer, Sent> {
        match answer.status {
            200..=299 => Ok(answer),
            // Statuspage says 420 where others say 429.
            420 | 429 => {
                Err(Sent::NotSent { trouble: self.busy(), again_in: Some(answer.retry_after().unwrap_or(PAUSE)) })
            }
            // The request came too slowly, or the service broke on the way: what it did before is not known.
            408 | 500..=599 => Err(Sent::Unknown(unknown(format!("{} answered {}.", self.service, answer.status)))),
            _ => Err(Sent::Refused(self.refusal(&answer))),
        }
    }

    /// A yes that does not look like the service's own: something in between said it.
    pub(super) fn strange(&self, answer: &Answer) -> Sent {
        let what = if answer.is_html() { "a web page" } else { "something that cannot be read" };
        Sent::Unknown(unknown(format!("{} answered {} with {what}.", self.service, answer.status)))
    }

    pub(super) fn busy(&self) -> Trouble {
        let message = format!("{} asks to wait.", self.service);
        Trouble::new(Code::ChannelBusy, message, "It goes again by itself.")
    }

    pub(super) fn refused(&self, words: &str) -> Sent {
        Sent::Refused(refused(format!("{} refused: {}.", self.service, one_line(words))))
    }

    fn refusal(&self, answer: &Answer) -> Trouble {
        let words = answer.words();
        let service = self.service;
        match answer.status {
            300..=399 => refused(format!("{service} sends elsewhere ({}).", answer.status)),
            401 | 403 => Trouble::new(
                Code::ChannelSecret,
                format!("{service} does not accept the secret ({}): {words}.", answer.status),
                "Give the channel a fresh one with `lastgood channel secret NAME`, then send again.",
            ),
            404 | 410 => Trouble::new(
                Code::ChannelRefused,
                format!("{service} does not know this address ({}): {words}.", answer.status),
                "Check the channel's settings and its secret, then send again.",
            ),
            status => refused(format!("{service} refused ({status}): {words}.")),
        }
    }

    fn failure(&self, error: reqwest::Error) -> Failure {
        if error.is_connect() {
            let message = format!("{} could not be reached: no connection could be made.", self.service);
            return Failure::NotSent(Trouble::new(Code::ChannelUnreachable, message, "Check the network."));
        }
        self.no_answer(error)
    }

    fn no_answer(&self, error: reqwest::Error) -> Failure {
        let words = if error.is_timeout() { "the time was up".to_owned() } else { error.without_url().to_string() };
        Failure::NoAnswer(unknown(format!("{} took the request and did not answer: {words}.", self.service)))
    }
}

impl Answer {
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    pub(super) fn is_html(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.contains("html") || self.body.trim_start().starts_with('<')
    }

    /// In seconds, or until a date (RFC 9110, section 10.2.3), by the service's own clock where it says it.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let value = text(RETRY_AFTER)?;
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds).min(LONGEST_PAUSE));
        }
        let until = date(value)?;
        let now = text(DATE).and_then(date).unwrap_or_else(|| SystemClock.now());
        Some(Duration::try_from(now.duration_until(until)).unwrap_or_default().min(LONGEST_PAUSE))
    }

    /// The service's own words, on one line and not too long; a page of HTML has none.
    fn words(&self) -> String {
        let body = self.json();
        let named = body.as_ref().and_then(|body| {
            ["message", "error", "errors", "detail"].iter().find_map(|key| match &body[*key] {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                    Some(other.to_string())
                }
            })
        });
        match named {
            Some(words) => one_line(&words),
            None if self.is_html() || self.body.trim().is_empty() => "it gave no reason".to_owned(),
            None => one_line(&self.body),
        }
    }
}

fn date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

/// `Authorization` with this word before the secret.
pub(super) fn authorized(request: RequestBuilder, scheme: &str, secret: &Secret) -> RequestBuilder {
    request.header("authorization", format!("{scheme} {}", secret.reveal()))
}

pub(super) fn unknown(message: String) -> Trouble {
    Trouble::new(Code::SendUnknown, message, "Look there whether it arrived; then say so, or send it again.")
}

fn refused(message: String) -> Trouble {
    Trouble::new(Code::ChannelRefused, message, "Mend what it names, then send again.")
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
    line.trim_end_matches('.').to_owned()
}
