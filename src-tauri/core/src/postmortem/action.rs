//! What will be done: a table in the document, one action a row, which people may write by hand as well.
//!
//! A change touches the cells that it is about, or the words of one task. Everything else of the document stays as it was
//! written: other columns, a day that only people understand, a second table.

mod row;
mod task;

use jiff::civil::Date;

use crate::postmortem::document::{Document, Scanner};
use crate::postmortem::section::SectionName;

pub(crate) use task::read as of_task;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub text: String,
    /// Such as `@platform-lead`; empty while nobody took it on.
    pub owner: String,
    pub due: Option<Date>,
    pub priority: Option<Priority>,
    /// As it was written: `#418`, or an address.
    pub ticket: Option<String>,
    pub done: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    High,
    Medium,
    Low,
}

impl Priority {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "high" | "urgent" | "p0" | "p1" => Some(Self::High),
            "medium" | "normal" | "p2" => Some(Self::Medium),
            "low" | "p3" | "p4" => Some(Self::Low),
            _ => None,
        }
    }
}

impl Action {
    pub fn is_overdue(&self, today: Date) -> bool {
        !self.done && self.due.is_some_and(|due| due < today)
    }
}

const COLUMNS: [&str; 6] = ["Action", "Owner", "Due", "Priority", "Ticket", "State"];

/// The actions of a document: rows of tables with a column named Action, and task list items.
pub fn actions(document: &Document) -> Vec<Action> {
    let section = document.section(SectionName::WhatWeWillDo);
    section.map_or_else(Vec::new, |section| {
        Reading::of(&section.body).found.into_iter().map(|(_, action)| action).collect()
    })
}

/// Lets the action with this number, counted as [`actions`] does, say what `wanted` says. Only what differs is written.
/// False, and nothing changed, where the text has no such action or could not say it so that it is read back.
pub fn set_action(document: &mut Document, number: usize, wanted: &Action) -> bool {
    let Some(section) = document.section_mut(SectionName::WhatWeWillDo) else { return false };
    let before = Reading::of(&section.body);
    let Some((place, action)) = before.found.get(number) else { return false };
    let mut lines = lines(&section.body);
    match place.head {
        Some(head) => row::change(&mut lines, head, place.line, action, wanted),
        None => {
            if let Some(line) = lines.get_mut(place.line) {
                *line = task::changed(line, action, wanted);
            }
        }
    }
    let body = lines.concat();
    let after = Reading::of(&body);
    let others = |reading: &Reading| {
        let all = reading.found.iter().enumerate().filter(|(place, _)| *place != number);
        all.map(|(_, (_, action))| action.clone()).collect::<Vec<_>>()
    };
    let fits = after.says(number, wanted) && others(&before) == others(&after);
    if fits {
        section.body = body;
    }
    fits
}

/// Puts it below the others: into the first table of actions, else below the last task, else into a table of its own.
/// False, and nothing changed, where it would not be read back, or another one would be read otherwise.
pub fn add_action(document: &mut Document, action: &Action) -> bool {
    let Some(section) = document.section_mut(SectionName::WhatWeWillDo) else { return false };
    let before = Reading::of(&section.body);
    let mut lines = lines(&section.body);
    match (before.heads.first(), before.found.last()) {
        (Some((head, end)), _) => row::add(&mut lines, *head, *end, action),
        (None, Some((last, _))) => task::add(&mut lines, last.line, action),
        (None, None) => {
            let begin = lines.last().filter(|last| !last.ends_with('\n')).map_or("", |_| "\n");
            lines.push(format!("{begin}\n{}\n", table(std::slice::from_ref(action))));
        }
    }
    let body = lines.concat();
    let mut after = Reading::of(&body);
    let is_same = |number: &usize| {
        let of = |reading: &Reading| reading.found.get(*number).map(|(_, action)| action.clone());
        of(&before) == of(&after)
    };
    let number = (0..before.found.len()).find(|number| !is_same(number)).unwrap_or(before.found.len());
    let says = after.says(number, action);
    if says {
        after.found.remove(number);
    }
    let all = |reading: &Reading| reading.found.iter().map(|(_, action)| action.clone()).collect::<Vec<_>>();
    let fits = says && all(&before) == all(&after);
    if fits {
        section.body = body;
    }
    fits
}

