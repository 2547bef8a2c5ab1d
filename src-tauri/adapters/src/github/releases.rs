//! GitHub's releases: thousands of them in the list, one with its notes when it is looked at.
//!
//! The newest page of REST is the change detector, as for deployments. What is new in it goes before what is known; where
//! the two do not meet the list is read again, from both of its ends at once. So it is where GitHub counts other pages than
//! are known, for a release of an old commit stands far down, and once a day, for what is edited there shows nowhere else.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use futures_util::future::join;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{Asset, Latest, Published, ReleaseEdit, ReleasePage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graphql::{Cut, StartAt};
use super::reading::Heard;
use super::transport::encode;
use super::wire::User;
use super::{Github, publishing, writing};

/// Enough to meet what is known after a busy day.
const NEWEST: usize = 30;

/// GraphQL's largest page.
const PAGE: usize = 100;

/// REST's lists end at ten thousand.
const PAGES: u32 = 100;

/// The same in releases.
const MOST_LISTED: usize = 10_000;

/// After this time the whole list is read again, though its newest page is as it was.
const READ_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    /// By GitHub's number.
    by_id: HashMap<u64, Published>,
    older: Option<String>,
    whole: bool,
    /// When the whole list was read.
    #[serde(default)]
    read: Option<Timestamp>,
    /// How many were there then, and how many pages of the newest GitHub counted: what it shows in its lists and what it
    /// counts need not be the same.
    #[serde(default)]
    counted: Option<(usize, u32)>,
    /// REST told where the list ends, and it ends lists itself.
    #[serde(default)]
    by_rest: bool,
    /// How many GitHub counted; 0 where nobody asked.
    #[serde(skip)]
    total: usize,
    /// Read in this look from its beginning: nothing in it can have gone since, so the count tells what is missing.
    #[serde(skip)]
    fresh: bool,
}

#[derive(Deserialize)]
struct Release {
    id: u64,
    tag_name: String,
    name: Option<String>,
    body: Option<String>,
    draft: bool,
    prerelease: bool,
    immutable: Option<bool>,
    created_at: Timestamp,
    published_at: Option<Timestamp>,
    author: Option<User>,
    html_url: String,
    assets: Option<Vec<File>>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

#[derive(Deserialize)]
struct File {
    name: String,
    size: u64,
    digest: Option<String>,
}

impl Github {
    /// All of them, newest first.
    pub async fn releases(&self) -> Result<Vec<Published>, Trouble> {
        let mut known: Known = self.reader.memory.recall_value(&self.name_of_releases()).await.unwrap_or_default();
        // Where nothing is known, the whole list is wanted in any case.
        let (newest, first) = if known.is_unread() {
            let (newest, first) = join(self.newest_releases(), self.release_page(StartAt::Newest, None)).await;
            (newest?, Some(first))
        } else {
            (self.newest_releases().await?, None)
        };
        let Heard { value: newest, pages } = newest;
        let same = known.whole && newest.iter().all(|found| known.by_id.get(&found.id) == Some(found));
        let gone = known.forget_gone(&newest);
        let known_well = known.reaches(&newest);
        let due = known.whole && known.is_due(pages);
        if same && !gone && !due {
            self.releases_cut.store(known.is_cut(), Ordering::Relaxed);
            return Ok(known.list());
        }
        if known_well && !due {
            self.read_older_releases(&mut known).await;
        } else {
            match self.releases_anew(first).await {
                Ok(anew) => known = known.replaced_by(anew, known_well),
                // What is known is better than nothing.
                Err(trouble) if known_well => tracing::debug!("all releases again: {trouble}"),
                Err(trouble) => return Err(trouble),
            }
        }
        known.by_id.extend(newest.into_iter().map(|found| (found.id, found)));
        known.note_reading(pages);
        self.releases_cut.store(known.is_cut(), Ordering::Relaxed);
        self.reader.memory.keep_value(&self.name_of_releases(), &known).await;
        Ok(known.list())
    }

    /// The last look did not get all of them: there are more than GitHub lists, or it did not tell the rest.
    pub fn releases_are_cut(&self) -> bool {
        self.releases_cut.load(Ordering::Relaxed)
    }

    async fn releases_anew(&self, first: Option<Option<Cut<Published>>>) -> Result<Known, Trouble> {
        let mut known = Known { fresh: true, ..Known::default() };
        let first = match first {
            Some(asked) => asked,
            None => self.release_page(StartAt::Newest, None).await,
        };
        match first {
            Some(page) => known.add(page),
            None => known.take_all(self.releases_by_rest().await?),
        }
        self.read_older_releases(&mut known).await;
        Ok(known)
    }

