//! What lies between two releases.

use lastgood_core::ports::History;
use lastgood_core::ports::history::ChangeKind;

use super::sample::Sample;

#[tokio::test]
async fn files_and_commits_between_two_releases_are_told_in_every_format() {
    for format in [&[][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let sample = Sample::of_format(format);
        std::fs::create_dir_all(sample.path().join("db/migrations")).unwrap();
        sample.write("stays", b"same\n");
        sample.write("leaves", b"x\n");
        sample.write("changes", b"1\n");
        sample.git(&["add", "."]);
        let target = sample.commit("Target");
        sample.git(&["rm", "--quiet", "leaves"]);
        sample.write("changes", b"2\n");
        sample.write("db/migrations/0002 späť.sql", b"alter\n");
        sample.git(&["add", "."]);
        let live = sample.commit("Merge pull request #412 from acme/add\n\nAdd people\n");
        let repository = sample.open();
        let found = repository.difference(&target, &live).await.unwrap();
        let files: Vec<_> = found.files.iter().map(|file| (file.path.as_str(), file.kind)).collect();
        assert_eq!(
            files,
            [
                ("changes", ChangeKind::Modified),
                ("db/migrations/0002 späť.sql", ChangeKind::Added),
                ("leaves", ChangeKind::Removed)
            ],
            "{format:?}"
        );
        assert_eq!(
            (found.undone, found.gained, found.titles.as_slice()),
            (1, 0, &["Add people (#412)".to_owned()][..])
        );
        let paths = ["changes", "leaves", "nowhere"].map(str::to_owned);
        let before = repository.files(&target, &paths).await.unwrap();
        assert_eq!(before, [Some(b"1\n".to_vec()), Some(b"x\n".to_vec()), None]);
        let back = repository.difference(&live, &target).await.unwrap();
        assert_eq!((back.undone, back.gained), (0, 1), "the other way round the same commit is gained");
        repository.difference(&"0".repeat(target.as_str().len()).as_str().into(), &live).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_folder_of_a_commit_and_a_branch_as_it_was_fetched_are_told_in_every_format() {
    for format in [&[][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let sample = Sample::of_format(format);
        std::fs::create_dir_all(sample.path().join("flows/below")).unwrap();
        sample.write("flows/a.yml", b"on: push\n");
        sample.write("flows/below/b.yml", b"on: push\n");
        sample.git(&["add", "."]);
        let first = sample.commit("First");
        sample.git(&["branch", "trunk"]);
        let repository = sample.open();
        let files = repository.folder(&first, "flows").await.unwrap();
        assert_eq!(files, [("flows/a.yml".to_owned(), b"on: push\n".to_vec())], "{format:?}");
        assert_eq!(repository.folder(&first, "nowhere").await.unwrap(), []);
        assert_eq!(repository.branch("trunk").await.unwrap(), Some(first.clone()), "no remote: the one here");
        sample.write("more", b"x\n");
        sample.git(&["add", "."]);
        let second = sample.commit("Second");
        sample.git(&["remote", "add", "hub", "https://example.com/acme/shop.git"]);
        sample.git(&["update-ref", "refs/remotes/hub/trunk", second.as_str()]);
        assert_eq!(sample.open().branch("trunk").await.unwrap(), Some(second), "as it was fetched");
        for nothing in ["nowhere", "", "-x", "a b"] {
            assert_eq!(repository.branch(nothing).await.unwrap(), None, "{nothing:?}");
        }
    }
}
