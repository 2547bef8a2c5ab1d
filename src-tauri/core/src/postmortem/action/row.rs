//! One row of a table of actions: read, and changed cell by cell.

use std::ops::Range;

use super::{Action, Priority};

/// What each column may be called, and what a new one is called.
const ACTION: (&[&str], &str) = (&["action"], "Action");
const OWNER: (&[&str], &str) = (&["owner"], "Owner");
const DUE: (&[&str], &str) = (&["due"], "Due");
const PRIORITY: (&[&str], &str) = (&["priority"], "Priority");
const TICKET: (&[&str], &str) = (&["ticket", "issue"], "Ticket");
const STATE: (&[&str], &str) = (&["state", "status"], "State");

/// `None` where the line is no row of a table.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let ranges = ranges(words(line).0)?;
    Some(ranges.into_iter().map(|range| unescaped(line[range].trim())).collect())
}

/// The names of a head's columns, whatever their case.
pub(super) fn names(head: &[String]) -> Vec<String> {
    head.iter().map(|cell| cell.to_lowercase()).collect()
}

/// `None` for the rule below the head, and for a row that names no action.
pub(super) fn read(names: &[String], cells: &[String]) -> Option<Action> {
    let of = |(known, _): (&[&str], &str)| {
        let mut places = known.iter().filter_map(|known| names.iter().position(|name| name == known));
        places.find_map(|place| cells.get(place).filter(|cell| !cell.is_empty()).cloned())
    };
    let text = of(ACTION).filter(|_| !is_rule(cells))?;
    let state = of(STATE).unwrap_or_default().to_lowercase();
    Some(Action {
        text,
        owner: of(OWNER).unwrap_or_default(),
        due: of(DUE).and_then(|due| due.parse().ok()),
        priority: of(PRIORITY).as_deref().and_then(Priority::parse),
        ticket: of(TICKET),
        done: matches!(state.as_str(), "done" | "closed" | "x" | "[x]" | "✓"),
    })
}

/// Writes what differs into the cells of that row; where the table has no column for it, one is added at its end.
pub(super) fn change(lines: &mut [String], head: usize, row: usize, before: &Action, wanted: &Action) {
    let differing = [
        (ACTION, before.text != wanted.text, wanted.text.clone()),
        (OWNER, before.owner != wanted.owner, wanted.owner.clone()),
        (DUE, before.due != wanted.due, wanted.due.map(|due| due.to_string()).unwrap_or_default()),
        (PRIORITY, before.priority != wanted.priority, wanted.priority.map_or("", Priority::as_str).to_owned()),
        (TICKET, before.ticket != wanted.ticket, wanted.ticket.clone().unwrap_or_default()),
        (STATE, before.done != wanted.done, wanted.state().to_owned()),
    ];
    for (column, _, text) in differing.into_iter().filter(|(_, differs, _)| *differs) {
        let place = place(lines, head, column).unwrap_or_else(|| new_column(lines, head, column.1));
        if let Some(line) = lines.get_mut(row) {
            *line = put(line, place, &escaped(&text), "");
        }
    }
}

/// Adds a row before the line `end`.
pub(super) fn add(lines: &mut Vec<String>, head: usize, end: usize, action: &Action) {
    if let Some(last) = lines.get_mut(end - 1).filter(|last| !last.ends_with('\n')) {
        last.push('\n');
    }
    let ending = words(&lines[end - 1]).1.to_owned();
    let width = cells(&lines[head]).map_or(0, |cells| cells.len());
    lines.insert(end, format!("|{}{ending}", "  |".repeat(width)));
    let nothing =
        Action { text: String::new(), owner: String::new(), due: None, priority: None, ticket: None, done: false };
    change(lines, head, end, &nothing, action);
    if let Some(place) = place(lines, head, STATE) {
        lines[end] = put(&lines[end], place, action.state(), "");
    }
}

/// As a cell holds it: in one line, without a bar of its own. Backslashes before a bar are doubled, so that none of them
/// takes away the bar's own.
pub(super) fn escaped(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    before_bars(&one_line, |run| 2 * run + 1)
}

fn unescaped(cell: &str) -> String {
    before_bars(cell, |run| run / 2)
}

/// The text with as many backslashes before each bar as `wanted` makes of those that stand there.
fn before_bars(text: &str, wanted: impl Fn(usize) -> usize) -> String {
    let (mut changed, mut run) = (String::with_capacity(text.len()), 0);
    for c in text.chars() {
        if c == '\\' {
            run += 1;
            continue;
        }
        let count = if c == '|' { wanted(run) } else { run };
        changed.extend(std::iter::repeat_n('\\', count));
        changed.push(c);
        run = 0;
    }
    changed.extend(std::iter::repeat_n('\\', run));
    changed
}

fn place(lines: &[String], head: usize, (known, _): (&[&str], &str)) -> Option<usize> {
    let names = names(&cells(lines.get(head)?)?);
    known.iter().find_map(|known| names.iter().position(|name| name == known))
}

/// Its place. Rows that are shorter than their head are whole rows all the same
/// (<https://github.github.com/gfm/#example-204>), so that they stay as they are.
fn new_column(lines: &mut [String], head: usize, title: &str) -> usize {
    let width = lines.get(head).and_then(|line| cells(line)).map_or(0, |cells| cells.len());
    lines[head] = put(&lines[head], width, title, "");
    if let Some(rule) = lines.get_mut(head + 1).filter(|line| cells(line).is_some_and(|cells| is_rule(&cells))) {
        *rule = put(rule, width, "---", "---");
    }
    width
}

fn is_rule(cells: &[String]) -> bool {
    cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')))
}

/// The line with one cell written anew. A row that is too short is made longer, by cells with `filler`.
fn put(line: &str, place: usize, text: &str, filler: &str) -> String {
    let (words, ending) = words(line);
    let ranges = ranges(words).unwrap_or_default();
    if let Some(range) = ranges.get(place) {
        let (before, after) = (&words[..range.start], &words[range.end..]);
        return format!("{}{ending}", format!("{before} {text} {after}").trim_end());
    }
    let mut longer = words.trim_end().to_owned();
    if ranges.last().is_some_and(|last| last.end == words.len()) {
        longer.push_str(" |");
    }
    (ranges.len()..place).for_each(|_| longer.push_str(&format!(" {filler} |")));
    format!("{longer} {text} |{ending}")
}

/// Between the bars, as bytes of the line; `None` where it begins with none. What stands behind the last bar is a cell
/// where it has words.
fn ranges(line: &str) -> Option<Vec<Range<usize>>> {
    let first = line.len() - line.trim_start().strip_prefix('|')?.len();
    let (mut ranges, mut start, mut escaped) = (Vec::new(), first, false);
    for (at, c) in line[first..].char_indices().map(|(at, c)| (first + at, c)) {
        if c == '|' && !escaped {
            ranges.push(start..at);
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    if !line[start..].trim().is_empty() {
        ranges.push(start..line.len());
    }
    Some(ranges)
}

/// The line without its end, and that end.
fn words(line: &str) -> (&str, &str) {
    let words = line.trim_end_matches(['\n', '\r']);
    line.split_at(words.len())
}