    /// Keeps what the first look brought, as if it had been read here.
    pub(super) async fn keep_first_releases(&self, page: Cut<Published>) -> Vec<Published> {
        let mut known = Known { fresh: true, ..Known::default() };
        known.add(page);
        self.reader.memory.keep_value(&self.name_of_releases(), &known).await;
        known.list()
    }

    async fn newest_releases(&self) -> Result<Heard<Vec<Published>>, Trouble> {
        let newest: Heard<Vec<Release>> = self.reader.ask(&self.path(&format!("/releases?per_page={NEWEST}"))).await?;
        let Heard { value, pages } = newest;
        Ok(Heard { value: value.into_iter().map(Release::published).collect(), pages })
    }

    /// All of them, where GraphQL does not answer.
    async fn releases_by_rest(&self) -> Result<Vec<Published>, Trouble> {
        let all = self.reader.all::<Vec<Release>>(&self.path("/releases?per_page=100"), PAGES).await?;
        Ok(all.into_iter().map(Release::published).collect())
    }

    /// GraphQL tells where a page begins only once the one before it is there. So two pages come at a time: one from
    /// where reading is, one from the oldest on, until all that GitHub counts are there. A page that does not come
    /// leaves the rest to REST, and what that does not tell to the next look.
    async fn read_older_releases(&self, known: &mut Known) {
        let mut newer = None;
        let mut below = true;
        while let Some(after) = known.older.clone() {
            below &= known.fresh && known.missing() > PAGE;
            let down = self.release_page(StartAt::Newest, Some(&after));
            let up = async { if below { self.release_page(StartAt::Oldest, newer.as_deref()).await } else { None } };
            let (down, up) = join(down, up).await;
            below = up.as_ref().is_some_and(|page| page.further.is_some());
            if let Some(page) = up {
                newer.clone_from(&page.further);
                known.add_from_below(page);
            }
            let Some(page) = down else {
                match self.releases_by_rest().await {
                    Ok(all) => known.take_all(all),
                    Err(trouble) => tracing::debug!("older releases: {trouble}"),
                }
                return;
            };
            known.add(page);
        }
    }

    pub(super) async fn page_of(&self, tag: &TagName) -> Result<Option<ReleasePage>, Trouble> {
        let tag = encode(tag.as_str()).replace("%2F", "/");
        let route = self.path(&format!("/releases/tags/{tag}"));
        publishing::found(self.reader.ask::<Release>(&route).await.map(|release| release.value.page()))
    }

    pub(super) async fn latest_page(&self) -> Result<Option<u64>, Trouble> {
        let asked = self.reader.ask::<Numbered>(&self.path("/releases/latest")).await;
        publishing::found(asked.map(|release| release.value.id))
    }

    pub(super) async fn send_edit(&self, id: u64, edit: &ReleaseEdit) -> Written<()> {
        let route = self.path(&format!("/releases/{id}"));
        writing::outcome(self.reader.transport.write(&Method::PATCH, &route, &changes(edit)).await)
    }

    fn name_of_releases(&self) -> String {
        self.reader.address(&self.path("#releases"))
    }
}

/// `make_latest` is "true" to GitHub where it is not said, on edits too: a rolled-back release would become the latest.
fn changes(edit: &ReleaseEdit) -> Value {
    let mut body = json!({
        "make_latest": match edit.latest {
            Latest::ByVersion => "legacy",
            Latest::This => "true",
            Latest::Not => "false",
        },
    });
    if let Some(name) = &edit.name {
        body["name"] = json!(name);
    }
    if let Some(notes) = &edit.notes {
        body["body"] = json!(notes);
    }
    if let Some(prerelease) = edit.prerelease {
        body["prerelease"] = json!(prerelease);
    }
    body
}

impl Known {
    fn add(&mut self, page: Cut<Published>) {
        self.by_id.extend(page.items.into_iter().map(|found| (found.id, found)));
        // Of several releases of one moment nobody says in which order they come, so only the count tells that all are there.
        self.total = page.total.unwrap_or_default();
        let complete = self.fresh && self.total > 0 && self.missing() == 0;
        self.older = page.further.filter(|_| !complete);
        self.whole = self.older.is_none();
    }

    fn missing(&self) -> usize {
        self.total.saturating_sub(self.by_id.len())
    }

    /// A page from the other end of the list.
    fn add_from_below(&mut self, page: Cut<Published>) {
        self.by_id.extend(page.items.into_iter().map(|found| (found.id, found)));
    }

    fn take_all(&mut self, all: Vec<Published>) {
        self.by_id.extend(all.into_iter().map(|found| (found.id, found)));
        (self.older, self.whole, self.by_rest) = (None, true, true);
    }

    /// A reading that broke off tells less than what is known. Where the two meet the known list is whole as before, and due
    /// as before; else the rest of what lies between is read in the next look.
    fn replaced_by(mut self, anew: Self, meets: bool) -> Self {
        if anew.whole {
            return anew;
        }
        self.by_id.extend(anew.by_id);
        if meets && self.whole { self } else { Self { by_id: self.by_id, ..anew } }
    }

