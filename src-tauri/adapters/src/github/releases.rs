//! GitHub's releases: thousands of them in the list, one with its notes when it is looked at.
//!
//! The newest page of REST is the change detector, as for deployments. What is new in it goes before what is known; only
//! where the two do not meet is the list read again.

use std::collections::HashMap;

use http::Method;
use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{Asset, Latest, Published, ReleaseEdit, ReleasePage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graphql::Cut;
use super::transport::encode;
use super::wire::User;
use super::{Github, publishing, writing};

/// Enough to meet what is known after a busy day.
const NEWEST: usize = 30;

/// REST's lists end at ten thousand.
const PAGES: u32 = 100;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    /// By GitHub's number.
    by_id: HashMap<u64, Published>,
    older: Option<String>,
    whole: bool,
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
        let newest: Vec<Release> = self.reader.ask(&self.path(&format!("/releases?per_page={NEWEST}"))).await?.value;
        let newest: Vec<Published> = newest.into_iter().map(Release::published).collect();
        let mut known: Known = self.reader.memory.recall_value(&self.name_of_releases()).await.unwrap_or_default();
        let same = known.whole && newest.iter().all(|found| known.by_id.get(&found.id) == Some(found));
        let gone = known.forget_gone(&newest);
        if same && !gone {
            return Ok(known.list());
        }
        if !known.reaches(&newest) {
            known = Known::default();
            known.older = self.first_page(&mut known.by_id).await?;
            known.whole = known.older.is_none();
        }
        while let Some(after) = known.older.clone() {
            let Some(page) = self.release_page(Some(&after)).await else { break };
            known.add(page);
        }
        known.by_id.extend(newest.into_iter().map(|found| (found.id, found)));
        self.reader.memory.keep_value(&self.name_of_releases(), &known).await;
        Ok(known.list())
    }

    /// Keeps what the first look brought, as if it had been read here.
    pub(super) async fn keep_first_releases(&self, page: Cut<Published>) -> Vec<Published> {
        let mut known = Known::default();
        known.add(page);
        self.reader.memory.keep_value(&self.name_of_releases(), &known).await;
        known.list()
    }

    /// The newest hundred and where the older ones begin; all of them where GraphQL does not answer.
    async fn first_page(&self, by_id: &mut HashMap<u64, Published>) -> Result<Option<String>, Trouble> {
        if let Some(page) = self.release_page(None).await {
            by_id.extend(page.items.into_iter().map(|found| (found.id, found)));
            return Ok(page.older);
        }
        let all = self.reader.all::<Vec<Release>>(&self.path("/releases?per_page=100"), PAGES).await?;
        by_id.extend(all.into_iter().map(Release::published).map(|found| (found.id, found)));
        Ok(None)
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
        self.older = page.older;
        self.whole = self.older.is_none();
    }

    fn reaches(&self, newest: &[Published]) -> bool {
        let connects = newest.last().is_none_or(|oldest| self.by_id.contains_key(&oldest.id));
        !self.by_id.is_empty() && (connects || newest.len() < NEWEST)
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
