//! A fix on its way: its branch, its checklist, its pull request. A fold of the journal's facts.

pub mod checklist;
pub mod event;

use jiff::Timestamp;

use crate::ids::{FixId, ObjectId, RollbackId, TagName};
use crate::journal::Fact;
use event::{Beginning, Deed, PullRequest};

/// A fix as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub id: FixId,
    pub at: Timestamp,
    pub beginning: Beginning,
    pub items: Vec<Item>,
    /// The commit that the remote was given.
    pub pushed: Option<ObjectId>,
    pub pull_request: Option<PullRequest>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    /// Who did it, and when.
    pub done: Option<(String, Timestamp)>,
}

/// A fact that does not fit where the fix stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cannot happen to the fix now: {0:?}")]
pub struct IllegalFact(pub Box<Deed>);

/// The fix of a rollback has its id: begun twice, it is still one.
pub fn id_of(rollback: &RollbackId) -> FixId {
    let id = rollback.as_str();
    FixId::new(format!("fix-{}", id.strip_prefix("rb-").unwrap_or(id)))
}

/// The fix at its first fact.
pub fn begin(id: FixId, at: Timestamp, beginning: Beginning) -> Fix {
    let items = beginning.checklist.iter().map(|text| Item { text: text.clone(), done: None }).collect();
    Fix { id, at, beginning, items, pushed: None, pull_request: None }
}

/// Every fix that these facts, oldest first, tell of, in the order of their beginning.
pub fn fold(facts: &[Fact]) -> Result<Vec<Fix>, IllegalFact> {
    let mut fixes: Vec<Fix> = Vec::new();
    for fact in facts {
        let Some(event) = fact.event.fix() else { continue };
        let standing = fixes.iter_mut().find(|fix| fix.id == event.fix);
        match (standing, &event.deed) {
            (Some(standing), deed) => *standing = next(standing, fact.at, deed)?,
            (None, Deed::FixBegan(beginning)) => fixes.push(begin(event.fix.clone(), fact.at, (**beginning).clone())),
            (None, deed) => return Err(IllegalFact(Box::new(deed.clone()))),
        }
    }
    Ok(fixes)
}

/// Where the fix stands after this deed.
pub fn next(fix: &Fix, at: Timestamp, deed: &Deed) -> Result<Fix, IllegalFact> {
    let mut after = fix.clone();
    let fits = match deed {
        Deed::FixBegan(_) => false,
        Deed::FixItemSet { item, done, by } => after.items.get_mut(*item).is_some_and(|item| {
            let differs = item.done.is_some() != *done;
            item.done = done.then(|| (by.clone(), at));
            differs
        }),
        // Two people may push the same at once.
        Deed::FixBranchPushed { commit, .. } => {
            after.pushed = Some(commit.clone());
            true
        }
        Deed::FixPullRequestLinked { pull_request, .. } => {
            after.pull_request = Some(pull_request.clone());
            true
        }
    };
    fits.then_some(after).ok_or_else(|| IllegalFact(Box::new(deed.clone())))
}

/// The branch's name: `{slug}` made of the reason, `{tag}` of the bad release.
pub fn branch_name(pattern: &str, bad: Option<&TagName>, reason: &str) -> String {
    let tag = bad.map_or("release", TagName::as_str);
    let slug = match slug(reason) {
        slug if slug.is_empty() => slug_of_tag(tag),
        slug => slug,
    };
    pattern.replace("{slug}", &slug).replace("{tag}", &slug_of_tag(tag))
}

/// The number that a person gave as `418`, `#418`, or the address of a pull request.
pub fn pull_request_number(text: &str) -> Option<u64> {
    let text = text.trim().trim_end_matches('/');
    let bare = text.strip_prefix('#').unwrap_or(text);
    let number = match bare.split_once("/pull/") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => bare,
    };
    number.parse().ok().filter(|number| *number > 0)
}

fn slug(text: &str) -> String {
    /// What people still read in a list of branches.
    const MOST: usize = 40;
    let mut slug = String::new();
    for word in text.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let longer = if slug.is_empty() { word.len() } else { slug.len() + 1 + word.len() };
        if longer > MOST && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word[..word.len().min(MOST)]);
    }
    slug
}

/// Dots stay: they tell `v2.4.1` from `v24.1`.
fn slug_of_tag(tag: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
    tag.chars().map(safe).collect::<String>().trim_matches(['.', '-']).replace("..", ".")
}
