//! The window's side of the wire without a window: a rehearsal, a data folder, and everything that was told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_adapters::clock;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::ids::{EnvironmentName, RollbackId, TagName};
use lastgood_core::incident::event::Opening;
use lastgood_core::incident::{Audience, Severity};
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::{About, Alert};
use lastgood_desktop::controller::{Beginning, Clocks, Controller, Host, Opened, Screen, Wanted};
use lastgood_desktop::ipc::notice::Notice;
use lastgood_rehearsal::{Description, GitHub, Options, Rehearsal};
use serde_json::Value;
use tauri::ipc::{Channel, InvokeResponseBody};
use tempfile::TempDir;

/// What takes longer than this hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(90);

pub(crate) const LOOK: Duration = Duration::from_millis(50);

pub(crate) struct Stage {
    pub(crate) rehearsal: Rehearsal,
    folder: TempDir,
    speed: f64,
}

impl Stage {
    pub(crate) async fn at_speed(speed: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("rehearsal");
        let options = Options { directory, port: 0, seed: 7, epoch: Timestamp::now(), speed };
        Self { rehearsal: Rehearsal::start(options).await.unwrap(), folder, speed }
    }

    pub(crate) fn server(&self) -> &GitHub {
        self.rehearsal.github()
    }

    pub(crate) fn description(&self) -> &Description {
        self.rehearsal.description()
    }

    pub(crate) fn clone_folder(&self) -> PathBuf {
        self.description().clone.clone()
    }

    pub(crate) fn place(&self) -> Place {
        Place::at(self.folder.path().join("data")).unwrap()
    }

    pub(crate) fn access(&self) -> Access {
        Access::rehearsal(&self.description().api, Secret::new(self.description().token.as_str()), self.speed)
    }

    /// The same repository, as another process on this machine has it open.
    pub(crate) fn another(&self) -> Workspace {
        Workspace::open(&self.clone_folder(), &self.place(), self.access()).unwrap()
    }

    /// A repository that has nothing to do with the rehearsal's.
    pub(crate) fn other_repository(&self) -> PathBuf {
        let folder = self.folder.path().join("other");
        std::fs::create_dir_all(&folder).unwrap();
        git(&folder, &["init", "--quiet"]);
        git(
            &folder,
            &[
                "-c",
                "user.name=dev",
                "-c",
                "user.email=dev@example.org",
                "commit",
                "--quiet",
                "--allow-empty",
                "-m",
                "One",
            ],
        );
        folder
    }

    /// Settings count once they are committed.
    pub(crate) fn add_settings(&self, words: &str) {
        let file = self.clone_folder().join("lastgood.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text + words).unwrap();
        let who = ["-c", "user.name=dev", "-c", "user.email=dev@example.org", "-c", "commit.gpgSign=false"];
        git(&self.clone_folder(), &[&who[..], &["commit", "--quiet", "--all", "--message", "Channels"]].concat());
    }

    pub(crate) fn posts(&self, ending: &str) -> usize {
        let requests = self.server().requests();
        requests.iter().filter(|one| one.method == "POST" && one.path_and_query.ends_with(ending)).count()
    }

    pub(crate) fn dispatches(&self) -> usize {
        self.posts("/dispatches")
    }

    /// From now on the journal's file takes nothing, as on a full disk.
    pub(crate) fn fill_disk(&self) {
        self.sql(
            "CREATE TRIGGER full_fact BEFORE INSERT ON fact BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;
             CREATE TRIGGER full_known BEFORE INSERT ON known BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;",
        );
    }

    pub(crate) fn make_room(&self) {
        self.sql("DROP TRIGGER full_fact; DROP TRIGGER full_known;");
    }

    fn sql(&self, words: &str) {
        let connection = rusqlite::Connection::open(self.place().journal()).unwrap();
        connection.busy_timeout(LIMIT).unwrap();
        connection.execute_batch(words).unwrap();
    }

    /// A window that is given this folder.
    pub(crate) fn window(&self, folder: &Path) -> Window {
        self.window_by(folder, Arc::new(clock::reading))
    }

    /// The same, by clocks that a test moves.
    pub(crate) fn window_by(&self, folder: &Path, clocks: Clocks) -> Window {
        let seen = Arc::new(Seen::default());
        let beginning = Beginning {
            place: self.place(),
            access: self.access(),
            wanted: Wanted::Folder(folder.to_path_buf()),
            speed: self.speed,
            clocks,
        };
        let host = Controller::start(Arc::clone(&seen) as Arc<dyn Screen>, beginning).unwrap();
        let told = Arc::clone(&seen);
        host.watch(Channel::<Notice>::new(move |body| {
            let InvokeResponseBody::Json(text) = body else { return Ok(()) };
            told.notices.lock().unwrap().push(serde_json::from_str(&text).unwrap());
            Ok(())
        }));
        Window { host, seen }
    }
}

/// A screen that writes down what it is told.
#[derive(Default)]
struct Seen {
    notices: Mutex<Vec<Value>>,
    titles: Mutex<Vec<String>>,
    trays: Mutex<Vec<(usize, Option<String>)>>,
    alerts: Arc<Mutex<Vec<Alert>>>,
    opened: Mutex<Option<Opened>>,
    shows: AtomicUsize,
}

impl Screen for Seen {
    fn title(&self, words: &str) {
        self.titles.lock().unwrap().push(words.to_owned());
    }

