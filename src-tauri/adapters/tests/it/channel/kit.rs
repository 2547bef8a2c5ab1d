//! Letters, and channels that end at a receiver.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lastgood_adapters::channel::{Keys, channel};
use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_core::ids::{RepositorySlug, TagName};
use lastgood_core::incident::{Severity, Stage};
use lastgood_core::message::parse;
use lastgood_core::message::render::Letter;
use lastgood_core::ports::Channel;
use lastgood_core::settings::Settings;

use super::receiver::{Receiver, Reply, Request};

/// A service that takes longer is silent; a busy machine does not.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The kinds that speak HTTP, with what each needs to be set up.
pub(crate) const KINDS: [(&str, &str); 11] = [
    ("slack", ""),
    ("slack_bot", "to = ['C0123']"),
    ("teams", ""),
    ("statuspage", "page = 'page1'\ncomponents = { API = 'comp1' }"),
    ("instatus", "page = 'page1'\ncomponents = { API = 'comp1' }"),
    ("cachet", "components = { API = '7' }"),
    ("github", "labels = ['incident']"),
    ("pagerduty", ""),
    ("notice", ""),
    ("release_notes", ""),
    ("webhook", ""),
];

pub(crate) fn letter(text: &str) -> Letter {
    Letter {
        key: "up-1.it".to_owned(),
        incident: "inc-4f1c".to_owned(),
        title: "Plugins fail".to_owned(),
        severity: Severity::DEFAULT,
        severity_name: "SEV 2".to_owned(),
        stage: Stage::Investigating,
        surfaces: vec!["API".to_owned()],
        recovered: Vec::new(),
        releases: Some((Some(TagName::new("v2.4.1")), TagName::new("v2.4.0"))),
        began: "2026-11-23T14:02:00Z".parse::<Timestamp>().unwrap(),
        at: "2026-11-23T14:44:00Z".parse().unwrap(),
        before: 0,
        handle: None,
        reached: Vec::new(),
        behind: None,
        message: parse(text),
    }
}

pub(crate) fn first() -> Letter {
    letter("# Plugins fail\nWe are looking into it.")
}

pub(crate) fn build(kind: &str, more: &str, receiver: &Receiver) -> Arc<dyn Channel> {
    let own = !matches!(kind, "slack" | "teams" | "github" | "release_notes");
    let url = if own { format!("url = '{}'\n", receiver.address) } else { String::new() };
    let text = format!("[channels.it]\nkind = '{kind}'\n{url}{more}\n");
    let settings = Settings::parse(&text).unwrap();
    let secret = if own { "key-1".to_owned() } else { format!("{}/hook?sig=secret", receiver.address) };
    let keys = Keys {
        secret: Some(Secret::new(secret)),
        github: Some(Arc::new(github(&receiver.address))),
        repository: RepositorySlug::new("acme", "shop"),
        authorizer: None,
        deadline: Some(PATIENCE),
    };
    channel("it", &settings.channels["it"], &keys).unwrap()
}

const RELEASE: &str = r#"{"id":5,"tag_name":"v2.4.1","name":null,"body":"old notes","draft":false,"prerelease":false,
    "created_at":"2026-11-01T10:00:00Z","published_at":null,"html_url":"https://x.example"}"#;

/// Ours, at the receiver's address.
pub(crate) fn github(address: &str) -> Github {
    let slug = RepositorySlug::new("acme", "shop").unwrap();
    Github::within(address, &Secret::new("token-1"), slug, PATIENCE).unwrap()
}

/// What each service says: it takes what its documentation names, and refuses everything else.
pub(crate) fn taken(request: &Request) -> Reply {
    if let Err(words) = super::documented::check(request) {
        return Reply::Answer(400, "Content-Type: application/json\r\n", format!(r#"{{"message":"{words}"}}"#));
    }
    let (status, body) = match request.path.as_str() {
        path if path.contains("/hook") => (200, "ok"),
        path if path.contains("/chat.") => (200, r#"{"ok":true,"ts":"1.2"}"#),
        path if path.contains("/v2/enqueue") => (202, r#"{"status":"success","dedup_key":"d"}"#),
        path if path.contains("/api/incidents") => (201, r#"{"data":{"id":"41"}}"#),
        path if path.contains("/releases") => (200, RELEASE),
        path if path.contains("/issues") => (201, r#"{"id":9,"number":12,"html_url":"https://x.example"}"#),
        _ => (201, r#"{"id":"in1","shortlink":"https://stspg.example"}"#),
    };
    Reply::Answer(status, "Content-Type: application/json\r\n", body.to_owned())
}
