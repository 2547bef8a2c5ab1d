//! A remote under a name that a person gave to GitHub for ssh.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{API_VARIABLE, Access, Workspace};

use crate::again;
use crate::rehearsed::git;

/// In a process of its own, which finds another `ssh`.
#[test]
fn a_persons_own_name_for_github_is_github_and_another_server_is_named_as_it_is() {
    const NAME: &str =
        "workspace::ssh_names::a_persons_own_name_for_github_is_github_and_another_server_is_named_as_it_is";
    let Some(told) = again::told() else {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("ssh");
        let words = "case \"$3\" in *work*) echo hostname ssh.github.com ;; *) echo \"hostname $3\" ;; esac";
        std::fs::write(&program, format!("#!/bin/sh\n{words}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let asking = again::start(NAME, folder.path(), |command| command.env("PATH", path).env_remove(API_VARIABLE));
        let keys = ["github.com-work/acme/shop", "work/acme/shop", "ssh.github.com/acme/shop", "gitlab.com/acme/shop"];
        let hosts = ["github.com", "github.com", "github.com", "gitlab.com"];
        let told: Vec<String> = hosts.iter().zip(keys).map(|(host, key)| format!("{host} {key}")).collect();
        assert_eq!(asking.end().0, told, "facts stay where they were filed first");
        return;
    };
    let remotes = [
        "git@github.com-work:acme/shop.git",
        "ssh://git@work/acme/shop.git",
        "ssh://git@ssh.github.com:443/acme/shop.git",
        "git@gitlab.com:acme/shop.git",
    ];
    for (number, remote) in remotes.into_iter().enumerate() {
        again::say(host_and_key(&Path::new(&told).join(number.to_string()), remote));
    }
}

fn host_and_key(folder: &Path, remote: &str) -> String {
    let repository = folder.join("repository");
    std::fs::create_dir_all(&repository).unwrap();
    git(&repository, &["init", "--quiet"]);
    git(&repository, &["remote", "add", "origin", remote]);
    let place = Place::at(folder.join("data")).unwrap();
    let workspace = Workspace::open(&repository, &place, Access::from_environment()).unwrap();
    format!("{} {}", workspace.host(), workspace.key())
}
