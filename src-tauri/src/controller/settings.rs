//! Settings: signing in and out. Deeds run in tasks of their own; their results come back as messages.

mod deeds;
mod standing;

use std::collections::HashMap;
use std::sync::atomic::AtomicU32;

use lastgood_adapters::alerts::Service;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::server::{PUBLIC_HOST, Server};
use lastgood_adapters::sign_in::{Home, Host, SessionTokens, SignIn, no_client};
use lastgood_adapters::vault::Closed;
use lastgood_core::error::{Code, Trouble};
use tauri::async_runtime::JoinHandle;

use super::Controller;
use super::message::{Message, Reply};
use crate::ipc::notice::Notice;
use crate::ipc::settings::{Countdown, DeviceView, HostChoice, SettingsView};
use standing::Standing;

/// What the window asks for.
pub(crate) enum Request {
    /// What is known.
    Look,
    /// Ask GitHub and the keychain anew.
    Check,
    Save(HostChoice),
    Remove(String),
    Token {
        name: String,
        token: Secret,
        session_only: bool,
    },
    Gh(String),
    Code {
        name: String,
        session_only: bool,
    },
    OpenPage(String),
    Cancel(String),
    KeepForSession(String),
    SignOut(String),
    Countdown(Countdown),
}

/// What its own tasks tell.
pub(crate) enum News {
    /// What shows alerts here.
    Alerts(Service),
    Keychain(Result<(), Closed>),
    /// What GitHub says of a host's token, for the question of this number.
    Stands(String, u64, Box<Result<standing::Found, Trouble>>),
    Code(String, u64, DeviceView),
    Ended(String, u64, Ending),
    /// The open repository goes on with another token, or without one.
    Renewed,
}

/// How a deed ended.
pub(crate) enum Ending {
    Done,
    Failed(Trouble),
    /// The token is good; the keychain did not take it.
    Unkept(Secret, Trouble),
}

/// What is known of all hosts.
pub(super) struct Settings {
    sign_in: SignIn,
    session: SessionTokens,
    keychain: Option<Result<(), Closed>>,
    alerts: Option<Service>,
    hosts: HashMap<String, HostState>,
    /// Counts deeds and questions, so that what was overtaken is dropped.
    count: u64,
    /// Counts what was shown.
    shown: AtomicU32,
}

#[derive(Default)]
struct HostState {
    standing: Option<Standing>,
    asking: Option<u64>,
    deed: Option<Deed>,
    trouble: Option<Trouble>,
    unkept: Option<Secret>,
}

struct Deed {
    number: u64,
    device: Option<DeviceView>,
    task: JoinHandle<()>,
}

impl Settings {
    pub(super) fn new(journal: lastgood_adapters::sqlite::SqliteJournal) -> Self {
        let session = SessionTokens::default();
        let sign_in = SignIn::new(journal, session.clone());
        Self {
            sign_in,
            session,
            keychain: None,
            alerts: None,
            hosts: HashMap::new(),
            count: 0,
            shown: AtomicU32::new(0),
        }
    }

    /// Tokens that live in this process.
    pub(super) fn session(&self) -> SessionTokens {
        self.session.clone()
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn state(&mut self, name: &str) -> &mut HostState {
        self.hosts.entry(name.to_owned()).or_default()
    }

    fn cancel(&mut self, name: &str) {
        let state = self.state(name);
        if let Some(deed) = state.deed.take() {
            deed.task.abort();
        }
        (state.unkept, state.trouble) = (None, None);
    }
}

impl Controller {
    pub(super) fn settings_request(&mut self, request: Request, reply: Reply<SettingsView>) {
        let done = self.do_settings(request);
        let view = done.and_then(|()| self.settings_view());
        reply.send(view);
    }

    fn do_settings(&mut self, request: Request) -> Result<(), Trouble> {
        match request {
            Request::Look if self.settings.keychain.is_some() => {}
            Request::Look | Request::Check => self.check_settings()?,
            Request::Save(choice) => self.save_host(choice)?,
            Request::Remove(name) => self.remove_host(&name)?,
            Request::Token { name, token, session_only } => {
                let host = self.host(&name)?;
                self.spawn_token(host, token, home(session_only));
            }
            Request::Gh(name) => {
                let host = self.host(&name)?;
                self.spawn_gh(host);
            }
            Request::Code { name, session_only } => {
                let host = self.host(&name)?;
                let client = host.client_id().ok_or_else(|| no_client(&name))?;
                self.spawn_code(host, client, home(session_only));
            }
            Request::OpenPage(name) => self.open_page(&name)?,
            Request::Cancel(name) => self.settings.cancel(&name),
            Request::KeepForSession(name) => {
                let host = self.host(&name)?;
                if let Some(token) = self.settings.state(&name).unkept.take() {
                    self.spawn_token(host, token, Home::Session);
                }
            }
            Request::Countdown(choice) => self.choose_countdown(choice)?,
            Request::SignOut(name) => {
                let host = self.idle_host(&name)?;
                self.spawn_sign_out(host, false);
            }
        }
        Ok(())
    }

