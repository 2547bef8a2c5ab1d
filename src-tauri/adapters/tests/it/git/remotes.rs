//! The same pushes over every way to a remote: a path, HTTP with a token, ssh with a key.

mod smart_http;
mod ssh;

use std::fs;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::time::Duration;

use lastgood_adapters::git::{Authorization, Authorizer, GitRepository, OpenOptions};
use lastgood_core::error::Code;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::repository::{PushOutcome, Repository};

use super::sample::{Sample, create, order};
use crate::certificates;
use smart_http::{SmartHttp, Trouble};
use ssh::Sshd;

/// What GitHub's own hook writes when a ruleset says no.
const RULE: &str = "error: GH013: Repository rule violations found for refs/tags/$name.";

#[tokio::test]
async fn by_path_a_push_is_told_as_it_ended() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    proves(&sample, &remote, &sample.open()).await;
}

#[tokio::test]
async fn over_http_with_a_token_a_push_is_told_as_it_ended() {
    let sample = Sample::new();
    let (remote, server) = over_http(&sample);
    proves(&sample, &remote, &with_token(&sample, "right-token")).await;
    assert!(server.answered() > 4, "git was at the server");
}

#[tokio::test]
async fn by_path_the_git_program_pushes_nothing() {
    let sample = Sample::new();
    sample.with_remote();
    let trace = sample.beside("trace");
    let mut options = sample.options();
    options.environment.push(("GIT_TRACE2".into(), trace.clone().into()));
    let repository = GitRepository::open(sample.path(), options).unwrap();
    let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Created);
    let trace = fs::read_to_string(trace).unwrap();
    assert!(trace.contains("receive-pack") && !trace.contains("git push"), "{trace}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_remote_on_this_machine_that_takes_too_long_is_left_with_all_that_it_started() {
    const DEADLINE: Duration = Duration::from_secs(2);
    let sample = Sample::new();
    let remote = sample.with_remote();
    let options = OpenOptions { deadline: Some(DEADLINE), ..sample.options() };
    let repository = GitRepository::open(sample.path(), options).unwrap();
    let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
    super::pushing::script(&remote.join("hooks").join("pre-receive"), "sleep 600");
    let outcome = repository.push_tag(&tag, &made).await.unwrap();
    assert!(matches!(&outcome, PushOutcome::Unknown(words) if words.contains("took too long")), "{outcome:?}");
    assert_eq!(sample.git_in(&remote, &["tag"]), "");
}

#[tokio::test]
async fn what_a_tag_leads_to_is_sent_along_where_the_remote_lacks_it() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    sample.commit("Not pushed yet\n");
    let repository = sample.open();
    let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Created);
    assert_eq!(sample.git_in(&remote, &["log", "-1", "--format=%s", "rollback-1"]), "Not pushed yet");
}

#[tokio::test]
async fn over_http_who_is_signed_in_pushes_without_the_git_program() {
    let sample = Sample::new();
    let (remote, server) = over_http(&sample);
    proves(&sample, &remote, &signed_in(&sample, "right-token", None)).await;
    let pushers = server.pushers();
    assert!(!pushers.is_empty() && pushers.iter().all(|pusher| pusher.starts_with("git/lastgood")), "{pushers:?}");
}

#[tokio::test]
async fn a_push_that_was_announced_finds_its_way_open_and_compares_all_the_same() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let server = SmartHttp::serve(&remote, "right-token");
    for address in [remote.to_str().unwrap().to_owned(), server.address("remote.git")] {
        sample.git(&["remote", "set-url", "origin", &address]);
        let repository = signed_in(&sample, "right-token", None);
        let name = if address.starts_with("http") { "rollback-1" } else { "rollback-2" };
        let (tag, made) = tagged(&sample, &repository, name).await;
        repository.expect_push();
        repository.expect_push();
        assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Created, "{address}");
        // The second way was opened before the first push, and knows nothing of it.
        assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::AlreadyThere, "{address}");

        let taken = format!("{name}-taken");
        let (tag, made) = tagged(&sample, &repository, &taken).await;
        repository.expect_push();
        let head = sample.git(&["rev-parse", "HEAD"]);
        sample.git_in(&remote, &["tag", &taken, &head]);
        assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Taken, "{address}");
        assert_eq!(sample.git_in(&remote, &["rev-parse", &format!("refs/tags/{taken}")]), head);
    }
}

