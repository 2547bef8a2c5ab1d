//! What GitHub tells of a token: whose it is, what it may do, how long it lasts, how many calls are left.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use lastgood_core::error::Trouble;
use lastgood_core::ids::RepositorySlug;
use serde::Deserialize;

use super::answer::{Answer, number};
use super::transport::{Transport, encode};
use super::{DEADLINE, wire};
use crate::secret::Secret;
use crate::server::Server;

/// Environments on one page, and pages that are read: each pull request may have an environment.
const PAGE: usize = 100;
const PAGES: u32 = 20;

/// A token's own page, as far as GitHub tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub login: String,
    pub kind: TokenKind,
    /// Scopes of a classic or OAuth token; `None` where GitHub names none, as for fine-grained ones.
    pub scopes: Option<Vec<String>>,
    pub expires: Option<Timestamp>,
    pub calls: Option<Calls>,
}

/// Calls of this hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    pub limit: u32,
    pub left: u32,
    pub resets: Option<Timestamp>,
}

/// Told by how the token begins (GitHub's "About authentication to GitHub", "Token formats").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Classic,
    FineGrained,
    OauthApp,
    GithubApp,
    Unknown,
}

/// What the token may do in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    pub push_tags: Right,
    pub dispatch: Right,
    pub approve: Right,
}

/// One right, with the sentence that says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    pub answer: May,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    Yes,
    No,
    CouldNotTell,
}

#[derive(Deserialize)]
struct Repository {
    #[serde(default)]
    private: bool,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    push: bool,
}

#[derive(Deserialize)]
struct Environments {
    environments: Vec<Environment>,
}

#[derive(Deserialize)]
struct Environment {
    #[serde(default)]
    protection_rules: Vec<ProtectionRule>,
}

#[derive(Deserialize)]
struct ProtectionRule {
    #[serde(default)]
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize)]
struct Reviewer {
    reviewer: Named,
}

/// A team has no login.
#[derive(Deserialize)]
struct Named {
    login: Option<String>,
}

/// Asks whose token this is.
pub async fn read(server: &Server, token: &Secret) -> Result<Account, Trouble> {
    of(&Transport::new(server, token, DEADLINE)?, token).await
}

pub(super) async fn of(transport: &Transport, token: &Secret) -> Result<Account, Trouble> {
    let answer = ask(transport, "/user").await?;
    let user: wire::User = answer.read("/user")?;
    Ok(Account {
        login: user.login,
        kind: kind(token),
        scopes: scopes(&answer),
        expires: answer.header("github-authentication-token-expiration").and_then(expiry),
        calls: calls(&answer),
    })
}

/// Asks what it may do in a repository.
pub async fn rights(
    server: &Server,
    token: &Secret,
    slug: &RepositorySlug,
    account: &Account,
) -> Result<Rights, Trouble> {
    rights_by(&Transport::new(server, token, DEADLINE)?, slug, account).await
}

pub(super) async fn rights_by(
    transport: &Transport,
    slug: &RepositorySlug,
    account: &Account,
) -> Result<Rights, Trouble> {
    let path = format!("/repos/{}/{}", encode(&slug.owner), encode(&slug.name));
    let repository: Repository = ask(transport, &path).await?.read(&path)?;
    // Not everybody may see them; then nothing is known of who approves.
    let environments = environments(transport, &path).await.ok();
    let write = write_access(account, &repository);
    let approve = approvals(account, environments.as_deref());
    Ok(Rights { push_tags: write.clone(), dispatch: write, approve })
}

async fn ask(transport: &Transport, route: &str) -> Result<Answer, Trouble> {
    let answer = transport.get(route, None).await?;
    if answer.is_success() { Ok(answer) } else { Err(answer.trouble()) }
}

async fn environments(transport: &Transport, path: &str) -> Result<Vec<Environment>, Trouble> {
    let mut all = Vec::new();
    for page in 1..=PAGES {
        let further = if page == 1 { String::new() } else { format!("&page={page}") };
        let answer = ask(transport, &format!("{path}/environments?per_page={PAGE}{further}")).await?;
        let found: Environments = answer.read("the environments")?;
        let is_last = found.environments.len() < PAGE;
        all.extend(found.environments);
        if is_last {
            break;
        }
    }
    Ok(all)
}

