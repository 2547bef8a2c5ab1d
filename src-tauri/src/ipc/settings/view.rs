//! From what is known of a host to what the window shows.

use jiff::Timestamp;
use lastgood_adapters::alerts::Service;
use lastgood_adapters::github::account::{Account, May, Right, Rights, TokenKind};
use lastgood_adapters::sign_in::Home;
use lastgood_adapters::vault::Closed;

use super::{AccountView, AlertsState, AlertsView, KeychainState, KeychainView, RightAnswer, RightView, TokenHome};

pub(crate) fn account(account: &Account, rights: Option<&Rights>, at: Timestamp) -> AccountView {
    let rights = rights.map(|rights| {
        vec![
            right("Push tags", &rights.push_tags),
            right("Dispatch workflows", &rights.dispatch),
            right("Approve deployments", &rights.approve),
        ]
    });
    AccountView {
        login: account.login.clone(),
        kind: kind(account.kind).to_owned(),
        scopes: account.scopes.clone(),
        expires_at: account.expires.map(|at| at.to_string()),
        calls_left: account.calls.map(|calls| calls.left),
        calls_limit: account.calls.map(|calls| calls.limit),
        calls_reset_at: account.calls.and_then(|calls| calls.resets).map(|at| at.to_string()),
        rights: rights.unwrap_or_default(),
        checked_at: at.to_string(),
    }
}

pub(crate) fn home(home: Home) -> TokenHome {
    match home {
        Home::Keychain => TokenHome::Keychain,
        Home::Gh => TokenHome::Gh,
        Home::Session => TokenHome::Session,
        Home::Environment => TokenHome::Environment,
    }
}

pub(crate) fn keychain(found: Option<&Result<(), Closed>>) -> KeychainView {
    let view = |state, sentence: &str, hint: &str| KeychainView {
        state,
        sentence: sentence.to_owned(),
        hint: hint.to_owned(),
    };
    match found {
        None => view(KeychainState::Asking, "Asking the keychain", ""),
        Some(Ok(())) => {
            view(KeychainState::Ready, "Your keychain is open.", "Tokens are kept there, and nowhere else.")
        }
        Some(Err(closed)) => {
            let state = match closed {
                Closed::Missing(_) => KeychainState::Missing,
                Closed::Locked => KeychainState::Locked,
                Closed::Refused(_) => KeychainState::Refused,
            };
            let trouble = closed.trouble();
            view(state, &trouble.message, &trouble.hint)
        }
    }
}

pub(crate) fn alerts(found: Option<&Service>) -> AlertsView {
    let view = |state, sentence: String, hint: &str| AlertsView { state, sentence, hint: hint.to_owned() };
    match found {
        None => view(AlertsState::Asking, "Asking the notification service".to_owned(), ""),
        Some(Service::Ready { name, buttons: true }) => view(
            AlertsState::Ready,
            format!("{name} shows alerts."),
            "Their button brings this window to what they are about.",
        ),
        Some(Service::Ready { name, buttons: false }) => {
            let hint = "It knows no buttons; the inbox leads to what an alert is about.";
            view(AlertsState::Plain, format!("{name} shows alerts."), hint)
        }
        Some(Service::System) => {
            view(AlertsState::Plain, "This system shows alerts.".to_owned(), "The inbox has them all.")
        }
        Some(Service::Missing) => {
            let hint = "Nothing is lost: the inbox has them all, and the title counts them. To see them on the desktop, start a \
                        notification service such as dunst.";
            view(AlertsState::Missing, "No notification service answers here.".to_owned(), hint)
        }
    }
}

fn right(deed: &str, right: &Right) -> RightView {
    let answer = match right.answer {
        May::Yes => RightAnswer::Yes,
        May::No => RightAnswer::No,
        May::CouldNotTell => RightAnswer::CouldNotTell,
    };
    RightView { deed: deed.to_owned(), answer, sentence: right.sentence.clone() }
}

fn kind(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Classic => "classic token",
        TokenKind::FineGrained => "fine-grained token",
        TokenKind::OauthApp => "token of an OAuth app",
        TokenKind::GithubApp => "token of a GitHub App",
        TokenKind::Unknown => "token",
    }
}
