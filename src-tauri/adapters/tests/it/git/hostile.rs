//! Repositories and names that mean harm.

use std::fs;
use std::path::Path;

use lastgood_core::error::Code;
use lastgood_core::hold::mark::MarkName;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::Team;
use lastgood_core::ports::repository::{PushOutcome, Repository};

use super::sample::{Sample, create, order};

/// Names that git allows, and that break programs which build command lines or patterns of them.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "-leading-dash",
        "--upload-pack=touch",
        "$(touch${IFS}CANARY)",
        "`touch`",
        ";touch;CANARY",
        "a&b|c>d<e",
        "quote'single",
        "quote\"double",
        "right\u{202e}to-left",
        "zero\u{200b}width",
        "émoji-🚀",
        "+plus",
        "!bang#hash%percent",
        "@scope/pkg@1.0.0",
        "a=b,c",
        "{curly}",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("n".repeat(250));
    names
}

#[tokio::test]
async fn every_name_that_git_allows_is_listed_made_and_pushed() {
    for format in [&[][..], &["--ref-format=reftable"]] {
        let sample = Sample::of_format(format);
        sample.with_remote();
        let head = ObjectId::new(sample.git(&["rev-parse", "HEAD"]));
        let repository = sample.open();
        // With tables only some are pushed: the way to the remote is the same.
        for (number, name) in names().into_iter().enumerate() {
            let order = order(&name, &head);
            let made = create(&repository, &order).await.unwrap();
            assert_eq!(repository.local_tag(&order.name).await.unwrap().unwrap().object, made);
            if format.is_empty() || number % 4 == 0 {
                assert_eq!(repository.push_tag(&order.name, &made).await.unwrap(), PushOutcome::Created, "{name:?}");
                let there = repository.remote_tag(&order.name).await.unwrap().unwrap();
                assert_eq!((there.object, there.commit), (made, Some(head.clone())), "{name:?}");
            }
        }
        let mut expected = names();
        expected.sort();
        let listed: Vec<String> = sample.releases().iter().map(|release| release.tag.to_string()).collect();
        assert_eq!(listed, expected);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_name_that_is_no_text_is_listed_and_cannot_be_mistaken_for_another() {
    use std::os::unix::ffi::OsStrExt;
    let sample = Sample::new();
    let head = sample.git(&["rev-parse", "HEAD"]);
    let file = sample.path().join(".git/refs/tags").join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    fs::write(file, format!("{head}\n")).unwrap();
    for packed in [false, true] {
        if packed {
            sample.git(&["pack-refs", "--all"]);
        }
        let shown = sample.releases().remove(0).tag;
        assert_eq!(shown, TagName::from("caf\u{fffd}"));
        assert_eq!(sample.open().local_tag(&shown).await.unwrap(), None);
    }
}

/// As an archive brings it: `origin` is a folder inside, and a hook waits there.
#[cfg(unix)]
#[tokio::test]
async fn nothing_is_pushed_to_a_remote_in_the_repositorys_own_folder_and_its_hooks_run_nothing() {
    let sample = Sample::new();
    let mark = sample.beside("MARK");
    for folder in [".x/acme/shop.git", ".git/x/acme/shop.git"] {
        sample.git(&["init", "--quiet", "--bare", folder]);
        for hook in ["pre-receive", "update", "post-receive", "reference-transaction"] {
            super::pushing::script(
                &sample.path().join(folder).join("hooks").join(hook),
                &format!("touch '{}'", mark.display()),
            );
        }
    }
    sample.git(&["remote", "add", "origin", "nowhere"]);
    let head = ObjectId::new(sample.git(&["rev-parse", "HEAD"]));
    let whole = sample.path().join(".x/acme/shop.git");
    std::os::unix::fs::symlink(sample.path(), sample.beside("another-name")).unwrap();
    for address in [
        "./.x/acme/shop.git".to_owned(),
        // Git finds it without its ending.
        "./.x/acme/shop".to_owned(),
        "./.git/x/acme/shop.git".to_owned(),
        whole.display().to_string(),
        format!("file://{}", whole.display()),
        format!("file://{}", whole.display().to_string().replace("/.x/", "/%2ex/")),
        "../another-name/.x/acme/shop.git".to_owned(),
    ] {
        sample.git(&["config", "remote.origin.url", &address]);
        let repository = sample.open();
        let order = order("rollback-1", &head);
        let made = create(&repository, &order).await.unwrap();
        let trouble = repository.push_tag(&order.name, &made).await.unwrap_err();
        assert_eq!(trouble.code, Code::RemoteInside, "{address}");
        assert!(trouble.message.contains(&address) && trouble.hint.contains("set-url"), "{trouble:?}");
        repository.expect_push();
        let mark_name = MarkName::hold(&"production".into());
        assert_eq!(repository.put(&mark_name, "Held\n", None).await.unwrap_err().code, Code::RemoteInside, "{address}");
        let branch = repository.push_branch("postmortem", &head, None).await.unwrap_err();
        assert_eq!((branch.code, mark.exists()), (Code::RemoteInside, false), "{address}");
    }
}

/// Listing, tagging and pushing, with everything in the repository set to leave a mark.
#[cfg(unix)]
#[tokio::test]
async fn a_repository_that_nobody_trusts_runs_nothing() {
    for format in [&[][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let sample = Sample::of_format(format);
        sample.with_remote();
        let first = ObjectId::new(sample.git(&["rev-parse", "HEAD"]));
        let head = sample.commit("Second\n");
        let canary = sample.beside("CANARY");
        booby_trap(&sample, &canary);
        let repository = sample.open();
        repository.releases_now().unwrap();
        repository.head_branch().unwrap();
        repository.read_head_file("lastgood.toml").unwrap();
        repository.file_at(&head, "file").unwrap();
        repository.commits_between(&first, &head).unwrap();
        let order = order("rollback-1", &head);
        let made = create(&repository, &order).await.unwrap();
        assert_eq!(repository.push_tag(&order.name, &made).await.unwrap(), PushOutcome::Created);
        assert_eq!(repository.remote_tag(&order.name).await.unwrap().unwrap().object, made);
        assert!(!canary.exists(), "{format:?}: {}", fs::read_to_string(&canary).unwrap_or_default());
        sample.git(&["status"]);
        assert!(canary.exists(), "the traps do work");
    }
}

/// An address that is a command is no address.
#[cfg(unix)]
#[tokio::test]
async fn a_remote_that_names_a_command_is_not_asked() {
    let sample = Sample::new();
    let canary = sample.beside("CANARY");
    let command = format!("ext::sh -c touch% {}", canary.display());
    sample.git(&["remote", "add", "origin", &command]);
    let repository = sample.open();
    repository.remote_tag(&"v1".into()).await.unwrap_err();
    let head = ObjectId::new(sample.git(&["rev-parse", "HEAD"]));
    let made = create(&repository, &order("v1", &head)).await.unwrap();
    assert!(matches!(repository.push_tag(&"v1".into(), &made).await.unwrap(), PushOutcome::Unknown(_)));
    assert!(!canary.exists());
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_refs_and_a_link_in_circles_stop_nobody() {
    let sample = Sample::new();
    sample.git(&["tag", "v1.0.0"]);
    let tags = sample.path().join(".git/refs/tags");
    std::os::unix::fs::symlink(".", tags.join("circle")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", tags.join("elsewhere")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(tags.join("pipe")).status().unwrap();
    assert!(made.success());
    let found: Vec<String> = sample.releases().iter().map(|release| release.tag.to_string()).collect();
    assert_eq!(found, ["v1.0.0"]);
}

#[cfg(unix)]
fn booby_trap(sample: &Sample, canary: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let trap = sample.beside("trap");
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", canary.display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let run = trap.to_str().unwrap();
    let hooks = sample.path().join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in ["pre-push", "reference-transaction", "post-checkout", "fsmonitor-watchman", "post-index-change"] {
        fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    sample.write(".git/info/attributes", b"* filter=trap diff=trap\n");
    for (name, value) in [
        ("core.fsmonitor", run),
        ("core.sshCommand", run),
        ("core.pager", run),
        ("core.editor", run),
        ("core.askPass", run),
        ("core.gitProxy", run),
        ("core.alternateRefsCommand", run),
        ("credential.helper", run),
        ("filter.trap.clean", run),
        ("filter.trap.smudge", run),
        ("filter.trap.process", run),
        ("diff.external", run),
        ("diff.trap.textconv", run),
        ("gpg.program", run),
        ("push.gpgSign", "if-asked"),
        ("tag.gpgSign", "true"),
        ("remote.origin.receivepack", run),
        ("remote.origin.uploadpack", run),
        ("alias.push", &format!("!{run}")),
        ("alias.ls-remote", &format!("!{run}")),
        ("alias.cat-file", &format!("!{run}")),
        ("protocol.ext.allow", "always"),
        (&format!("url.ext::{run} .insteadOf"), sample.beside("").to_str().unwrap()),
        ("core.hooksPath", hooks.to_str().unwrap()),
    ] {
        sample.git(&["config", name, value]);
    }
}
