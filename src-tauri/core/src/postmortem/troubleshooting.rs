//! The entry of a post-mortem in the troubleshooting guide: how it looks when it happens, and what helped.
//!
//! It stands between two comments, so that it is found and replaced; the rest of the guide stays as it is, byte by byte.

use crate::ids::PostmortemId;
use crate::postmortem::document::Document;
use crate::postmortem::export::escaped;
use crate::postmortem::line::LineKind;
use crate::postmortem::section::SectionName;
use crate::postmortem::story::Story;
use crate::postmortem::times::{Length, TimeName};
use crate::postmortem::zone;
use crate::rollback::Outcome;

/// Where it lies unless the settings say otherwise.
pub const FILE: &str = "docs/troubleshooting.md";

const NEW: &str = "# Troubleshooting\n\n";

/// So many signs are listed: who looks for help does not read a log.
const SIGNS: usize = 3;

/// What the facts and the document tell, and nothing else. `link` leads to the document as seen from the guide.
pub fn entry(story: &Story, text: &str, link: &str) -> String {
    let document = Document::parse(text);
    let about = &story.postmortem.about;
    let title = document.title().unwrap_or_else(|| about.title.clone());
    let mut entry = format!("## {}\n\n", escaped(&title));
    let impact = story.incident.as_ref().and_then(|incident| incident.impact.clone());
    entry.extend(impact.map(|impact| format!("**What people see:** {}\n\n", escaped(impact.trim()))));
    let signs: Vec<String> = signs(story).into_iter().map(|sign| format!("- {}\n", escaped(sign))).collect();
    if !signs.is_empty() {
        entry.push_str(&format!("**How to see it:**\n\n{}\n", signs.concat()));
    }
    let cause = story.incident.as_ref().and_then(|incident| incident.cause.clone());
    entry.extend(cause.map(|cause| format!("**Why:** {}\n\n", escaped(cause.trim()))));
    entry.extend(helped(story));
    let summary = document.section(SectionName::Summary).map(|section| section.body.trim().to_owned());
    entry.extend(summary.filter(|words| !words.is_empty()).map(|words| format!("{words}\n\n")));
    entry.push_str(&format!("[The post-mortem](<{link}>) tells all of it.\n"));
    entry
}

/// The guide with this entry: in the place of the older one, else at its end. Its line endings are kept.
pub fn put(guide: Option<&str>, id: &PostmortemId, entry: &str) -> String {
    let guide = guide.unwrap_or(NEW);
    let (begin, end) = (format!("<!-- lastgood:{id} -->"), format!("<!-- /lastgood:{id} -->"));
    let break_ = if guide.contains("\r\n") { "\r\n" } else { "\n" };
    let block = format!("{begin}\n{}\n{end}", entry.trim_end()).replace("\r\n", "\n").replace('\n', break_);
    let there = guide.find(&begin).and_then(|from| {
        let length = guide[from..].find(&end)? + end.len();
        Some(from..from + length)
    });
    match there {
        Some(range) => format!("{}{block}{}", &guide[..range.start], &guide[range.end..]),
        None => {
            let open = if guide.is_empty() || guide.ends_with('\n') { "" } else { break_ };
            let gap = if guide.trim().is_empty() || guide.ends_with(&break_.repeat(2)) { "" } else { break_ };
            format!("{guide}{open}{gap}{block}{break_}")
        }
    }
}

fn signs(story: &Story) -> Vec<&str> {
    let (shown, _) = story.visible(false);
    let told = shown.into_iter().filter(|line| matches!(line.kind, LineKind::Detection | LineKind::Signal));
    let mut signs: Vec<&str> = told.filter(|line| !line.evidence.is_empty()).map(|line| line.text.as_str()).collect();
    signs.dedup();
    signs.truncate(SIGNS);
    signs
}

fn helped(story: &Story) -> Option<String> {
    let ended = |outcome| outcome == Outcome::Succeeded;
    let back = story.rollbacks.iter().rev().find(|one| one.end.as_ref().is_some_and(|end| ended(end.outcome)))?;
    let plan = &back.plan;
    let from = plan.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    let time = story.times.times.iter().find(|time| time.name == TimeName::ToRollBack).map(|time| time.length);
    let took = match time {
        Some(Length::Known(length)) => format!(", which took {}", zone::length(length)),
        Some(Length::Missing(_) | Length::Backwards) | None => String::new(),
    };
    Some(format!("**What helped:** {} went back{from} to {}{took}.\n\n", plan.environment, plan.to))
}
