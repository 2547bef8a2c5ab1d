use std::path::Path;

use lastgood_adapters::git::{BranchOutcome, GitRepository, OpenOptions, Tip};
use lastgood_core::error::Code;
use lastgood_core::release::Moment;

use crate::rehearsed::git;

const DATE: Moment = Moment { seconds: 1_700_000_000, offset: 120 };

struct Stage {
    folder: tempfile::TempDir,
    repository: GitRepository,
}

impl Stage {
    /// A remote with one commit, a clone of it, and a person whom git knows.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        git(path, &["init", "--quiet", "--bare", "-b", "trunk", "remote.git"]);
        git(path, &["clone", "--quiet", "remote.git", "clone"]);
        let clone = path.join("clone");
        git(&clone, &["checkout", "--quiet", "-b", "trunk"]);
        commit(&clone, "README.md", "first");
        git(&clone, &["push", "--quiet", "origin", "trunk"]);
        git(&clone, &["config", "user.name", "platform-lead"]);
        git(&clone, &["config", "user.email", "platform-lead@example.com"]);
        let environment = vec![("GIT_CONFIG_NOSYSTEM".into(), "1".into()), ("GIT_CONFIG_GLOBAL".into(), "".into())];
        let repository = GitRepository::open(&clone, OpenOptions { environment, ..OpenOptions::default() }).unwrap();
        Self { folder, repository }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    async fn publish(&self, base: &Tip, text: &str) -> lastgood_core::ids::ObjectId {
        let files = vec![
            ("docs/postmortems/a.md".to_owned(), text.as_bytes().to_vec()),
            ("docs/postmortems/a/rollback.svg".to_owned(), b"<svg/>".to_vec()),
        ];
        self.repository.commit_files(&base.commit, files, "Post-mortem: a\n", DATE).await.unwrap()
    }
}

#[tokio::test]
async fn a_branch_is_pushed_on_top_of_what_the_remote_has_now_and_nothing_here_is_touched() {
    let stage = Stage::new();
    let clone = stage.path("clone");
    // Somebody else goes on, and this clone has not fetched; its work tree is in disorder.
    git(stage.folder.path(), &["clone", "--quiet", "remote.git", "other"]);
    commit(&stage.path("other"), "new.txt", "newer");
    git(&stage.path("other"), &["push", "--quiet", "origin", "trunk"]);
    std::fs::write(clone.join("README.md"), "being edited").unwrap();
    std::fs::write(clone.join("staged.txt"), "staged").unwrap();
    git(&clone, &["add", "staged.txt"]);
    std::fs::write(clone.join(".git/hooks/pre-push"), "#!/bin/sh\nexit 1\n").unwrap();
    let before = (git(&clone, &["status", "--porcelain"]), git(&clone, &["for-each-ref"]));

    let tip = stage.repository.default_tip().await.unwrap();
    assert_eq!(tip.branch, "trunk");
    stage.repository.bring(&tip).await.unwrap();
    let commit = stage.publish(&tip, "text").await;
    let outcome = stage.repository.push_branch("postmortem/a", &commit, None).await.unwrap();
    assert_eq!(outcome, BranchOutcome::Pushed);

    let remote = stage.path("remote.git");
    let told = git(&remote, &["log", "-1", "--format=%an <%ae> %aI %P %s", "postmortem/a"]);
    assert_eq!(
        told,
        format!("platform-lead <platform-lead@example.com> 2023-11-15T00:13:20+02:00 {} Post-mortem: a", tip.commit)
    );
    let changed = git(&remote, &["diff", "--name-only", "trunk", "postmortem/a"]);
    assert_eq!(changed, "docs/postmortems/a.md\ndocs/postmortems/a/rollback.svg");
    assert_eq!(git(&remote, &["show", "postmortem/a:new.txt"]), "newer");
    assert_eq!((git(&clone, &["status", "--porcelain"]), git(&clone, &["for-each-ref"])), before);
    git(&remote, &["fsck", "--strict"]);
}

#[tokio::test]
async fn a_branch_that_somebody_else_pushed_to_is_never_overwritten() {
    let stage = Stage::new();
    let tip = stage.repository.default_tip().await.unwrap();
    let ours = stage.publish(&tip, "ours").await;
    git(&stage.path("clone"), &["push", "--quiet", "origin", "trunk:refs/heads/postmortem/a"]);
    let outcome = stage.repository.push_branch("postmortem/a", &ours, None).await.unwrap();
    assert_eq!(outcome, BranchOutcome::Moved);
    let there = stage.repository.remote_branch("postmortem/a").await.unwrap().unwrap();
    assert_eq!(there, tip.commit);
    let again = stage.repository.push_branch("postmortem/a", &ours, Some(&there)).await.unwrap();
    assert_eq!(again, BranchOutcome::Pushed);
    let repeated = stage.repository.push_branch("postmortem/a", &ours, Some(&there)).await.unwrap();
    assert_eq!(repeated, BranchOutcome::Pushed, "what arrived is found");
}

#[cfg(unix)]
#[tokio::test]
async fn a_remote_that_refuses_says_why() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    let hook = stage.path("remote.git/hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho 'branches are closed' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let tip = stage.repository.default_tip().await.unwrap();
    let commit = stage.publish(&tip, "text").await;
    match stage.repository.push_branch("postmortem/a", &commit, None).await.unwrap() {
        BranchOutcome::Refused(words) => assert!(words.contains("branches are closed"), "{words}"),
        other @ (BranchOutcome::Pushed | BranchOutcome::Moved | BranchOutcome::Unknown(_)) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_of_a_folder_are_listed_and_a_branch_is_made_without_a_checkout() {
    let stage = Stage::new();
    let tip = stage.repository.default_tip().await.unwrap();
    let commit = stage.publish(&tip, "text").await;
    let files = stage.repository.files_in(commit.as_str(), "docs/postmortems").unwrap();
    assert_eq!(files, [("docs/postmortems/a.md".to_owned(), b"text".to_vec())]);
    assert_eq!(stage.repository.files_in("HEAD", "docs/postmortems").unwrap(), []);
    stage.repository.create_branch("fix/a", &commit).unwrap();
    stage.repository.create_branch("fix/a", &commit).unwrap();
    assert!(stage.repository.create_branch("fix/a", &tip.commit).is_err());
    assert!(stage.repository.create_branch("fix/../x", &tip.commit).is_err());
    let clone = stage.path("clone");
    assert_eq!(git(&clone, &["branch", "--show-current"]), "trunk");
    assert_eq!(git(&clone, &["rev-parse", "fix/a"]), commit.to_string());
}

fn commit(folder: &Path, name: &str, content: &str) {
    std::fs::write(folder.join(name), content).unwrap();
    git(folder, &["add", name]);
    git(folder, &["commit", "--quiet", "-m", name]);
}

#[test]
fn a_repository_without_a_commit_has_no_texts_and_one_that_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new");
    git(folder.path(), &["init", "--quiet", "new"]);
    let texts = || GitRepository::open(&path, OpenOptions::default()).unwrap().texts_in("docs/postmortems");
    assert_eq!(texts(), Ok(Vec::new()));
    let head = path.join(".git/refs/heads").join(git(&path, &["branch", "--show-current"]).trim());
    std::fs::write(head, format!("{}\n", "a".repeat(40))).unwrap();
    assert_eq!(texts().unwrap_err().code, Code::RepositoryUnreadable);
}
