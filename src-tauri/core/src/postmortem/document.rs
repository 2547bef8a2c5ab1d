//! A post-mortem's text: Markdown with front matter, cut into sections and put together again without a byte changed.
//!
//! A section begins at a heading of the second level, as CommonMark has it (<https://spec.commonmark.org/0.31.2/#atx-headings>),
//! outside of fenced code and of HTML comments. Everything before the first one is the preamble.

use serde_yaml_ng::Value;

use crate::ids::PostmortemId;
use crate::postmortem::About;
use crate::postmortem::action;
use crate::postmortem::place::Place;
use crate::postmortem::section::SectionName;

/// Front matter above this is not read: it is somebody's log.
const MOST_FRONT: usize = 64 << 10;

/// The parts, each as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// With its two fences; empty where there is none.
    front: String,
    pub preamble: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's whole line, with its end.
    pub line: String,
    pub body: String,
}

impl Section {
    pub fn heading(&self) -> &str {
        self.line.trim().trim_start_matches('#').trim_end_matches('#').trim()
    }

    /// Two sections of one name are told apart by their case alone in no document worth merging.
    pub fn key(&self) -> String {
        self.heading().to_lowercase()
    }
}

impl Document {
    /// A new document: front matter, title, and each section with nothing in it.
    pub fn new(id: &PostmortemId, about: &About, date: &str, author: &str) -> Self {
        let mut front = format!("---\nid: {id}\ntitle: {}\ndate: {date}\nstatus: draft\n", quoted(&about.title));
        if let Some(environment) = &about.environment {
            front.push_str(&format!("environment: {}\n", quoted(environment.as_str())));
        }
        if !about.rollbacks.is_empty() {
            let ids: Vec<String> = about.rollbacks.iter().map(|id| quoted(id.as_str())).collect();
            front.push_str(&format!("rollbacks: [{}]\n", ids.join(", ")));
        }
        if let Some(incident) = &about.incident {
            front.push_str(&format!("incident: {}\n", quoted(incident.as_str())));
        }
        front.push_str(&format!("authors: [{}]\nfactors: []\n---\n", quoted(author)));
        let title = about.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let preamble = format!("\n# {title}\n\n{}\n\n", Place::Times.marker());
        let sections = SectionName::ALL.map(|name| Section {
            line: format!("## {}\n", name.title()),
            body: match name {
                SectionName::WhatWeWillDo => format!("\n{}\n", action::table(&[])),
                SectionName::WhatHappened => format!("\n\n{}\n\n", Place::PICTURES[0].marker()),
                SectionName::Summary
                | SectionName::Impact
                | SectionName::ContributingFactors
                | SectionName::WhatWentWell
                | SectionName::WhereWeWereLucky => "\n\n".to_owned(),
            },
        });
        let timeline = Section {
            line: "## Timeline\n".to_owned(),
            body: format!(
                "\n{}\n\n{}\n\n{}\n",
                Place::Timeline.marker(),
                Place::PICTURES[1].marker(),
                Place::PICTURES[2].marker()
            ),
        };
        Self { front, preamble, sections: sections.into_iter().chain([timeline]).collect() }
    }

    /// Takes any text apart; [`Self::text`] gives the same text back.
    pub fn parse(text: &str) -> Self {
        let (front, rest) = split_front(text);
        let mut document = Self { front: front.to_owned(), preamble: String::new(), sections: Vec::new() };
        let mut scanner = Scanner::default();
        for line in rest.split_inclusive('\n') {
            let open = scanner.reads(line);
            if open && is_section(line) {
                document.sections.push(Section { line: line.to_owned(), body: String::new() });
            } else if let Some(section) = document.sections.last_mut() {
                section.body.push_str(line);
            } else {
                document.preamble.push_str(line);
            }
        }
        document
    }

    pub fn text(&self) -> String {
        let mut text = self.front.clone();
        text.push_str(&self.preamble);
        for section in &self.sections {
            text.push_str(&section.line);
            text.push_str(&section.body);
        }
        text
    }

    pub fn section(&self, name: SectionName) -> Option<&Section> {
        self.sections.iter().find(|section| SectionName::of_heading(section.heading()) == Some(name))
    }

