//! Which GitHub, and with which token, as this process was told from outside.

use lastgood_core::error::Trouble;
use lastgood_core::rollback::engine::Pace;

use crate::secret::Secret;
use crate::server::{PUBLIC_API, PUBLIC_HOST, Server};
use crate::sign_in::{self, Host, Newest, SessionTokens, SignIn};

/// Points at another GitHub server, such as a rehearsal.
pub const API_VARIABLE: &str = "LASTGOOD_GITHUB_API";

/// A rehearsal's deploy takes seconds, not minutes; it is watched that much more closely.
const REHEARSAL_PACE: f64 = 8.0;

/// What is told before a repository is open.
#[derive(Clone)]
pub struct Access {
    /// Named from outside; else the repository's remote says which.
    server: Option<Result<Server, Trouble>>,
    pub(super) rehearsal: bool,
    pub(super) pace: Pace,
    given: Option<Secret>,
    session: SessionTokens,
}

impl Access {
    /// As the environment says, else as the repository's remote and the person's settings do.
    pub fn from_environment() -> Self {
        let named = std::env::var(API_VARIABLE).ok();
        let named = named.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let server = named.map(|api| Server::at(&api));
        let rehearsal = matches!(&server, Some(Ok(server)) if server.is_loopback());
        let pace = if rehearsal { Pace::default().faster(REHEARSAL_PACE) } else { Pace::default() };
        Self { server, rehearsal, pace, given: sign_in::given(), session: SessionTokens::default() }
    }

    /// A loopback GitHub whose time runs this much faster.
    pub fn rehearsal(api: &str, token: Secret, speed: f64) -> Self {
        let pace = Pace::default().faster(REHEARSAL_PACE * speed.max(1.0));
        let server = Some(Server::at(api));
        Self { server, rehearsal: true, pace, given: Some(token), session: SessionTokens::default() }
    }

    /// Knows the tokens that this process keeps in memory.
    #[must_use]
    pub fn in_session(self, session: SessionTokens) -> Self {
        Self { session, ..self }
    }

    /// The server was named, so the remote need not look like it.
    pub(super) fn is_explicit(&self) -> bool {
        self.server.is_some()
    }

    /// The host as it was named and chosen; without any name, the one of the remote, else the public one.
    pub(super) fn host(&self, sign_in: &SignIn, remote: Option<&str>) -> Result<Host, Trouble> {
        let named = match &self.server {
            Some(server) => server.clone()?,
            None => match remote {
                Some(name) => return sign_in.host(name),
                None => Server::at(PUBLIC_API)?,
            },
        };
        let kept = sign_in.known(named.host())?.unwrap_or_else(|| Host::at(&named));
        // The address of this process counts; what was chosen for the host stands beside it.
        Ok(Host { api: named.api().to_owned(), ..kept })
    }

    /// The newest sign-in of this process, else the environment's token, else the one that was kept.
    pub(super) fn token(&self, sign_in: &SignIn, host: &Host) -> Result<Secret, Trouble> {
        match (self.session.get(&host.name), self.given_for(&host.name)) {
            (Some(Newest::Token(token)), _) => Ok(token),
            (None, Some(given)) => Ok(given.clone()),
            (Some(Newest::WithGh), _) | (None, None) => sign_in.token(host),
        }
    }

    pub(super) fn session(&self) -> SessionTokens {
        self.session.clone()
    }

    /// The environment's token counts: there is none newer.
    pub(super) fn is_given(&self, host: &str) -> bool {
        self.given_for(host).is_some() && self.session.get(host).is_none()
    }

    /// The environment's token is for the server that the environment names, else for the public one; no other sees it.
    fn given_for(&self, host: &str) -> Option<&Secret> {
        self.given.as_ref().filter(|_| self.is_explicit() || host == PUBLIC_HOST)
    }
}
