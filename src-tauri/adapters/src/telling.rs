//! Telling people, wired together: the journal, what is being typed, and the channels. The window and the terminal both
//! stand on this.
//!
//! One process writes the facts of incidents at a time, and one sends at a time: two file locks see to it.

mod behind;
mod compose;
mod decide;
mod follow;
mod known;
mod review;
mod round;
mod secrets;
mod seen;
mod send;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, IncidentId, RepositorySlug, RollbackId};
use lastgood_core::incident::cadence::{self, Reminder};
use lastgood_core::incident::event::{Event, Opening};
use lastgood_core::incident::{Incident, next, opening};
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::channel::Tested;
use lastgood_core::ports::{Channel, Clock};
use lastgood_core::settings::Settings;
use lastgood_core::settings::telling::{ChannelKind, ChannelSettings};
use lastgood_core::template::Templates;
use serde::{Deserialize, Serialize};

pub use compose::{Composed, Wish};
pub use follow::Silent;
pub use send::{Gone, HELD};

use crate::channel::{self, Keys};
use crate::clock::SystemClock;
use crate::drafts::Drafts;
use crate::git::Authorizer;
use crate::github::Github;
use crate::place::Place;
use crate::secret::Secret;
use crate::sqlite::{Settled, SqliteJournal};

/// The incidents of one repository, and the way to everybody who must know.
pub struct Telling {
    place: Place,
    key: String,
    journal: SqliteJournal,
    drafts: Drafts,
    settings: Settings,
    templates: Templates,
    zone: TimeZone,
    world: World,
    known: Mutex<known::Known>,
}

/// What channels may need of the repository around them.
#[derive(Clone, Default)]
pub struct World {
    pub slug: Option<RepositorySlug>,
    pub github: Option<Arc<Github>>,
    pub authorizer: Option<Authorizer>,
    /// Of the person at the keyboard, as others should read it.
    pub person: String,
}

/// How a test of a channel went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LastTest {
    pub at: Timestamp,
    /// Else a sentence and what to do.
    pub answer: Result<Tested, (String, String)>,
}

impl Telling {
    /// # Errors
    /// Where drafts cannot be kept, or the settings name a time zone that nobody knows.
    pub fn new(
        place: &Place,
        key: String,
        journal: SqliteJournal,
        settings: Settings,
        files: BTreeMap<String, String>,
        world: World,
    ) -> Result<Self, Trouble> {
        let zone = match &settings.incident.time_zone {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|error| {
                let message = format!("lastgood.toml names the time zone {name}: {error}.");
                Trouble::new(Code::SettingsInvalid, message, "Name one such as Europe/Berlin.")
            })?,
        };
        // A file is what the window edits: it counts before a text in the settings.
        let mut own = settings.incident.templates.clone();
        own.extend(files);
        let drafts = Drafts::open(&place.journal())?;
        let templates = Templates::new(own);
        let place = place.clone();
        Ok(Self { place, key, journal, drafts, settings, templates, zone, world, known: Mutex::default() })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same, for a person whom somebody else knows better.
    #[must_use]
    pub fn of_person(mut self, person: String) -> Self {
        self.world.person = person;
        self
    }

    /// Who is at the keyboard, as others read it.
    pub fn person(&self) -> &str {
        &self.world.person
    }

