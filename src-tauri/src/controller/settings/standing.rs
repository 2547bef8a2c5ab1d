//! How it stands with each host, and the view of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use lastgood_adapters::github::Github;
use lastgood_adapters::github::account::{self, Account, Rights};
use lastgood_adapters::sign_in::{Home, Host, SignIn};
use lastgood_adapters::workspace::Workspace;
use lastgood_core::error::{Code, Trouble};

use super::HostState;
use crate::controller::Controller;
use crate::ipc::error::UiError;
use crate::ipc::settings::{HostView, SettingsView, SignInState, view};

/// What GitHub told of a token.
pub(crate) struct Found {
    account: Account,
    rights: Option<Rights>,
    at: Timestamp,
}

/// The newest answer, and what was known before a trouble came.
pub(super) struct Standing {
    found: Option<Found>,
    trouble: Option<Trouble>,
}

impl Standing {
    pub(super) fn of(answer: Result<Found, Trouble>, before: Option<Self>) -> Self {
        match answer {
            Ok(found) => Self { found: Some(found), trouble: None },
            Err(trouble) if trouble.code == Code::SignedOut => Self { found: None, trouble: Some(trouble) },
            Err(trouble) => Self { found: before.and_then(|before| before.found), trouble: Some(trouble) },
        }
    }
}

/// Asks GitHub whose token it is, and what it may do in the open repository.
pub(super) async fn ask(sign_in: &SignIn, host: &Host, workspace: Option<Arc<Workspace>>) -> Result<Found, Trouble> {
    let (sign_in, asked, opened) = (sign_in.clone(), host.clone(), workspace.clone());
    // The open repository's token may be the environment's.
    let token = tokio::task::spawn_blocking(move || match opened.and_then(|workspace| workspace.token()) {
        Some(token) => Ok(token),
        None => sign_in.token(&asked),
    });
    let token = token.await.map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Try again."))??;
    let slug = workspace.as_ref().and_then(|workspace| workspace.slug());
    // The repository may not be there, or not for this account; who it is stands all the same.
    let (account, rights) = if let Some(github) = connection(host, workspace.as_deref()).await {
        let account = github.whose(&token).await?;
        let rights = github.rights_of(&account).await.ok();
        (account, rights)
    } else {
        let server = host.server()?;
        let account = account::read(&server, &token).await?;
        let rights = match slug {
            Some(slug) => account::rights(&server, &token, slug, &account).await.ok(),
            None => None,
        };
        (account, rights)
    };
    Ok(Found { account, rights, at: Timestamp::now() })
}

/// The open repository's own way to this server: a limit that it met counts here too.
async fn connection(host: &Host, workspace: Option<&Workspace>) -> Option<Arc<Github>> {
    let github = workspace?.connect().await.ok()?;
    // Another address, or another authority, is tried by itself.
    (*github.server() == host.server().ok()?).then_some(github)
}

impl Controller {
    pub(super) fn settings_view(&self) -> Result<SettingsView, Trouble> {
        let blank = HostState::default();
        let hosts = self.shown_hosts()?.into_iter();
        let hosts = hosts.map(|host| self.host_view(&host, self.settings.hosts.get(&host.name).unwrap_or(&blank)));
        Ok(SettingsView {
            sequence: self.settings.shown.fetch_add(1, Ordering::Relaxed),
            hosts: hosts.collect(),
            keychain: view::keychain(self.settings.keychain.as_ref()),
            alerts: view::alerts(self.settings.alerts.as_ref()),
            countdown: self.countdown(),
        })
    }

    /// The open repository's host first. A rehearsal of the window's own needs no sign-in.
    pub(super) fn shown_hosts(&self) -> Result<Vec<Host>, Trouble> {
        let mut hosts = self.settings.sign_in.hosts()?;
        let session = self.session.as_ref().filter(|_| self.rehearsal.is_none());
        if let Some(current) = session.and_then(|session| session.workspace.host_settings().ok()) {
            hosts.retain(|host| host.name != current.name);
            hosts.insert(0, current);
        }
        Ok(hosts)
    }

    fn host_view(&self, host: &Host, state: &HostState) -> HostView {
        let session = self.session.as_ref().filter(|session| session.workspace.host() == host.name);
        let home = match session {
            Some(session) => session.workspace.token_home(),
            None => self.settings.sign_in.home(host),
        };
        let found = state.standing.as_ref().and_then(|standing| standing.found.as_ref());
        // An entry of the keychain may be older than the settings.
        let home = home.or(found.map(|_| Home::Keychain));
        let (shown, sentence, hint) = words(host, state, home);
        HostView {
            name: host.name.clone(),
            api: host.api.clone(),
            ca: host.ca.as_ref().map(|file| file.display().to_string()),
            client_id: host.client.clone(),
            state: shown,
            sentence,
            hint,
            home: home.map(view::home),
            account: found.map(|found| view::account(&found.account, found.rights.as_ref(), found.at)),
            device: state.deed.as_ref().and_then(|deed| deed.device.clone()),
            can_device: host.client_id().is_some(),
            unkept: state.unkept.is_some(),
            trouble: state.trouble.clone().map(UiError::from),
            current: session.is_some() && self.rehearsal.is_none(),
        }
    }
}

fn words(host: &Host, state: &HostState, home: Option<Home>) -> (SignInState, String, String) {
    let told = |state, sentence: String| (state, sentence, String::new());
    if state.deed.is_some() {
        return told(SignInState::Asking, "Waiting for GitHub, or for your keychain to be unlocked".to_owned());
    }
    if state.asking.is_some() {
        return told(SignInState::Asking, format!("Asking {}", host.name));
    }
    let standing = state.standing.as_ref();
    if let Some(trouble) = standing.and_then(|standing| standing.trouble.as_ref()) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "every other trouble leaves it open who it is")]
        let shown = match trouble.code {
            Code::SignedOut => SignInState::SignedOut,
            Code::TokenRejected => SignInState::Rejected,
            _ => SignInState::CouldNotTell,
        };
        return (shown, trouble.message.clone(), trouble.hint.clone());
    }
    let found = standing.and_then(|standing| standing.found.as_ref());
    match found.map(|found| &found.account.login).or(host.login.as_ref()) {
        Some(login) if home.is_some() => told(SignInState::SignedIn, format!("Signed in as @{login}")),
        Some(_) | None => told(SignInState::SignedOut, "Not signed in".to_owned()),
    }
}
