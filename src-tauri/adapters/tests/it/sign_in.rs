//! Signing in on a rehearsal: by code, by token, by `gh`; and what GitHub tells of the token.

use std::time::{Duration, Instant};

use lastgood_adapters::github::account::{self, May, TokenKind};
use lastgood_adapters::secret::Secret;
use lastgood_adapters::server::Server;
use lastgood_adapters::sign_in::{DeviceFlow, Home, Host, SessionTokens, SignIn};
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::vault;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::WriterId;
use lastgood_rehearsal::{Decision, SignInSwitches, TokenSwitches};

use crate::again;
use crate::rehearsed::Rehearsed;

/// Tests ask as soon as they may.
const AT_ONCE: SignInSwitches =
    SignInSwitches { decision: Decision::Wait, slow_down: 0, interval: 0, expires_in: 900, enabled: true };

#[tokio::test]
async fn a_code_becomes_a_token_when_the_person_approves() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().set_sign_in(SignInSwitches { interval: 1, ..AT_ONCE });
    let flow = begin(&rehearsed).await.unwrap();
    assert_eq!((flow.code.as_str(), flow.expires_in), ("WDJB-0000", Duration::from_secs(900)));
    assert_eq!(flow.page, format!("{}/login/device", rehearsed.description().api));
    rehearsed.server().set_sign_in(SignInSwitches { interval: 1, decision: Decision::Approve, ..AT_ONCE });
    let begun = Instant::now();
    assert!(flow.finish().await.unwrap() == rehearsed.token());
    assert!(begun.elapsed() >= Duration::from_secs(1), "it asks no sooner than the server allows");
}

#[tokio::test]
async fn slow_down_is_obeyed_and_stays() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().set_sign_in(SignInSwitches { decision: Decision::Approve, slow_down: 1, ..AT_ONCE });
    let begun = Instant::now();
    begin(&rehearsed).await.unwrap().finish().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(5), "five seconds more after a slow_down");
    let asked = rehearsed.sent("POST").into_iter().filter(|one| one.path_and_query.ends_with("/access_token")).count();
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn refusal_expiry_and_a_missing_flow_have_their_own_codes() {
    let rehearsed = Rehearsed::start().await;
    let cases = [
        (SignInSwitches { decision: Decision::Deny, ..AT_ONCE }, Code::SignInDenied),
        (SignInSwitches { expires_in: 0, ..AT_ONCE }, Code::SignInExpired),
    ];
    for (switches, code) in cases {
        rehearsed.server().set_sign_in(switches);
        assert_eq!(begin(&rehearsed).await.unwrap().finish().await.unwrap_err().code, code);
    }
    rehearsed.server().set_sign_in(AT_ONCE);
    let flow = begin(&rehearsed).await.unwrap();
    rehearsed.pass(jiff::SignedDuration::from_secs(901));
    assert_eq!(flow.finish().await.unwrap_err().code, Code::SignInExpired, "the server says so first");
    rehearsed.server().set_sign_in(SignInSwitches { enabled: false, ..AT_ONCE });
    assert_eq!(begin(&rehearsed).await.err().unwrap().code, Code::SignInUnavailable);
}

#[tokio::test]
async fn a_token_is_proved_before_it_is_kept_and_goes_with_the_session() {
    let rehearsed = Rehearsed::start().await;
    let stand = Stand::at(&rehearsed);
    let trouble = stand.sign_in.take(&stand.host, Secret::new("wrong"), Home::Session).await.unwrap_err();
    assert_eq!(trouble.code, Code::TokenRejected);
    assert_eq!(stand.sign_in.home(&stand.host), None);

    let account = stand.sign_in.take(&stand.host, rehearsed.token(), Home::Session).await.unwrap();
    assert_eq!((account.login.as_str(), account.kind), ("platform-lead", TokenKind::Unknown));
    let kept = stand.kept();
    assert_eq!((kept.login.as_deref(), kept.home), (Some("platform-lead"), None), "a session leaves no promise behind");
    assert_eq!(stand.sign_in.home(&kept), Some(Home::Session));
    assert!(stand.sign_in.token(&kept).unwrap() == rehearsed.token());

    stand.sign_in.sign_out(&kept).await.unwrap();
    assert_eq!((stand.sign_in.home(&stand.kept()), stand.kept().login), (None, None));
}

