//! Into the repository: a branch with the document and its pictures, from which a pull request is opened.

use jiff::tz::TimeZone;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, RepositorySlug};
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::Postmortem;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::{Deed, Published, PullRequestOpened};
use lastgood_core::postmortem::merge::{Conflict, Part, Side, merge, settle, settle_shown};
use lastgood_core::postmortem::place::reduced;
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::troubleshooting;

use serde::Serialize;

use super::pull_request::Wanted;
use super::{FOLDER, Format, Postmortems, moment};
use crate::clock::SystemClock;
use crate::git::{BranchOutcome, GitRepository, Tip};

/// The version that the repository's copy came from.
pub(super) const PUBLISHED: &str = "published";

/// How publishing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publishing {
    Done(Box<Pushed>),
    /// The repository's copy says the same already.
    Unchanged {
        path: String,
        /// As of what was pushed.
        still_apart: Vec<String>,
    },
    /// Both copies were changed in these parts; nothing was pushed.
    Conflicts(Vec<Conflict>),
}

/// What stands on the remote now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pushed {
    #[serde(flatten)]
    pub published: Published,
    /// Parts that somebody went on with meanwhile, and that the repository says otherwise: publishing again asks about them.
    pub still_apart: Vec<String>,
    /// `None` where the forge takes none, or `trouble` says why.
    pub pull_request: Option<PullRequestOpened>,
    /// The branch is there all the same.
    pub trouble: Option<Trouble>,
}

/// What is wanted of it.
#[derive(Debug, Clone, Default)]
pub struct How {
    pub settled: Settled,
    /// With an entry in the troubleshooting guide, in the same commit.
    pub troubleshooting: bool,
}

/// How conflicts are to be settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Settled {
    /// They are shown, and nothing is pushed.
    #[default]
    Shown,
    /// All of them alike, whatever they are.
    All(Side),
    /// Each as somebody chose who was shown it, by its mark. One that nobody was shown as it is now is shown instead.
    Each(Vec<(String, Side)>),
}

