//! What a real remote has after a push, and what is told of it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use lastgood_adapters::git::{Authorization, Authorizer, GitRepository, OpenOptions};
use lastgood_core::error::Code;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::repository::{PushOutcome, Repository};

use super::sample::{Sample, create, order};

#[tokio::test]
async fn a_tag_arrives_once_and_a_repeated_push_finds_it() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let (repository, tag, made) = tagged(&sample).await;
    assert_eq!(repository.remote_tag(&tag).await.unwrap(), None);
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Created);
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::AlreadyThere);
    assert_eq!(sample.git_in(&remote, &["rev-parse", "refs/tags/rollback-1"]), made.as_str());
    assert_eq!(sample.git_in(&remote, &["tag"]), "rollback-1", "no other tag went along");
    let found = repository.remote_tag(&tag).await.unwrap().unwrap();
    assert_eq!(found.object, made);
    assert_eq!(found.commit.unwrap().as_str(), sample.git(&["rev-parse", "HEAD"]));
}

#[tokio::test]
async fn another_tag_of_that_name_stays_where_it_is() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let first = sample.git(&["rev-parse", "HEAD"]);
    sample.git_in(&remote, &["tag", "rollback-1", &first]);
    // A descendant: libgit2 would have moved the tag and said that all is well.
    sample.commit("Second\n");
    let (repository, tag, made) = tagged(&sample).await;
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Taken);
    assert_eq!(sample.git_in(&remote, &["rev-parse", "refs/tags/rollback-1"]), first);
}

#[cfg(unix)]
#[tokio::test]
async fn a_refusing_remote_is_quoted() {
    for hook in ["pre-receive", "update"] {
        let sample = Sample::new();
        let remote = sample.with_remote();
        script(&remote.join("hooks").join(hook), "echo 'No tags on Fridays' >&2; exit 1");
        let (repository, tag, made) = tagged(&sample).await;
        let outcome = repository.push_tag(&tag, &made).await.unwrap();
        let PushOutcome::Refused(words) = outcome else { panic!("{hook}: {outcome:?}") };
        assert!(words.contains("No tags on Fridays") && words.contains("hook declined"), "{words}");
        assert_eq!(sample.git_in(&remote, &["tag"]), "");
    }
}