#[tokio::test]
async fn what_is_chosen_for_a_host_is_kept_beside_the_journal_and_no_token_with_it() {
    let rehearsed = Rehearsed::start().await;
    let stand = Stand::at(&rehearsed);
    let mut host = Host::of_name("github.example.com").unwrap();
    host.client = Some(" Iv1.app ".to_owned());
    stand.sign_in.save(&host).unwrap();
    assert_eq!(stand.sign_in.known("github.example.com").unwrap(), Some(host.clone()));
    assert_eq!(host.client_id().as_deref(), Some("Iv1.app"));
    let names: Vec<String> = stand.sign_in.hosts().unwrap().into_iter().map(|host| host.name).collect();
    assert_eq!(names, ["github.com", "github.example.com"]);

    let file = rehearsed.beside("ca.pem");
    host.ca = Some(file.clone());
    assert_eq!(stand.sign_in.save(&host).unwrap_err().code, Code::CertificateUnreadable);
    std::fs::write(&file, "no certificate").unwrap();
    assert_eq!(stand.sign_in.save(&host).unwrap_err().code, Code::CertificateUnreadable);
    host.api = "http://github.example.com/api/v3".to_owned();
    assert_eq!(stand.sign_in.save(&host).unwrap_err().code, Code::AddressInsecure);
    assert_eq!(stand.sign_in.known("github.example.com").unwrap().unwrap().ca, None, "what cannot be used is not kept");
}

#[tokio::test]
async fn github_tells_scopes_expiry_calls_and_what_the_token_may_do() {
    let rehearsed = Rehearsed::start().await;
    let expires = Some("2026-12-01T07:00:00Z".parse().unwrap());
    rehearsed.server().set_token(TokenSwitches { expires, ..TokenSwitches::default() });
    let (server, token) = (Server::at(&rehearsed.description().api).unwrap(), rehearsed.token());
    let account = account::read(&server, &token).await.unwrap();
    assert_eq!(account.scopes, Some(["read:org", "repo", "workflow"].map(str::to_owned).to_vec()));
    assert_eq!(account.expires, expires);
    let calls = account.calls.unwrap();
    assert!(calls.limit == 5000 && calls.left < 5000 && calls.resets.is_some(), "{calls:?}");

    let rights = account::rights(&server, &token, &rehearsed.slug(), &account).await.unwrap();
    assert_eq!((rights.push_tags.answer, rights.dispatch.answer), (May::Yes, May::Yes));

    let weak = account::Account { scopes: Some(Vec::new()), ..account.clone() };
    let rights = account::rights(&server, &token, &rehearsed.slug(), &weak).await.unwrap();
    assert_eq!((rights.push_tags.answer, rights.dispatch.answer, rights.approve.answer), (May::No, May::No, May::No));

    let fine = account::Account { scopes: None, ..account.clone() };
    let rights = account::rights(&server, &token, &rehearsed.slug(), &fine).await.unwrap();
    assert_eq!(rights.push_tags.answer, May::CouldNotTell, "GitHub names no rights of a fine-grained token");

    rehearsed.server().change(|state, _| state.access = lastgood_rehearsal::state::Access::Read).unwrap();
    let rights = account::rights(&server, &token, &rehearsed.slug(), &account).await.unwrap();
    assert_eq!((rights.push_tags.answer, rights.dispatch.answer), (May::No, May::No));
}

#[tokio::test]
async fn a_reviewer_who_may_only_read_may_approve_wherever_their_environment_stands_in_the_list() {
    let rehearsed = Rehearsed::start().await;
    let (server, token) = (Server::at(&rehearsed.description().api).unwrap(), rehearsed.token());
    let account = account::read(&server, &token).await.unwrap();
    let review = async |account: &account::Account| {
        account::rights(&server, &token, &rehearsed.slug(), account).await.unwrap().approve.answer
    };
    assert_eq!(review(&account).await, May::CouldNotTell, "nobody is asked for an approval here");
    let change = |state: &mut lastgood_rehearsal::state::State| {
        state.access = lastgood_rehearsal::state::Access::Read;
        let mut production = state.environments.remove(0);
        for number in 0..120 {
            let preview = (70_000 + number, format!("preview-{number}"));
            let mut environment = production.clone();
            (environment.id, environment.name) = preview;
            state.environments.push(environment);
        }
        production.reviewers = vec!["platform-lead".to_owned()];
        state.environments.push(production);
    };
    rehearsed.server().change(|state, _| change(state)).unwrap();
    assert_eq!(review(&account).await, May::Yes);
    let another = account::Account { login: "somebody".to_owned(), ..account.clone() };
    assert_eq!(review(&another).await, May::No);
    for (scopes, answer) in [(Some(vec!["public_repo".to_owned()]), May::No), (None, May::CouldNotTell)] {
        let other = account::Account { scopes, ..account.clone() };
        assert_eq!(review(&other).await, answer, "{:?}", other.scopes);
    }
}