#[tokio::test]
async fn an_address_that_hides_its_server_gets_no_proof_of_identity() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let server = SmartHttp::serve(&remote, "right-token");
    let repository = signed_in(&sample, "right-token", None);
    let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
    let place = server.address("").trim_end_matches('/').to_owned();
    for between in ["#@", "?@", "\\@"] {
        sample.git(&["remote", "set-url", "origin", &format!("{place}{between}github.com/owner/remote.git")]);
        repository.expect_push();
        let outcome = repository.push_tag(&tag, &made).await.unwrap();
        assert!(matches!(outcome, PushOutcome::Unknown(_)), "{between}: {outcome:?}");
    }
    assert_eq!(server.answered(), 0, "nobody came with the token");
}

#[tokio::test]
async fn what_is_no_answer_of_git_is_left_to_the_git_program() {
    let sample = Sample::new();
    let (remote, server) = over_http(&sample);
    server.make(Trouble::Page);
    proves(&sample, &remote, &signed_in(&sample, "right-token", None)).await;
    let pushers = server.pushers();
    assert!(!pushers.is_empty() && pushers.iter().all(|pusher| pusher.starts_with("git/2")), "{pushers:?}");
}

#[tokio::test]
async fn a_push_whose_answer_is_lost_has_one_effect() {
    let sample = Sample::new();
    let (remote, server) = over_http(&sample);
    server.make(Trouble::AnswerLost);
    let repository = signed_in(&sample, "right-token", None);
    let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::AlreadyThere);
    assert_eq!(sample.git_in(&remote, &["rev-parse", "refs/tags/rollback-1"]), made.as_str());
    assert_eq!(server.pushers().len(), 1, "the program found it there");
}

#[tokio::test]
async fn over_http_without_the_right_token_nothing_is_pushed_and_nobody_is_asked() {
    let sample = Sample::new();
    let (remote, server) = over_http(&sample);
    for repository in [with_token(&sample, "wrong-token"), sample.open()] {
        let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
        let outcome = repository.push_tag(&tag, &made).await.unwrap();
        let PushOutcome::Unknown(words) = &outcome else { panic!("{outcome:?}") };
        assert!(!words.contains("wrong-token") && !words.contains("d3JvbmctdG9rZW4"), "{words}");
        assert_eq!(repository.remote_tag(&tag).await.unwrap_err().code, Code::RemoteUnreachable);
        sample.git(&["tag", "-d", "rollback-1"]);
    }
    assert_eq!(sample.git_in(&remote, &["tag"]), "");
    assert!(server.answered() == 0 && server.refused() > 0);
}

#[tokio::test]
async fn a_server_of_an_own_authority_is_trusted_by_its_pem_file_alone() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let folder = tempfile::tempdir().unwrap();
    certificates::make(folder.path());
    let server = SmartHttp::serve_secured(&remote, "right-token", folder.path());
    sample.git(&["remote", "set-url", "origin", &server.address("remote.git")]);
    let untrusted = with_token(&sample, "right-token");
    let (tag, made) = tagged(&sample, &untrusted, "rollback-0").await;
    let outcome = untrusted.push_tag(&tag, &made).await.unwrap();
    assert!(matches!(&outcome, PushOutcome::Unknown(words) if words.contains("certificate")), "{outcome:?}");
    assert_eq!((server.answered(), server.refused()), (0, 0), "the token did not leave");
    proves(&sample, &remote, &trusting(&sample, "right-token", Some(folder.path().join("ca.pem")))).await;
}

#[tokio::test]
async fn behind_an_own_authority_who_is_signed_in_pushes_without_the_git_program() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let folder = tempfile::tempdir().unwrap();
    certificates::make(folder.path());
    let server = SmartHttp::serve_secured(&remote, "right-token", folder.path());
    sample.git(&["remote", "set-url", "origin", &server.address("remote.git")]);
    proves(&sample, &remote, &signed_in(&sample, "right-token", Some(folder.path().join("ca.pem")))).await;
    assert!(server.pushers().iter().all(|pusher| pusher.starts_with("git/lastgood")), "{:?}", server.pushers());
}

#[tokio::test]
async fn over_ssh_with_a_key_a_push_is_told_as_it_ended() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let server = Sshd::start(&sample).await;
    sample.git(&["remote", "set-url", "origin", &server.address(&remote)]);
    server.introduce(&sample, "known");
    proves(&sample, &remote, &sample.open()).await;
}

