//! What one line of a copied conversation is.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    /// Name and time, perhaps the message on the same line.
    Head {
        who: &'a str,
        day: Option<Day>,
        time: Clock,
        text: &'a str,
    },
    /// The name on this line, the time on the next.
    HeadOverTwo {
        who: &'a str,
        day: Option<Day>,
        time: Clock,
    },
    TimeAlone {
        day: Option<Day>,
        time: Clock,
        text: &'a str,
        line: &'a str,
    },
    /// The time, then what was said or what happened; perhaps with a name between them.
    TimeFirst {
        day: Option<Day>,
        time: Clock,
        who: Option<&'a str>,
        text: &'a str,
        line: &'a str,
    },
    Day(Day),
    Text(&'a str),
}

/// What a clock showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) time: Time,
    /// Where the text says which clock it was.
    pub(super) offset: Option<Offset>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    Today,
    Yesterday,
    Full(Date),
    /// Month and day.
    InYear(i8, i8),
    Weekday(Weekday),
}

/// A day and a time have fewer words than this: `Nov 22nd, 2026 at 2:05 PM`.
const MOST_WORDS: usize = 7;

/// Names of people and of applications are shorter than this; longer lines are talk.
const LONGEST_NAME: usize = 60;

pub(super) fn of<'a>(line: &'a str, next: Option<&'a str>, after_blank: bool) -> Shape<'a> {
    let text = line.trim_matches(is_blank);
    if let Some(day) = separator(text) {
        return Shape::Day(day);
    }
    if let Some(shape) = bracketed(text, line) {
        return shape;
    }
    if let Some((day, time)) = stamp(text) {
        return Shape::TimeAlone { day, time, text: "", line };
    }
    if let Some(shape) = apart(text, after_blank) {
        return shape;
    }
    if let Some((day, time)) =
        next.filter(|next| next.starts_with(is_blank)).and_then(|next| stamp(next.trim_matches(is_blank)))
        && is_name(text)
    {
        return Shape::HeadOverTwo { who: name(text), day, time };
    }
    time_first(text, line).unwrap_or(Shape::Text(line))
}

/// `14:05 @name  text`, `2:05 PM  text`, `2026-11-22 14:05:11 text`.
fn time_first<'a>(text: &'a str, line: &'a str) -> Option<Shape<'a>> {
    let ends = text.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, _)| at).take(MOST_WORDS);
    // The longest that is a time: `2:05 PM` is one, and so is its beginning.
    let (end, (day, time)) = ends.filter_map(|end| Some((end, stamp(&text[..end])?))).last()?;
    let said = text[end..].trim_start_matches(is_blank).trim_start_matches(['-', '–', '—']).trim_matches(is_blank);
    if said.is_empty() {
        return None;
    }
    let (who, text) = addressed(said).map_or((None, said), |(who, text)| (Some(who), text));
    Some(Shape::TimeFirst { day, time, who, text, line })
}

/// `@name text`, `name  text` with two blanks, `on-call: text` with a name that is written as a handle: any other word before
/// a colon is rather what a log begins with, such as `Error: refused`.
fn addressed(said: &str) -> Option<(&str, &str)> {
    let wide = said.find("  ").or_else(|| said.find('\t')).map(|at| said.split_at(at));
    let wide = wide.filter(|(who, _)| !who.contains(':'));
    let first = said.split_once(is_blank);
    let one_word = said.split_once(": ").filter(|(who, _)| !who.contains(is_blank) && who.contains('-'));
    let (who, text) = first
        .filter(|(who, _)| who.starts_with('@'))
        .map(|(who, text)| (who.trim_end_matches(':'), text))
        .or(one_word)
        .or(wide)?;
    let text = text.trim_matches(is_blank);
    (is_name(who) && !is_level(who) && !text.is_empty()).then_some((who, text))
}

const LEVELS: [&str; 10] = ["critical", "debug", "err", "error", "fatal", "info", "notice", "panic", "warn", "warning"];

/// A log's level, or a word that is shouted as those are.
fn is_level(word: &str) -> bool {
    let shouted = word.len() > 1 && word.chars().all(|c| !c.is_lowercase());
    shouted || LEVELS.contains(&word.to_lowercase().as_str())
}

/// `name [2:02 PM]`, `[2:02 PM] name: text`, `[2:02 PM] text`, `[2:02 PM]`.
fn bracketed<'a>(text: &'a str, line: &'a str) -> Option<Shape<'a>> {
    let open = text.find('[')?;
    let (inner, after) = text[open + 1..].split_once(']')?;
    let (day, time) = stamp(inner.trim())?;
    let after = after.trim_matches(is_blank);
    if open > 0 {
        let who = text[..open].trim_matches(is_blank);
        return is_name(who).then(|| Shape::Head { who: name(who), day, time, text: after });
    }
    if let Some((who, said)) = after.split_once(": ")
        && is_name(who)
        && !who.contains(' ')
        && !is_level(who)
    {
        return Some(Shape::Head { who: name(who), day, time, text: said });
    }
    if let Some((who, text)) = addressed(after) {
        return Some(Shape::TimeFirst { day, time, who: Some(who), text, line });
    }
    Some(Shape::TimeAlone { day, time, text: after, line })
}

/// `name  2:02 PM`: two blanks at least, or one where nothing else can be meant.
fn apart(text: &str, after_blank: bool) -> Option<Shape<'_>> {
    let starts = text.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, c)| (at, at + c.len_utf8()));
    for (end, start) in starts {
        let who = text[..end].trim_end_matches(is_blank);
        let Some((day, time)) = stamp(text[start..].trim_start_matches(is_blank)) else { continue };
        let gap = text.len() - who.len() - text[start..].trim_start_matches(is_blank).len();
        let wide = gap > 1 || text[who.len()..].starts_with('\u{a0}');
        if is_name(who) && (wide || after_blank) {
            return Some(Shape::Head { who: name(who), day, time, text: "" });
        }
        return None;
    }
    None
}

