//! Lines copied out of Slack, taken apart into time, who and text.
//!
//! Slack copies differ by where they were copied: the desktop and the web put the name, two blanks or a new line, then the
//! time; older ones put the time in brackets; a further message of the same person begins with the time alone. Days stand
//! between messages as a line of their own.
//!
//! Notes and logs put the time first, and behind it perhaps a name. A text is read so where its first message is written so:
//! within a chat, a line of a log belongs to the message that it was pasted into.

mod shape;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use shape::{Clock, Day, Shape};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub at: Timestamp,
    /// Empty where nobody is named.
    pub who: String,
    /// As it was written, line breaks and all.
    pub text: String,
    /// The clocks were changed then: this time came twice, or never.
    pub doubtful: bool,
}

/// What was understood, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pasted {
    pub messages: Vec<Message>,
    /// What stands before the first name and time.
    pub rest: String,
}

/// The people's clocks were in `zone`, unless a time says otherwise. `day` is the first message's, unless the text says otherwise; "today" and
/// "yesterday" are told from `today`.
pub fn parse(text: &str, day: Date, today: Date, zone: &TimeZone) -> Pasted {
    let lines: Vec<&str> = text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let mut reader =
        Reader { zone, today, day, last: None, who: None, order: None, pasted: Pasted::default(), open: None };
    let mut number = 0;
    while number < lines.len() {
        let after_blank = number == 0 || lines[number - 1].trim().is_empty();
        let next = lines.get(number + 1).copied();
        let shape = shape::of(lines[number], next, after_blank);
        number += if matches!(shape, Shape::HeadOverTwo { .. }) { 2 } else { 1 };
        reader.read(shape);
    }
    reader.close();
    reader.pasted
}

/// What a message begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    NameFirst,
    TimeFirst,
}

struct Reader<'a> {
    zone: &'a TimeZone,
    today: Date,
    day: Date,
    last: Option<Time>,
    who: Option<String>,
    /// Set by the first message.
    order: Option<Order>,
    pasted: Pasted,
    open: Option<(Timestamp, String, Vec<String>, bool)>,
}

impl Reader<'_> {
    fn read(&mut self, shape: Shape<'_>) {
        match shape {
            Shape::Day(day) => {
                self.close();
                self.day = self.resolve(day);
                self.last = None;
            }
            Shape::Head { who, day, time, text } => {
                self.order.get_or_insert(Order::NameFirst);
                self.who = Some(who.to_owned());
                self.begin(day, time, text);
            }
            Shape::HeadOverTwo { who, day, time } => {
                self.order.get_or_insert(Order::NameFirst);
                self.who = Some(who.to_owned());
                self.begin(day, time, "");
            }
            // A time alone goes on with the same person; before any person it is mere text.
            Shape::TimeAlone { day, time, text, line } => {
                if self.who.is_some() {
                    self.begin(day, time, text);
                } else if text.is_empty() {
                    self.text(line);
                } else {
                    self.read(Shape::TimeFirst { day, time, who: None, text, line });
                }
            }
            Shape::TimeFirst { day, time, who, text, line } => {
                if *self.order.get_or_insert(Order::TimeFirst) == Order::NameFirst {
                    self.text(line);
                } else {
                    self.close();
                    self.who = who.map(str::to_owned);
                    self.begin(day, time, text);
                }
            }
            Shape::Text(line) => self.text(line),
        }
    }

    fn text(&mut self, line: &str) {
        match &mut self.open {
            Some((_, _, lines, _)) => lines.push(line.to_owned()),
            None => {
                self.pasted.rest.push_str(line);
                self.pasted.rest.push('\n');
            }
        }
    }

    fn begin(&mut self, day: Option<Day>, Clock { time, offset }: Clock, text: &str) {
        self.close();
        match day {
            Some(day) => self.day = self.resolve(day),
            // From late to early without a word of a new day: midnight passed.
            None if self.last.is_some_and(|last| last.duration_until(time) < SignedDuration::from_hours(-6)) => {
                self.day = self.day.tomorrow().unwrap_or(self.day);
            }
            None => {}
        }
        self.last = Some(time);
        let shown = DateTime::from_parts(self.day, time);
        let ambiguous = self.zone.to_ambiguous_zoned(shown);
        let doubtful = offset.is_none() && ambiguous.is_ambiguous();
        let at = match offset {
            Some(offset) => offset.to_timestamp(shown),
            // Earlier of two, later of none, as jiff's "compatible" has it (RFC 5545, section 3.3.5).
            None => ambiguous.compatible().map(|zoned| zoned.timestamp()),
        };
        let Ok(at) = at else { return };
        let lines = if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        self.open = Some((at, self.who.clone().unwrap_or_default(), lines, doubtful));
    }

    fn close(&mut self) {
        let Some((at, who, lines, doubtful)) = self.open.take() else { return };
        let text = lines.join("\n").trim_matches(['\n', ' ']).to_owned();
        if !text.is_empty() {
            self.pasted.messages.push(Message { at, who, text, doubtful });
        }
    }

    /// A day without its year is the last one of that name.
    fn resolve(&self, day: Day) -> Date {
        let before = |days: i64| self.today.checked_sub(days.days()).unwrap_or(self.today);
        match day {
            Day::Today => self.today,
            Day::Yesterday => before(1),
            Day::Full(date) => date,
            Day::InYear(month, day) => [self.today.year(), self.today.year() - 1]
                .into_iter()
                .filter_map(|year| Date::new(year, month, day).ok())
                .find(|date| *date <= self.today)
                .unwrap_or(self.day),
            Day::Weekday(weekday) => (0..7).map(before).find(|date| date.weekday() == weekday).unwrap_or(self.day),
        }
    }
}
