//! An account, for a person and for a program.

use lastgood_adapters::github::account::{Account, May, Rights, TokenKind};
use lastgood_adapters::sign_in::{Home, Host};
use serde_json::{Value, json};

use crate::output::{self, plain};

pub(super) fn account(host: &Host, account: &Account, home: Home, rights: Option<&Rights>) -> Value {
    json!({
        "host": host.name,
        "api": host.api,
        "login": account.login,
        "token": home_name(home),
        "kind": kind_name(account.kind),
        "scopes": account.scopes,
        "expires": account.expires,
        "calls": account.calls.map(|calls| json!({ "limit": calls.limit, "left": calls.left, "resets": calls.resets })),
        "rights": rights.map(|rights| json!({
            "push_tags": may(rights.push_tags.answer),
            "dispatch": may(rights.dispatch.answer),
            "approve": may(rights.approve.answer),
        })),
    })
}

pub(super) fn print(host: &Host, account: &Account, home: Home, rights: Option<&Rights>) {
    output::line(&host.name);
    output::line(&format!("  account    @{}", plain(&account.login)));
    output::line(&format!("  token      {}", place(home)));
    let scopes = match &account.scopes {
        Some(scopes) if scopes.is_empty() => "none".to_owned(),
        Some(scopes) => plain(&scopes.join(", ")),
        None => "GitHub names none for this token".to_owned(),
    };
    output::line(&format!("  scopes     {scopes}"));
    if let Some(expires) = account.expires {
        output::line(&format!("  expires    {}", expires.strftime("%Y-%m-%d %H:%M UTC")));
    }
    if let Some(calls) = account.calls {
        let resets = calls.resets.map_or(String::new(), |at| format!(", new ones at {}", at.strftime("%H:%M UTC")));
        output::line(&format!("  calls      {} of {} left{resets}", calls.left, calls.limit));
    }
    let Some(rights) = rights else { return };
    for (deed, right) in
        [("push tags", &rights.push_tags), ("dispatch", &rights.dispatch), ("approve", &rights.approve)]
    {
        let answer = may(right.answer).replace('_', " ");
        output::line(&format!("  {deed:<10} {answer}: {}", plain(&right.sentence)));
    }
}

/// Where it is, after "The token is".
pub(super) fn place(home: Home) -> &'static str {
    match home {
        Home::Keychain => "in your keychain",
        Home::Gh => "with gh",
        Home::Session => "in this process",
        Home::Environment => "in LASTGOOD_GITHUB_TOKEN",
    }
}

fn may(answer: May) -> &'static str {
    match answer {
        May::Yes => "yes",
        May::No => "no",
        May::CouldNotTell => "could_not_tell",
    }
}

fn home_name(home: Home) -> &'static str {
    match home {
        Home::Keychain => "keychain",
        Home::Gh => "gh",
        Home::Session => "session",
        Home::Environment => "environment",
    }
}

fn kind_name(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Classic => "classic",
        TokenKind::FineGrained => "fine_grained",
        TokenKind::OauthApp => "oauth_app",
        TokenKind::GithubApp => "github_app",
        TokenKind::Unknown => "unknown",
    }
}
