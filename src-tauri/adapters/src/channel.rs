//! Where updates go: one file a service, each behind the core's port `Channel`.
//!
//! A request leaves once. What surely changed nothing may go again; whatever else is not a clear yes or no is unknown.

mod email;
mod github;
mod http;
mod notice;
mod release_notes;
mod slack;
mod status_page;
mod teams;
mod ticket;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Channel;
use lastgood_core::settings::telling::{ChannelKind, ChannelSettings};

use crate::git::Authorizer;
use crate::github::Github;
use crate::loopback::is_loopback;
use crate::secret::Secret;
use http::Http;

/// A service that is well answers sooner.
const DEADLINE: Duration = Duration::from_secs(20);

/// Where the tests of a service that has one address for all find it instead.
pub const PAGERDUTY: &str = "https://events.pagerduty.com";

/// What a channel may need besides its settings.
#[derive(Clone)]
pub struct Keys {
    pub secret: Option<Secret>,
    /// The one way to GitHub, where somebody is signed in.
    pub github: Option<Arc<Github>>,
    pub repository: Option<RepositorySlug>,
    /// For pushing to a status page's repository.
    pub authorizer: Option<Authorizer>,
    /// Else [`DEADLINE`].
    pub deadline: Option<Duration>,
}

/// The channel of this name.
///
/// # Errors
/// [`Code::ChannelUnready`] or [`Code::ChannelSecret`]: it cannot send anything as it is.
pub fn channel(name: &str, settings: &ChannelSettings, keys: &Keys) -> Result<Arc<dyn Channel>, Trouble> {
    settings.check(name)?;
    let http = Http::new(settings.kind.title(), keys.deadline.unwrap_or(DEADLINE))?;
    let secret = match &keys.secret {
        None if settings.needs_secret() => return Err(no_secret(name, settings.kind)),
        found => found.clone().unwrap_or_else(|| Secret::new("")),
    };
    let own = |fallback: &str| address(name, settings.url.as_deref().unwrap_or(fallback));
    Ok(match settings.kind {
        ChannelKind::Slack => Arc::new(slack::Webhook::new(http, address(name, secret.reveal())?)),
        ChannelKind::SlackBot => Arc::new(slack::Bot::new(http, own(slack::API)?, settings, secret)),
        ChannelKind::Teams => Arc::new(teams::Workflow::new(http, address(name, secret.reveal())?)),
        ChannelKind::Email => Arc::new(email::Email::new(name, settings, keys)?),
        ChannelKind::Statuspage => Arc::new(status_page::statuspage::Statuspage::new(
            http,
            own(status_page::statuspage::API)?,
            settings,
            secret,
        )),
        ChannelKind::Instatus => {
            Arc::new(status_page::instatus::Instatus::new(http, own(status_page::instatus::API)?, settings, secret))
        }
        ChannelKind::Cachet => Arc::new(status_page::cachet::Cachet::new(http, own("")?, settings, secret)),
        ChannelKind::Cstate => Arc::new(status_page::cstate::Cstate::new(settings, keys)),
        ChannelKind::Github => Arc::new(ticket::github::Issue::new(name, settings, keys)?),
        ChannelKind::Pagerduty => Arc::new(ticket::pagerduty::Pagerduty::new(http, own(PAGERDUTY)?, secret)),
        ChannelKind::Notice => Arc::new(notice::Notice::new(http, own("")?, secret)),
        ChannelKind::ReleaseNotes => Arc::new(release_notes::ReleaseNotes::new(name, settings, keys)?),
        ChannelKind::Webhook => Arc::new(webhook::Webhook::new(http, own("")?, secret)),
    })
}

/// Whom the channel's secret goes to, as `host:port`; where the secret is itself the address, the kind of service. It is
/// filed under that: a changed address gets none that was kept for another.
pub fn service(settings: &ChannelSettings) -> String {
    let own = |fallback: &str| authority(settings.url.as_deref().unwrap_or(fallback));
    match settings.kind {
        ChannelKind::Slack | ChannelKind::Teams => settings.kind.title().to_lowercase(),
        ChannelKind::Email => email::address(settings),
        ChannelKind::SlackBot => own(slack::API),
        ChannelKind::Statuspage => own(status_page::statuspage::API),
        ChannelKind::Instatus => own(status_page::instatus::API),
        ChannelKind::Pagerduty => own(PAGERDUTY),
        ChannelKind::Cachet
        | ChannelKind::Notice
        | ChannelKind::Webhook
        | ChannelKind::Cstate
        | ChannelKind::Github
        | ChannelKind::ReleaseNotes => own(""),
    }
}

fn authority(address: &str) -> String {
    let read = reqwest::Url::parse(address.trim()).ok();
    let named = read.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    named.map_or_else(|| address.trim().to_lowercase(), |(host, port)| format!("{host}:{port}"))
}

/// What is secret travels encrypted, or not at all; on this machine it travels nowhere.
fn address(name: &str, address: &str) -> Result<String, Trouble> {
    let address = address.trim().trim_end_matches('/');
    if address.starts_with("https://") || (address.starts_with("http://") && is_loopback(address)) {
        return Ok(address.to_owned());
    }
    let message = format!("The address of the channel {name} does not begin with https://.");
    Err(Trouble::new(Code::ChannelUnready, message, "Set the whole address, as the service shows it."))
}

fn no_secret(name: &str, kind: ChannelKind) -> Trouble {
    let what = kind.secret().unwrap_or("its secret");
    Trouble::new(
        Code::ChannelSecret,
        format!("The channel {name} has no secret in the keychain."),
        format!("Give it {what}: `lastgood channel secret {name}` reads it from standard input."),
    )
}
