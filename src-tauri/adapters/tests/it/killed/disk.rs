//! The disk is full, exactly at each write to the journal: nothing happens after it, and room lets the rollback go on to
//! the undisturbed end.
//!
//! Each data folder is a small disk of its own, in a mount namespace that ends with the test. A file grows there until
//! nothing fits beside it. Where nobody may mount, a limit on the size of files stands in for the full disk: it fails in
//! the same calls.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use lastgood_core::rollback::Outcome;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::life::{self, Orders};
use super::{AT_ONCE, Ending, repeatable, run};
use crate::again;
use crate::rehearsed::Rehearsed;

const NAME: &str =
    "killed::disk::a_disk_that_is_full_at_any_write_of_the_journal_stops_the_rollback_and_room_lets_it_go_on";

/// Much more than a rollback keeps, and filled in a moment.
const SIZE: &str = "size=16m";

/// Of the rollbacks that stopped, one in so many is also started while there is still no room.
const ONE_IN: usize = 3;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "which kind of full disk it was belongs to the result")]
async fn a_disk_that_is_full_at_any_write_of_the_journal_stops_the_rollback_and_room_lets_it_go_on() {
    if let Some(told) = again::told() {
        return match told.to_str().and_then(Kind::read) {
            Some(kind) => at_each_write(kind).await,
            None => life::live(Orders::read(&told)).await,
        };
    }
    let kind = Kind::possible();
    println!("{}", kind.words());
    kind.inside(NAME).await;
}

async fn at_each_write(kind: Kind) {
    let undisturbed = Stage::on(kind, NAME).await;
    let (points, ended) = run(&undisturbed.rehearsed, NAME, Orders::of(&undisturbed.rehearsed)).await;
    assert!(ended.success(), "{points:?}");
    let end = Arc::new(Ending::of(&undisturbed.rehearsed).await);
    assert_eq!((end.outcome, end.runs, end.rollback_tags, end.holds), (Some(Outcome::Succeeded), 1, 1, 1));
    let writes = repeatable(&points, false).into_iter().filter(|(point, _)| point.starts_with("before"));
    let (turns, mut all) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for (place, (point, times)) in writes.enumerate() {
        let (turns, end) = (Arc::clone(&turns), Arc::clone(&end));
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let stage = Stage::on(kind, NAME).await;
            stage.stops_at(&point, times).await;
            if place % ONE_IN == 0 {
                stage.stops_at(life::OPENING, 1).await;
            }
            stage.goes_on(&point, &end).await;
        });
    }
    assert!(all.len() > 10, "a rollback writes more often: {points:?}");
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

/// A rehearsal whose client has a small disk of its own.
pub(super) struct Stage {
    pub(super) rehearsed: Arc<Rehearsed>,
    pub(super) disk: Disk,
    /// The test whose process lives here.
    name: &'static str,
}

impl Stage {
    pub(super) async fn on(kind: Kind, name: &'static str) -> Self {
        let rehearsed = Arc::new(Rehearsed::at_speed(f64::INFINITY).await);
        let disk = Disk { kind, folder: rehearsed.beside("data") };
        disk.mount();
        Self { rehearsed, disk, name }
    }

    /// One life, until the full disk ends it: the sentence names it, nothing acts after it, and what was acknowledged
    /// is there, no more and no less.
    async fn stops_at(&self, point: &str, times: usize) {
        let before = self.kept();
        let full_from = Some((point.to_owned(), times, self.disk.clone()));
        let orders = Orders { full_from, ..Orders::of(&self.rehearsed) };
        let (words, ended) = run(&self.rehearsed, self.name, orders).await;
        assert!(!ended.success(), "{point}: {words:?}");
        let [passed @ .., acknowledged, refused] = &words[..] else { panic!("{point}: {words:?}") };
        let unwritable = r#"refused {"code":"journal_unwritable","message":"The journal cannot be written: "#;
        assert!(refused.starts_with(unwritable) && refused.contains("Make room on the disk"), "{point}: {refused}");
        let after = passed.iter().rev().take_while(|passed| *passed != point);
        let after: Vec<&String> = after.collect();
        let failed = point.replace("before", "after");
        assert!(after.iter().all(|word| **word == failed), "{point}: it went on: {after:?}");
        self.disk.free();
        let acknowledged: usize = acknowledged.strip_prefix("acknowledged ").unwrap().parse().unwrap();
        assert_eq!(self.kept(), before + acknowledged, "{point}");
        let sent =
            life::open(&Orders::of(&self.rehearsed)).rollbacks().await.unwrap().pop().is_some_and(|one| one.sent);
        assert!(sent || self.rehearsed.started() == 0, "{point}: nothing happens that is not recorded");
    }

    /// There is room again, or it may be written again.
    pub(super) async fn goes_on(&self, point: &str, end: &Ending) {
        let (words, ended) = run(&self.rehearsed, self.name, Orders::of(&self.rehearsed)).await;
        assert!(ended.success(), "{point}: {words:?}");
        assert_eq!(Ending::of(&self.rehearsed).await, *end, "{point}");
    }

