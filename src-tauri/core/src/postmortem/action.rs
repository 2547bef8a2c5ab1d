//! What will be done: a table in the document, one action a row, which people may write by hand as well.

use jiff::civil::Date;

use crate::postmortem::document::Document;
use crate::postmortem::section::SectionName;

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
    let Some(section) = document.section(SectionName::WhatWeWillDo) else { return Vec::new() };
    let mut found = Vec::new();
    let mut header: Option<Vec<String>> = None;
    for line in section.body.lines() {
        match cells(line) {
            Some(row) if header.is_none() => header = Some(row.iter().map(|cell| cell.to_lowercase()).collect()),
            Some(row) => found.extend(header.as_ref().and_then(|header| of_row(header, &row))),
            None => {
                header = None;
                found.extend(of_task(line));
            }
        }
    }
    found
}

/// Puts these actions into the document's table, in place of the one that is there. Other words of the section stay.
pub fn set_actions(document: &mut Document, actions: &[Action]) {
    let Some(section) = document.section_mut(SectionName::WhatWeWillDo) else { return };
    let lines: Vec<&str> = section.body.split_inclusive('\n').collect();
    let is_row = |line: &&str| cells(line).is_some();
    let first = lines
        .iter()
        .position(|line| cells(line).is_some_and(|row| row.iter().any(|cell| cell.eq_ignore_ascii_case(COLUMNS[0]))));
    let table = table(actions);
    section.body = match first {
        Some(first) => {
            let length = lines[first..].iter().take_while(|line| is_row(line)).count();
            [lines[..first].concat(), table, lines[first + length..].concat()].concat()
        }
        None => format!("{}\n{table}\n", section.body),
    };
}

/// Writes the ticket of the action with these words, in a row of a table or behind a task; false where there is none.
pub fn set_ticket(document: &mut Document, action: &str, ticket: &str) -> bool {
    let mut all = actions(document);
    let Some(found) = all.iter_mut().find(|one| one.text == action && one.ticket.is_none()) else { return false };
    found.ticket = Some(ticket.to_owned());
    let Some(section) = document.section_mut(SectionName::WhatWeWillDo) else { return false };
    let task = section.body.split_inclusive('\n').find(|line| of_task(line).is_some_and(|one| one.text == action));
    match task.map(str::to_owned) {
        Some(line) => {
            let words = line.trim_end();
            let ticketed = format!("{words} {ticket}{}", &line[words.len()..]);
            section.body = section.body.replacen(&line, &ticketed, 1);
        }
        None => set_actions(document, &all),
    }
    true
}

/// The table as Markdown. Without actions, its head.
pub fn table(actions: &[Action]) -> String {
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), " --- |".repeat(COLUMNS.len()));
    for action in actions {
        let due = action.due.map(|due| due.to_string()).unwrap_or_default();
        let priority = action.priority.map_or("", Priority::as_str);
        let ticket = action.ticket.clone().unwrap_or_default();
        let state = if action.done { "done" } else { "open" };
        let row = [&action.text, &action.owner, due.as_str(), priority, ticket.as_str(), state].map(cell);
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `None` where the line is no row of a table.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?;
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inner.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, '|') => cells.push(String::new()),
            (was_escaped, c) => {
                if let Some(cell) = cells.last_mut() {
                    if was_escaped && c != '|' {
                        cell.push('\\');
                    }
                    cell.push(c);
                }
                escaped = false;
            }
        }
    }
    Some(cells.into_iter().map(|cell| cell.trim().to_owned()).collect())
}

fn of_row(header: &[String], row: &[String]) -> Option<Action> {
    let is_rule = row.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')));
    let of = |name: &str| {
        let place = header.iter().position(|cell| cell == name)?;
        row.get(place).filter(|cell| !cell.is_empty()).cloned()
    };
    let text = of("action").filter(|_| !is_rule)?;
    let state = of("state").or_else(|| of("status")).unwrap_or_default().to_lowercase();
    Some(Action {
        text,
        owner: of("owner").unwrap_or_default(),
        due: of("due").and_then(|due| due.parse().ok()),
        priority: of("priority").as_deref().and_then(Priority::parse),
        ticket: of("ticket").or_else(|| of("issue")),
        done: matches!(state.as_str(), "done" | "closed" | "x" | "[x]" | "✓"),
    })
}

/// `- [ ] text @owner (due 2026-11-27) #418`, as many teams write it.
pub(crate) fn of_task(line: &str) -> Option<Action> {
    let item = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
    let (done, rest) = [("[ ] ", false), ("[x] ", true), ("[X] ", true)]
        .into_iter()
        .find_map(|(mark, done)| item.strip_prefix(mark).map(|rest| (done, rest.trim())))?;
    let words = || rest.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', '.', ';']));
    let numbered =
        |word: &str| word.strip_prefix('#').is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
    Some(Action {
        text: rest.to_owned(),
        owner: words().find(|word| word.len() > 1 && word.starts_with('@')).unwrap_or_default().to_owned(),
        due: words().find_map(|word| word.trim_start_matches("due:").parse().ok()),
        priority: words().find_map(|word| word.strip_prefix("priority:").and_then(Priority::parse)),
        ticket: words().find(|word| numbered(word)).map(str::to_owned),
        done,
    })
}