#[tokio::test]
async fn of_a_remote_that_cannot_be_reached_nothing_is_claimed() {
    let sample = Sample::new();
    let (repository, tag, made) = tagged(&sample).await;
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap_err().code, Code::NoRemote);
    for address in ["http://127.0.0.1:1/owner/name.git", "../nowhere.git", "-oProxyCommand=x:y", "--upload-pack=x"] {
        sample.git(&["config", "remote.origin.url", address]);
        let outcome = repository.push_tag(&tag, &made).await.unwrap();
        assert!(matches!(outcome, PushOutcome::Unknown(_)), "{address}: {outcome:?}");
        let trouble = repository.remote_tag(&tag).await.unwrap_err();
        assert_eq!(trouble.code, Code::RemoteUnreachable, "{address}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_remote_that_never_answers_is_left_with_all_that_was_started() {
    const DEADLINE: Duration = Duration::from_secs(2);
    const ENDS_WITHIN: Duration = Duration::from_secs(10);
    let sample = Sample::new();
    let (ssh, pid) = (sample.beside("ssh"), sample.beside("pid"));
    script(&ssh, &format!("echo $$ > '{}'; sleep 600", pid.display()));
    sample.git(&["config", "--file", sample.global().to_str().unwrap(), "core.sshCommand", ssh.to_str().unwrap()]);
    sample.git(&["remote", "add", "origin", "git@example.com:owner/name.git"]);
    let (_, tag, made) = tagged(&sample).await;
    let options = OpenOptions { deadline: Some(DEADLINE), ..sample.options() };
    let repository = GitRepository::open(sample.path(), options).unwrap();
    let trouble = repository.remote_tag(&tag).await.unwrap_err();
    assert_eq!(trouble.code, Code::RemoteUnreachable);
    let process = Path::new("/proc").join(fs::read_to_string(&pid).unwrap().trim());
    // A signal was sent; on a loaded machine the process takes a moment to end of it.
    let begun = Instant::now();
    while runs(&process) {
        assert!(begun.elapsed() < ENDS_WITHIN, "the person's ssh command was used and has been ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(matches!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Unknown(_)));
}

#[cfg(unix)]
#[tokio::test]
async fn what_the_person_set_for_this_folder_counts() {
    let sample = Sample::new();
    let (ssh, mark, work) = (sample.beside("ssh"), sample.beside("mark"), sample.beside("work"));
    script(&ssh, &format!("echo \"$*\" > '{}'; exit 1", mark.display()));
    fs::write(&work, format!("[core]\n\tsshCommand = {}\n[push]\n\tfollowTags\n", ssh.display())).unwrap();
    let condition = format!("[includeIf \"gitdir:{}/\"]\n\tpath = work\n", sample.path().display());
    fs::write(sample.global(), condition).unwrap();
    sample.git(&["remote", "add", "origin", "git@example.com:owner/name.git"]);
    let trouble = sample.open().remote_tag(&"v1".into()).await.unwrap_err();
    assert_eq!(trouble.code, Code::RemoteUnreachable);
    assert!(fs::read_to_string(mark).unwrap().contains("git@example.com"));
}

#[tokio::test]
async fn relative_addresses_begin_at_the_repository() {
    let sample = Sample::new();
    sample.with_remote();
    sample.git(&["config", "remote.origin.url", "../remote.git"]);
    let (repository, tag, made) = tagged(&sample).await;
    assert_eq!(repository.push_tag(&tag, &made).await.unwrap(), PushOutcome::Created);
}

#[tokio::test]
async fn a_shallow_and_a_partial_clone_push_as_well() {
    let sample = Sample::new();
    sample.write("file", b"content");
    sample.git(&["add", "file"]);
    sample.commit("With a file\n");
    let remote = sample.with_remote();
    sample.git_in(&remote, &["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", remote.display());
    sample.git(&["clone", "--quiet", "--depth=1", &from, "../shallow"]);
    sample.git(&["clone", "--quiet", "--filter=blob:none", "--no-checkout", &from, "../partial"]);
    let head = ObjectId::new(sample.git(&["rev-parse", "HEAD"]));
    for clone in ["shallow", "partial"] {
        let repository = sample.open_at(&sample.beside(clone));
        let order = order(clone, &head);
        let made = create(&repository, &order).await.unwrap();
        assert_eq!(repository.push_tag(&order.name, &made).await.unwrap(), PushOutcome::Created, "{clone}");
    }
}

#[tokio::test]
async fn proof_of_identity_goes_to_the_remote_alone_and_shows_nowhere() {
    const SECRET: &str = "Basic dG9rZW4=";
    let sample = Sample::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/owner/name.git", server.local_addr().unwrap());
    sample.git(&["remote", "add", "origin", &address]);
    let heard = std::thread::spawn(move || {
        let (mut connection, _) = server.accept().unwrap();
        let mut request = vec![0; 4096];
        let length = connection.read(&mut request).unwrap();
        connection.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let authorizer = Authorizer::new(move |asked| (asked == address).then(|| Authorization::new(SECRET)).flatten());
    let options = OpenOptions { authorizer: Some(authorizer), ..sample.options() };
    let repository = GitRepository::open(sample.path(), options).unwrap();
    let trouble = repository.remote_tag(&"v1.0.0".into()).await.unwrap_err();
    assert!(heard.join().unwrap().contains(&format!("Authorization: {SECRET}\r\n")));
    assert!(!format!("{trouble:?} {repository:?}").contains("dG9rZW4"));
    assert!(Authorization::new("Basic x\r\nHost: elsewhere").is_none());
}

async fn tagged(sample: &Sample) -> (GitRepository, TagName, ObjectId) {
    let repository = sample.open();
    sample.git(&["tag", "-m", "Stays here", "v0.1.0"]);
    let order = order("rollback-1", &ObjectId::new(sample.git(&["rev-parse", "HEAD"])));
    let made = create(&repository, &order).await.unwrap();
    (repository, order.name, made)
}

#[cfg(unix)]
pub(super) fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A process that was ended and not yet collected by its parent does not run.
#[cfg(unix)]
fn runs(process: &Path) -> bool {
    fs::read_to_string(process.join("stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
