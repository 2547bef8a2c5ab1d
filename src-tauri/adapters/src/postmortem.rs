//! Post-mortems of one opened repository: the text and its versions, what the facts tell, and the ways out.

pub mod html;
pub mod pdf;
mod publish;

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
use lastgood_core::postmortem::library::{Entry, gather};
use lastgood_core::postmortem::story::{Story, tell};
use lastgood_core::postmortem::timeline::{GAP, Record};
use lastgood_core::postmortem::{About, Postmortem, fold, zone};

pub use publish::{Publishing, Settled, parts};

use crate::clock::SystemClock;
use crate::documents::Documents;
use crate::workspace::{Known, Workspace, fresh};

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

/// The post-mortems of one workspace.
pub struct Postmortems<'a> {
    workspace: &'a Workspace,
    documents: Documents,
}

impl<'a> Postmortems<'a> {
    /// # Errors
    /// [`Code::DocumentsUnwritable`].
    pub fn open(workspace: &'a Workspace) -> Result<Self, Trouble> {
        Ok(Self { workspace, documents: Documents::open(&workspace.place().documents())? })
    }

    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Oldest first.
    pub async fn list(&self) -> Result<Vec<Postmortem>, Trouble> {
        Ok(fold(&self.workspace.facts().await?))
    }

    /// Those of the journal and those in the repository's `HEAD`, newest first.
    pub async fn library(&self) -> Result<Vec<Entry>, Trouble> {
        let mut own = Vec::new();
        for postmortem in self.list().await? {
            let text = self.text(&postmortem)?;
            own.push((postmortem, text));
        }
        let files = self.workspace.repository().files_in("HEAD", FOLDER)?;
        let texts = files.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()));
        Ok(gather(own, texts.collect()))
    }

    /// # Errors
    /// [`Code::DocumentUnknown`].
    pub async fn find(&self, id: &PostmortemId) -> Result<Postmortem, Trouble> {
        self.list().await?.into_iter().find(|known| known.id == *id).ok_or_else(|| unknown(id))
    }

    /// Begins one: the fact, then the document.
    pub async fn create(&self, about: About, by: &str) -> Result<PostmortemId, Trouble> {
        let id = PostmortemId::new(format!("pm-{}", fresh()));
        let now = SystemClock.now();
        let document = Document::new(&id, &about, &zone::day(now, &TimeZone::system()), by);
        self.record(&id, Deed::PostmortemCreated { about, by: by.to_owned() }).await?;
        self.documents.save(id.as_str(), &document.text(), now, Some("created"))?;
        Ok(id)
    }

    /// Writes what a person adds to it.
    pub async fn record(&self, id: &PostmortemId, deed: Deed) -> Result<Fact, Trouble> {
        let subject = Subject::repository(self.workspace.key());
        let event = Event { postmortem: id.clone(), deed };
        let fact = NewFact { at: SystemClock.now(), subject, event: event.into() };
        self.workspace.journal().append(fact).await
    }

    /// Its text. One that came from another machine, or was lost, begins anew from its facts.
    pub fn text(&self, postmortem: &Postmortem) -> Result<String, Trouble> {
        if let Some(text) = self.documents.text(postmortem.id.as_str())? {
            return Ok(text);
        }
        let day = zone::day(postmortem.created, &TimeZone::system());
        Ok(Document::new(&postmortem.id, &postmortem.about, &day, &postmortem.by).text())
    }

    /// What its facts tell. Without `known`, what GitHub would tell is missing.
    pub async fn story(
        &self,
        postmortem: Postmortem,
        known: Option<&Known>,
        gap: Option<SignedDuration>,
    ) -> Result<Story, Trouble> {
        let facts = self.workspace.facts().await?;
        let none: &[Deployment] = &[];
        let deployments = known.and_then(|known| known.forge.as_ref().ok()).map_or(none, |forge| &forge.deployments);
        let environment = postmortem.about.environment.as_ref();
        let environment = known.zip(environment).and_then(|(known, name)| known.environment(name.as_str()).ok());
        let spans = environment.map(|found| found.spans.clone()).unwrap_or_default();
        let record = Record { facts: &facts, deployments };
        Ok(tell(postmortem, &record, spans, gap.unwrap_or(GAP)))
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
fn moment(now: Timestamp) -> lastgood_core::release::Moment {
    let offset = now.to_zoned(TimeZone::system()).offset().seconds() / 60;
    lastgood_core::release::Moment { seconds: now.as_second(), offset: i16::try_from(offset).unwrap_or(0) }
}
