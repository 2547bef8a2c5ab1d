//! What is done before a fix goes out: the team's own list, else the one that comes with Lastgood.

use crate::postmortem::action::of_task;

/// The heading of a playbook below which the tasks are.
pub const HEADING: &str = "The way back up";

/// Used where the team has no list of its own.
pub const SHIPPED: [&str; 6] = [
    "Reproduce it on staging, as it was",
    "Write a test that fails without the fix",
    "Make the next such failure show earlier: a check, an alert, a log line",
    "Try migrations and configuration both ways, up and down",
    "Decide whether it goes behind a flag",
    "Name who watches while it rolls out",
];

/// The tasks below the heading, up to the next of its level or above; none where there is no such heading.
pub fn of_playbook(text: &str) -> Vec<String> {
    let mut level = None;
    let mut items = Vec::new();
    for line in text.lines() {
        if let Some((depth, title)) = heading(line) {
            match level {
                Some(open) if depth <= open => break,
                None if title.eq_ignore_ascii_case(HEADING) => level = Some(depth),
                Some(_) | None => {}
            }
        } else if level.is_some() {
            items.extend(of_task(line).map(|task| task.text).filter(|text| !text.is_empty()));
        }
    }
    items
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let depth = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line.get(depth..)?.strip_prefix(' ')?.trim().trim_end_matches('#').trim_end();
    (1..=6).contains(&depth).then_some((depth, title))
}
