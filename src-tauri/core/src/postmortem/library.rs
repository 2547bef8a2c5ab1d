//! All post-mortems of a repository: those of the journal, and those that lie in it as files.

use crate::ids::PostmortemId;
use crate::postmortem::Postmortem;
use crate::postmortem::action::{Action, actions};
use crate::postmortem::document::Document;
use crate::postmortem::section::SectionName;

/// One post-mortem, wherever it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `None` where the journal knows nothing of it.
    pub id: Option<PostmortemId>,
    /// In the repository; `None` where it is not there.
    pub path: Option<String>,
    pub title: String,
    /// As its front matter or its file's name has it; for ordering.
    pub day: String,
    pub text: String,
}

/// Something that contributed more than once, or once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// As the newest one spells it.
    pub name: String,
    /// Places in the entries, newest first; its length is the count.
    pub entries: Vec<usize>,
}

/// A place where the words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub entry: usize,
    /// The line that has the first word, shortened; empty where the title alone has it.
    pub line: String,
}

/// Newest first. A file that names a post-mortem of the journal in its front matter, or has the path that it was
/// published under, is that one; the text kept here is the newer.
pub fn gather(own: Vec<(Postmortem, String)>, files: Vec<(String, String)>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = own.into_iter().map(of_journal).collect();
    for (path, text) in files.into_iter().filter(|(path, _)| path.ends_with(".md")) {
        let document = Document::parse(&text);
        let id = document.field("id").map(PostmortemId::new);
        let same = |entry: &&mut Entry| entry.path.as_ref() == Some(&path) || (entry.id.is_some() && entry.id == id);
        match entries.iter_mut().find(same) {
            Some(known) => known.path = Some(path),
            None => entries.push(of_file(path, &document, text)),
        }
    }
    entries.sort_by(|one, other| (&other.day, &other.title).cmp(&(&one.day, &one.title)));
    entries
}

/// Those that have every word, whatever its case, in title or text.
pub fn search(entries: &[Entry], words: &str) -> Vec<Hit> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let has_all = |entry: &Entry| {
        let (title, text) = (entry.title.to_lowercase(), entry.text.to_lowercase());
        words.iter().all(|word| title.contains(word) || text.contains(word))
    };
    let found = entries.iter().enumerate().filter(|(_, entry)| has_all(entry));
    found
        .map(|(number, entry)| {
            let has = |line: &&str| words.first().is_some_and(|word| line.to_lowercase().contains(word));
            let line = Document::parse(&entry.text).sections.iter().find_map(|section| {
                section.body.lines().find(has).map(|line| line.trim().chars().take(LINE).collect::<String>())
            });
            // Else it stands in the front matter.
            let line =
                line.or_else(|| entry.text.lines().find(has).map(|line| line.trim().chars().take(LINE).collect()));
            Hit { entry: number, line: line.unwrap_or_default() }
        })
        .collect()
}

/// A line of a hit is no longer.
const LINE: usize = 160;

/// What contributed, most often first: the front matter's `factors`, and the items of the section's lists.
pub fn factors(entries: &[Entry]) -> Vec<Factor> {
    let mut factors: Vec<Factor> = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        for name in factors_of(&Document::parse(&entry.text)) {
            match factors.iter_mut().find(|known| folded(&known.name) == folded(&name)) {
                Some(known) if known.entries.contains(&number) => {}
                Some(known) => known.entries.push(number),
                None => factors.push(Factor { name, entries: vec![number] }),
            }
        }
    }
    factors.sort_by_key(|factor| std::cmp::Reverse(factor.entries.len()));
    factors
}

/// What is still to be done, with the place of its entry; the earliest due first, those without a day last.
pub fn open_actions(entries: &[Entry]) -> Vec<(usize, Action)> {
    let all = entries.iter().enumerate().flat_map(|(number, entry)| {
        actions(&Document::parse(&entry.text)).into_iter().map(move |action| (number, action))
    });
    let mut open: Vec<(usize, Action)> = all.filter(|(_, action)| !action.done).collect();
    open.sort_by_key(|(_, action)| (action.due.is_none(), action.due, action.priority.is_none(), action.priority));
    open
}

fn of_journal((postmortem, text): (Postmortem, String)) -> Entry {
    let document = Document::parse(&text);
    Entry {
        title: document.title().unwrap_or_else(|| postmortem.about.title.clone()),
        day: document.field("date").unwrap_or_else(|| postmortem.created.strftime("%Y-%m-%d").to_string()),
        path: postmortem.published.map(|published| published.path),
        id: Some(postmortem.id),
        text,
    }
}

fn of_file(path: String, document: &Document, text: String) -> Entry {
    let name = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".md").to_owned();
    let day = document.field("date").or_else(|| name.get(..10).map(str::to_owned)).unwrap_or_default();
    Entry { id: None, title: document.title().unwrap_or(name), day, path: Some(path), text }
}

fn factors_of(document: &Document) -> Vec<String> {
    let mut names = document.list("factors");
    if let Some(section) = document.section(SectionName::ContributingFactors) {
        let items = section.body.lines().filter_map(|line| line.trim_start().strip_prefix(['-', '*', '+']));
        names.extend(items.filter_map(|item| item.strip_prefix(' ')).map(|item| item.trim().to_owned()));
    }
    names.retain(|name| !folded(name).is_empty());
    names
}

/// Two spellings of one factor.
fn folded(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}