    fn tray(&self, unread: usize, _: &str, due: Option<&str>) {
        self.trays.lock().unwrap().push((unread, due.map(str::to_owned)));
    }

    fn show(&self) {
        self.shows.fetch_add(1, Ordering::SeqCst);
    }

    fn alerts(&self, opened: Opened) -> Arc<dyn Desktop> {
        *self.opened.lock().unwrap() = Some(opened);
        Arc::new(Written(Arc::clone(&self.alerts)))
    }
}

struct Written(Arc<Mutex<Vec<Alert>>>);

#[async_trait]
impl Desktop for Written {
    async fn alert(&self, alert: &Alert) {
        self.0.lock().unwrap().push(alert.clone());
    }
}

pub(crate) struct Window {
    pub(crate) host: Host,
    seen: Arc<Seen>,
}

impl Window {
    /// The newest notice of this kind that looks so.
    pub(crate) async fn told(&self, what: &str, kind: &str, looks: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let found = self.newest(kind);
            match found {
                Some(notice) if looks(&notice) => return notice,
                found => assert!(begun.elapsed() < LIMIT, "waited for {what}; the newest {kind} is {found:#?}"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// How many notices of this kind there were.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.seen.notices.lock().unwrap().iter().filter(|notice| notice["kind"] == kind).count()
    }

    /// Every notice since the first one of this kind, that one left out.
    pub(crate) fn since(&self, kind: &str) -> Vec<Value> {
        let notices = self.seen.notices.lock().unwrap();
        notices.iter().skip_while(|notice| notice["kind"] != kind).skip(1).cloned().collect()
    }

    pub(crate) fn newest(&self, kind: &str) -> Option<Value> {
        let notices = self.seen.notices.lock().unwrap();
        notices.iter().rev().find(|notice| notice["kind"] == kind).cloned()
    }

    /// The rollback as it was told last, once it looks so.
    pub(crate) async fn rollback(&self, what: &str, looks: impl Fn(&Value) -> bool) -> Value {
        self.told(what, "rollback", |notice| looks(&notice["rollback"])).await["rollback"].clone()
    }

    pub(crate) async fn armed(&self) {
        self.told("an armed production", "overview", |notice| {
            production(notice).is_some_and(|production| production["arming"]["state"] == "armed")
        })
        .await;
    }

    pub(crate) async fn roll_back(&self) -> RollbackId {
        let (production, tag) = (EnvironmentName::new("production"), TagName::new("v2.4.0"));
        let begun = self.host.start_rollback(production, tag, "checkout fails".to_owned()).await.unwrap();
        RollbackId::new(begun.id)
    }

    /// What the alerts are about, with their titles.
    pub(crate) fn calls(&self) -> Vec<(String, About)> {
        self.seen.alerts.lock().unwrap().iter().map(|alert| (alert.title.clone(), alert.about.clone())).collect()
    }

    pub(crate) fn alerts(&self) -> Vec<String> {
        self.seen.alerts.lock().unwrap().iter().map(|alert| alert.title.clone()).collect()
    }

    /// What the mark in the tray said last: what is unread, and when people hear more.
    pub(crate) fn tray(&self) -> (usize, Option<String>) {
        self.seen.trays.lock().unwrap().last().cloned().unwrap_or_default()
    }

    /// Once the title looks so.
    pub(crate) async fn titled(&self, what: &str, looks: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !looks(&self.title()) {
            assert!(begun.elapsed() < LIMIT, "waited for {what}; the title is {}", self.title());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// As a person does who presses the button of an alert about this.
    pub(crate) fn press(&self, about: About) {
        self.seen.opened.lock().unwrap().as_ref().unwrap()(about);
    }

    /// How often the window was brought before everything else.
    pub(crate) fn shows(&self) -> usize {
        self.seen.shows.load(Ordering::SeqCst)
    }

    pub(crate) fn title(&self) -> String {
        self.seen.titles.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

pub(crate) fn production(notice: &Value) -> Option<&Value> {
    notice["overview"]["environments"].as_array()?.iter().find(|one| one["name"] == "production")
}

/// A step of the rollback has this phase.
pub(crate) fn step(rollback: &Value, name: &str, phase: &str) -> bool {
    let steps = rollback["steps"].as_array().into_iter().flatten();
    steps.into_iter().any(|step| step["name"] == name && step["phase"] == phase)
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git").arg("-C").arg(folder).args(arguments).status().unwrap();
    assert!(done.success(), "git {arguments:?}");
}

/// An incident by hand, of which these audiences hear more by then.
pub(crate) fn opening(due: BTreeMap<Audience, Timestamp>) -> Opening {
    Opening {
        title: "Plugins fail".to_owned(),
        severity: Severity::DEFAULT,
        by: "@on-call".to_owned(),
        commander: None,
        impact: Some("12 % of calls fail".to_owned()),
        surfaces: vec!["API".to_owned()],
        environment: None,
        rollback: None,
        found_at: Timestamp::now(),
        impact_started_at: None,
        due,
    }
}
