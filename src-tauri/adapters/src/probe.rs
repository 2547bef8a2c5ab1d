//! Asks a live service for its version and its health, over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Probe;
use lastgood_core::ports::world::Seen;
use reqwest::{Client, Response, redirect};

/// A service that is well answers sooner.
const DEADLINE: Duration = Duration::from_secs(5);

/// A version fits in less; what is longer is no version.
const MAX_BODY: usize = 64 * 1024;

/// Under these keys a JSON answer may tell its version, most telling first.
const VERSION_KEYS: [&str; 4] = ["version", "tag", "release", "git_tag"];

#[derive(Debug, Clone)]
pub struct HttpProbe {
    client: Client,
}

impl HttpProbe {
    pub fn new() -> Result<Self, Trouble> {
        let client = Client::builder()
            .timeout(DEADLINE)
            .redirect(redirect::Policy::limited(3))
            .user_agent(concat!("lastgood/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Check this machine's certificates."))?;
        Ok(Self { client })
    }

    async fn get(&self, url: &str) -> Result<Response, String> {
        self.client.get(url).send().await.map_err(|error| {
            let reason = if error.is_timeout() {
                format!("no answer within {} s", DEADLINE.as_secs())
            } else if error.is_connect() {
                "nobody answers".to_owned()
            } else {
                error.without_url().to_string()
            };
            format!("{url}: {reason}")
        })
    }
}

#[async_trait]
impl Probe for HttpProbe {
    async fn version(&self, url: &str) -> Seen<String> {
        let response = match self.get(url).await {
            Ok(response) => response,
            Err(words) => return Seen::Nothing(words),
        };
        if !response.status().is_success() {
            return Seen::No(format!("{url} answered {}", response.status().as_u16()));
        }
        match read(response).await {
            Ok(body) => version(&body).map_or_else(|| Seen::No(format!("{url} tells no version")), Seen::Answer),
            Err(words) => Seen::Nothing(format!("{url}: {words}")),
        }
    }

    async fn health(&self, url: &str) -> Seen<u16> {
        match self.get(url).await {
            Err(words) => Seen::Nothing(words),
            Ok(response) if response.status().is_success() => Seen::Answer(response.status().as_u16()),
            Ok(response) => Seen::No(format!("health {}", response.status().as_u16())),
        }
    }
}

async fn read(mut response: Response) -> Result<String, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error.without_url().to_string())? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err("the answer is too long".to_owned());
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// A JSON object with a version in it, a JSON string, or one word of plain text.
fn version(body: &str) -> Option<String> {
    let text = match serde_json::from_str::<serde_json::Value>(body) {
        Ok(serde_json::Value::Object(object)) => {
            VERSION_KEYS.iter().find_map(|key| object.get(*key)?.as_str().map(str::to_owned))?
        }
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => body.to_owned(),
    };
    let text = text.trim();
    (!text.is_empty() && text.len() <= 250 && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}
