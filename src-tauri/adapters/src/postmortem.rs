//! Post-mortems of one opened repository: the text and its versions, what the facts tell, and the ways out.

pub mod html;
pub mod pdf;
mod publish;
mod pull_request;
mod ticket;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::PostmortemId;
use lastgood_core::journal::{Fact, NewFact, Subject};
use lastgood_core::ports::forge::Deployment;
use lastgood_core::ports::{Clock, Journal};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::drawing::svg;
use lastgood_core::postmortem::event::{Deed, Event};
use lastgood_core::postmortem::export::{self, Options, Written};
use lastgood_core::postmortem::library::{Entry, Kept, gather};
use lastgood_core::postmortem::story::{Story, tell};
use lastgood_core::postmortem::timeline::{GAP, Record};
use lastgood_core::postmortem::{About, Postmortem, fold, zone};

pub use publish::{Apart, How, Publishing, Pushed, Settled, apart_still, parts};
pub use ticket::{Ticket, TicketState};

use crate::clock::SystemClock;
use crate::documents::{Documents, Seen, Typed};
use crate::workspace::{Known, Workspace, blocking, fresh};

/// Where post-mortems lie in a repository.
pub const FOLDER: &str = "docs/postmortems";

/// A form that a post-mortem leaves in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Markdown,
    Html,
    Pdf,
}

/// A file of an export, by its path beside the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub content: Vec<u8>,
}

/// Whether a post-mortem had to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    New(PostmortemId),
    There(PostmortemId),
}

impl Begun {
    pub fn id(&self) -> &PostmortemId {
        let (Self::New(id) | Self::There(id)) = self;
        id
    }

    pub fn is_new(&self) -> bool {
        matches!(self, Self::New(_))
    }
}

/// The post-mortems of one workspace.
pub struct Postmortems<'a> {
    workspace: &'a Workspace,
    documents: Documents,
}

impl<'a> Postmortems<'a> {
    /// # Errors
    /// [`Code::DocumentsUnwritable`].
    pub fn open(workspace: &'a Workspace) -> Result<Self, Trouble> {
        Ok(Self { workspace, documents: workspace.documents()? })
    }

    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Oldest first.
    pub async fn list(&self) -> Result<Vec<Postmortem>, Trouble> {
        Ok(fold(&self.workspace.facts().await?))
    }

    /// Those of the journal and those in the repository's `HEAD`, newest first.
    ///
    /// # Errors
    /// [`Code::RepositoryUnreadable`]: what lies there is then not known, which is not the same as none.
    pub async fn library(&self) -> Result<Vec<Entry>, Trouble> {
        let mut own = Vec::new();
        for postmortem in self.list().await? {
            let text = self.text(&postmortem)?;
            let published = match self.documents.text(postmortem.id.as_str())? {
                Some(_) => self.documents.named(postmortem.id.as_str(), publish::PUBLISHED)?,
                // It came from another machine: what the repository has is all that was written.
                None => vec![text.clone()],
            };
            own.push(Kept { postmortem, text, published });
        }
        Ok(gather(own, self.copies()?))
    }

    /// Those that lie in the repository's newest commit; none where there is no commit.
    ///
    /// # Errors
    /// [`Code::RepositoryUnreadable`].
    pub fn copies(&self) -> Result<Vec<(String, String)>, Trouble> {
        self.workspace.repository().texts_in(FOLDER)
    }

    /// # Errors
    /// [`Code::DocumentUnknown`].
    pub async fn find(&self, id: &PostmortemId) -> Result<Postmortem, Trouble> {
        self.list().await?.into_iter().find(|known| known.id == *id).ok_or_else(|| unknown(id))
    }

    /// The one of this story: an incident and its rollbacks have one together.
    pub async fn begin(&self, about: About, by: &str) -> Result<Begun, Trouble> {
        let facts = self.workspace.facts().await?;
        let about = about.whole(&facts);
        if let Some(there) = fold(&facts).into_iter().find(|known| known.about.is_of(&about)) {
            return Ok(Begun::There(there.id));
        }
        Ok(Begun::New(self.create(about, by).await?))
    }

