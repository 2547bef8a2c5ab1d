//! `risk.*`: what lies between target and live, listed one by one.

use std::sync::Arc;

use super::found::Found;
use super::{Asking, Read};
use crate::ids::TagName;
use crate::ports::history::{ChangeKind, FileChange};
use crate::risk::{self, keys, locks};

/// So many lines of evidence are shown, of migrations all; their number is always said.
const LINES: usize = 40;

pub(super) async fn migrations(asking: &Asking<'_>) -> Found {
    let read = match read(asking).await {
        Ok(read) => read,
        Err(found) => return found,
    };
    let patterns = asking.plan.checks.migrations.clone().unwrap_or_else(|| owned(&risk::MIGRATIONS));
    let found = risk::matching(&patterns, &read.difference.files);
    if found.is_empty() {
        return Found::passed(format!("No migrations since {}", asking.plan.to));
    }
    let stay = found.iter().filter(|file| file.kind == ChangeKind::Added).count();
    let sentence = match (found.len(), stay) {
        (1, 1) => format!("1 migration ran since {} and is not undone by a rollback.", asking.plan.to),
        (all, stay) if all == stay => {
            format!("{all} migrations ran since {} and are not undone by a rollback.", asking.plan.to)
        }
        (all, _) => {
            format!("{} between {} and live.", counted(all, "migration differs", "migrations differ"), asking.plan.to)
        }
    };
    // Each one counts: nobody finds the rest of this list elsewhere.
    Found::failed(sentence).with(found.into_iter().map(line).collect())
}

pub(super) async fn config(asking: &Asking<'_>) -> Found {
    let read = match read(asking).await {
        Ok(read) => read,
        Err(found) => return found,
    };
    let patterns = asking.plan.checks.config.clone().unwrap_or_else(|| owned(&risk::CONFIG));
    let found: Vec<FileChange> = risk::matching(&patterns, &read.difference.files).into_iter().cloned().collect();
    if found.is_empty() {
        return Found::passed(format!("No configuration changed since {}", asking.plan.to));
    }
    let sides = match sides(asking, &read, &found).await {
        Ok(sides) => sides,
        Err(found) => return found,
    };
    let lines: Vec<String> = found
        .iter()
        .zip(sides)
        .filter_map(|(file, (target, live))| {
            match keys::compare(&file.path, live.as_deref(), target.as_deref()) {
                // Comments and order changed, and no key.
                Some(changes) if changes.is_empty() => None,
                Some(changes) => Some(format!("{}: the rollback {}", file.path, changes.words())),
                None => Some(line(file)),
            }
        })
        .collect();
    if lines.is_empty() {
        return Found::passed(format!("No configuration key changed since {}", asking.plan.to));
    }
    let count = counted(lines.len(), "configuration file differs", "configuration files differ");
    Found::failed(format!("{count} between {} and live.", asking.plan.to)).with(listed(lines))
}

pub(super) async fn dependencies(asking: &Asking<'_>) -> Found {
    let read = match read(asking).await {
        Ok(read) => read,
        Err(found) => return found,
    };
    let found: Vec<&FileChange> = read.difference.files.iter().filter(|file| locks::is_lock(&file.path)).collect();
    if found.is_empty() {
        return unlocked(asking).await;
    }
    let (mut changes, mut unread) = (Vec::new(), Vec::new());
    for file in found {
        match lock(asking, &read, file).await {
            Some(found) => changes.extend(found),
            None => unread.push(file.path.as_str()),
        }
    }
    changes.sort_by(|a, b| a.size.cmp(&b.size).then_with(|| a.name.cmp(&b.name)));
    differing(&changes, &unread, &asking.plan.to)
}

/// A lock file that nobody can read is no dependency, and no proof that there is none.
fn differing(changes: &[locks::Change], unread: &[&str], to: &TagName) -> Found {
    let unknown = unread.iter().map(|path| format!("{path} changed, and cannot be read here"));
    if !changes.is_empty() {
        let majors = changes.iter().filter(|change| change.size == locks::Size::Major).count();
        let count = counted(changes.len(), "dependency differs", "dependencies differ");
        let more = if unread.is_empty() { "" } else { ", and not every lock file could be read" };
        let lines = listed(changes.iter().map(locks::Change::words).collect());
        let sentence = format!("{count} between {to} and live, {majors} by a major version{more}.");
        return Found::failed(sentence).with(unknown.chain(lines).collect());
    }
    match unread {
        [] => Found::passed(format!("The same dependencies as in {to}")),
        [file] => Found::unclear(format!("{file} changed since {to}, and cannot be read here.")),
        several => {
            let sentence = format!("{} lock files changed since {to}, and cannot be read here.", several.len());
            Found::unclear(sentence).with(unknown.collect())
        }
    }
}