    pub fn section_mut(&mut self, name: SectionName) -> Option<&mut Section> {
        self.sections.iter_mut().find(|section| SectionName::of_heading(section.heading()) == Some(name))
    }

    pub fn front(&self) -> &str {
        &self.front
    }

    /// The front matter's, else the first heading's, else none.
    pub fn title(&self) -> Option<String> {
        self.field("title").or_else(|| {
            let line = self.preamble.lines().find(|line| line.starts_with("# "))?;
            Some(line.trim_start_matches('#').trim().to_owned()).filter(|title| !title.is_empty())
        })
    }

    /// One word or sentence of the front matter.
    pub fn field(&self, key: &str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => None,
        }
    }

    /// A list of the front matter; one word counts as a list of one.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(Value::Sequence(items)) => {
                items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            Some(Value::String(text)) => vec![text],
            Some(_) | None => Vec::new(),
        }
    }

    /// Writes one field of the front matter and leaves every other line as it is. A field over several lines, or a
    /// document without front matter, gets it anew.
    pub fn set_field(&mut self, key: &str, value: &str) {
        let end = if self.front.contains("\r\n") { "\r\n" } else { "\n" };
        let written = format!("{key}: {}{end}", quoted(value));
        if self.front.is_empty() {
            self.front = format!("---{end}{written}---{end}");
            return;
        }
        let mut lines: Vec<String> = self.front.split_inclusive('\n').map(str::to_owned).collect();
        let wanted = format!("{key}:");
        match lines.iter().position(|line| line.starts_with(&wanted)) {
            Some(place) => {
                let inner = lines[place + 1..].iter().take_while(|line| line.starts_with([' ', '\t'])).count();
                lines.splice(place..=place + inner, [written]);
            }
            None => lines.insert(lines.len() - 1, written),
        }
        self.front = lines.concat();
    }

    fn value(&self, key: &str) -> Option<Value> {
        if self.front.len() > MOST_FRONT {
            return None;
        }
        let inner = self.front.lines().skip(1);
        let yaml: String = inner.take_while(|line| line.trim_end() != "---").map(|line| format!("{line}\n")).collect();
        let whole: Value = serde_yaml_ng::from_str(&yaml).ok()?;
        whole.get(key).cloned()
    }
}

/// Follows fences and comments from line to line.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    fence: Option<(char, usize)>,
    comment: bool,
}

impl Scanner {
    /// Takes the next line; whether Markdown's own marks count in it.
    pub(super) fn reads(&mut self, line: &str) -> bool {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let (mark, count, rest) = fence(line.trim_start_matches(' '));
        if let Some((open, length)) = self.fence {
            if indent < 4 && mark == Some(open) && count >= length && rest.trim().is_empty() {
                self.fence = None;
            }
            return false;
        }
        if self.comment {
            self.comment = !line.contains("-->");
            return false;
        }
        if let Some(mark) = mark
            && indent < 4
            && (mark == '~' || !rest.contains('`'))
        {
            self.fence = Some((mark, count));
            return false;
        }
        // Only a comment that opens a line can hide a heading; within a line it hides nothing below.
        if indent < 4 && line.trim_start().starts_with("<!--") {
            self.comment = !line.contains("-->");
        }
        true
    }
}

/// A fence has three marks at least (<https://spec.commonmark.org/0.31.2/#fenced-code-blocks>).
fn fence(line: &str) -> (Option<char>, usize, &str) {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'));
    let count = mark.map_or(0, |mark| line.chars().take_while(|c| *c == mark).count());
    if count < 3 { (None, 0, line) } else { (mark, count, &line[count..]) }
}

fn is_section(line: &str) -> bool {
    let text = line.trim_start_matches(' ');
    line.len() - text.len() < 4 && text.strip_prefix("##").is_some_and(|rest| rest.starts_with([' ', '\t']))
}

fn split_front(text: &str) -> (&str, &str) {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let is_fence = line.trim_end() == "---";
        if number == 0 && !is_fence {
            break;
        }
        at += line.len();
        if number > 0 && is_fence {
            return text.split_at(at);
        }
    }
    ("", text)
}

/// A YAML string in double quotes, which JSON's are (<https://yaml.org/spec/1.2.2/#12-changes>, "strict superset").
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