    /// How many records the journal has, all of them in their chain.
    fn kept(&self) -> usize {
        if !self.disk.folder.join("journal.sqlite").exists() {
            return 0;
        }
        let records = life::open(&Orders::of(&self.rehearsed)).journal().records().unwrap();
        lastgood_core::journal::verify(&records).unwrap();
        records.len()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.disk.unmount();
    }
}

/// How a disk comes to be full here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A small one in memory, with a file that takes all its room.
    Mounted,
    /// No file may grow.
    Limited,
}

impl Kind {
    /// The test of this name once more, where it can make such a disk.
    pub(super) async fn inside(self, name: &str) {
        let (program, told) = (std::env::current_exe().unwrap().display().to_string(), self.word());
        let (starter, before) = self.starter();
        let before: Vec<&str> = before.into_iter().chain([program.as_str()]).collect();
        let inside = again::start_as(starter.into(), &before, name, Path::new(told), |command| {
            // What failed in there is to be read.
            command.stderr(Stdio::inherit())
        });
        let (_, ended) = tokio::task::spawn_blocking(move || inside.end()).await.unwrap();
        assert!(ended.success(), "{ended}");
    }

    pub(super) fn possible() -> Self {
        let (unshare, words) = Self::Mounted.starter();
        let folder = tempfile::tempdir().unwrap();
        let mut trial = Command::new(unshare);
        trial.args(words).args(["mount", "-t", "tmpfs", "-o", SIZE, "none"]).arg(folder.path());
        let tried = trial.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if tried.is_ok_and(|ended| ended.success()) { Self::Mounted } else { Self::Limited }
    }

    /// A program and its first words, before a command line that runs where it can make such a disk.
    fn starter(self) -> (&'static str, Vec<&'static str>) {
        match self {
            Self::Mounted if rustix::process::geteuid().is_root() => ("unshare", vec!["--mount", "--"]),
            Self::Mounted => ("unshare", vec!["--map-root-user", "--mount", "--"]),
            // The signal would end the process; ignored, the writing fails as it does on a full disk.
            Self::Limited => ("sh", vec!["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Mounted => "mounted",
            Self::Limited => "limited",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Mounted => "each data folder is a small disk, filled by a file on it",
            Self::Limited => "nobody may mount here: a limit on the size of files stands in for the full disk",
        }
    }

    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::Mounted, Self::Limited].into_iter().find(|kind| kind.word() == word)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Disk {
    kind: Kind,
    folder: PathBuf,
}

impl Disk {
    fn mount(&self) {
        fs::create_dir_all(&self.folder).unwrap();
        if self.kind == Kind::Mounted {
            let mounted =
                Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "none"]).arg(&self.folder).status().unwrap();
            assert!(mounted.success());
        }
    }

    fn unmount(&self) {
        if self.kind == Kind::Mounted {
            let lazily = Command::new("umount").arg("--lazy").arg(&self.folder).status();
            assert!(lazily.unwrap().success() || std::thread::panicking());
        }
    }

    /// From now on nothing fits any more; where files are limited, in this process.
    pub(super) fn fill(&self) {
        match self.kind {
            Kind::Mounted => grow(&self.ballast()),
            Kind::Limited => {
                let size = fs::metadata(self.folder.join("journal.sqlite-wal")).map_or(0, |file| file.len());
                let limit = Rlimit { current: Some(size), ..getrlimit(Resource::Fsize) };
                setrlimit(Resource::Fsize, limit).unwrap();
            }
        }
    }

    fn free(&self) {
        if self.kind == Kind::Mounted {
            fs::remove_file(self.ballast()).unwrap();
        }
    }

    /// From now on nothing may be written here, by root neither, or again. Nobody has a file open there: the system
    /// refuses it then.
    pub(super) fn is_sealed(&self, sealed: bool) {
        match self.kind {
            Kind::Mounted => {
                let how = if sealed { "remount,ro" } else { "remount,rw" };
                assert!(Command::new("mount").args(["-o", how]).arg(&self.folder).status().unwrap().success());
            }
            Kind::Limited => {
                assert!(!rustix::process::geteuid().is_root(), "as root this test needs leave to mount");
                let (own, files) = if sealed { (0o555, 0o444) } else { (0o755, 0o644) };
                let may = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
                let entries = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
                entries.filter(|path| path.is_file()).for_each(|path| may(&path, files));
                may(&self.folder, own);
            }
        }
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

/// Until the disk takes no more byte.
fn grow(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    let mut block = vec![0; 1 << 16];
    while !block.is_empty() {
        match file.write(&block) {
            Ok(_) => {}
            Err(full) if full.kind() == ErrorKind::StorageFull => block.truncate(block.len() / 2),
            Err(error) => panic!("{error}"),
        }
    }
}