/// What the rollback does to a lock file; `None` where that cannot be read.
async fn lock(asking: &Asking<'_>, read: &Read, file: &FileChange) -> Option<Vec<locks::Change>> {
    let (target, live) = sides(asking, read, std::slice::from_ref(file)).await.ok()?.pop()?;
    locks::compare(&file.path, live.as_deref(), target.as_deref())
}

/// Where no lock file changed: whether there is one at all. One that cannot be read is there, and the same.
async fn unlocked(asking: &Asking<'_>) -> Found {
    let (plan, history) = (asking.plan, &asking.ports.history);
    let names: Vec<String> = locks::names().map(str::to_owned).collect();
    let there: Vec<&str> = match history.files(&plan.commit, &names).await {
        Ok(files) => {
            names.iter().zip(&files).filter(|(_, file)| file.is_some()).map(|(name, _)| name.as_str()).collect()
        }
        // One of them is there and too long to be read.
        Err(_) => return Found::passed(format!("The same dependencies as in {}", plan.to)),
    };
    if there.is_empty() {
        return Found::unclear(format!("{} has no lock file at its top, so dependencies cannot be compared.", plan.to));
    }
    let evidence = vec![format!("unchanged: {}", there.join(", "))];
    Found::passed(format!("The same dependencies as in {}", plan.to)).with(evidence)
}

pub(super) async fn changes(asking: &Asking<'_>) -> Found {
    let read = match read(asking).await {
        Ok(read) => read,
        Err(found) => return found,
    };
    let difference = &read.difference;
    if asking.plan.forward {
        return arriving(difference.gained);
    }
    if difference.undone == 0 {
        return Found::passed("No commit leaves with this rollback");
    }
    let requests = difference.titles.iter().filter(|title| is_pull_request(title)).count();
    // Only the newest titles were read.
    let least = if difference.undone > difference.titles.len() { "at least " } else { "" };
    let commits = counted(difference.undone, "commit leaves", "commits leave");
    let with = match requests {
        0 => String::new(),
        1 => format!(", {least}1 pull request among them"),
        many => format!(", {least}{many} pull requests among them"),
    };
    let mut lines: Vec<String> = difference.titles.iter().take(LINES).cloned().collect();
    if difference.undone > lines.len() {
        lines.push(format!("and {} more", difference.undone - lines.len()));
    }
    Found::failed(format!("{commits} with this rollback{with}.")).with(lines)
}

/// Who goes forward asks what comes, and nothing need leave.
fn arriving(commits: usize) -> Found {
    match commits {
        0 => Found::passed("No commit arrives"),
        some => Found::failed(format!("{} with this release.", counted(some, "commit arrives", "commits arrive"))),
    }
}

/// Merged ones end in their number: `Title (#412)`.
fn is_pull_request(title: &str) -> bool {
    let number = title.strip_suffix(')').and_then(|rest| rest.rsplit_once("(#")).map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) async fn read(asking: &Asking<'_>) -> Result<Arc<Read>, Found> {
    match asking.between.clone().await {
        Ok(Some(read)) => Ok(read),
        Ok(None) => Err(Found::unclear("What is live is no release that is known here, so nothing can be compared.")),
        Err(trouble) => Err(Found::errored(&trouble)),
    }
}

type Sides = Vec<(Option<Vec<u8>>, Option<Vec<u8>>)>;

/// Each file as it is in the target and in what is live.
async fn sides(asking: &Asking<'_>, read: &Read, files: &[FileChange]) -> Result<Sides, Found> {
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let history = &asking.ports.history;
    let both =
        futures_util::future::join(history.files(&asking.plan.commit, &paths), history.files(&read.live, &paths));
    match both.await {
        (Ok(target), Ok(live)) => Ok(target.into_iter().zip(live).collect()),
        (Err(trouble), _) | (_, Err(trouble)) => Err(Found::errored(&trouble)),
    }
}

pub(super) fn line(file: &FileChange) -> String {
    let word = match file.kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Modified => "changed",
    };
    format!("{} {word} since the target", file.path)
}

fn listed(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn owned(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
}