#[tokio::test]
async fn a_revoked_token_is_said_so_and_another_brings_the_same_connection_back() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github_with("old");
    let account = || async { lastgood_core::ports::Forge::account(&github).await };
    assert_eq!(account().await.unwrap_err().code, Code::TokenRejected);
    github.renew(&rehearsed.token()).unwrap();
    assert_eq!(account().await.unwrap(), "platform-lead");
    rehearsed.server().set_token(TokenSwitches { revoked: true, ..TokenSwitches::default() });
    github.renew(&rehearsed.token()).unwrap();
    assert_eq!(account().await.unwrap_err().code, Code::TokenRejected);
}

/// In a process of its own, with a keychain of its own.
#[cfg(target_os = "linux")]
#[test]
fn what_the_keychain_still_holds_is_not_used_once_another_home_or_none_was_chosen() {
    const NAME: &str = "sign_in::what_the_keychain_still_holds_is_not_used_once_another_home_or_none_was_chosen";
    if again::told().is_none() {
        assert_eq!(crate::vault::Keychain::unlocked().ask_told(NAME, "ask"), ["true"; 4]);
        return;
    }
    in_a_runtime(async {
        let rehearsed = Rehearsed::start().await;
        let stand = Stand::at(&rehearsed);
        let later = || stand.another_process().token(&stand.kept()).map_err(|trouble| trouble.code);
        stand.sign_in.take(&stand.host, rehearsed.token(), Home::Keychain).await.unwrap();
        again::say(later().is_ok_and(|token| token == rehearsed.token()));
        stand.sign_in.take(&stand.kept(), rehearsed.token(), Home::Session).await.unwrap();
        again::say(later() == Err(Code::SignedOut));
        stand.sign_in.sign_out(&stand.kept()).await.unwrap();
        // As one does that was locked meanwhile.
        again::say(vault::keep(&stand.host.name, &rehearsed.token()) == Ok(()) && later() == Err(Code::SignedOut));
        stand.sign_in.take(&stand.kept(), rehearsed.token(), Home::Keychain).await.unwrap();
        again::say(later().is_ok());
    });
}

/// In a process of its own, which finds another `gh`.
#[cfg(unix)]
#[test]
fn gh_is_asked_each_time_also_by_the_process_that_signed_in() {
    use std::os::unix::fs::PermissionsExt;
    const NAME: &str = "sign_in::gh_is_asked_each_time_also_by_the_process_that_signed_in";
    let Some(told) = again::told() else {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("gh");
        std::fs::write(&program, format!("#!/bin/sh\ncat '{}/token'\n", folder.path().display())).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let asking = again::start(NAME, folder.path(), |command| command.env("PATH", path));
        assert_eq!(asking.end().0, ["true"; 3]);
        return;
    };
    let file = std::path::Path::new(&told).join("token");
    in_a_runtime(async {
        let rehearsed = Rehearsed::start().await;
        let stand = Stand::at(&rehearsed);
        std::fs::write(&file, rehearsed.token().reveal()).unwrap();
        stand.sign_in.take_from_gh(&stand.host).await.unwrap();
        again::say(stand.sign_in.token(&stand.kept()).unwrap() == rehearsed.token());
        std::fs::write(&file, "renewed").unwrap();
        again::say(stand.sign_in.token(&stand.kept()).unwrap() == Secret::new("renewed"));
        again::say(stand.sign_in.home(&stand.kept()) == Some(Home::Gh));
    });
}

fn in_a_runtime(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work);
}

async fn begin(rehearsed: &Rehearsed) -> Result<DeviceFlow, Trouble> {
    DeviceFlow::begin(&Server::at(&rehearsed.description().api)?, "Iv1.rehearsal").await
}

struct Stand {
    journal: SqliteJournal,
    sign_in: SignIn,
    host: Host,
}

impl Stand {
    fn at(rehearsed: &Rehearsed) -> Self {
        let journal = SqliteJournal::open(&rehearsed.beside("journal.sqlite"), &WriterId::new("writer")).unwrap();
        let host = Host::at(&Server::at(&rehearsed.description().api).unwrap());
        Self { sign_in: SignIn::new(journal.clone(), SessionTokens::default()), journal, host }
    }

    /// With the same settings, and nothing of this process's memory.
    fn another_process(&self) -> SignIn {
        SignIn::new(self.journal.clone(), SessionTokens::default())
    }

    fn kept(&self) -> Host {
        self.sign_in.known(&self.host.name).unwrap().unwrap()
    }
}