    /// In which times are written.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    pub fn drafts(&self) -> &Drafts {
        &self.drafts
    }

    /// # Errors
    /// [`Code::IncidentUnknown`] with those that are open.
    pub async fn incident(&self, id: &IncidentId) -> Result<Incident, Trouble> {
        let all = self.all().await?;
        let open: Vec<String> =
            all.iter().filter(|incident| incident.is_open()).map(|incident| incident.id.to_string()).collect();
        all.iter().find(|incident| incident.id == *id).cloned().ok_or_else(|| {
            let hint =
                if open.is_empty() { "None is open.".to_owned() } else { format!("Open are: {}.", open.join(", ")) };
            Trouble::new(Code::IncidentUnknown, format!("There is no incident {id}."), hint)
        })
    }

    pub async fn open(&self, opening: Opening) -> Result<Incident, Trouble> {
        if opening.title.trim().is_empty() {
            return Err(Trouble::new(
                Code::Usage,
                "An incident needs a title.",
                "Say in a few words what does not work.",
            ));
        }
        let id = IncidentId::new(format!("inc-{}", crate::workspace::fresh()));
        self.write(&id, Event::IncidentOpened(Box::new(opening))).await
    }

    /// Writes a fact about an incident, and where it stands after it.
    ///
    /// # Errors
    /// [`Code::IncidentRefused`] where that cannot happen to it now; nothing was written then.
    pub async fn write(&self, id: &IncidentId, event: Event) -> Result<Incident, Trouble> {
        self.write_approved(id, event, &[]).await
    }

    /// The same, and with it the end of the drafts of these words: they are in the fact. What a person typed is not in words
    /// that nobody wrote, and stays.
    async fn write_approved(&self, id: &IncidentId, event: Event, words: &[Composed]) -> Result<Incident, Trouble> {
        let _lock = self.lock("facts").await?;
        let at = SystemClock.now();
        let all = self.all().await?;
        let after = match (all.iter().find(|incident| incident.id == *id), &event) {
            (Some(standing), event) => next::next(standing, at, event).map_err(|_| refused(id))?,
            (None, Event::IncidentOpened(opening)) => next::begin(id.clone(), at, opening),
            (None, _) => return Err(Trouble::new(Code::IncidentUnknown, format!("There is no incident {id}."), "")),
        };
        let subject = Subject::repository(&self.key).incident(id.clone());
        let subject = Subject { environment: after.environment.clone(), ..subject };
        let draft = |words: &Composed| Settled {
            incident: id.clone(),
            channel: words.channel.clone(),
            typed: !words.by_itself,
        };
        let drafts = words.iter().map(draft).collect();
        self.journal.append_approved(NewFact { at, subject, event: event.into() }, drafts).await?;
        Ok(after)
    }

    /// The alerts to show now, by incident. Each is written once it was shown, with [`Event::IncidentReminded`].
    pub async fn due(&self, now: Timestamp) -> Result<Vec<(Incident, Reminder)>, Trouble> {
        let open = self.incidents().await?.into_iter().filter(Incident::is_open);
        let due = |incident: Incident| {
            let reminders = cadence::due(&incident, now, &self.settings.incident);
            reminders.into_iter().map(move |reminder| (incident.clone(), reminder))
        };
        Ok(open.flat_map(due).collect())
    }

    /// Asks the channel's service whether it would take something; nothing is told to anybody. The answer is remembered.
    pub async fn test(&self, name: &ChannelName) -> Result<Tested, Trouble> {
        let answer = match self.channel(name).await {
            Ok(channel) => channel.test().await,
            Err(trouble) => Err(trouble),
        };
        let kept = LastTest {
            at: SystemClock.now(),
            answer: answer.clone().map_err(|trouble| (trouble.message, trouble.hint)),
        };
        if let Ok(text) = serde_json::to_string(&kept) {
            self.journal.remember(&self.test_entry(name), &text)?;
        }
        answer
    }

    /// The newest test of this channel on this machine; `None` where there was none.
    pub fn last_test(&self, name: &ChannelName) -> Option<LastTest> {
        let kept = self.journal.recall(&self.test_entry(name)).ok()??;
        serde_json::from_str(&kept).ok()
    }

    fn test_entry(&self, name: &ChannelName) -> String {
        format!("channel-test {} {name}", self.key)
    }

    /// # Errors
    /// [`Code::ChannelUnknown`] with those there are.
    pub fn channel_settings(&self, name: &ChannelName) -> Result<&ChannelSettings, Trouble> {
        self.settings.channels.get(name.as_str()).ok_or_else(|| {
            let known: Vec<&str> = self.settings.channels.keys().map(String::as_str).collect();
            let hint = match known.as_slice() {
                [] => "lastgood.toml names none; add [channels.NAME].".to_owned(),
                known => format!("There are: {}.", known.join(", ")),
            };
            Trouble::new(Code::ChannelUnknown, format!("There is no channel named {name}."), hint)
        })
    }

    /// Whether its settings are whole; its service is not asked.
    ///
    /// # Errors
    /// [`Code::ChannelUnready`] with the first thing that is missing.
    pub fn check(&self, name: &ChannelName) -> Result<(), Trouble> {
        self.channel_settings(name)?.check(name.as_str())?;
        self.recipients(name).map(drop)
    }

    /// Whom it writes to: of a mail, every address of every group.
    fn recipients(&self, name: &ChannelName) -> Result<Vec<String>, Trouble> {
        let settings = self.channel_settings(name)?;
        if settings.kind == ChannelKind::Email {
            return self.settings.incident.recipients(name.as_str(), &settings.to);
        }
        Ok(settings.to.clone())
    }

    async fn channel(&self, name: &ChannelName) -> Result<Arc<dyn Channel>, Trouble> {
        self.channel_with(name, self.secret(name, true).await?)
    }

    fn channel_with(&self, name: &ChannelName, secret: Option<Secret>) -> Result<Arc<dyn Channel>, Trouble> {
        let mut settings = self.channel_settings(name)?.clone();
        settings.to = self.recipients(name)?;
        let keys = Keys {
            secret,
            github: self.world.github.clone(),
            repository: self.world.slug.clone(),
            authorizer: self.world.authorizer.clone(),
            deadline: None,
        };
        channel::channel(name.as_str(), &settings, &keys)
    }

    /// Waits for its turn.
    async fn lock(&self, what: &str) -> Result<File, Trouble> {
        let file = self.lock_file(what)?;
        blocking(move || file.lock().map(|()| file)).await?.map_err(|error| unusable(&error))
    }

    fn lock_file(&self, what: &str) -> Result<File, Trouble> {
        let folder = self.place.data().join("turns");
        let open = || {
            std::fs::create_dir_all(&folder)?;
            let path = folder.join(format!("telling-{what}.lock"));
            OpenOptions::new().create(true).truncate(false).write(true).open(path)
        };
        open().map_err(|error| unusable(&error))
    }

    fn expiry(&self, now: Timestamp) -> Timestamp {
        let minutes = i64::from(self.settings.incident.expire_minutes().max(1));
        now.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(now)
    }
}

/// The incident that a rollback opened has its id.
pub fn incident_of(rollback: &RollbackId) -> IncidentId {
    opening::id_of(rollback)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Start Lastgood again."))
}

fn refused(id: &IncidentId) -> Trouble {
    let message = format!("This cannot happen to {id} as it stands.");
    Trouble::new(Code::IncidentRefused, message, format!("Look at it again: `lastgood incident show {id}`."))
}

fn unusable(error: &std::io::Error) -> Trouble {
    let message = format!("The data folder cannot be used: {error}.");
    Trouble::new(Code::JournalUnwritable, message, "Check its permissions and the room on the disk.")
}

fn broken(illegal: &str) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal tells of something that cannot happen: {illegal}."),
        "Use the newest version of Lastgood with this data folder.",
    )
}
