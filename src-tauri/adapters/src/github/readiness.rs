//! What this account may do, and which files a release holds.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::ports::readiness::Rights;
use lastgood_core::ports::{Publishing, Readiness};
use serde::Deserialize;

use super::Github;

#[derive(Deserialize)]
struct Repository {
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    private: bool,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    push: bool,
}

/// An answer with its ETag.
#[derive(Debug, Clone)]
pub(super) struct KnownRights {
    tag: String,
    rights: Rights,
}

fn lock(known: &Mutex<Option<KnownRights>>) -> MutexGuard<'_, Option<KnownRights>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

fn words(scopes: &str) -> Vec<String> {
    scopes.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[async_trait]
impl Readiness for Github {
    /// Asked each time; an unchanged answer costs no call. What is known is of this token alone and lives in this process.
    /// Scopes stand in a header of each answer: those of a token change while the repository does not.
    async fn rights(&self) -> Result<Rights, Trouble> {
        let rights = self.known_of_the_token().rights;
        let known = lock(&rights).clone();
        let answer = self.reader.transport.get(&self.path(""), known.as_ref().map(|known| known.tag.as_str())).await?;
        let scopes = answer.header("x-oauth-scopes").map(words);
        if let Some(known) = known.filter(|_| answer.status == 304) {
            return Ok(Rights { scopes: scopes.or(known.rights.scopes), ..known.rights });
        }
        if !answer.is_success() {
            return Err(answer.trouble());
        }
        let repository: Repository = answer.read("the repository")?;
        let found = Rights {
            // Without the field GitHub says nothing; the push itself will.
            push: repository.permissions.is_none_or(|permissions| permissions.push),
            archived: repository.archived,
            private: repository.private,
            scopes,
        };
        if let Some(tag) = answer.header("etag") {
            *lock(&rights) = Some(KnownRights { tag: tag.to_owned(), rights: found.clone() });
        }
        Ok(found)
    }

    async fn assets(&self, tag: &TagName) -> Result<Option<Vec<String>>, Trouble> {
        let page = self.release_of(tag).await?;
        Ok(page.map(|page| page.assets.into_iter().map(|asset| asset.name).collect()))
    }
}
