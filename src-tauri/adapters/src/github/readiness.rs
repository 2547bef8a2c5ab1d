//! What this account may do, and which files a release holds.

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

#[async_trait]
impl Readiness for Github {
    /// Always asked anew: scopes stand in a header, which a remembered answer lacks.
    async fn rights(&self) -> Result<Rights, Trouble> {
        let answer = self.reader.transport.get(&self.path(""), None).await?;
        if !answer.is_success() {
            return Err(answer.trouble());
        }
        let repository: Repository = answer.read("the repository")?;
        let words = |scopes: &str| {
            scopes.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        Ok(Rights {
            // Without the field GitHub says nothing; the push itself will.
            push: repository.permissions.is_none_or(|permissions| permissions.push),
            archived: repository.archived,
            private: repository.private,
            scopes: answer.header("x-oauth-scopes").map(words),
        })
    }

    async fn assets(&self, tag: &TagName) -> Result<Option<Vec<String>>, Trouble> {
        let page = self.release_of(tag).await?;
        Ok(page.map(|page| page.assets.into_iter().map(|asset| asset.name).collect()))
    }
}
