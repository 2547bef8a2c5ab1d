//! All post-mortems of a repository: those of the journal, and those that lie in it as files.

use std::collections::HashSet;

use serde::Serialize;

use crate::ids::PostmortemId;
use crate::postmortem::Postmortem;
use crate::postmortem::action::{Action, actions};
use crate::postmortem::document::Document;
use crate::postmortem::merge::merge;
use crate::postmortem::place::reduced;
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
    pub shown: Shown,
}

/// One of the journal, with its text as it is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub postmortem: Postmortem,
    pub text: String,
    /// What it was each time it was published, newest first. Where nothing was kept here, the text alone.
    pub published: Vec<String>,
}

/// Which text an entry shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The one kept here: the only one, or newer than the repository's.
    Here,
    /// The repository's: the only one, or newer than the one kept here.
    Repository,
    /// Both were changed and go together.
    Together,
    /// Both were changed in the same parts; of these the text kept here is shown.
    Apart,
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
/// published under, is that one. What was changed on one side since it was published counts, whichever side that is.
pub fn gather(own: Vec<Kept>, files: Vec<(String, String)>) -> Vec<Entry> {
    let (mut entries, published): (Vec<Entry>, Vec<Vec<String>>) = own.into_iter().map(of_journal).unzip();
    let mut alone = Vec::new();
    for (path, text) in files.into_iter().filter(|(path, _)| path.ends_with(".md")) {
        let document = Document::parse(&text);
        let id = document.field("id").map(PostmortemId::new);
        let same = |entry: &Entry| entry.path.as_ref() == Some(&path) || (entry.id.is_some() && entry.id == id);
        let known = entries.iter_mut().zip(&published).find(|(entry, _)| same(entry));
        match known {
            Some((known, published)) => {
                known.path = Some(path);
                bring_together(known, published, &text);
            }
            None => alone.push(of_file(path, &document, text)),
        }
    }
    entries.extend(alone);
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

fn of_journal(Kept { postmortem, text, published }: Kept) -> (Entry, Vec<String>) {
    let document = Document::parse(&text);
    let entry = Entry {
        title: document.title().unwrap_or_else(|| postmortem.about.title.clone()),
        day: document.field("date").unwrap_or_else(|| postmortem.created.strftime("%Y-%m-%d").to_string()),
        path: postmortem.published.map(|published| published.path),
        id: Some(postmortem.id),
        text,
        shown: Shown::Here,
    };
    (entry, published)
}

/// The repository's copy beside the one kept here.
fn bring_together(entry: &mut Entry, published: &[String], theirs: &str) {
    let theirs = reduced(theirs);
    let merged = merge(common(published, &theirs), &entry.text, &theirs);
    let text = merged.document.text();
    entry.shown = match () {
        () if !merged.conflicts.is_empty() => Shown::Apart,
        () if is_same(&text, &entry.text) => Shown::Here,
        () if is_same(&text, &theirs) => Shown::Repository,
        () => Shown::Together,
    };
    if let Some(title) = merged.document.title() {
        entry.title = title;
    }
    if let Some(day) = merged.document.field("date") {
        entry.day = day;
    }
    entry.text = text;
}

/// What was published that differs from the copy in the fewest lines: it came from there. Of two, the newer.
fn common<'a>(published: &'a [String], copy: &str) -> &'a str {
    let theirs: HashSet<&str> = copy.lines().map(str::trim_end).collect();
    let unlike = |text: &&String| {
        let ours: HashSet<&str> = text.lines().map(str::trim_end).collect();
        let shared = ours.iter().filter(|line| theirs.contains(*line)).count();
        (!is_same(text, copy), ours.len() + theirs.len() - 2 * shared)
    };
    published.iter().min_by_key(unlike).map_or("", String::as_str)
}

fn is_same(one: &str, other: &str) -> bool {
    one.lines().map(str::trim_end).eq(other.lines().map(str::trim_end))
}

fn of_file(path: String, document: &Document, text: String) -> Entry {
    let name = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".md").to_owned();
    let day = document.field("date").or_else(|| name.get(..10).map(str::to_owned)).unwrap_or_default();
    let title = document.title().unwrap_or(name);
    Entry { id: None, title, day, path: Some(path), text, shown: Shown::Repository }
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