impl Postmortems<'_> {
    /// Brings the document and the repository's copy together, and pushes the result as a branch.
    ///
    /// # Errors
    /// Git's own, and [`Code::PushRefused`] with the remote's words.
    pub async fn publish(&self, story: &Story, by: &str, reader: &TimeZone, how: How) -> Result<Publishing, Trouble> {
        let repository = self.workspace.repository();
        let id = story.postmortem.id.as_str();
        // The network takes its time, and somebody may type on meanwhile: what is saved comes from this version.
        let seen = self.seen(&story.postmortem)?;
        let name = self.name(story, &seen.text);
        let path = format!("{FOLDER}/{name}.md");
        let branch = branch(&story.postmortem, &name);
        let standing = standing(repository, &branch).await?;
        let theirs = read(repository, &standing.base.commit, &path)?;
        let merged = match &theirs {
            None => seen.text.clone(),
            Some(theirs) => match self.together(id, &seen.text, theirs, &how.settled)? {
                Ok(merged) => merged,
                Err(conflicts) => return Ok(Publishing::Conflicts(conflicts)),
            },
        };
        let merged = no_draft(merged);
        let mut files: Vec<(String, Vec<u8>)> = self
            .export(&merged, story, Format::Markdown, reader, true)?
            .into_iter()
            .map(|file| (format!("{FOLDER}/{}", file.path), file.content))
            .collect();
        if how.troubleshooting {
            files.push(self.guide(story, &merged, &standing.base.commit, &path)?);
        }
        let link = self.workspace.slug().map(|slug| compare(&self.workspace.host(), slug, &standing.default, &branch));
        let place = Place { branch, path, link, by: by.to_owned() };
        let published = self.push(story, &merged, files, &standing, place).await?;
        let conflicts = self.documents.name(id, &seen, &merged, SystemClock.now(), PUBLISHED)?;
        let still_apart = names(&conflicts).map(str::to_owned).collect();
        let Some(published) = published else {
            return Ok(Publishing::Unchanged { path: format!("{FOLDER}/{name}.md"), still_apart });
        };
        let title = title_of(&merged, &story.postmortem);
        let wanted = Wanted { title, base: standing.default, text: &merged };
        let (pull_request, trouble) = match self.pull_request(&story.postmortem, &published, wanted).await {
            Ok(opened) => (opened, None),
            Err(trouble) => (None, Some(trouble)),
        };
        Ok(Publishing::Done(Box::new(Pushed { published, still_apart, pull_request, trouble })))
    }

    /// Pushes these files, where the branch does not hold them already; `None` where the default branch does.
    async fn push(
        &self,
        story: &Story,
        text: &str,
        files: Vec<(String, Vec<u8>)>,
        standing: &Standing,
        place: Place,
    ) -> Result<Option<Published>, Trouble> {
        let repository = self.workspace.repository();
        let base = &standing.base.commit;
        if unchanged(repository, base, &files)? {
            return Ok(standing.expected.clone().map(|there| place.at(there)));
        }
        let id = &story.postmortem.id;
        let message = format!("{}\n\nLastgood-postmortem: {id}\n", title_of(text, &story.postmortem));
        let commit = repository.commit_files(base, files, &message, moment(SystemClock.now())).await?;
        judge(repository.push_branch(&place.branch, &commit, standing.expected.as_ref()).await?, &place.branch)?;
        let published = place.at(commit);
        self.record(id, Deed::PostmortemPublished(published.clone())).await?;
        Ok(Some(published))
    }

    /// What the repository's copy says else, looked at without changing anything; `None` where it was never pushed, or says
    /// the same.
    pub async fn apart(&self, story: &Story) -> Result<Option<Apart>, Trouble> {
        let Some(published) = &story.postmortem.published else { return Ok(None) };
        let repository = self.workspace.repository();
        let text = self.text(&story.postmortem)?;
        let branch = branch(&story.postmortem, &self.name(story, &text));
        let standing = standing(repository, &branch).await?;
        let Some(theirs) = read(repository, &standing.base.commit, &published.path)? else { return Ok(None) };
        let base = self.documents.newest_named(story.postmortem.id.as_str(), PUBLISHED)?.unwrap_or_default();
        let theirs = reduced(&theirs);
        let merged = merge(&base, &text, &theirs);
        if !merged.conflicts.is_empty() {
            return Ok(Some(Apart::Conflicts(merged.conflicts)));
        }
        Ok((merged.document.text() != text).then_some(Apart::ChangedThere))
    }

    /// The troubleshooting guide of that commit, with this post-mortem's entry.
    fn guide(&self, story: &Story, text: &str, base: &ObjectId, path: &str) -> Result<(String, Vec<u8>), Trouble> {
        let named = self.workspace.settings().postmortem.troubleshooting.clone();
        let guide = named.unwrap_or_else(|| troubleshooting::FILE.to_owned());
        let there = read(self.workspace.repository(), base, &guide)?;
        let entry = troubleshooting::entry(story, text, &relative(&guide, path));
        let content = troubleshooting::put(there.as_deref(), &story.postmortem.id, &entry);
        Ok((guide, content.into_bytes()))
    }

    /// The two copies merged by section, or what keeps them apart.
    fn together(
        &self,
        id: &str,
        ours: &str,
        theirs: &str,
        settled: &Settled,
    ) -> Result<Result<String, Vec<Conflict>>, Trouble> {
        let base = self.documents.newest_named(id, PUBLISHED)?.unwrap_or_default();
        let merged = merge(&base, ours, &reduced(theirs));
        let text = merged.document.text();
        let conflicts = merged.conflicts;
        let settled = match settled {
            _ if conflicts.is_empty() => Some(text),
            Settled::Shown => None,
            Settled::All(side) => Some(conflicts.iter().fold(text, |text, one| settle(&text, one, *side))),
            Settled::Each(chosen) => settle_shown(&text, &conflicts, chosen),
        };
        Ok(settled.ok_or(conflicts))
    }
}

/// What is published is no draft any more; a status that somebody chose stays.
fn no_draft(text: String) -> String {
    let mut document = Document::parse(&text);
    if document.field("status").as_deref() != Some("draft") {
        return text;
    }
    document.set_field("status", "published");
    document.text()
}

/// How the repository's copy differs from the one here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apart {
    /// Somebody changed it there; it goes together with what is here.
    ChangedThere,
    /// Both copies were changed in these parts.
    Conflicts(Vec<Conflict>),
}

/// The parts of a conflict, for a sentence.
pub fn parts(conflicts: &[Conflict]) -> String {
    names(conflicts).collect::<Vec<_>>().join(", ")
}

