//! Holds and quarantines on a real remote.

use std::collections::BTreeSet;
use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use lastgood_adapters::git::GitRepository;
use lastgood_core::error::Code;
use lastgood_core::hold::mark::MarkName;
use lastgood_core::ids::ObjectId;
use lastgood_core::ports::Team;
use lastgood_core::ports::team::Put;

use super::sample::Sample;

/// Names that mean something to git, to a shell, to a disk or to a terminal.
const ODD: [&str; 10] =
    ["Production", "a/b", "a", "..", "x.lock", "@{-1}", "-o", "größe 1", "a\u{202e}b", "refs/heads/main"];

#[tokio::test]
async fn a_mark_is_put_changed_and_removed_and_the_persons_repository_gains_nothing() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let (repository, name) = (sample.open(), MarkName::hold(&"production".into()));
    let before = sample.git(&["count-objects", "-v"]);
    assert!(repository.marks().await.unwrap().all.is_empty());
    let first = done(repository.put(&name, "One\n\nowner é\n", None).await.unwrap());
    let marks = repository.marks().await.unwrap();
    assert_eq!(
        (marks.all.len(), marks.all[0].name.clone(), marks.all[0].object.clone()),
        (1, name.clone(), first.clone())
    );
    assert_eq!(marks.all[0].text, "One\n\nowner é\n");

    let second = done(repository.put(&name, "Two\n", Some(&first)).await.unwrap());
    assert_eq!(sample.git_in(&remote, &["rev-parse", "refs/lastgood/hold/production"]), second.as_str());
    let author = sample.git_in(&remote, &["log", "-1", "--format=%an <%ae>", second.as_str()]);
    assert_eq!(author, "Lastgood <lastgood@localhost>", "no person's address travels");
    done(repository.remove(&name, &second).await.unwrap());
    assert_eq!(sample.git_in(&remote, &["for-each-ref", "refs/lastgood/"]), "");
    assert_eq!(sample.git(&["count-objects", "-v"]), before);
    assert_eq!(sample.git(&["for-each-ref", "refs/lastgood/"]), "");
}

#[tokio::test]
async fn what_changed_since_it_was_read_is_not_overwritten() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let (ours, theirs) = (sample.open(), clone(&sample));
    let name = MarkName::hold(&"production".into());
    let first = done(theirs.put(&name, "Theirs\n", None).await.unwrap());
    assert_eq!(ours.put(&name, "Ours\n", None).await.unwrap(), Put::Changed);
    let second = done(theirs.put(&name, "Theirs again\n", Some(&first)).await.unwrap());
    assert_eq!(ours.put(&name, "Ours\n", Some(&first)).await.unwrap(), Put::Changed);
    assert_eq!(ours.remove(&name, &first).await.unwrap(), Put::Changed);
    assert_eq!(sample.git_in(&remote, &["rev-parse", "refs/lastgood/hold/production"]), second.as_str());
    done(theirs.remove(&name, &second).await.unwrap());
    assert_eq!(ours.put(&name, "Ours\n", Some(&second)).await.unwrap(), Put::Changed, "it was lifted");
    done(ours.remove(&name, &second).await.unwrap());
}

#[tokio::test]
async fn of_several_at_once_exactly_one_wins() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let name = MarkName::hold(&"production".into());
    let mut all = tokio::task::JoinSet::new();
    for number in 0..6 {
        let (repository, name) = (sample.open(), name.clone());
        all.spawn(async move { repository.put(&name, &format!("Number {number}\n"), None).await.unwrap() });
    }
    let won: Vec<Put> = all.join_all().await.into_iter().filter(|put| matches!(put, Put::Done(_))).collect();
    let there = sample.git_in(&remote, &["rev-parse", "refs/lastgood/hold/production"]);
    assert_eq!(won, [Put::Done(ObjectId::new(there))]);
}