/// Takes its row or its task away, with the lines that a task goes on in; false where there is none.
pub fn remove_action(document: &mut Document, number: usize) -> bool {
    let Some(section) = document.section_mut(SectionName::WhatWeWillDo) else { return false };
    let Some(place) = Reading::of(&section.body).found.get(number).map(|(place, _)| *place) else { return false };
    let mut lines = lines(&section.body);
    let end = if place.head.is_some() { place.line + 1 } else { task::end(&lines, place.line) };
    lines.drain(place.line..end);
    section.body = lines.concat();
    true
}

/// Writes the ticket of the action with these words, in a row of a table or behind a task; false where there is none.
pub fn set_ticket(document: &mut Document, action: &str, ticket: &str) -> bool {
    let all = actions(document);
    let found = all.iter().enumerate().find(|(_, one)| one.text == action && one.ticket.is_none());
    let Some((number, found)) = found else { return false };
    set_action(document, number, &Action { ticket: Some(ticket.to_owned()), ..found.clone() })
}

/// The table as Markdown. Without actions, its head.
pub fn table(actions: &[Action]) -> String {
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), " --- |".repeat(COLUMNS.len()));
    for action in actions {
        let due = action.due.map(|due| due.to_string()).unwrap_or_default();
        let priority = action.priority.map_or("", Priority::as_str);
        let ticket = action.ticket.clone().unwrap_or_default();
        let cells = [&action.text, &action.owner, due.as_str(), priority, ticket.as_str(), action.state()];
        text.push_str(&format!("| {} |\n", cells.map(row::escaped).join(" | ")));
    }
    text
}

/// Where an action is written, in lines of its section.
#[derive(Debug, Clone, Copy)]
struct Place {
    line: usize,
    /// The head of its table; `None`: it is a task.
    head: Option<usize>,
}

/// A section's actions as they stand in it.
#[derive(Debug, Default)]
struct Reading {
    found: Vec<(Place, Action)>,
    /// The head of each table that has a column for actions, and the line behind its last row.
    heads: Vec<(usize, usize)>,
}

impl Reading {
    /// Whether the action with this number says what is wanted.
    fn says(&self, number: usize, wanted: &Action) -> bool {
        self.found.get(number).is_some_and(|(place, read)| match place.head {
            Some(_) => read.clone().in_one_line() == wanted.clone().in_one_line(),
            // The words of a task hold all of it.
            None => Action { text: wanted.text.clone(), ..read.clone() }.in_one_line() == wanted.clone().in_one_line(),
        })
    }

    fn of(body: &str) -> Self {
        let mut reading = Self::default();
        let mut scanner = Scanner::default();
        let mut head: Option<(usize, Vec<String>)> = None;
        for (number, line) in body.split_inclusive('\n').enumerate() {
            let counts = scanner.reads(line);
            let Some(cells) = row::cells(line).filter(|_| counts) else {
                head = None;
                let place = Place { line: number, head: None };
                reading.found.extend(task::read(line).filter(|_| counts).map(|action| (place, action)));
                continue;
            };
            let (at, names) = head.get_or_insert_with(|| (number, row::names(&cells)));
            if !names.iter().any(|name| name == "action") {
                continue;
            }
            match reading.heads.last_mut().filter(|(known, _)| known == at) {
                Some((_, end)) => *end = number + 1,
                None => reading.heads.push((*at, number + 1)),
            }
            if number > *at {
                let place = Place { line: number, head: Some(*at) };
                reading.found.extend(row::read(names, &cells).map(|action| (place, action)));
            }
        }
        reading
    }
}

impl Action {
    fn state(&self) -> &'static str {
        if self.done { "done" } else { "open" }
    }

    /// As a cell of a table holds it.
    fn in_one_line(self) -> Self {
        let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let ticket = self.ticket.map(one_line).filter(|ticket| !ticket.is_empty());
        Self { text: one_line(self.text), owner: one_line(self.owner), ticket, ..self }
    }
}

fn lines(body: &str) -> Vec<String> {
    body.split_inclusive('\n').map(str::to_owned).collect()
}
