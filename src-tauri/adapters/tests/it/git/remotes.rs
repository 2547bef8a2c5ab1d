//! The same pushes over every way to a remote: a path, HTTP with a token, ssh with a key.

mod smart_http;
mod ssh;

use std::fs;
use std::path::{Path, PathBuf};

use lastgood_adapters::git::{Authorization, Authorizer, GitRepository, OpenOptions};
use lastgood_core::error::Code;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::repository::{PushOutcome, Repository};

use super::sample::{Sample, order};
use crate::certificates;
use smart_http::SmartHttp;
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
    let remote = sample.with_remote();
    let server = SmartHttp::serve(&remote, "right-token");
    sample.git(&["remote", "set-url", "origin", &server.address("remote.git")]);
    proves(&sample, &remote, &with_token(&sample, "right-token")).await;
    assert!(server.answered() > 4, "git was at the server");
}

#[tokio::test]
async fn over_http_without_the_right_token_nothing_is_pushed_and_nobody_is_asked() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let server = SmartHttp::serve(&remote, "right-token");
    sample.git(&["remote", "set-url", "origin", &server.address("remote.git")]);
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

async fn tagged(sample: &Sample, repository: &GitRepository, name: &str) -> (TagName, ObjectId) {
    let order = order(name, &ObjectId::new(sample.git(&["rev-parse", "HEAD"])));
    let made = repository.create_tag(&order).await.unwrap();
    (order.name, made)
}

/// As Lastgood itself signs in: the token in a header, and in no argument.
fn with_token(sample: &Sample, token: &str) -> GitRepository {
    trusting(sample, token, None)
}

fn trusting(sample: &Sample, token: &str, ca: Option<PathBuf>) -> GitRepository {
    let header = format!("Basic {}", smart_http::pair(token));
    let authorizer = Authorizer::new(move |_| Some(Authorization::new(header.clone())?.trusting(ca.clone())));
    let options = OpenOptions { authorizer: Some(authorizer), ..sample.options() };
    GitRepository::open(sample.path(), options).unwrap()
}
