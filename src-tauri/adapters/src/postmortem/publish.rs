//! Into the repository: a branch with the document and its pictures, from which a pull request is opened.

use jiff::tz::TimeZone;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, RepositorySlug};
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::{Deed, Published};
use lastgood_core::postmortem::merge::{Conflict, Part, Side, merge, settle};
use lastgood_core::postmortem::place::reduced;
use lastgood_core::postmortem::story::Story;

use super::{FOLDER, Format, Postmortems, moment};
use crate::clock::SystemClock;
use crate::git::{BranchOutcome, GitRepository, Tip};

/// The version that the repository's copy came from.
const PUBLISHED: &str = "published";

/// How publishing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publishing {
    Done(Published),
    /// The repository's copy says the same already.
    Unchanged {
        path: String,
    },
    /// Both copies were changed in these parts; nothing was pushed.
    Conflicts(Vec<Conflict>),
}

/// How conflicts are to be settled; without it they are shown.
pub type Settled = Option<Side>;

impl Postmortems<'_> {
    /// Brings the document and the repository's copy together, and pushes the result as a branch.
    ///
    /// # Errors
    /// Git's own, and [`Code::PushRefused`] with the remote's words.
    pub async fn publish(
        &self,
        story: &Story,
        by: &str,
        reader: &TimeZone,
        settled: Settled,
    ) -> Result<Publishing, Trouble> {
        let repository = self.workspace.repository();
        let id = story.postmortem.id.as_str();
        let text = self.text(&story.postmortem)?;
        let name = self.name(story, &text);
        let path = format!("{FOLDER}/{name}.md");
        let branch = format!("postmortem/{name}");
        let standing = standing(repository, &branch).await?;
        let theirs = read(repository, &standing.base.commit, &path)?;
        let merged = match &theirs {
            None => text.clone(),
            Some(theirs) => match self.together(id, &text, theirs, settled)? {
                Ok(merged) => merged,
                Err(conflicts) => return Ok(Publishing::Conflicts(conflicts)),
            },
        };
        if merged != text {
            self.documents.save(id, &merged, SystemClock.now(), Some("merged with the repository"))?;
        }
        let files: Vec<(String, Vec<u8>)> = self
            .export(&merged, story, Format::Markdown, reader, true)?
            .into_iter()
            .map(|file| (format!("{FOLDER}/{}", file.path), file.content))
            .collect();
        if unchanged(repository, &standing.base.commit, &files)? {
            return Ok(Publishing::Unchanged { path });
        }
        let title = Document::parse(&merged).title().unwrap_or_else(|| story.postmortem.about.title.clone());
        let subject: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = format!("Post-mortem: {subject}\n\nLastgood-postmortem: {id}\n");
        let commit = repository.commit_files(&standing.base.commit, files, &message, moment(SystemClock.now())).await?;
        judge(repository.push_branch(&branch, &commit, standing.expected.as_ref()).await?, &branch)?;
        let link = self.workspace.slug().map(|slug| compare(&self.workspace.host(), slug, &standing.default, &branch));
        let published = Published { branch, commit, path, link, by: by.to_owned() };
        self.record(&story.postmortem.id, Deed::PostmortemPublished(published.clone())).await?;
        self.documents.save(id, &merged, SystemClock.now(), Some(PUBLISHED))?;
        Ok(Publishing::Done(published))
    }

    /// The two copies merged by section, or what keeps them apart.
    fn together(
        &self,
        id: &str,
        ours: &str,
        theirs: &str,
        settled: Settled,
    ) -> Result<Result<String, Vec<Conflict>>, Trouble> {
        let base = self.documents.newest_named(id, PUBLISHED)?.unwrap_or_default();
        let merged = merge(&base, ours, &reduced(theirs));
        let text = merged.document.text();
        match settled {
            _ if merged.conflicts.is_empty() => Ok(Ok(text)),
            Some(side) => Ok(Ok(merged.conflicts.iter().fold(text, |text, conflict| settle(&text, conflict, side)))),
            None => Ok(Err(merged.conflicts)),
        }
    }
}

/// The parts of a conflict, for a sentence.
pub fn parts(conflicts: &[Conflict]) -> String {
    let names = conflicts.iter().map(|conflict| match &conflict.part {
        Part::Head => "the head",
        Part::Section(name) => name.as_str(),
    });
    names.collect::<Vec<_>>().join(", ")
}

struct Standing {
    /// The remote's default branch.
    default: String,
    /// What the commit goes on top of.
    base: Tip,
    /// Where the branch must stand when it is pushed.
    expected: Option<ObjectId>,
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
