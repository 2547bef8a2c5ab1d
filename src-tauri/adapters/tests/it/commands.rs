//! Real commands in real worktrees: trusted or not run, bounded, ended with all that they started.

use std::fs;
use std::future::pending;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use jiff::Timestamp;
use lastgood_adapters::commands::Commands;
use lastgood_adapters::evidence::Evidence;
use lastgood_adapters::git::{GitRepository, OpenOptions};
use lastgood_adapters::secret::Secret;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::trust::Trust;
use lastgood_core::ids::{ObjectId, WriterId};
use lastgood_core::ports::Shell;
use lastgood_core::ports::shell::{CommandEnd, CommandOrder, CommandPlace, Distrust, Ran};
use lastgood_core::rollback::check::Question;
use lastgood_core::rollback::checks::command::{orders, preset};
use lastgood_core::rollback::checks::plan::CommandSet;
use tempfile::TempDir;

use crate::rehearsed::git;

/// A loaded machine starts a process in less.
const PATIENCE: Duration = Duration::from_secs(60);

struct Bench {
    folder: TempDir,
    journal: SqliteJournal,
    commands: Arc<Commands>,
    trust: Trust,
    evidence: Evidence,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("repository");
        fs::create_dir(&path).unwrap();
        git(&path, &["init", "--quiet", "-b", "main"]);
        fs::write(path.join("version.txt"), "2.4.0\n").unwrap();
        git(&path, &["add", "."]);
        git(&path, &["commit", "--quiet", "-m", "The target"]);
        let repository = Arc::new(GitRepository::open(&path, OpenOptions::default()).unwrap());
        let journal = SqliteJournal::open(&folder.path().join("journal.sqlite"), &WriterId::new("laptop")).unwrap();
        let (trust, evidence) =
            (Trust::of(&journal, "acme/shop", repository.common_dir()), Evidence::at(folder.path()));
        let secret = || Some(Secret::new("opensesame"));
        let commands = Arc::new(Commands::new(repository, &journal, trust.clone(), evidence.clone(), secret));
        Self { folder, journal, commands, trust, evidence }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("repository")
    }

    fn head(&self) -> ObjectId {
        ObjectId::new(git(&self.path(), &["rev-parse", "HEAD"]))
    }

    /// A script in a worktree of the head.
    fn order(&self, script: &str) -> CommandOrder {
        CommandOrder {
            argv: ["sh", "-c", script].map(str::to_owned).to_vec(),
            place: CommandPlace::Worktree(self.head()),
            variables: vec![("LASTGOOD_TAG".to_owned(), "v2.4.0".to_owned())],
            deadline: PATIENCE,
            recall_for: None,
        }
    }

    fn trusted(&self, script: &str) -> CommandOrder {
        let order = self.order(script);
        self.trust.grant_repository(Timestamp::now()).unwrap();
        self.trust.grant(Question::DependencyCheck, &order, Timestamp::now()).unwrap();
        order
    }

    async fn run(&self, order: &CommandOrder) -> CommandEnd {
        self.commands.run_until(order, pending().boxed()).await
    }

    fn output(&self, ran: &Ran) -> String {
        self.evidence.read(ran.output.as_ref().unwrap()).unwrap()
    }
}

fn exited(end: CommandEnd) -> Ran {
    match end {
        CommandEnd::Exited(ran) => ran,
        other @ (CommandEnd::TimedOut(_)
        | CommandEnd::Stopped(_)
        | CommandEnd::NotTrusted(_)
        | CommandEnd::Missing(_)
        | CommandEnd::Broken(_)) => panic!("it should have run to its end: {other:?}"),
    }
}

