//! Which GitHub, and with which token.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lastgood_core::ids::remote_host;
use lastgood_core::rollback::engine::Pace;

use crate::git::{Authorization, Authorizer};
use crate::github::PUBLIC_API;
use crate::loopback::is_loopback;
use crate::secret::Secret;
use crate::vault::{self, Kept};

/// Points at another GitHub server, such as a rehearsal.
pub const API_VARIABLE: &str = "LASTGOOD_GITHUB_API";

/// A token for this process alone; the keychain is not asked then.
pub const TOKEN_VARIABLE: &str = "LASTGOOD_GITHUB_TOKEN";

/// A rehearsal's deploy takes seconds, not minutes; it is watched that much more closely.
const REHEARSAL_PACE: f64 = 8.0;

#[derive(Debug, Clone)]
pub struct Access {
    pub(super) api: String,
    pub(super) rehearsal: bool,
    pub(super) pace: Pace,
    given: Option<Secret>,
    /// The keychain is asked once, and only when a token is needed.
    token: Arc<OnceLock<Option<Secret>>>,
    explicit: bool,
}

impl Access {
    /// As the environment says, else the public GitHub.
    pub fn from_environment() -> Self {
        let trimmed = |value: String| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        let named = |name| std::env::var(name).ok().and_then(trimmed);
        let api = named(API_VARIABLE);
        let given = named(TOKEN_VARIABLE).map(Secret::new);
        let explicit = api.is_some();
        let api = api.unwrap_or_else(|| PUBLIC_API.to_owned()).trim_end_matches('/').to_owned();
        let rehearsal = is_loopback(&api);
        let pace = if rehearsal { Pace::default().faster(REHEARSAL_PACE) } else { Pace::default() };
        Self { api, rehearsal, pace, given, token: Arc::default(), explicit }
    }

    /// A loopback GitHub whose time runs this much faster.
    pub fn rehearsal(api: &str, token: Secret, speed: f64) -> Self {
        let pace = Pace::default().faster(REHEARSAL_PACE * speed.max(1.0));
        Self { api: api.to_owned(), rehearsal: true, pace, given: Some(token), token: Arc::default(), explicit: true }
    }

    /// `github.com`, or the name of the server.
    pub fn host(&self) -> &str {
        if self.api == PUBLIC_API { "github.com" } else { host(&self.api) }
    }

    /// The server was named, so the remote need not look like it.
    pub(super) fn is_explicit(&self) -> bool {
        self.explicit
    }

    /// The environment's token, else the keychain's.
    pub(super) fn token(&self) -> Option<Secret> {
        self.token.get_or_init(|| self.given.clone().or_else(|| kept(self.host()))).clone()
    }

    /// Lets git push over HTTPS to this server, and to no other, with the same token.
    pub(super) fn authorizer(&self) -> Authorizer {
        let access = self.clone();
        Authorizer::new(move |address| {
            let ours = address.starts_with("https://") && remote_host(address) == Some(access.host());
            let token = access.token().filter(|_| ours)?;
            let pair = STANDARD.encode(format!("x-access-token:{}", token.reveal()));
            Authorization::new(format!("Basic {pair}"))
        })
    }
}

fn kept(host: &str) -> Option<Secret> {
    match vault::token(host) {
        Kept::Secret(secret) => Some(secret),
        Kept::Absent => None,
        Kept::Refused(words) | Kept::NoKeychain(words) => {
            tracing::info!("the keychain gave no token: {words}");
            None
        }
    }
}

fn host(api: &str) -> &str {
    let rest = api.split_once("://").map_or(api, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or(bracketed),
        None => authority.split(':').next().unwrap_or(authority),
    }
}
