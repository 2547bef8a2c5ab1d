//! Whoever does something.
#![allow(clippy::duplicated_attributes, reason = "the fields of an interface each name their type")]

use async_graphql::{Context, ID, Interface, Object, Result};

use super::{
    scalar::{DateTime, Uri},
    snapshot::Snapshot,
};
use crate::{
    http::{Links, encode, node},
    state::ids,
};

/// Somebody by login: a person, a bot or an organization.
#[derive(Interface)]
#[graphql(
    field(name = "login", ty = "String"),
    field(name = "url", ty = "Uri"),
    field(name = "resource_path", ty = "Uri"),
    field(name = "avatar_url", ty = "Uri", arg(name = "size", ty = "Option<i32>"))
)]
pub(super) enum Actor {
    User(User),
    Bot(Bot),
    Organization(Organization),
}

/// Who a repository belongs to.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "login", ty = "String"),
    field(name = "url", ty = "Uri"),
    field(name = "resource_path", ty = "Uri"),
    field(name = "avatar_url", ty = "Uri", arg(name = "size", ty = "Option<i32>"))
)]
pub(super) enum RepositoryOwner {
    User(User),
    Organization(Organization),
}

#[derive(Debug, Clone)]
pub(super) struct User(pub(super) String);
#[derive(Debug, Clone)]
pub(super) struct Bot(pub(super) String);
#[derive(Debug, Clone)]
pub(super) struct Organization(pub(super) String);

impl Actor {
    pub(super) fn of(login: &str) -> Self {
        match login.strip_suffix("[bot]") {
            // GraphQL names a bot without the suffix that REST adds.
            Some(name) => Self::Bot(Bot(name.to_owned())),
            None => Self::User(User(login.to_owned())),
        }
    }
}

#[Object]
impl User {
    async fn id(&self) -> ID {
        node("User", ids::named("user", &self.0)).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(ids::named("user", &self.0))
    }

    async fn login(&self) -> &str {
        &self.0
    }

    /// Nobody here has told a name.
    async fn name(&self) -> Option<&str> {
        None
    }

    async fn email(&self) -> &str {
        ""
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(page(&Snapshot::of(context)?.links, &self.0))
    }

    async fn resource_path(&self) -> Uri {
        path(&self.0)
    }

    async fn avatar_url(&self, context: &Context<'_>, #[graphql(name = "size")] _size: Option<i32>) -> Result<Uri> {
        Ok(avatar(&Snapshot::of(context)?.links, &self.0))
    }

    async fn created_at(&self, context: &Context<'_>) -> Result<DateTime> {
        Ok(DateTime::at(Snapshot::of(context)?.state.created_at))
    }

    async fn is_viewer(&self, context: &Context<'_>) -> Result<bool> {
        Ok(Snapshot::of(context)?.state.viewer == self.0)
    }
}

#[Object]
impl Bot {
    async fn id(&self) -> ID {
        node("Bot", ids::named("user", &self.0)).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(ids::named("user", &format!("{}[bot]", self.0)))
    }

    async fn login(&self) -> &str {
        &self.0
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(page(&Snapshot::of(context)?.links, &format!("apps/{}", self.0)))
    }

    async fn resource_path(&self) -> Uri {
        path(&format!("apps/{}", self.0))
    }

    async fn avatar_url(&self, context: &Context<'_>, #[graphql(name = "size")] _size: Option<i32>) -> Result<Uri> {
        Ok(avatar(&Snapshot::of(context)?.links, &self.0))
    }
}

#[Object]
impl Organization {
    async fn id(&self) -> ID {
        node("User", ids::named("user", &self.0)).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(ids::named("user", &self.0))
    }

    async fn login(&self) -> &str {
        &self.0
    }

    async fn name(&self) -> Option<&str> {
        None
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(page(&Snapshot::of(context)?.links, &self.0))
    }

    async fn resource_path(&self) -> Uri {
        path(&self.0)
    }

    async fn avatar_url(&self, context: &Context<'_>, #[graphql(name = "size")] _size: Option<i32>) -> Result<Uri> {
        Ok(avatar(&Snapshot::of(context)?.links, &self.0))
    }
}

fn page(links: &Links, path: &str) -> Uri {
    Uri(format!("{}/{path}", links.web))
}

fn path(path: &str) -> Uri {
    Uri(format!("/{path}"))
}

fn avatar(links: &Links, login: &str) -> Uri {
    Uri(format!("{}/avatars/{}", links.web, encode(login)))
}