#[tokio::test]
async fn nothing_runs_before_the_repository_and_the_command_are_trusted() {
    let bench = Bench::new();
    let mark = bench.folder.path().join("MARK");
    let order = bench.order(&format!("touch '{}'", mark.display()));
    assert_eq!(bench.run(&order).await, CommandEnd::NotTrusted(Distrust::Repository));
    bench.trust.grant_repository(Timestamp::now()).unwrap();
    assert_eq!(bench.run(&order).await, CommandEnd::NotTrusted(Distrust::Command));
    assert!(!mark.exists());
    bench.trust.grant(Question::DependencyCheck, &order, Timestamp::now()).unwrap();
    assert_eq!(exited(bench.run(&order).await).exit, Some(0));
    assert!(mark.exists());
    let changed = CommandOrder { argv: [&order.argv[..], &["more".to_owned()]].concat(), ..order.clone() };
    assert_eq!(
        bench.run(&changed).await,
        CommandEnd::NotTrusted(Distrust::Command),
        "a changed command is another one"
    );
    let elsewhere = CommandOrder { place: CommandPlace::Empty, ..order.clone() };
    assert_eq!(bench.run(&elsewhere).await, CommandEnd::NotTrusted(Distrust::Command));
    assert_eq!(bench.trust.granted().unwrap()[0].command, order.shown());
    bench.trust.distrust().unwrap();
    assert_eq!(bench.run(&order).await, CommandEnd::NotTrusted(Distrust::Repository));
    bench.trust.grant_repository(Timestamp::now()).unwrap();
    assert_eq!(bench.run(&order).await, CommandEnd::NotTrusted(Distrust::Command), "distrust takes the commands back");
}

#[tokio::test]
async fn another_folder_that_calls_itself_the_same_repository_runs_nothing() {
    let bench = Bench::new();
    let mark = bench.folder.path().join("MARK");
    let order = bench.trusted(&format!("touch '{}'", mark.display()));
    let unpacked = bench.folder.path().join("unpacked");
    fs::create_dir(&unpacked).unwrap();
    git(&unpacked, &["clone", "--quiet", "../repository", "."]);
    let repository = Arc::new(GitRepository::open(&unpacked, OpenOptions::default()).unwrap());
    let trust = Trust::of(&bench.journal, "acme/shop", repository.common_dir());
    let theirs = Commands::new(repository, &bench.journal, trust.clone(), bench.evidence.clone(), || None);
    assert_eq!(theirs.run_until(&order, pending().boxed()).await, CommandEnd::NotTrusted(Distrust::Repository));
    trust.grant_repository(Timestamp::now()).unwrap();
    assert_eq!(theirs.run_until(&order, pending().boxed()).await, CommandEnd::NotTrusted(Distrust::Command));
    assert!(!mark.exists() && trust.granted().unwrap().is_empty());

    trust.distrust().unwrap();
    assert_eq!(exited(bench.run(&order).await).exit, Some(0), "the first folder is trusted as before");
}

