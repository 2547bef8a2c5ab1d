//! A job's log as GitHub gives it: a time before each line, marks for groups and errors, and codes for terminals.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A longer line is cut: nobody reads it, and a window must not choke on it.
const LONGEST: usize = 2_000;

/// What a person reads of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLog {
    /// Oldest first.
    pub lines: Vec<Line>,
    /// Lines before these are left out.
    pub cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Absent where the line names none: it belongs to the one before.
    pub at: Option<Timestamp>,
    pub text: String,
    pub kind: LineKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Plain,
    /// A step, or a part of one, begins.
    Group,
    Command,
    Warning,
    Error,
}

/// Source: GitHub's "Workflow commands for GitHub Actions"; in logs they stand as `##[word]`.
const MARKS: [(&str, Option<LineKind>); 8] = [
    ("##[group]", Some(LineKind::Group)),
    ("##[endgroup]", None),
    ("##[command]", Some(LineKind::Command)),
    ("[command]", Some(LineKind::Command)),
    ("##[warning]", Some(LineKind::Warning)),
    ("##[error]", Some(LineKind::Error)),
    ("##[notice]", Some(LineKind::Plain)),
    ("##[debug]", Some(LineKind::Plain)),
];

/// The last `most` lines of a log without terminal codes.
pub fn read(text: &str, most: usize) -> JobLog {
    let mut lines: Vec<Line> = text.lines().filter_map(line).collect();
    let surplus = lines.len().saturating_sub(most);
    lines.drain(..surplus);
    JobLog { lines, cut: surplus > 0 }
}

fn line(text: &str) -> Option<Line> {
    let text = text.trim_start_matches('\u{feff}');
    let (at, text) = match text.split_once(' ') {
        Some((time, rest)) if is_time(time) => (time.parse::<Timestamp>().ok(), rest),
        _ => (None, text),
    };
    // What a program wrote over its own line is the end of a progress bar.
    let text = text.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
    let (kind, text) = match MARKS.iter().find(|(mark, _)| text.starts_with(mark)) {
        Some((mark, kind)) => ((*kind)?, &text[mark.len()..]),
        None => (LineKind::Plain, text),
    };
    let shown: String = text.chars().take(LONGEST).collect();
    let text = if shown.len() < text.len() { format!("{shown}…") } else { shown };
    Some(Line { at, text, kind })
}

/// `2026-11-22T14:41:07.1234560Z`; words that merely begin a line are none.
fn is_time(word: &str) -> bool {
    word.len() >= 20 && word.ends_with('Z') && word.starts_with(|c: char| c.is_ascii_digit())
}

/// The text without codes for terminals (ECMA-48: control sequences and strings).
pub fn strip(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\u{1b}', Some('[')) => {
                rest.next();
                skip_until(&mut rest, |c| ('\u{40}'..='\u{7e}').contains(&c));
            }
            ('\u{1b}', Some(']' | 'P' | '_' | '^' | 'X')) => string(&mut rest),
            // A choice of a character set, as `tput sgr0` writes one, has bytes in between.
            ('\u{1b}', Some(c)) if !c.is_control() => skip_until(&mut rest, |c| !(' '..='/').contains(&c)),
            ('\u{1b}', _) => {}
            ('\u{9b}', _) => skip_until(&mut rest, |c| ('\u{40}'..='\u{7e}').contains(&c)),
            _ => kept.push(c),
        }
    }
    kept
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// A sequence that never ends takes its line and no more.
fn skip_until(rest: &mut Rest<'_>, last: impl Fn(char) -> bool) {
    while let Some(c) = rest.next_if(|c| *c != '\n') {
        if last(c) {
            break;
        }
    }
}

/// Up to BEL, or ESC and a backslash.
fn string(rest: &mut Rest<'_>) {
    while let Some(c) = rest.next_if(|c| *c != '\n') {
        if c == '\u{7}' {
            break;
        }
        if c == '\u{1b}' && rest.next_if_eq(&'\\').is_some() {
            break;
        }
    }
}
