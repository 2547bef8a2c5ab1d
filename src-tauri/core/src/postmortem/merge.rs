//! Bringing two copies of a document together, section by section, against the copy that both came from.
//!
//! What only one side changed is taken. What both changed differently is a conflict: our text stays where it is, theirs
//! is kept beside it, and a person decides. Nothing of either is ever dropped.

use sha2::{Digest, Sha256};

use crate::postmortem::document::{Document, Section};

/// How a merge went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Both sides where they fit together, ours where they do not.
    pub document: Document,
    /// Empty where both fit together.
    pub conflicts: Vec<Conflict>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub part: Part,
    /// `None` where it was not there.
    pub base: Option<String>,
    pub ours: Option<String>,
    pub theirs: Option<String>,
}

impl Conflict {
    /// Names what somebody was shown: another text on either side is another conflict.
    pub fn mark(&self) -> String {
        let part = match &self.part {
            Part::Head => "head",
            Part::Section(name) => name,
        };
        let mut digest = Sha256::new();
        for text in [Some(part), self.ours.as_deref(), self.theirs.as_deref()] {
            digest.update([u8::from(text.is_some())]);
            let text = text.unwrap_or_default();
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        digest.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Front matter, title and what stands before the first section.
    Head,
    /// By its heading.
    Section(String),
}

/// What a person decides about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ours,
    Theirs,
    /// Ours, and theirs below it.
    Both,
}

pub fn merge(base: &str, ours: &str, theirs: &str) -> Merge {
    let [base, ours, theirs] = [base, ours, theirs].map(Document::parse);
    let mut conflicts = Vec::new();
    let head = |document: &Document| Some(format!("{}{}", document.front(), document.preamble));
    let (merged_head, conflict) = pick(Part::Head, head(&base), head(&ours), head(&theirs));
    conflicts.extend(conflict);
    let mut text = merged_head.unwrap_or_default();
    for key in order(&ours, &theirs) {
        let of = |document: &Document| whole(document, &key);
        let heading = title(&ours, &key).or_else(|| title(&theirs, &key)).unwrap_or_else(|| key.clone());
        let (chosen, conflict) = pick(Part::Section(heading), of(&base), of(&ours), of(&theirs));
        conflicts.extend(conflict);
        if let Some(chosen) = chosen {
            begin_line(&mut text);
            text.push_str(&chosen);
        }
    }
    Merge { document: Document::parse(&text), conflicts }
}

/// The text with one conflict settled.
pub fn settle(text: &str, conflict: &Conflict, side: Side) -> String {
    let ours = conflict.ours.clone().unwrap_or_default();
    let theirs = conflict.theirs.clone().unwrap_or_default();
    let chosen = match side {
        Side::Ours => return text.to_owned(),
        Side::Theirs => theirs,
        Side::Both => {
            let mut both = ours.clone();
            begin_line(&mut both);
            both.push_str(without_heading(&conflict.part, &theirs));
            both
        }
    };
    let document = Document::parse(text);
    match &conflict.part {
        Part::Head => {
            let head = document.front().len() + document.preamble.len();
            format!("{chosen}{}", &text[head..])
        }
        Part::Section(heading) => replaced(&document, &heading.to_lowercase(), &chosen),
    }
}

/// Theirs with what it said in these parts before both changed them: brought together from there, they are conflicts still.
pub fn before(theirs: &str, conflicts: &[Conflict]) -> String {
    conflicts.iter().fold(theirs.to_owned(), |mut text, conflict| match (&conflict.part, &conflict.theirs) {
        (Part::Section(_), None) => {
            begin_line(&mut text);
            text + conflict.base.as_deref().unwrap_or_default()
        }
        _ => settle(&text, &Conflict { theirs: conflict.base.clone(), ..conflict.clone() }, Side::Theirs),
    })
}

/// The text with each conflict settled as somebody chose who was shown it, by its mark; `None` where one was shown to
/// nobody as it is now.
pub fn settle_shown(text: &str, conflicts: &[Conflict], chosen: &[(String, Side)]) -> Option<String> {
    let side = |conflict: &Conflict| {
        let mark = conflict.mark();
        chosen.iter().find(|(shown, _)| *shown == mark).map(|(_, side)| *side)
    };
    conflicts.iter().try_fold(text.to_owned(), |text, conflict| Some(settle(&text, conflict, side(conflict)?)))
}

fn pick(
    part: Part,
    base: Option<String>,
    ours: Option<String>,
    theirs: Option<String>,
) -> (Option<String>, Option<Conflict>) {
    let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => one.lines().map(str::trim_end).eq(other.lines().map(str::trim_end)),
        (one, other) => one == other,
    };
    if same(&ours, &theirs) || same(&base, &theirs) {
        (ours, None)
    } else if same(&base, &ours) {
        (theirs, None)
    } else {
        // Where we took it away and they went on with it, theirs is shown rather than nothing.
        let shown = ours.clone().or_else(|| theirs.clone());
        (shown, Some(Conflict { part, base, ours, theirs }))
    }
}

/// Our order, with what only they have behind what it follows there.
fn order(ours: &Document, theirs: &Document) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for section in &ours.sections {
        if !keys.contains(&section.key()) {
            keys.push(section.key());
        }
    }
    let mut place = 0;
    for section in &theirs.sections {
        match keys.iter().position(|key| *key == section.key()) {
            Some(found) => place = found + 1,
            None => {
                keys.insert(place, section.key());
                place += 1;
            }
        }
    }
    keys
}

/// All sections of that name, as they are written.
fn whole(document: &Document, key: &str) -> Option<String> {
    let named: Vec<&Section> = document.sections.iter().filter(|section| section.key() == key).collect();
    (!named.is_empty()).then(|| named.iter().map(|section| format!("{}{}", section.line, section.body)).collect())
}

fn title(document: &Document, key: &str) -> Option<String> {
    document.sections.iter().find(|section| section.key() == key).map(|section| section.heading().to_owned())
}

fn replaced(document: &Document, key: &str, chosen: &str) -> String {
    let mut text = format!("{}{}", document.front(), document.preamble);
    let mut written = false;
    for section in &document.sections {
        begin_line(&mut text);
        if section.key() != key {
            text.push_str(&section.line);
            text.push_str(&section.body);
        } else if !written {
            text.push_str(chosen);
            written = true;
        }
    }
    text
}

fn without_heading<'a>(part: &Part, text: &'a str) -> &'a str {
    match part {
        Part::Head => text,
        Part::Section(_) => text.split_once('\n').map_or("", |(_, body)| body),
    }
}

fn begin_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}