#[tokio::test]
async fn a_grant_of_an_earlier_version_names_no_folder_and_is_asked_for_once_more() {
    let bench = Bench::new();
    let order = bench.order("true");
    let (journal, fingerprint) = (&bench.journal, order.fingerprint());
    journal.remember("trust\u{1f}acme/shop\u{1f}repository", "2026-03-02T10:00:00Z").unwrap();
    let granted = format!(r#"{{"fingerprint":"{fingerprint}","command":"true","since":"2026-03-02T10:00:00Z"}}"#);
    journal.remember(&format!("trust\u{1f}acme/shop\u{1f}command\u{1f}{fingerprint}"), &granted).unwrap();
    assert_eq!(bench.run(&order).await, CommandEnd::NotTrusted(Distrust::Repository));
}

#[tokio::test]
async fn a_command_stands_among_the_targets_files_and_its_folder_goes_with_it() {
    let bench = Bench::new();
    // What is checked out has moved on; the commit has not.
    fs::write(bench.path().join("version.txt"), "3.0.0-dirty\n").unwrap();
    let order = bench.trusted("cat version.txt; echo $LASTGOOD_TAG; git rev-parse HEAD; pwd; echo new > written");
    let ran = exited(bench.run(&order).await);
    assert_eq!(ran.exit, Some(0));
    let [version, tag, head, folder] = &ran.tail[..] else { panic!("{:?}", ran.tail) };
    assert_eq!((version.as_str(), tag.as_str(), head.as_str()), ("2.4.0", "v2.4.0", bench.head().as_str()));
    assert!(!Path::new(folder).exists(), "{folder} is gone");
    assert_eq!(git(&bench.path(), &["status", "--porcelain", "--untracked-files=all"]), " M version.txt");
    assert!(bench.output(&ran).starts_with("$ sh -c "));
    let empty = CommandOrder { place: CommandPlace::Empty, ..bench.order("ls -A | wc -l") };
    bench.trust.grant(Question::DependencyCheck, &empty, Timestamp::now()).unwrap();
    assert_eq!(exited(bench.run(&empty).await).tail[0].trim(), "0");
}

#[tokio::test]
async fn what_it_wrote_is_kept_in_its_order_and_without_secrets() {
    let bench = Bench::new();
    let order = bench.trusted("echo one; echo two >&2; echo opensesame; echo API_TOKEN=abcdefgh; exit 3");
    let ran = exited(bench.run(&order).await);
    assert_eq!(ran.exit, Some(3));
    assert_eq!(ran.tail, ["one", "two", "[redacted]", "API_TOKEN=[redacted]"]);
    let text = bench.output(&ran);
    assert!(text.ends_with("one\ntwo\n[redacted]\nAPI_TOKEN=[redacted]\n"), "{text}");
}

#[tokio::test]
async fn lastgoods_own_token_reaches_no_command() {
    let bench = Bench::new();
    let ran =
        exited(bench.run(&bench.trusted("env | grep -c LASTGOOD_GITHUB_TOKEN; env | grep -c GIT_DIR=; true")).await);
    assert_eq!(ran.tail, ["0", "0"]);
}

#[tokio::test]
async fn output_without_end_is_cut_in_the_middle_and_says_so() {
    let bench = Bench::new();
    let order = bench.trusted("echo first; yes 0123456789012345678901234567890123456789 | head -c 4000000; echo last");
    let ran = exited(bench.run(&order).await);
    let text = bench.output(&ran);
    assert!(text.len() < 2 << 20, "{}", text.len());
    assert!(text.contains("\nfirst\n") && text.ends_with("last\n") && text.contains("bytes left out"));
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended_with_all_that_it_started() {
    let bench = Bench::new();
    let pids = bench.folder.path().join("pids");
    let script = format!("echo $$ > '{0}'; sleep 600 & echo $! >> '{0}'; echo begun; wait", pids.display());
    let order = CommandOrder { deadline: Duration::from_secs(2), ..bench.trusted(&script) };
    let CommandEnd::TimedOut(ran) = bench.run(&order).await else { panic!("it never ends by itself") };
    assert_eq!((ran.exit, ran.tail.as_slice()), (None, &["begun".to_owned()][..]), "what it had written is kept");
    all_gone(&pids).await;
}

#[tokio::test]
async fn a_command_that_somebody_stops_is_ended_with_all_that_it_started_and_its_words_are_kept() {
    let bench = Bench::new();
    let pids = bench.folder.path().join("pids");
    let script = format!("echo $$ > '{0}'; echo begun; sleep 600 & echo $! >> '{0}'; wait", pids.display());
    let order = bench.trusted(&script);
    let begun = until("both have begun", || fs::read_to_string(&pids).is_ok_and(|text| text.lines().count() == 2));
    let CommandEnd::Stopped(ran) = bench.commands.run_until(&order, begun.boxed()).await else {
        panic!("it never ends by itself")
    };
    assert_eq!((ran.exit, ran.tail.as_slice()), (None, &["begun".to_owned()][..]));
    assert!(bench.output(&ran).ends_with("\nbegun\n"));
    all_gone(&pids).await;
}

#[tokio::test]
async fn a_command_that_is_stopped_before_it_began_never_begins() {
    let bench = Bench::new();
    let file = bench.folder.path().join("ran");
    let order = bench.trusted(&format!("touch '{}'", file.display()));
    for place in [order.place.clone(), CommandPlace::Empty] {
        let order = CommandOrder { place, ..order.clone() };
        bench.trust.grant(Question::DependencyCheck, &order, Timestamp::now()).unwrap();
        let CommandEnd::Stopped(ran) = bench.commands.run_until(&order, std::future::ready(()).boxed()).await else {
            panic!("it was stopped already")
        };
        assert!(ran.exit.is_none() && ran.tail.is_empty() && !file.exists());
    }
}

#[tokio::test]
async fn a_command_that_nobody_waits_for_any_more_is_ended_with_all_that_it_started() {
    let bench = Bench::new();
    let pids = bench.folder.path().join("pids");
    let script = format!("echo $$ > '{0}'; sleep 600 & echo $! >> '{0}'; wait", pids.display());
    let order = bench.trusted(&script);
    let commands = Arc::clone(&bench.commands);
    let running = tokio::spawn(async move { commands.run_until(&order, pending().boxed()).await });
    until("both have begun", || fs::read_to_string(&pids).is_ok_and(|text| text.lines().count() == 2)).await;
    running.abort();
    all_gone(&pids).await;
}

#[tokio::test]
async fn what_a_command_leaves_running_ends_with_it() {
    let bench = Bench::new();
    let pids = bench.folder.path().join("pids");
    let order = bench.trusted(&format!("sleep 600 & echo $! > '{}'", pids.display()));
    assert_eq!(exited(bench.run(&order).await).exit, Some(0));
    all_gone(&pids).await;
}

#[tokio::test]
async fn a_pass_is_remembered_for_its_commit_and_a_changed_target_is_asked_anew() {
    let bench = Bench::new();
    let count = bench.folder.path().join("count");
    let script = format!("echo x >> '{}'", count.display());
    let order = CommandOrder { recall_for: Some(PATIENCE * 60), ..bench.trusted(&script) };
    let runs = || fs::read_to_string(&count).unwrap().lines().count();
    let (first, second) = tokio::join!(bench.run(&order), bench.run(&order));
    assert_eq!(runs(), 1, "two that ask at once have one run");
    let mut recalled = [exited(first).recalled, exited(second).recalled];
    recalled.sort_unstable();
    assert_eq!(recalled, [false, true]);
    git(&bench.path(), &["commit", "--quiet", "--allow-empty", "-m", "Another"]);
    exited(bench.run(&CommandOrder { place: CommandPlace::Worktree(bench.head()), ..order.clone() }).await);
    assert_eq!(runs(), 2);
    exited(bench.run(&CommandOrder { recall_for: Some(Duration::ZERO), ..order.clone() }).await);
    assert_eq!(runs(), 3, "what is too old does not count");
}

#[tokio::test]
async fn a_pass_in_one_environment_says_nothing_of_another_on_the_same_commit() {
    let bench = Bench::new();
    let trusted = bench.trusted("test \"$LASTGOOD_ENVIRONMENT\" = staging");
    let told = |environment: &str| {
        let variables = vec![("LASTGOOD_ENVIRONMENT".to_owned(), environment.to_owned())];
        CommandOrder { variables, recall_for: Some(PATIENCE * 60), ..trusted.clone() }
    };
    assert_eq!(told("staging").fingerprint(), told("production").fingerprint(), "one grant covers both");
    let staging = exited(bench.run(&told("staging")).await);
    assert_eq!((staging.exit, staging.recalled), (Some(0), false));
    let production = exited(bench.run(&told("production")).await);
    assert_eq!((production.exit, production.recalled), (Some(1), false), "the command itself was asked");
    assert!(exited(bench.run(&told("staging")).await).recalled, "and each is remembered for itself");
}

#[tokio::test]
async fn a_program_that_is_not_here_is_named() {
    let bench = Bench::new();
    bench.trust.grant_repository(Timestamp::now()).unwrap();
    for (argv, missing) in [(["no-such-program", "x"], "no-such-program"), (["cargo", "geiger"], "cargo-geiger")] {
        let order = CommandOrder { argv: argv.map(str::to_owned).to_vec(), ..bench.order("") };
        bench.trust.grant(Question::DependencyCheck, &order, Timestamp::now()).unwrap();
        assert_eq!(bench.run(&order).await, CommandEnd::Missing(missing.to_owned()));
    }
}

#[tokio::test]
async fn what_could_not_tell_is_not_remembered_as_a_no() {
    let bench = Bench::new();
    let count = bench.folder.path().join("count");
    let script = format!("echo x >> '{}'; exit 75", count.display());
    let order = CommandOrder { recall_for: Some(PATIENCE * 60), ..bench.trusted(&script) };
    for runs in 1..3 {
        let ran = exited(bench.run(&order).await);
        assert_eq!((ran.exit, ran.recalled), (Some(75), false));
        assert_eq!(fs::read_to_string(&count).unwrap().lines().count(), runs);
    }
}

#[tokio::test]
async fn who_waits_for_the_same_command_of_somebody_else_can_be_stopped() {
    let bench = Bench::new();
    let mark = bench.folder.path().join("mark");
    let script = format!("touch '{}'; exec sleep 600", mark.display());
    let order = CommandOrder { recall_for: Some(PATIENCE), ..bench.trusted(&script) };
    let (commands, same) = (Arc::clone(&bench.commands), order.clone());
    let running = tokio::spawn(async move { commands.run_until(&same, pending().boxed()).await });
    until("the other one runs", || mark.exists()).await;
    let end = bench.commands.run_until(&order, std::future::ready(()).boxed()).await;
    assert!(matches!(end, CommandEnd::Stopped(_)), "{end:?}");
    running.abort();
}

/// The preset itself, with the real cargo, on a crate that needs nothing from anywhere.
#[tokio::test]
async fn the_preset_for_a_rust_project_passes_what_compiles_and_fails_what_does_not() {
    let bench = Bench::new();
    bench.trust.grant_repository(Timestamp::now()).unwrap();
    let manifest = "[package]\nname = \"shop\"\nversion = \"2.4.0\"\nedition = \"2021\"\n[workspace]\n";
    let lock = "version = 3\n\n[[package]]\nname = \"shop\"\nversion = \"2.4.0\"\n";
    fs::create_dir(bench.path().join("src")).unwrap();
    for (lock, code, exit, says) in [
        (Some(lock), "pub fn price() -> u32 { 3 }\n", Some(0), "Finished"),
        (Some(lock), "pub fn price() -> u32 { \"3\" }\n", Some(101), "mismatched types"),
        (None, "pub fn price() -> u32 { 3 }\n", Some(101), "--locked"),
    ] {
        fs::write(bench.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(bench.path().join("src/lib.rs"), code).unwrap();
        match lock {
            Some(lock) => fs::write(bench.path().join("Cargo.lock"), lock).unwrap(),
            None => fs::remove_file(bench.path().join("Cargo.lock")).unwrap(),
        }
        git(&bench.path(), &["add", "--all"]);
        git(&bench.path(), &["commit", "--quiet", "-m", "A crate"]);
        let (repository, commit) = (GitRepository::open(&bench.path(), OpenOptions::default()).unwrap(), bench.head());
        let commands = preset(Question::DependencyCheck, &repository, &commit).await.unwrap();
        assert_eq!(commands, [["cargo", "check", "--locked"].map(str::to_owned)]);
        let set = CommandSet::of(commands);
        let order = orders(Question::DependencyCheck, &set, &commit, &[]).remove(0);
        bench.trust.grant(Question::DependencyCheck, &order, Timestamp::now()).unwrap();
        let ran = exited(bench.run(&order).await);
        assert_eq!(ran.exit, exit, "{:?}", ran.tail);
        assert!(bench.output(&ran).contains(says), "{}", bench.output(&ran));
    }
}

/// Checking out a target whose repository is set to leave marks.
#[tokio::test]
async fn a_hostile_repositorys_hooks_and_filters_see_nothing_of_a_worktree() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let (canary, trap) = (bench.folder.path().join("CANARY"), bench.folder.path().join("trap"));
    fs::write(bench.path().join(".gitattributes"), "* filter=trap\n").unwrap();
    git(&bench.path(), &["add", "."]);
    git(&bench.path(), &["commit", "--quiet", "-m", "Attributes"]);
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", canary.display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let hooks = bench.path().join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    fs::copy(&trap, hooks.join("post-checkout")).unwrap();
    let run = trap.to_str().unwrap();
    for name in ["core.fsmonitor", "filter.trap.smudge", "filter.trap.clean", "core.sshCommand", "core.pager"] {
        git(&bench.path(), &["config", name, run]);
    }
    git(&bench.path(), &["config", "core.hooksPath", hooks.to_str().unwrap()]);
    let ran = exited(bench.run(&bench.trusted("cat version.txt; ls .git/hooks 2>/dev/null | wc -l")).await);
    assert_eq!((ran.tail[0].as_str(), ran.tail[1].trim()), ("2.4.0", "0"));
    assert!(!canary.exists(), "{}", fs::read_to_string(&canary).unwrap_or_default());
}

async fn all_gone(pids: &Path) {
    let text = fs::read_to_string(pids).unwrap();
    for pid in text.lines() {
        until(&format!("{pid} is gone"), || !is_alive(pid)).await;
    }
}

/// One that waits for its parent to read its end is gone as well.
fn is_alive(pid: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

async fn until(what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