    /// The fact, then the document.
    async fn create(&self, about: About, by: &str) -> Result<PostmortemId, Trouble> {
        let id = PostmortemId::new(format!("pm-{}", fresh()));
        let now = SystemClock.now();
        let document = Document::new(&id, &about, &zone::day(now, &TimeZone::system()), by);
        self.record(&id, Deed::PostmortemCreated { about, by: by.to_owned() }).await?;
        self.documents.save(id.as_str(), &document.text(), now, Some("created"))?;
        Ok(id)
    }

    /// Writes what a person adds to it.
    pub async fn record(&self, id: &PostmortemId, deed: Deed) -> Result<Fact, Trouble> {
        self.workspace.journal().append(self.new_fact(id, deed)).await
    }

    /// Writes what belongs together: all of it, or none.
    pub async fn record_all(&self, id: &PostmortemId, deeds: Vec<Deed>) -> Result<Vec<Fact>, Trouble> {
        let facts = deeds.into_iter().map(|deed| self.new_fact(id, deed)).collect();
        self.workspace.journal().append_all(facts).await
    }

    fn new_fact(&self, id: &PostmortemId, deed: Deed) -> NewFact {
        let subject = Subject::repository(self.workspace.key());
        let event = Event { postmortem: id.clone(), deed };
        NewFact { at: SystemClock.now(), subject, event: event.into() }
    }

    /// Its text. One that came from another machine, or was lost, begins anew from its facts.
    pub fn text(&self, postmortem: &Postmortem) -> Result<String, Trouble> {
        Ok(self.seen(postmortem)?.text)
    }

    /// Its text, with the version that it is: of one moment.
    pub fn seen(&self, postmortem: &Postmortem) -> Result<Seen, Trouble> {
        if let Some((number, text)) = self.documents.newest(postmortem.id.as_str())? {
            return Ok(Seen { number: Some(number), text });
        }
        let day = zone::day(postmortem.created, &TimeZone::system());
        let text = Document::new(&postmortem.id, &postmortem.about, &day, &postmortem.by).text();
        Ok(Seen { number: None, text })
    }

    /// Saves what somebody typed on top of the version `base`, on a thread of its own: the disk may be slow.
    pub async fn typed(&self, id: &PostmortemId, base: Option<u64>, text: String) -> Result<Typed, Trouble> {
        let (documents, id) = (self.documents.clone(), id.clone());
        blocking(move || documents.type_on(id.as_str(), base, &text, SystemClock.now())).await
    }

    /// Changes its text by machine, on top of what stands there in this moment.
    pub async fn change(
        &self,
        postmortem: &Postmortem,
        change: impl FnOnce(&mut Document) -> Result<(), Trouble>,
    ) -> Result<Typed, Trouble> {
        let seen = self.seen(postmortem)?;
        let mut document = Document::parse(&seen.text);
        change(&mut document)?;
        self.typed(&postmortem.id, seen.number, document.text()).await
    }

    /// What its facts tell. Without `known`, what GitHub would tell is missing.
    pub async fn story(
        &self,
        postmortem: Postmortem,
        known: Option<&Known>,
        gap: Option<SignedDuration>,
    ) -> Result<Story, Trouble> {
        let facts = self.workspace.facts().await?;
        Ok(self.told(postmortem, &facts, known, gap))
    }

    fn told(
        &self,
        postmortem: Postmortem,
        facts: &[Fact],
        known: Option<&Known>,
        gap: Option<SignedDuration>,
    ) -> Story {
        let none: &[Deployment] = &[];
        let deployments = known.and_then(|known| known.forge.as_ref().ok()).map_or(none, |forge| &forge.deployments);
        let environment = postmortem.about.environment.as_ref();
        let environment = known.zip(environment).and_then(|(known, name)| known.environment(name.as_str()).ok());
        let spans = environment.map(|found| found.spans.clone()).unwrap_or_default();
        let releases = known.map_or(&[][..], |known| &known.releases);
        let record = Record { facts, deployments, releases };
        let told = self.workspace.settings().postmortem.gap_minutes;
        let told = told.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
        tell(postmortem, &record, spans, gap.or(told).unwrap_or(GAP))
    }