#[tokio::test]
async fn odd_names_live_beside_each_other() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let repository = sample.open();
    for name in ODD {
        done(repository.put(&MarkName::hold(&name.into()), &format!("{name}\n"), None).await.unwrap());
    }
    let texts: BTreeSet<String> = repository.marks().await.unwrap().all.into_iter().map(|mark| mark.text).collect();
    assert_eq!(texts, ODD.iter().map(|name| format!("{name}\n")).collect());
    assert_eq!(sample.git_in(&remote, &["for-each-ref", "--format=%(refname)", "refs/heads"]), "refs/heads/main");
}

#[tokio::test]
async fn what_is_no_commit_stands_without_a_text() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let blob = sample.git_reading(&["hash-object", "-w", "--stdin"], b"Owner: @me\n");
    sample.git(&["push", "--quiet", remote.to_str().unwrap(), &format!("{blob}:refs/lastgood/hold/production")]);
    let marks = sample.open().marks().await.unwrap();
    assert_eq!((marks.all.len(), marks.all[0].text.as_str()), (1, ""));
    assert!(marks.hold(&"production".into()).unwrap().says.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn a_remote_that_takes_no_holds_is_quoted() {
    let sample = Sample::new();
    let remote = sample.with_remote();
    let hook = remote.join("hooks").join("update");
    fs::write(&hook, "#!/bin/sh\ncase $1 in refs/lastgood/*) echo 'No such refs here' >&2; exit 1;; esac\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let put = sample.open().put(&MarkName::hold(&"production".into()), "Ours\n", None).await.unwrap();
    let Put::Refused(words) = put else { panic!("{put:?}") };
    assert!(words.contains("No such refs here"), "{words}");
}

#[tokio::test]
async fn of_a_remote_that_cannot_be_reached_nothing_is_claimed() {
    let sample = Sample::new();
    let (repository, name) = (sample.open(), MarkName::hold(&"production".into()));
    assert_eq!(repository.marks().await.unwrap_err().code, Code::NoRemote);
    assert_eq!(repository.put(&name, "Ours\n", None).await.unwrap_err().code, Code::NoRemote);
    sample.git(&["remote", "add", "origin", "http://127.0.0.1:1/owner/name.git"]);
    assert_eq!(repository.marks().await.unwrap_err().code, Code::RemoteUnreachable);
    let put = repository.put(&name, "Ours\n", None).await.unwrap();
    assert!(matches!(put, Put::Unknown(_)), "{put:?}");
}

#[tokio::test]
async fn a_repository_with_longer_ids_holds_as_well() {
    let sample = Sample::of_format(&["--object-format=sha256"]);
    sample.with_remote();
    let (repository, name) = (sample.open(), MarkName::hold(&"production".into()));
    let object = done(repository.put(&name, "Ours\n", None).await.unwrap());
    assert_eq!(object.as_str().len(), 64);
    assert_eq!(repository.marks().await.unwrap().all[0].object, object);
}

#[tokio::test]
async fn a_shallow_clone_holds_as_well() {
    let sample = Sample::new();
    sample.commit("Second\n");
    let remote = sample.with_remote();
    let folder = sample.beside("shallow");
    let address = format!("file://{}", remote.display());
    sample.git(&["clone", "--quiet", "--depth=1", &address, folder.to_str().unwrap()]);
    let repository = sample.open_at(&folder);
    done(repository.put(&MarkName::hold(&"production".into()), "Ours\n", None).await.unwrap());
    assert_eq!(repository.marks().await.unwrap().all.len(), 1);
}

fn clone(sample: &Sample) -> GitRepository {
    let folder = sample.beside("theirs");
    sample.git(&["clone", "--quiet", sample.beside("remote.git").to_str().unwrap(), folder.to_str().unwrap()]);
    sample.open_at(&folder)
}

fn done(put: Put) -> ObjectId {
    match put {
        Put::Done(object) => object,
        other @ (Put::Changed | Put::Refused(_) | Put::Unknown(_)) => panic!("{other:?}"),
    }
}