/// `2:02 PM`, `14:02`, `14:02:11`, each with a day before it: `Today at 2:02 PM`, `Nov 22nd, 2026 at 14:02`,
/// `2026-11-22 14:02`, `2026-11-22T14:02`; and each with what its clock was behind it: `UTC`, `GMT`, `Z`, `+02:00`.
fn stamp(text: &str) -> Option<(Option<Day>, Clock)> {
    let (text, offset) = with_offset(text);
    let clock = |time| Clock { time, offset };
    if let Some(time) = time(text) {
        return Some((None, clock(time)));
    }
    let of_date = || text.split_once([' ', 'T']).filter(|_| text.starts_with("20"));
    let (before, after) = text.split_once(" at ").or_else(of_date)?;
    Some((Some(day(before.trim())?), clock(time(after.trim())?)))
}

/// The text before it, and the offset from UTC that it ends with.
fn with_offset(text: &str) -> (&str, Option<Offset>) {
    let whole = text.trim_end_matches(is_blank);
    let named = ["UTC", "GMT", "Z"].into_iter().find_map(|name| whole.strip_suffix(name));
    let numbered = || {
        let sign = whole.rfind(['+', '-']).filter(|_| whole.contains(':'))?;
        let before = &whole[..sign];
        // `14:02-14:10` is from one time to another.
        let apart = before.ends_with(is_blank) || before.contains('T') || before.matches(':').count() == 2;
        Some((before, offset(&whole[sign..]).filter(|_| apart)?))
    };
    let found = named.map(|before| (before, Offset::UTC)).or_else(numbered);
    // `14:05 UTC` and `14:05UTC`; never the end of a word.
    let ends = |before: &str| {
        before.trim_end_matches(is_blank).ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'M' | 'm'))
    };
    match found.filter(|(before, _)| ends(before)) {
        Some((before, offset)) => (before.trim_end_matches(is_blank), Some(offset)),
        None => (text, None),
    }
}

/// `+02:00`, `-0330`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let digits = match digits.as_bytes() {
        [_, _, b':', _, _] => digits.replace(':', ""),
        [_, _, _, _] => digits.to_owned(),
        _ => return None,
    };
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok().filter(|_| minutes < 60)
}

fn time(text: &str) -> Option<Time> {
    let text = text.trim().trim_end_matches("(edited)").trim();
    let lower = text.to_lowercase().replace(['\u{202f}', '\u{a0}', '.'], "");
    let (digits, half) = match lower
        .strip_suffix("am")
        .map(|rest| (rest, 0))
        .or_else(|| lower.strip_suffix("pm").map(|rest| (rest, 12)))
    {
        Some((digits, half)) => (digits.trim(), Some(half)),
        None => (lower.trim(), None),
    };
    let parts: Vec<&str> = digits.split(':').collect();
    let number = |text: &str| {
        (!text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<i8>().ok())
            .flatten()
    };
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (number(hour)?, number(minute).filter(|_| minute.len() == 2)?, 0),
        [hour, minute, second] => (number(hour)?, number(minute)?, number(second)?),
        _ => return None,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// A line that is nothing but a day.
fn separator(text: &str) -> Option<Day> {
    let text = text.trim_matches(['-', '—', '–', ' ']);
    day(text)
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

fn day(text: &str) -> Option<Day> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "today" => return Some(Day::Today),
        "yesterday" => return Some(Day::Yesterday),
        _ => {}
    }
    if let Ok(date) = lower.parse::<Date>() {
        return (lower.len() == 10).then_some(Day::Full(date));
    }
    let mut words: Vec<&str> = lower.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let weekday = words.first().and_then(|word| WEEKDAYS.iter().find(|(name, _)| name == word)).map(|(_, day)| *day);
    if weekday.is_some() {
        words.remove(0);
    }
    match (words.as_slice(), weekday) {
        ([], Some(weekday)) => Some(Day::Weekday(weekday)),
        ([one, other], _) => month_day(one, other).map(|(month, day)| Day::InYear(month, day)),
        ([one, other, year], _) => {
            let (month, day) = month_day(one, other)?;
            let year = year.parse().ok().filter(|year| (2000..2100).contains(year))?;
            Date::new(year, month, day).ok().map(Day::Full)
        }
        _ => None,
    }
}

/// `november 22nd` or `22 november`.
fn month_day(one: &str, other: &str) -> Option<(i8, i8)> {
    let month = |word: &str| {
        let place = MONTHS.iter().position(|name| word.starts_with(name))?;
        let rest = &word[3..];
        const LONG: [&str; 12] = ["uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"];
        (rest.is_empty() || rest == LONG[place] || rest == "t").then(|| i8::try_from(place + 1).ok()).flatten()
    };
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        digits.parse::<i8>().ok().filter(|day| (1..=31).contains(day))
    };
    month(one).zip(number(other)).or_else(|| month(other).zip(number(one)))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= LONGEST_NAME
        && !text.ends_with([':', '.', ',', '?', '!'])
        && stamp(text).is_none()
}

/// Without what Slack puts behind the names of applications.
fn name(text: &str) -> &str {
    let text = text.trim_matches(is_blank);
    text.strip_suffix("APP").map_or(text, |rest| rest.trim_end_matches(is_blank))
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}')
}