#[tokio::test]
async fn over_ssh_a_key_that_nobody_knows_pushes_nothing() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let server = Sshd::start(&sample).await;
    sample.git(&["remote", "set-url", "origin", &server.address(&remote)]);
    server.introduce(&sample, "stranger");
    let repository = sample.open();
    let (tag, made) = tagged(&sample, &repository, "rollback-1").await;
    let outcome = repository.push_tag(&tag, &made).await.unwrap();
    assert!(matches!(&outcome, PushOutcome::Unknown(words) if words.contains("Permission denied")), "{outcome:?}");
    assert_eq!(sample.git_in(&remote, &["tag"]), "");
}

/// Taken, repeated, refused by another tag, by a hook and by a rule; each time the remote is looked at.
async fn proves(sample: &Sample, remote: &Path, repository: &GitRepository) {
    let (tag, made) = tagged(sample, repository, "rollback-1").await;
    assert_eq!(repository.remote_tag(&tag).await.unwrap(), None);
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Created);
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::AlreadyThere);
    assert_eq!(repository.remote_tag(&tag).await.unwrap().unwrap().object, made);

    let head = sample.git(&["rev-parse", "HEAD"]);
    sample.git_in(remote, &["tag", "rollback-2", &head]);
    let (taken, other) = tagged(sample, repository, "rollback-2").await;
    assert_eq!(repository.push_tag(&taken, &other).await.unwrap(), PushOutcome::Taken);
    assert_eq!(sample.git_in(remote, &["rev-parse", "refs/tags/rollback-2"]), head, "it stayed where it was");

    let (refused, unwanted) = tagged(sample, repository, "rollback-3").await;
    let rule = format!("name=${{1#refs/tags/}}; echo \"{RULE}\" >&2; exit 1");
    for (hook, text, words) in [
        ("pre-receive", "echo 'No tags on Fridays' >&2; exit 1", "No tags on Fridays"),
        ("update", rule.as_str(), "GH013: Repository rule violations found for refs/tags/rollback-3"),
    ] {
        let file = remote.join("hooks").join(hook);
        super::pushing::script(&file, text);
        let outcome = repository.push_tag(&refused, &unwanted).await.unwrap();
        assert!(matches!(&outcome, PushOutcome::Refused(said) if said.contains(words)), "{hook}: {outcome:?}");
        fs::remove_file(file).unwrap();
    }
    assert_eq!(sample.git_in(remote, &["tag"]), "rollback-1\nrollback-2");
}

/// Its remote, and the server that it is reached through.
fn over_http(sample: &Sample) -> (PathBuf, SmartHttp) {
    let remote = sample.with_remote();
    let server = SmartHttp::serve(&remote, "right-token");
    sample.git(&["remote", "set-url", "origin", &server.address("remote.git")]);
    (remote, server)
}

async fn tagged(sample: &Sample, repository: &GitRepository, name: &str) -> (TagName, ObjectId) {
    let order = order(name, &ObjectId::new(sample.git(&["rev-parse", "HEAD"])));
    let made = create(repository, &order).await.unwrap();
    (order.name, made)
}

/// As Lastgood itself signs in: the token in a header, and in no argument.
fn with_token(sample: &Sample, token: &str) -> GitRepository {
    trusting(sample, token, None)
}

fn trusting(sample: &Sample, token: &str, ca: Option<PathBuf>) -> GitRepository {
    let header = format!("Basic {}", smart_http::pair(token));
    opened(sample, Authorization::new(header).unwrap().trusting(ca))
}

/// With a connection of its own for git's requests, as a workspace has.
fn signed_in(sample: &Sample, token: &str, ca: Option<PathBuf>) -> GitRepository {
    // Another test may have been first.
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    if let Some(file) = &ca {
        client = client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&fs::read(file).unwrap()).unwrap());
    }
    let header = format!("Basic {}", smart_http::pair(token));
    opened(sample, Authorization::new(header).unwrap().trusting(ca).through(Some(client.build().unwrap())))
}

fn opened(sample: &Sample, authorization: Authorization) -> GitRepository {
    let authorizer = Authorizer::new(move |_| Some(authorization.clone()));
    let options = OpenOptions { authorizer: Some(authorizer), ..sample.options() };
    GitRepository::open(sample.path(), options).unwrap()
}