fn write_access(account: &Account, repository: &Repository) -> Right {
    let Some(permissions) = &repository.permissions else {
        return right(May::CouldNotTell, "GitHub does not tell what you may do here.");
    };
    if !permissions.push {
        return right(May::No, format!("@{} may not write to this repository.", account.login));
    }
    let Some(scopes) = &account.scopes else {
        return right(
            May::CouldNotTell,
            format!("@{} may write here; GitHub does not tell whether this token may too.", account.login),
        );
    };
    let has = |name: &str| scopes.iter().any(|scope| scope == name);
    if has("repo") || (has("public_repo") && !repository.private) {
        right(May::Yes, format!("@{} may write here, and the token has the scope for it.", account.login))
    } else {
        right(May::No, "The token lacks the scope repo.")
    }
}

/// A reviewer may approve, also one who may only read; a member of a team that reviews may be one. A classic token needs
/// the scope repo for it, in public repositories too (GitHub's "Review pending deployments for a workflow run").
fn approvals(account: &Account, environments: Option<&[Environment]>) -> Right {
    let scopes = account.scopes.as_ref();
    if scopes.is_some_and(|scopes| !scopes.iter().any(|scope| scope == "repo")) {
        return right(May::No, "The token lacks the scope repo.");
    }
    let Some(found) = environments else {
        return right(May::CouldNotTell, "GitHub does not tell who approves here.");
    };
    let rules = found.iter().flat_map(|environment| &environment.protection_rules);
    let reviewers: Vec<&Named> = rules.flat_map(|rule| &rule.reviewers).map(|one| &one.reviewer).collect();
    let named = reviewers.iter().any(|one| one.login.as_deref() == Some(account.login.as_str()));
    match (reviewers.is_empty(), named, account.kind) {
        (true, ..) => right(May::CouldNotTell, "No environment asks for an approval."),
        (_, true, TokenKind::GithubApp) => right(May::No, "GitHub takes approvals from no app's token."),
        (_, true, _) if scopes.is_none() => {
            let sentence = "is a reviewer of an environment here; GitHub does not tell whether this token may approve.";
            right(May::CouldNotTell, format!("@{} {sentence}", account.login))
        }
        (_, true, _) => right(May::Yes, format!("@{} is a reviewer of an environment here.", account.login)),
        (_, false, _) if reviewers.iter().any(|one| one.login.is_none()) => {
            right(May::CouldNotTell, "A team reviews here; GitHub does not tell whether you are in it.")
        }
        (_, false, _) => right(May::No, format!("@{} is no reviewer of an environment here.", account.login)),
    }
}

fn right(answer: May, sentence: impl Into<String>) -> Right {
    Right { answer, sentence: sentence.into() }
}

pub(crate) fn kind(token: &Secret) -> TokenKind {
    let begins = |prefix: &str| token.reveal().starts_with(prefix);
    match () {
        () if begins("github_pat_") => TokenKind::FineGrained,
        () if begins("ghp_") => TokenKind::Classic,
        () if begins("gho_") => TokenKind::OauthApp,
        () if begins("ghu_") || begins("ghs_") => TokenKind::GithubApp,
        () => TokenKind::Unknown,
    }
}

/// An empty list is a token without any scope; no header at all is one that has none to name.
fn scopes(answer: &Answer) -> Option<Vec<String>> {
    let named = answer.header("x-oauth-scopes")?;
    Some(named.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
}

fn calls(answer: &Answer) -> Option<Calls> {
    let count = |name: &str| u32::try_from(number(&answer.headers, name)?).ok();
    let resets = number(&answer.headers, "x-ratelimit-reset").and_then(|seconds| Timestamp::from_second(seconds).ok());
    Some(Calls { limit: count("x-ratelimit-limit")?, left: count("x-ratelimit-remaining")?, resets })
}

/// `2026-12-01 07:00:00 UTC`, or with an offset such as `-0500`.
fn expiry(text: &str) -> Option<Timestamp> {
    if let Some(utc) = text.strip_suffix(" UTC") {
        let time = strtime::parse("%Y-%m-%d %H:%M:%S", utc).ok()?.to_datetime().ok()?;
        return time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    strtime::parse("%Y-%m-%d %H:%M:%S %z", text).ok()?.to_timestamp().ok()
}