    /// The whole list has other pages than GitHub counts, or it is old.
    fn is_due(&self, pages: u32) -> bool {
        let count = self.by_id.len();
        let expected = u32::try_from(count.div_ceil(NEWEST)).unwrap_or(u32::MAX);
        // A list of one page names none.
        let differs = pages.max(1) != expected.max(1) && self.counted != Some((count, pages));
        let since = self.read.map(|read| Timestamp::now().duration_since(read));
        // A clock that was set back leaves a reading ahead of now.
        differs || since.is_none_or(|since| since >= READ_AGAIN_AFTER || since.is_negative())
    }

    fn note_reading(&mut self, pages: u32) {
        if self.fresh && self.whole {
            (self.read, self.counted) = (Some(Timestamp::now()), Some((self.by_id.len(), pages)));
        }
    }

    fn is_cut(&self) -> bool {
        !self.whole || (self.by_rest && self.by_id.len() >= MOST_LISTED)
    }

    /// An empty list that was read to its end is known.
    fn is_unread(&self) -> bool {
        self.by_id.is_empty() && !self.whole
    }

    fn reaches(&self, newest: &[Published]) -> bool {
        let connects = newest.last().is_none_or(|oldest| self.by_id.contains_key(&oldest.id));
        !self.is_unread() && (connects || newest.len() < NEWEST)
    }

    /// Says whether any went: a release within the page's time that the page does not list was deleted.
    fn forget_gone(&mut self, newest: &[Published]) -> bool {
        let before = self.by_id.len();
        let since = newest.last().filter(|_| newest.len() >= NEWEST).map(|oldest| oldest.created);
        let listed = |id: &u64| newest.iter().any(|found| found.id == *id);
        self.by_id.retain(|id, found| listed(id) || since.is_some_and(|since| found.created <= since));
        self.by_id.len() != before
    }

    fn list(self) -> Vec<Published> {
        let mut list: Vec<Published> = self.by_id.into_values().collect();
        list.sort_by_key(|release| std::cmp::Reverse((release.created, release.id)));
        list
    }
}

impl Release {
    fn published(self) -> Published {
        self.page().release
    }

    fn page(self) -> ReleasePage {
        let asset = |file: File| Asset { name: file.name, bytes: file.size, digest: file.digest };
        ReleasePage {
            notes: self.body.unwrap_or_default(),
            immutable: self.immutable.unwrap_or_default(),
            assets: self.assets.unwrap_or_default().into_iter().map(asset).collect(),
            release: Published {
                id: self.id,
                tag: TagName::new(self.tag_name),
                name: self.name.unwrap_or_default(),
                draft: self.draft,
                prerelease: self.prerelease,
                created: self.created_at,
                published: self.published_at,
                author: self.author.map(|user| user.login).unwrap_or_default(),
                url: self.html_url,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_rest_lists_are_all_where_graphql_read_them_to_their_end() {
        let mut known = Known { by_id: releases(0, MOST_LISTED), whole: true, ..Known::default() };
        assert!(!known.is_cut());
        known.take_all(Vec::new());
        assert!(known.is_cut());
    }

    #[test]
    fn a_reading_that_broke_off_adds_to_what_is_known_and_leaves_it_due() {
        let known = Known { by_id: releases(0, 120), whole: true, ..Known::default() }.replaced_by(broken_off(), true);
        assert_eq!((known.by_id.len(), known.whole, known.is_cut()), (150, true, false));
        assert!(known.is_due(5), "it is read again");
    }

    #[test]
    fn where_a_reading_broke_off_before_it_met_what_is_known_both_are_shown_and_the_next_look_goes_on() {
        let known = Known { by_id: releases(0, 40), whole: true, ..Known::default() }.replaced_by(broken_off(), false);
        assert_eq!((known.by_id.len(), known.older.as_deref()), (140, Some("further")));
        assert!(known.is_cut(), "what lies between is not known");
    }

    /// The newest page of a list, behind which the next one did not come.
    fn broken_off() -> Known {
        Known { by_id: releases(50, 100), older: Some("further".to_owned()), fresh: true, ..Known::default() }
    }

    fn releases(first: u64, count: usize) -> HashMap<u64, Published> {
        (first..).take(count).map(|id| (id, release(id))).collect()
    }

    fn release(id: u64) -> Published {
        Published {
            id,
            tag: TagName::new(format!("v{id}")),
            name: String::new(),
            draft: false,
            prerelease: false,
            created: Timestamp::UNIX_EPOCH,
            published: None,
            author: String::new(),
            url: String::new(),
        }
    }
}
