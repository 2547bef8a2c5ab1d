//! Asks a live service for its version and its health, over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Probe;
use lastgood_core::ports::world::{Seen, Wanted};
use regex::Regex;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde_json::Value;

use crate::loopback::is_loopback;

/// A service that is well answers sooner.
const DEADLINE: Duration = Duration::from_secs(5);

/// A version fits in less; what is longer is no version.
const MAX_BODY: usize = 64 * 1024;

/// Under these keys a JSON answer may tell its version, most telling first.
const VERSION_KEYS: [&str; 4] = ["version", "tag", "release", "git_tag"];

#[derive(Debug, Clone)]
pub struct HttpProbe {
    client: Client,
    /// For services on this machine: a proxy would look for them on its own.
    direct: Client,
    deadline: Duration,
}

impl HttpProbe {
    pub fn new() -> Result<Self, Trouble> {
        Self::within(DEADLINE)
    }

    /// A service that takes longer has not answered.
    pub fn within(deadline: Duration) -> Result<Self, Trouble> {
        crate::install_crypto();
        let building = || {
            Client::builder()
                .timeout(deadline)
                .redirect(Policy::none())
                .user_agent(concat!("lastgood/", env!("CARGO_PKG_VERSION")))
        };
        let broken = |error: reqwest::Error| {
            Trouble::new(Code::Internal, error.to_string(), "Check this machine's certificates.")
        };
        let client = building().build().map_err(broken)?;
        let direct = building().no_proxy().build().map_err(broken)?;
        Ok(Self { client, direct, deadline })
    }

    fn deadline(&self, timeout_seconds: Option<u32>) -> Duration {
        timeout_seconds.map_or(self.deadline, |seconds| Duration::from_secs(seconds.max(1).into()))
    }

    /// Follows it where it leads to the same place, or `anywhere`; any other redirect is the answer.
    async fn get(&self, url: &str, deadline: Duration, anywhere: bool) -> Result<Response, String> {
        let mut at = url.to_owned();
        for _ in 0..WAYS {
            let client = if is_loopback(&at) { &self.direct } else { &self.client };
            let sent = client.get(&at).timeout(deadline).send().await;
            let response = sent.map_err(|error| format!("{url}: {}", reason(error, deadline)))?;
            let may =
                |next: &Url| is_same_place(response.url(), next) || (anywhere && is_elsewhere(response.url(), next));
            match leads_to(&response).filter(may) {
                Some(next) => at = next.into(),
                None => return Ok(response),
            }
        }
        Err(format!("{url}: it leads in a circle"))
    }

    async fn read(&self, mut response: Response, deadline: Duration) -> Result<String, String> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| reason(error, deadline))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BODY {
                return Err("the answer is too long".to_owned());
            }
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}

#[async_trait]
impl Probe for HttpProbe {
    async fn version(&self, url: &str, timeout_seconds: Option<u32>) -> Seen<String> {
        let deadline = self.deadline(timeout_seconds);
        let response = match self.get(url, deadline, false).await {
            Ok(response) => response,
            Err(words) => return Seen::Nothing(words),
        };
        if !response.status().is_success() {
            return Seen::No(format!("{url} answered {}{}", response.status().as_u16(), leads(&response)));
        }
        match self.read(response, deadline).await {
            Ok(body) => version(&body).map_or_else(|| Seen::No(format!("{url} tells no version")), Seen::Answer),
            Err(words) => Seen::Nothing(format!("{url}: {words}")),
        }
    }

    async fn health(&self, wanted: &Wanted) -> Seen<u16> {
        let deadline = self.deadline(wanted.timeout_seconds);
        let response = match self.get(&wanted.url, deadline, wanted.anywhere).await {
            Err(words) => return Seen::Nothing(words),
            Ok(response) => response,
        };
        let status = response.status();
        let fits =
            if wanted.status.is_empty() { status.is_success() } else { wanted.status.contains(&status.as_u16()) };
        if !fits {
            return Seen::No(format!("health {}{}", status.as_u16(), leads(&response)));
        }
        let Some(pattern) = &wanted.body else { return Seen::Answer(status.as_u16()) };
        // The settings refuse what is no pattern; a plan of another version may still hold one.
        let Ok(pattern) = Regex::new(pattern) else { return Seen::Nothing(format!("{pattern:?} is no pattern")) };
        match self.read(response, deadline).await {
            Ok(body) if pattern.is_match(&body) => Seen::Answer(status.as_u16()),
            Ok(_) => {
                Seen::No(format!("health {}, and the body does not match {:?}", status.as_u16(), pattern.as_str()))
            }
            Err(words) => Seen::Nothing(format!("{}: {words}", wanted.url)),
        }
    }
}

/// So many steps lead to an answer; more go in a circle.
const WAYS: usize = 6;

/// Beside a slash at the end, https in the place of http, and `www.`. An answer from another place is no answer of this
/// one: a page that asks for a password is well as well.
fn is_same_place(from: &Url, to: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https";
    let is_same_server = from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    (is_upgrade || is_same_server) && host(from) == host(to) && path(from) == path(to) && from.query() == to.query()
}

/// Never out of https, and never from elsewhere onto this machine.
fn is_elsewhere(from: &Url, to: &Url) -> bool {
    let is_web = to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http");
    is_web && (is_loopback(from.as_str()) || !is_loopback(to.as_str()))
}

fn leads_to(response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?;
    response.url().join(location.to_str().ok()?).ok()
}

/// Where an answer leads that is no answer itself. What stands behind the path may be a secret.
fn leads(response: &Response) -> String {
    let place = leads_to(response);
    place.map(|url| format!(", and leads to {}{}", url.origin().ascii_serialization(), url.path())).unwrap_or_default()
}

fn reason(error: reqwest::Error, deadline: Duration) -> String {
    if error.is_timeout() {
        format!("no answer within {} s", deadline.as_secs_f64())
    } else if error.is_connect() {
        "nobody answers".to_owned()
    } else {
        error.without_url().to_string()
    }
}

/// A JSON object with a version in it, a JSON string, or one word of plain text.
fn version(body: &str) -> Option<String> {
    let body = body.trim_start_matches('\u{feff}');
    let text = match serde_json::from_str(body) {
        Ok(Value::Object(object)) => {
            VERSION_KEYS.iter().find_map(|key| object.get(*key)?.as_str().map(str::to_owned))?
        }
        Ok(Value::String(text)) => text,
        // `2.4` is a number to JSON; as a version it is what it says.
        Ok(Value::Number(_)) | Err(_) => body.to_owned(),
        Ok(Value::Null | Value::Bool(_) | Value::Array(_)) => return None,
    };
    let text = text.trim();
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>');
    (!text.is_empty() && text.len() <= 250 && !text.contains(odd)).then(|| text.to_owned())
}
