//! GitHub's own word on how it is doing. Source: githubstatus.com, "API".

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, redirect};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::loopback::is_loopback;

/// The status of the public GitHub. GitHub Enterprise Server has none.
pub const PUBLIC_STATUS: &str = "https://www.githubstatus.com/api/v2/summary.json";

const DEADLINE: Duration = Duration::from_secs(5);

/// Asked no more often than this.
const FRESH: Duration = Duration::from_secs(60);

/// What rollbacks stand on; trouble with Codespaces or Copilot is none of ours.
const OURS: [&str; 5] = ["Git Operations", "API Requests", "Actions", "Webhooks", "Pull Requests"];

#[derive(Clone)]
pub(super) struct StatusPage {
    address: String,
    client: Client,
    last: Arc<Mutex<Option<Heard>>>,
}

/// What it said, and when.
struct Heard {
    at: Instant,
    words: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    name: String,
    status: String,
}

impl StatusPage {
    /// `None` where no client can be made; then nothing is known of it.
    pub(super) fn new(address: &str) -> Option<Self> {
        crate::install_crypto();
        let mut client = Client::builder().timeout(DEADLINE).redirect(redirect::Policy::limited(3));
        if is_loopback(address) {
            client = client.no_proxy();
        }
        Some(Self { address: address.to_owned(), client: client.build().ok()?, last: Arc::default() })
    }

    /// One sentence where a part that matters is not as it should be; `None` where all is well, and where it cannot tell.
    pub(super) async fn complaint(&self) -> Option<String> {
        let mut last = self.last.lock().await;
        if let Some(heard) = last.as_ref().filter(|heard| heard.at.elapsed() < FRESH) {
            return heard.words.clone();
        }
        let words = self.ask().await;
        *last = Some(Heard { at: Instant::now(), words: words.clone() });
        words
    }

    async fn ask(&self) -> Option<String> {
        let response = self.client.get(&self.address).send().await.ok()?.error_for_status().ok()?;
        let summary: Summary = serde_json::from_slice(&response.bytes().await.ok()?).ok()?;
        let bad: Vec<String> = summary
            .components
            .into_iter()
            .filter(|part| OURS.contains(&part.name.as_str()) && part.status != "operational")
            .map(|part| format!("{} ({})", part.name, part.status.replace('_', " ")))
            .collect();
        (!bad.is_empty()).then(|| format!("GitHub reports trouble with {}.", bad.join(", ")))
    }
}
