//! What proves to a remote over HTTP who is asking.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use lastgood_core::ids::remote_host;
use reqwest::Client;
use reqwest::header::HeaderValue;

/// The value of an `Authorization` header, such as `Basic …`. It goes to the git program through its environment, never
/// through its arguments, and is shown nowhere.
#[derive(Clone)]
pub struct Authorization {
    value: String,
    ca: Option<PathBuf>,
    client: Option<Client>,
}

impl Authorization {
    /// `None` when the value would end the header's line and begin another.
    pub fn new(value: impl Into<String>) -> Option<Self> {
        let value = value.into();
        (!value.contains(['\r', '\n', '\0'])).then_some(Self { value, ca: None, client: None })
    }

    /// For a remote whose certificate is of an authority of its own, in this PEM file.
    #[must_use]
    pub fn trusting(self, ca: Option<PathBuf>) -> Self {
        Self { ca, ..self }
    }

    /// For pushes without the git program: a client that follows no redirect, sends nothing twice and trusts the same
    /// authority.
    #[must_use]
    pub fn through(self, client: Option<Client>) -> Self {
        Self { client, ..self }
    }

    pub(super) fn client(&self) -> Option<Client> {
        self.client.clone()
    }

    /// Marked as a secret, so that no log shows it.
    pub(super) fn header_value(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&self.value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Settings of git for the address that begins so, and for no other.
    pub(super) fn settings(&self, scope: &str) -> Vec<(String, String)> {
        let mut settings = vec![(format!("http.{scope}.extraHeader"), self.header())];
        if let Some(ca) = &self.ca {
            settings.push((format!("http.{scope}.sslCAInfo"), ca.display().to_string()));
            // Where git asks Windows about certificates, it looks at the file only when it is told to.
            settings.push((format!("http.{scope}.schannelUseSSLCAInfo"), "true".to_owned()));
        }
        settings
    }

    /// This variable would be stronger than the setting (`git help config`, "http.sslCAInfo").
    pub(super) fn clear_the_way(&self, command: &mut Command) {
        if self.ca.is_some() {
            command.env_remove("GIT_SSL_CAINFO");
        }
    }

    fn header(&self) -> String {
        format!("Authorization: {}", self.value)
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(…)")
    }
}

type Ask = dyn Fn(&str) -> Option<Authorization> + Send + Sync;

/// Asked with the remote's address before each call over the network; `None` leaves it to the person's own git.
#[derive(Clone)]
pub struct Authorizer(Arc<Ask>);

impl Authorizer {
    pub fn new(ask: impl Fn(&str) -> Option<Authorization> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// `None` also for an address that hides its server: git and what it calls may read it differently.
    pub(super) fn ask(&self, address: &str) -> Option<Authorization> {
        remote_host(address)?;
        (self.0)(address)
    }
}

impl fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorizer(…)")
    }
}