    pub(super) fn settings_news(&mut self, news: News) {
        match news {
            News::Keychain(found) => self.settings.keychain = Some(found),
            News::Alerts(found) => self.settings.alerts = Some(found),
            News::Stands(name, number, found) => {
                let state = self.settings.state(&name);
                if state.asking == Some(number) {
                    state.asking = None;
                    state.standing = Some(Standing::of(*found, state.standing.take()));
                }
            }
            News::Code(name, number, device) => {
                if let Some(deed) = self.settings.state(&name).deed.as_mut().filter(|deed| deed.number == number) {
                    deed.device = Some(device);
                }
            }
            News::Ended(name, number, ending) => self.deed_ended(&name, number, ending),
            News::Renewed => {
                self.take_up_all();
                self.refresh_anew();
            }
        }
        self.tell_settings();
    }

    /// GitHub said something about the token of the open repository; the settings say the same.
    pub(super) fn settings_saw(&mut self, trouble: &Trouble) {
        let Some(name) = self.session.as_ref().map(|session| session.workspace.host()) else { return };
        let state = self.settings.state(&name);
        state.standing = Some(Standing::of(Err(trouble.clone()), state.standing.take()));
        self.tell_settings();
    }

    pub(super) fn tell_settings(&self) {
        match self.settings_view() {
            Ok(settings) => self.tell(Notice::Settings { settings }),
            Err(trouble) => tracing::warn!("{trouble}"),
        }
    }

    /// Asks everything about every host that has a token, and the keychain.
    fn check_settings(&mut self) -> Result<(), Trouble> {
        self.spawn_keychain();
        self.spawn_alerts();
        for host in self.shown_hosts()? {
            self.ask_standing(host);
        }
        Ok(())
    }

    fn save_host(&mut self, choice: HostChoice) -> Result<(), Trouble> {
        let address = choice.address.trim();
        let server = if address.contains("://") { Server::at(address)? } else { Server::of_host(address)? };
        let kept = self.settings.sign_in.known(server.host())?.unwrap_or_else(|| Host::at(&server));
        let moved = kept.api != server.api();
        let host = Host { api: server.api().to_owned(), ca: choice.ca, client: choice.client_id, ..kept };
        if moved {
            self.must_be_idle(&host.name)?;
        }
        self.settings.sign_in.save(&host)?;
        self.ask_standing(host);
        Ok(())
    }

    fn remove_host(&mut self, name: &str) -> Result<(), Trouble> {
        if name == PUBLIC_HOST {
            return Err(Trouble::new(Code::Usage, "github.com always stays.", "Sign out instead."));
        }
        let host = self.idle_host(name)?;
        self.spawn_sign_out(host, true);
        Ok(())
    }

    fn open_page(&mut self, name: &str) -> Result<(), Trouble> {
        let device = self.settings.state(name).deed.as_ref().and_then(|deed| deed.device.as_ref());
        let page = device
            .map(|device| device.page.clone())
            .ok_or_else(|| Trouble::new(Code::Usage, "No sign-in by code is under way.", "Start it again."))?;
        lastgood_adapters::opener::open(&page)
    }

    /// As it is in use, so that the environment's address counts.
    fn host(&self, name: &str) -> Result<Host, Trouble> {
        match self.session.as_ref().and_then(|session| session.workspace.host_settings().ok()) {
            Some(current) if current.name == name => Ok(current),
            Some(_) | None => self.settings.sign_in.host(name),
        }
    }

    fn idle_host(&self, name: &str) -> Result<Host, Trouble> {
        self.must_be_idle(name)?;
        self.host(name)
    }

    /// A rollback under way needs its token to its end.
    fn must_be_idle(&self, name: &str) -> Result<(), Trouble> {
        if self.driving.values().any(|driving| driving.workspace.host() == name) {
            let message = "A rollback is under way with this token.";
            return Err(Trouble::new(Code::AlreadyRunning, message, "Sign out when it has ended."));
        }
        Ok(())
    }

    fn deed_ended(&mut self, name: &str, number: u64, ending: Ending) {
        let state = self.settings.state(name);
        if state.deed.as_ref().is_none_or(|deed| deed.number != number) {
            return;
        }
        state.deed = None;
        match ending {
            Ending::Done => {
                state.standing = None;
                self.token_changed(name);
            }
            Ending::Failed(trouble) => state.trouble = Some(trouble),
            Ending::Unkept(token, trouble) => {
                state.unkept = Some(token);
                state.trouble = Some(trouble);
            }
        }
        self.spawn_keychain();
    }

    /// The open repository goes on with the new token, without being opened again.
    fn token_changed(&mut self, name: &str) {
        if let Ok(host) = self.host(name) {
            self.ask_standing(host);
        }
        let Some(session) = &self.session else { return };
        if session.workspace.host() != name {
            return;
        }
        let (workspace, sender) = (std::sync::Arc::clone(&session.workspace), self.sender.clone());
        tauri::async_runtime::spawn(async move {
            if let Err(trouble) = workspace.sign_in_again().await {
                tracing::info!("{trouble}");
            }
            drop(sender.send(Message::SettingsNews(News::Renewed)));
        });
    }
}

fn home(session_only: bool) -> Home {
    if session_only { Home::Session } else { Home::Keychain }
}
