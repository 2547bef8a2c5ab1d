//! Releases and their files.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use pulldown_cmark::{Event, Parser, html};

use super::{
    actor::User,
    commit::Commit,
    connection::{Connection, OrderDirection, Paging},
    refs::Ref,
    repository::Repository,
    scalar::{DateTime, Html, Uri},
    snapshot::Snapshot,
};
use crate::{
    http::{encode, node},
    state::release::{self, Asset},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ReleaseOrderField {
    CreatedAt,
    Name,
}

#[derive(Debug, Clone, Copy, InputObject)]
pub(super) struct ReleaseOrder {
    direction: OrderDirection,
    field: ReleaseOrderField,
}

#[derive(Debug, Clone)]
pub(super) struct Release(pub(super) release::Release);

#[derive(Debug, Clone)]
pub(super) struct ReleaseAsset {
    asset: Asset,
    release: release::Release,
}

/// Releases that the viewer may see, in the order asked for; as they were made, if none is.
pub(super) fn ordered(snapshot: &Snapshot, order: Option<ReleaseOrder>) -> Vec<Release> {
    let mut releases: Vec<Release> = snapshot.visible_releases().cloned().map(Release).collect();
    let order = order.unwrap_or(ReleaseOrder { direction: OrderDirection::Asc, field: ReleaseOrderField::CreatedAt });
    match order.field {
        ReleaseOrderField::CreatedAt => releases.sort_by_key(|release| (release.0.created_at, release.0.id)),
        ReleaseOrderField::Name => releases.sort_by(|a, b| a.0.name.cmp(&b.0.name)),
    }
    if order.direction == OrderDirection::Desc {
        releases.reverse();
    }
    releases
}

#[Object]
impl Release {
    pub(super) async fn id(&self) -> ID {
        node("Release", self.0.id).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(self.0.id)
    }

    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    async fn tag_name(&self) -> &str {
        &self.0.tag
    }

    async fn tag(&self, context: &Context<'_>) -> Result<Option<Ref>> {
        Snapshot::of(context)?.find_ref(&self.ref_name())
    }

    async fn tag_commit(&self, context: &Context<'_>) -> Result<Option<Commit>> {
        Ok(Snapshot::of(context)?.find_commit(&self.ref_name())?.map(Commit))
    }

    async fn description(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    #[graphql(name = "descriptionHTML")]
    async fn description_html(&self) -> Option<Html> {
        self.0.body.as_deref().map(rendered)
    }

    async fn author(&self) -> Option<User> {
        Some(User(self.0.author.clone()))
    }

    async fn is_draft(&self) -> bool {
        self.0.draft
    }

    async fn is_prerelease(&self) -> bool {
        self.0.prerelease
    }

    async fn is_latest(&self, context: &Context<'_>) -> Result<bool> {
        let latest = release::latest(&Snapshot::of(context)?.state.releases);
        Ok(latest.is_some_and(|latest| latest.id == self.0.id))
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.0.created_at)
    }

    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(DateTime::at)
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.0.published_at.unwrap_or(self.0.created_at))
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(Uri(Snapshot::of(context)?.links.page(&self.path())))
    }

    async fn resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        let state = &Snapshot::of(context)?.state;
        Ok(Uri(format!("/{}/{}{}", state.owner, state.repo, self.path())))
    }

    async fn repository(&self) -> Repository {
        Repository
    }

    async fn release_assets(
        &self,
        name: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<ReleaseAsset>> {
        let wanted = self.0.assets.iter().filter(|asset| name.as_ref().is_none_or(|name| asset.name == *name));
        let asset = |asset: &Asset| ReleaseAsset { asset: asset.clone(), release: self.0.clone() };
        let paging = Paging { field: "releaseAssets", first, last, after, before };
        paging.cut(wanted.map(asset).collect(), |one| one.asset.id.to_string())
    }
}

impl Release {
    fn ref_name(&self) -> String {
        format!("refs/tags/{}", self.0.tag)
    }

    fn path(&self) -> String {
        let tag = encode(&self.0.tag);
        format!("/releases/tag/{}", if self.0.draft { "untagged" } else { &tag })
    }
}

#[Object]
impl ReleaseAsset {
    async fn id(&self) -> ID {
        node("ReleaseAsset", self.asset.id).into()
    }

    async fn name(&self) -> &str {
        &self.asset.name
    }

    async fn size(&self) -> u64 {
        self.asset.size
    }

    async fn content_type(&self) -> &str {
        "application/octet-stream"
    }

    async fn download_count(&self) -> i32 {
        3
    }

    async fn download_url(&self, context: &Context<'_>) -> Result<Uri> {
        let (tag, name) = (encode(&self.release.tag), encode(&self.asset.name));
        Ok(Uri(Snapshot::of(context)?.links.page(&format!("/releases/download/{tag}/{name}"))))
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.release.published_at.unwrap_or(self.release.created_at))
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.release.published_at.unwrap_or(self.release.created_at))
    }

    async fn uploaded_by(&self) -> User {
        User(self.release.author.clone())
    }

    async fn release(&self) -> Option<Release> {
        Some(Release(self.release.clone()))
    }
}

/// Raw HTML in notes is shown as text; GitHub lets a part of it through.
fn rendered(markdown: &str) -> Html {
    let events = Parser::new(markdown)
        .map(|event| if let Event::Html(text) | Event::InlineHtml(text) = event { Event::Text(text) } else { event });
    let mut page = String::new();
    html::push_html(&mut page, events);
    Html(page)
}
