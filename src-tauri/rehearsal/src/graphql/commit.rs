//! Git objects: commits and annotated tags.
#![allow(clippy::duplicated_attributes, reason = "the fields of an interface each name their type")]

use async_graphql::{Context, ID, Interface, Object, Result};

use super::{
    actor::User,
    connection::{Connection, Paging},
    repository::Repository,
    scalar::{GitObjectId, GitTimestamp, Uri},
    snapshot::Snapshot,
    unused::StatusCheckRollup,
};
use crate::{
    git::{CommitFacts, Person, TagFacts},
    graphql::scalar::DateTime,
    http::{encode, node},
};

/// Letters of an abbreviated name.
const SHORT: usize = 7;

/// What a ref may point to.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "oid", ty = "GitObjectId"),
    field(name = "abbreviated_oid", ty = "String"),
    field(name = "commit_url", ty = "Uri"),
    field(name = "commit_resource_path", ty = "Uri"),
    field(name = "repository", ty = "Repository")
)]
pub(super) enum GitObject {
    Commit(Commit),
    Tag(Tag),
}

#[derive(Debug, Clone)]
pub(super) struct Commit(pub(super) CommitFacts);

#[derive(Debug, Clone)]
pub(super) struct Tag(pub(super) TagFacts);

/// Who did it, as git has it.
#[derive(Debug, Clone)]
pub(super) struct GitActor(Person);

#[Object]
impl Commit {
    async fn id(&self) -> ID {
        node("Commit", &self.0.id).into()
    }

    async fn oid(&self) -> GitObjectId {
        GitObjectId(self.0.id.clone())
    }

    async fn abbreviated_oid(&self) -> &str {
        short(&self.0.id)
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        page(context, &self.0.id)
    }

    async fn resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        path(context, &self.0.id)
    }

    async fn commit_url(&self, context: &Context<'_>) -> Result<Uri> {
        page(context, &self.0.id)
    }

    async fn commit_resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        path(context, &self.0.id)
    }

    async fn repository(&self) -> Repository {
        Repository
    }

    async fn message(&self) -> &str {
        &self.0.message
    }

    async fn message_headline(&self) -> &str {
        self.0.message.lines().next().unwrap_or_default()
    }

    async fn message_body(&self) -> &str {
        self.0.message.split_once('\n').map_or("", |(_, body)| body.trim_start())
    }

    async fn author(&self) -> Option<GitActor> {
        Some(GitActor(self.0.author.clone()))
    }

    async fn committer(&self) -> Option<GitActor> {
        Some(GitActor(self.0.committer.clone()))
    }

    async fn authored_date(&self) -> DateTime {
        DateTime::at(self.0.author.at)
    }

    async fn committed_date(&self) -> DateTime {
        DateTime::at(self.0.committer.at)
    }

    /// Nothing reports about single commits here.
    async fn status_check_rollup(&self) -> Option<StatusCheckRollup> {
        None
    }

    async fn parents(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<Self>> {
        let bare = Snapshot::of(context)?.bare();
        let mut parents = Vec::new();
        for id in &self.0.parents {
            parents.extend(bare.commit(id)?.map(Self));
        }
        Paging { field: "parents", first, last, after, before }.cut(parents, |commit| commit.0.id.clone())
    }
}

#[Object]
impl Tag {
    async fn id(&self) -> ID {
        node("Tag", &self.0.id).into()
    }

    async fn oid(&self) -> GitObjectId {
        GitObjectId(self.0.id.clone())
    }

    async fn abbreviated_oid(&self) -> &str {
        short(&self.0.id)
    }

    async fn commit_url(&self, context: &Context<'_>) -> Result<Uri> {
        page(context, &self.0.id)
    }

    async fn commit_resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        path(context, &self.0.id)
    }

    async fn repository(&self) -> Repository {
        Repository
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn message(&self) -> Option<&str> {
        Some(&self.0.message)
    }

    async fn tagger(&self) -> Option<GitActor> {
        self.0.tagger.clone().map(GitActor)
    }

    /// A tag of a tree or a file is not played here.
    async fn target(&self, context: &Context<'_>) -> Result<GitObject> {
        let object = object(Snapshot::of(context)?, self.0.target_kind, &self.0.target)?;
        object.ok_or_else(|| "The tag points to neither a commit nor a tag.".into())
    }
}

#[Object]
impl GitActor {
    async fn name(&self) -> Option<&str> {
        Some(&self.0.name)
    }

    async fn email(&self) -> Option<&str> {
        Some(&self.0.email)
    }

    async fn date(&self) -> Option<GitTimestamp> {
        Some(GitTimestamp::at(self.0.at))
    }

    /// The person of GitHub behind the address, if there is one.
    async fn user(&self, context: &Context<'_>) -> Result<Option<User>> {
        let known = Snapshot::of(context)?.state.people.contains(&self.0.name);
        Ok(known.then(|| User(self.0.name.clone())))
    }

    async fn avatar_url(&self, context: &Context<'_>, #[graphql(name = "size")] _size: Option<i32>) -> Result<Uri> {
        Ok(Uri(format!("{}/avatars/{}", Snapshot::of(context)?.links.web, encode(&self.0.name))))
    }
}

/// The object of that name, as far as it can be shown.
pub(super) fn object(snapshot: &Snapshot, kind: &str, id: &str) -> Result<Option<GitObject>> {
    Ok(match kind {
        "tag" => snapshot.bare().tag(id)?.map(|tag| GitObject::Tag(Tag(tag))),
        "commit" => snapshot.bare().commit(id)?.map(|commit| GitObject::Commit(Commit(commit))),
        _ => None,
    })
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

fn page(context: &Context<'_>, id: &str) -> Result<Uri> {
    Ok(Uri(Snapshot::of(context)?.links.page(&format!("/commit/{id}"))))
}

fn path(context: &Context<'_>, id: &str) -> Result<Uri> {
    let state = &Snapshot::of(context)?.state;
    Ok(Uri(format!("/{}/{}/commit/{id}", state.owner, state.repo)))
}
