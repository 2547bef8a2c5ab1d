//! Questions to REST: each is asked with the tag of the answer that is here already, and lists are read to their end.
//!
//! An answer of 304 costs no call, so a look in which nothing changed is made of those alone.

use std::sync::Arc;

use lastgood_core::error::Trouble;
use lastgood_core::ports::forge::Listed;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use super::answer;
use super::memory::{Kept, Memory};
use super::transport::Transport;

/// Asks, and remembers.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) transport: Arc<Transport>,
    pub(super) memory: Memory,
}

/// An answer, new or known.
pub(super) struct Heard<T> {
    pub(super) value: T,
    /// The number of the list's last page, or of the next one where no more is told; 0 where there is none.
    pub(super) pages: u32,
}

/// A page of a list, bare or with the list under a name.
pub(super) trait Page: DeserializeOwned + Send + 'static {
    type Item: Send + 'static;

    fn items(self) -> Vec<Self::Item>;
}

impl<T: DeserializeOwned + Send + 'static> Page for Vec<T> {
    type Item = T;

    fn items(self) -> Vec<T> {
        self
    }
}

impl Reader {
    /// One thing, or one page of a list.
    pub(super) async fn ask<T: DeserializeOwned>(&self, route: &str) -> Result<Heard<T>, Trouble> {
        let address = self.address(route);
        let question = route.split('?').next().unwrap_or(route);
        let known = self.memory.recall(&address).await;
        let answer = self.transport.get(route, known.as_ref().map(|kept| kept.tag.as_str())).await?;
        if let Some(kept) = known.filter(|_| answer.status == 304) {
            // The page is as it was; how many there are behind it may have changed.
            let pages = answer.header("link").map_or(kept.pages, last_page);
            return Ok(Heard { value: answer::read(&kept.body, question)?, pages });
        }
        if !answer.is_success() {
            return Err(answer.trouble());
        }
        let value = answer.read(question)?;
        let pages = answer.header("link").map_or(0, last_page);
        if let Some(tag) = answer.header("etag") {
            let kept = Kept { tag: tag.to_owned(), pages, body: answer.body };
            self.memory.keep(&address, kept).await;
        }
        Ok(Heard { value, pages })
    }

    /// A whole list, up to so many pages. `route` has a query, with `per_page` in it.
    pub(super) async fn all<P: Page>(&self, route: &str, most: u32) -> Result<Vec<P::Item>, Trouble> {
        Ok(self.listed::<P>(route, most).await?.items)
    }

    /// The same, and whether there are more pages than were read.
    pub(super) async fn listed<P: Page>(&self, route: &str, most: u32) -> Result<Listed<P::Item>, Trouble> {
        let first = self.ask::<P>(route).await?;
        let (mut read, mut pages, mut last) = (1, first.pages.min(most), first.pages);
        let mut items = first.value.items();
        // A server that tells the next page and not the last one is followed page by page.
        while read < pages {
            let mut further = 0;
            for page in self.pages::<P>(route, read + 1, pages).await {
                let page = page?;
                further = further.max(page.pages);
                items.extend(page.value.items());
            }
            (read, pages, last) = (pages, further.min(most), last.max(further));
        }
        Ok(Listed { items, cut: last > most })
    }

    /// In their order, asked at once.
    async fn pages<P: Page>(&self, route: &str, from: u32, to: u32) -> Vec<Result<Heard<P>, Trouble>> {
        let mut asked = JoinSet::new();
        for number in from..=to {
            let (reader, route) = (self.clone(), format!("{route}&page={number}"));
            asked.spawn(async move { (number, reader.ask::<P>(&route).await) });
        }
        let mut pages = asked.join_all().await;
        pages.sort_by_key(|(number, _)| *number);
        pages.into_iter().map(|(_, page)| page).collect()
    }

    /// Under this name an answer is kept.
    pub(super) fn address(&self, route: &str) -> String {
        format!("{}{route}", self.transport.api())
    }
}

/// The last page that a `Link` header names; where it names only the next one, that one (RFC 8288).
fn last_page(link: &str) -> u32 {
    let page = |relation: &str| {
        let quoted = format!("rel=\"{relation}\"");
        let part = link.split(',').find(|part| part.contains(&quoted))?;
        let address = part.split('>').next()?;
        let query = address.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
    };
    page("last").or_else(|| page("next")).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::last_page;

    #[test]
    fn the_last_page_is_read_from_the_link_header() {
        let link = r#"<https://api.github.com/x?per_page=100&page=2>; rel="next", <https://api.github.com/x?per_page=100&page=11>; rel="last""#;
        assert_eq!(last_page(link), 11);
        assert_eq!(last_page(r#"<https://api.github.com/x?page=3&per_page=100>; rel="next""#), 3);
        assert_eq!(last_page(r#"<https://api.github.com/x?page=1>; rel="first""#), 0);
        assert_eq!(last_page("nonsense"), 0);
    }
}
