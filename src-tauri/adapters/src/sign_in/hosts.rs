//! The GitHub hosts that this person signs in to: what is no secret of them, kept beside the journal.

use std::path::PathBuf;

use lastgood_core::error::Trouble;
use serde::{Deserialize, Serialize};

use crate::server::{PUBLIC_HOST, Server};
use crate::sqlite::SqliteJournal;

/// Under this name the journal file keeps them.
const NAME: &str = "github-hosts";

/// Names an OAuth app for the device flow, before what the settings say.
pub const CLIENT_VARIABLE: &str = "LASTGOOD_GITHUB_CLIENT_ID";

/// One host and the choices made for it. The token is never here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Such as `github.com`.
    pub name: String,
    /// Address for requests.
    pub api: String,
    /// PEM file of a certificate authority of its own.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// The OAuth app that the device flow signs in with.
    #[serde(default)]
    pub client: Option<String>,
    /// Login of the account, as GitHub told at the newest sign-in.
    #[serde(default)]
    pub login: Option<String>,
    /// Where the token lives; `None` while signed out.
    #[serde(default)]
    pub home: Option<Home>,
    /// What the keychain may still hold for this host is not to be used: the newest choice was another home, or none.
    #[serde(default)]
    pub past_keychain: bool,
}

/// Where a token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Home {
    Keychain,
    /// With the `gh` program; it is asked each time.
    Gh,
    /// In the memory of this process, and gone with it. Never written down.
    Session,
    /// In the environment variable of this process.
    Environment,
}

impl Host {
    /// A host at its customary address.
    pub fn of_name(name: &str) -> Result<Self, Trouble> {
        Ok(Self::at(&Server::of_host(name)?))
    }

    pub fn at(server: &Server) -> Self {
        Self {
            name: server.host().to_owned(),
            api: server.api().to_owned(),
            ca: None,
            client: None,
            login: None,
            home: None,
            past_keychain: false,
        }
    }

    pub fn server(&self) -> Result<Server, Trouble> {
        Ok(Server::at(&self.api)?.trusting(self.ca.as_deref()))
    }

    /// The environment's OAuth app, else the one of the settings.
    pub fn client_id(&self) -> Option<String> {
        let named = std::env::var(CLIENT_VARIABLE).ok();
        let written = |id: String| Some(id.trim().to_owned()).filter(|id| !id.is_empty());
        named.and_then(written).or_else(|| self.client.clone().and_then(written))
    }
}

/// Every host that was ever chosen, the public GitHub first.
pub(super) fn all(journal: &SqliteJournal) -> Result<Vec<Host>, Trouble> {
    let mut hosts = kept(journal)?;
    let public = hosts.iter().position(|host| host.name == PUBLIC_HOST);
    let public = match public {
        Some(place) => hosts.remove(place),
        None => Host::of_name(PUBLIC_HOST)?,
    };
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    hosts.insert(0, public);
    Ok(hosts)
}

pub(super) fn find(journal: &SqliteJournal, name: &str) -> Result<Option<Host>, Trouble> {
    Ok(all(journal)?.into_iter().find(|host| host.name == name))
}

pub(super) fn save(journal: &SqliteJournal, host: Host) -> Result<(), Trouble> {
    let mut hosts = kept(journal)?;
    hosts.retain(|known| known.name != host.name);
    hosts.push(host);
    write(journal, &hosts)
}

pub(super) fn remove(journal: &SqliteJournal, name: &str) -> Result<(), Trouble> {
    let mut hosts = kept(journal)?;
    hosts.retain(|known| known.name != name);
    write(journal, &hosts)
}

/// What cannot be read any more is asked of the person again.
fn kept(journal: &SqliteJournal) -> Result<Vec<Host>, Trouble> {
    let text = journal.recall(NAME)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn write(journal: &SqliteJournal, hosts: &[Host]) -> Result<(), Trouble> {
    let text = serde_json::to_string(hosts).unwrap_or_else(|_| "[]".to_owned());
    journal.remember(NAME, &text)
}