    /// The same of all of them, from one reading of the journal.
    pub async fn stories(&self, all: Vec<Postmortem>, known: Option<&Known>) -> Result<Vec<Story>, Trouble> {
        let facts = self.workspace.facts().await?;
        Ok(all.into_iter().map(|one| self.told(one, &facts, known, None)).collect())
    }

    /// The files of an export; the document comes first.
    ///
    /// # Errors
    /// [`Code::ExportFailed`].
    pub fn export(
        &self,
        text: &str,
        story: &Story,
        format: Format,
        reader: &TimeZone,
        details: bool,
    ) -> Result<Vec<File>, Trouble> {
        let name = self.name(story, text);
        let options = Options { zone: reader.clone(), details, pictures: name.clone() };
        let written = export::write(text, story, &options);
        let title = Document::parse(text).title().unwrap_or_else(|| story.postmortem.about.title.clone());
        Ok(match format {
            Format::Markdown => markdown(&written, &name),
            Format::Html => {
                let html = html::html(&written, &name, &title);
                vec![File { path: format!("{name}.html"), content: html.into_bytes() }]
            }
            Format::Pdf => vec![File { path: format!("{name}.pdf"), content: pdf::pdf(&written, &name, &title)? }],
        })
    }

    /// `2026-11-22-plugin-execution-failed`. It stays the same however the title changes once it was published.
    pub fn name(&self, story: &Story, text: &str) -> String {
        let published = story.postmortem.published.as_ref().and_then(|published| published.path.rsplit('/').next());
        if let Some(name) = published.and_then(|file| file.strip_suffix(".md")) {
            return name.to_owned();
        }
        let document = Document::parse(text);
        let day = document.field("date").unwrap_or_else(|| zone::day(story.postmortem.created, &TimeZone::UTC));
        let title = document.title().unwrap_or_else(|| story.postmortem.about.title.clone());
        export::slug(&plain(&day), &title)
    }
}

/// The time zone of that name, else the machine's.
///
/// # Errors
/// [`Code::Usage`] where no zone has the name.
pub fn time_zone(name: Option<&str>) -> Result<TimeZone, Trouble> {
    let Some(name) = name else { return Ok(TimeZone::system()) };
    TimeZone::get(name).map_err(|_| {
        let hint = "Name one as the tz database does, such as Europe/Berlin or UTC.";
        Trouble::new(Code::Usage, format!("There is no time zone named {name}."), hint)
    })
}

fn markdown(written: &Written, name: &str) -> Vec<File> {
    let document = File { path: format!("{name}.md"), content: written.markdown.clone().into_bytes() };
    let pictures = written.pictures.iter().map(|(file, drawing)| File {
        path: format!("{name}/{file}"),
        content: svg(drawing, file.trim_end_matches(".svg")).into_bytes(),
    });
    std::iter::once(document).chain(pictures).collect()
}

/// A day that somebody wrote into the front matter must not lead anywhere as a path.
fn plain(day: &str) -> String {
    day.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(10).collect()
}

fn unknown(id: &PostmortemId) -> Trouble {
    let message = format!("No post-mortem {id} is in the journal.");
    Trouble::new(Code::DocumentUnknown, message, "`lastgood postmortem list` lists them.")
}

/// The moment, as a commit has it.
pub(crate) fn moment(now: Timestamp) -> lastgood_core::release::Moment {
    let offset = now.to_zoned(TimeZone::system()).offset().seconds() / 60;
    lastgood_core::release::Moment { seconds: now.as_second(), offset: i16::try_from(offset).unwrap_or(0) }
}
