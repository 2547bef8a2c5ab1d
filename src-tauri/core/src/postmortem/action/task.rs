//! One item of a task list: `- [ ] text @owner (due 2026-11-27) #418`, as many teams write it.

use super::{Action, Priority};

const MARKS: [(&str, bool); 3] = [("[ ] ", false), ("[x] ", true), ("[X] ", true)];

/// Signs that stand beside a word without being a part of it.
const BESIDE: [char; 5] = ['(', ')', ',', '.', ';'];

/// `None` where the line is no task.
pub(crate) fn read(line: &str) -> Option<Action> {
    let item = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
    let (done, rest) = MARKS.into_iter().find_map(|(mark, done)| Some((done, item.strip_prefix(mark)?.trim())))?;
    Some(Action { text: rest.to_owned(), done, ..said(rest) })
}

/// The line with what differs written anew.
pub(super) fn changed(line: &str, before: &Action, wanted: &Action) -> String {
    let words = line.trim_end();
    let ending = &line[words.len()..];
    let mut head = words.strip_suffix(before.text.as_str()).unwrap_or(words).to_owned();
    if before.done != wanted.done
        && let Some(mark) = head.rfind('[')
    {
        head.replace_range(mark + 1..mark + 2, if wanted.done { "x" } else { " " });
    }
    let mut text = wanted.text.clone();
    if text != before.text {
        text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let now = said(&text);
    if now.owner != wanted.owner {
        text = swapped(&text, &now.owner, &wanted.owner);
    }
    if now.due != wanted.due {
        let day = |action: &Action| action.due.map(|due| due.to_string()).unwrap_or_default();
        let (old, new) = (day(&now), day(wanted));
        text = match (old.is_empty(), new.is_empty()) {
            (true, false) => swapped(&text, "", &format!("(due {new})")),
            (false, true) => swapped(&text.replacen(&format!("(due {old})"), &old, 1), &old, ""),
            (true, true) | (false, false) => swapped(&text, &old, &new),
        };
    }
    if now.priority != wanted.priority {
        let word = |action: &Action| action.priority.map(|priority| format!("priority:{}", priority.as_str()));
        text = swapped(&text, &word(&now).unwrap_or_default(), &word(wanted).unwrap_or_default());
    }
    if now.ticket != wanted.ticket {
        text = swapped(&text, now.ticket.as_deref().unwrap_or_default(), wanted.ticket.as_deref().unwrap_or_default());
    }
    format!("{head}{text}{ending}")
}

/// The line behind the item that begins on that line: with what is indented deeper, up to a blank line or another task.
pub(super) fn end(lines: &[String], line: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = lines.get(line).map_or(0, |line| indent(line));
    let goes_on = |line: &&String| !line.trim().is_empty() && indent(line) > own && read(line).is_none();
    line + 1 + lines.iter().skip(line + 1).take_while(goes_on).count()
}

/// Adds a task below the item that begins on the line `last`, written as that one is.
pub(super) fn add(lines: &mut Vec<String>, last: usize, action: &Action) {
    let end = end(lines, last);
    if let Some(before) = lines.get_mut(end - 1).filter(|before| !before.ends_with('\n')) {
        before.push('\n');
    }
    let model = lines[last].clone();
    let bullet = model.find('[').map_or("- ", |mark| &model[..mark]);
    let mark = if action.done { "[x]" } else { "[ ]" };
    let ending = if model.ends_with("\r\n") { "\r\n" } else { "\n" };
    let text = action.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = Action { text: text.clone(), done: action.done, ..said(&text) };
    let line = format!("{bullet}{mark} {text}{ending}");
    lines.insert(end, changed(&line, &before, &Action { text, ..action.clone() }));
}

/// What the words of a task say beside what is to be done.
fn said(text: &str) -> Action {
    let words = || text.split_whitespace().map(|word| word.trim_matches(BESIDE));
    Action {
        text: String::new(),
        owner: words().find(|word| word.len() > 1 && word.starts_with('@')).unwrap_or_default().to_owned(),
        due: words().find_map(|word| word.trim_start_matches("due:").parse().ok()),
        priority: words().find_map(|word| word.strip_prefix("priority:").and_then(Priority::parse)),
        ticket: words().find(|word| is_ticket(word)).map(str::to_owned),
        done: false,
    }
}

/// `#418`, or the address of an issue.
fn is_ticket(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let of_address = |word: &str| {
        let (place, number) = word.rsplit_once("/issues/")?;
        Some(place.starts_with("https://") && is_number(number))
    };
    word.strip_prefix('#').is_some_and(is_number) || of_address(word).unwrap_or_default()
}

/// The text with a word in the place of another; without one to take the place of, at its end.
fn swapped(text: &str, old: &str, new: &str) -> String {
    let beside = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || BESIDE.contains(&c) || c == ':');
    let mut places = text.match_indices(old).map(|(at, _)| at).filter(|_| !old.is_empty());
    let place =
        places.find(|at| beside(text[..*at].chars().next_back()) && beside(text[at + old.len()..].chars().next()));
    match place {
        Some(at) if new.is_empty() => {
            let (before, after) = (text[..at].trim_end(), &text[at + old.len()..]);
            format!("{before}{after}").trim().to_owned()
        }
        Some(at) => format!("{}{new}{}", &text[..at], &text[at + old.len()..]),
        None if new.is_empty() => text.to_owned(),
        None => format!("{text} {new}"),
    }
}