/// What is to be said where parts of it are apart still; `None` where none is.
pub fn apart_still(parts: &[String]) -> Option<String> {
    let said = || format!("Changed here meanwhile, and otherwise in the repository: {}.", parts.join(", "));
    (!parts.is_empty()).then(|| format!("{} Publishing again asks which counts.", said()))
}

fn names(conflicts: &[Conflict]) -> impl Iterator<Item = &str> {
    conflicts.iter().map(|conflict| match &conflict.part {
        Part::Head => "the head",
        Part::Section(name) => name.as_str(),
    })
}

/// Where it goes.
struct Place {
    branch: String,
    path: String,
    link: Option<String>,
    by: String,
}

impl Place {
    fn at(self, commit: ObjectId) -> Published {
        Published { branch: self.branch, commit, path: self.path, link: self.link, by: self.by }
    }
}

struct Standing {
    /// The remote's default branch.
    default: String,
    /// What the commit goes on top of.
    base: Tip,
    /// Where the branch must stand when it is pushed.
    expected: Option<ObjectId>,
}

/// A branch whose pull request was merged is done with: what is written later gets one of its own, on top of the default
/// branch.
fn branch(postmortem: &Postmortem, name: &str) -> String {
    match postmortem.pull_requests.iter().filter(|known| known.merged == Some(true)).count() {
        0 => format!("postmortem/{name}"),
        merged => format!("postmortem/{name}-{}", merged + 1),
    }
}

/// The way from one file of the repository to another.
fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len() - 1;
    let same = from[..folders].iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", folders - same);
    up.chain(to[same..].iter().copied()).collect::<Vec<_>>().join("/")
}

fn title_of(text: &str, postmortem: &Postmortem) -> String {
    let title = Document::parse(text).title().unwrap_or_else(|| postmortem.about.title.clone());
    format!("Post-mortem: {}", title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// On top of the branch where it is there already, else of the default branch.
async fn standing(repository: &GitRepository, branch: &str) -> Result<Standing, Trouble> {
    let default = repository.default_tip().await?;
    let expected = repository.remote_branch(branch).await?;
    let base = match &expected {
        Some(commit) => Tip { branch: branch.to_owned(), commit: commit.clone() },
        None => default.clone(),
    };
    repository.bring(&base).await?;
    Ok(Standing { default: default.branch, base, expected })
}

fn read(repository: &GitRepository, commit: &ObjectId, path: &str) -> Result<Option<String>, Trouble> {
    let Some(bytes) = repository.file_at(commit, path)? else { return Ok(None) };
    String::from_utf8(bytes).map(Some).map_err(|_| {
        let message = format!("{path} in the repository is no UTF-8 text.");
        Trouble::new(Code::DocumentConflict, message, "Mend or move that file, then publish again.")
    })
}

fn unchanged(repository: &GitRepository, commit: &ObjectId, files: &[(String, Vec<u8>)]) -> Result<bool, Trouble> {
    for (path, content) in files {
        if repository.file_at(commit, path)?.as_ref() != Some(content) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn judge(outcome: BranchOutcome, branch: &str) -> Result<(), Trouble> {
    match outcome {
        BranchOutcome::Pushed => Ok(()),
        BranchOutcome::Moved => Err(Trouble::new(
            Code::PushRefused,
            format!("Somebody pushed to {branch} in this moment."),
            "Publish again; their change is then merged.",
        )),
        BranchOutcome::Refused(words) => Err(Trouble::new(
            Code::PushRefused,
            format!("The remote refused the branch {branch}: {words}"),
            "Ask someone who may push branches, or export the document and commit it yourself.",
        )),
        BranchOutcome::Unknown(words) => Err(Trouble::new(
            Code::RemoteUnreachable,
            format!("Whether {branch} arrived is not known: {words}"),
            "Publish again when the network is back; what arrived is found.",
        )),
    }
}

/// Where GitHub opens a pull request from a branch; both names are escaped as parts of a path.
fn compare(host: &str, slug: &RepositorySlug, default: &str, branch: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/');
    let part = |text: &str| utf8_percent_encode(text, PATH).to_string();
    format!("https://{host}/{slug}/compare/{}...{}?expand=1", part(default), part(branch))
}
