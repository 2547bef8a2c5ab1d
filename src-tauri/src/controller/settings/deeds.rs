//! The tasks behind the settings: each waits for the world, so that the controller need not.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::alerts;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::sign_in::{DeviceFlow, Home, Host, SignIn};
use lastgood_adapters::vault;
use lastgood_core::error::{Code, Trouble};

use super::standing;
use super::{Deed, Ending, News};
use crate::controller::Controller;
use crate::controller::message::Message;
use crate::ipc::settings::DeviceView;

impl Controller {
    pub(super) fn spawn_token(&mut self, host: Host, token: Secret, home: Home) {
        let sign_in = self.settings.sign_in.clone();
        let (name, kept) = (host.name.clone(), host);
        self.spawn_deed(&name, async move { settle(&sign_in, &kept, token, home).await });
    }

    pub(super) fn spawn_gh(&mut self, host: Host) {
        let (sign_in, name) = (self.settings.sign_in.clone(), host.name.clone());
        self.spawn_deed(&name, async move {
            match sign_in.take_from_gh(&host).await {
                Ok(_) => Ending::Done,
                Err(trouble) => Ending::Failed(trouble),
            }
        });
    }

    pub(super) fn spawn_sign_out(&mut self, host: Host, forget: bool) {
        let (sign_in, name) = (self.settings.sign_in.clone(), host.name.clone());
        self.spawn_deed(&name, async move {
            let done = if forget { sign_in.remove(&host).await } else { sign_in.sign_out(&host).await };
            done.map_or_else(Ending::Failed, |()| Ending::Done)
        });
    }

    pub(super) fn spawn_code(&mut self, host: Host, client: String, home: Home) {
        let (sign_in, sender, name) = (self.settings.sign_in.clone(), self.sender.clone(), host.name.clone());
        // The number that this deed will get.
        let number = self.settings.count + 1;
        let told = name.clone();
        self.spawn_deed(&name, async move {
            let flow = match host.server() {
                Ok(server) => DeviceFlow::begin(&server, &client).await,
                Err(trouble) => Err(trouble),
            };
            let flow = match flow {
                Ok(flow) => flow,
                Err(trouble) => return Ending::Failed(trouble),
            };
            let news = News::Code(told, number, view(&flow));
            drop(sender.send(Message::SettingsNews(news)));
            match flow.finish().await {
                Ok(token) => settle(&sign_in, &host, token, home).await,
                Err(trouble) => Ending::Failed(trouble),
            }
        });
    }

    pub(super) fn spawn_keychain(&self) {
        let sender = self.sender.clone();
        tauri::async_runtime::spawn_blocking(move || {
            drop(sender.send(Message::SettingsNews(News::Keychain(vault::look()))));
        });
    }

    pub(super) fn spawn_alerts(&self) {
        let sender = self.sender.clone();
        tauri::async_runtime::spawn(async move {
            drop(sender.send(Message::SettingsNews(News::Alerts(alerts::service().await))));
        });
    }

    /// Asks GitHub about a host's token; the newest question counts.
    pub(super) fn ask_standing(&mut self, host: Host) {
        let number = self.settings.number();
        self.settings.state(&host.name).asking = Some(number);
        let (sign_in, sender) = (self.settings.sign_in.clone(), self.sender.clone());
        let workspace = self.session.as_ref().map(|session| std::sync::Arc::clone(&session.workspace));
        let workspace = workspace.filter(|workspace| workspace.host() == host.name);
        tauri::async_runtime::spawn(async move {
            let found = standing::ask(&sign_in, &host, workspace).await;
            drop(sender.send(Message::SettingsNews(News::Stands(host.name, number, Box::new(found)))));
        });
    }

    /// The newest deed of a host counts; the one before is given up.
    fn spawn_deed(&mut self, name: &str, work: impl Future<Output = Ending> + Send + 'static) {
        let number = self.settings.number();
        let (sender, told) = (self.sender.clone(), name.to_owned());
        let task = tauri::async_runtime::spawn(async move {
            let ending = work.await;
            drop(sender.send(Message::SettingsNews(News::Ended(told, number, ending))));
        });
        let state = self.settings.state(name);
        (state.trouble, state.unkept) = (None, None);
        if let Some(before) = state.deed.replace(Deed { number, device: None, task }) {
            before.task.abort();
        }
    }
}

/// A token that is good and finds the keychain closed is not lost: a person decides what becomes of it.
async fn settle(sign_in: &SignIn, host: &Host, token: Secret, home: Home) -> Ending {
    match sign_in.take(host, token.clone(), home).await {
        Ok(_) => Ending::Done,
        Err(trouble) if is_keychain(&trouble) => Ending::Unkept(token, trouble),
        Err(trouble) => Ending::Failed(trouble),
    }
}

fn is_keychain(trouble: &Trouble) -> bool {
    matches!(trouble.code, Code::KeychainMissing | Code::KeychainLocked | Code::KeychainRefused)
}

fn view(flow: &DeviceFlow) -> DeviceView {
    let left = SignedDuration::try_from(flow.expires_in).unwrap_or_default();
    let expires_at = Timestamp::now().checked_add(left).unwrap_or(Timestamp::MAX);
    DeviceView { code: flow.code.clone(), page: flow.page.clone(), expires_at: expires_at.to_string() }
}
