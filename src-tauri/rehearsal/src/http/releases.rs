//! Releases.

use axum::{body::Bytes, extract::Path};
use serde::Deserialize;

use super::{
    call::{Call, created, number, ok, parse},
    refusal::{Answer, Refusal},
    shape,
};
use crate::state::{
    State,
    release::{self, Release},
};

pub(super) async fn list(call: Call) -> Answer {
    let releases = call.github.read(|state, _| {
        let mut releases = state.releases.clone();
        releases.sort_by_key(|release| std::cmp::Reverse((release.created_at, release.id)));
        releases
    });
    Ok(call.page().array(&releases, |release| shape::release::release(&call.links, release)))
}

pub(super) async fn latest(call: Call) -> Answer {
    show(&call, |state| release::latest(&state.releases))
}

pub(super) async fn by_tag(call: Call, Path(tag): Path<String>) -> Answer {
    show(&call, |state| state.releases.iter().find(|release| release.is_public() && release.tag == tag))
}

pub(super) async fn one(call: Call, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    show(&call, |state| state.releases.iter().find(|release| release.id == id))
}

pub(super) async fn assets(call: Call, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let release = call.github.read(|state, _| state.releases.iter().find(|release| release.id == id).cloned());
    let release = release.ok_or_else(Refusal::not_found)?;
    Ok(call.page().array(&release.assets, |asset| shape::release::asset(&call.links, &release, asset)))
}

fn show(call: &Call, find: impl FnOnce(&State) -> Option<&Release>) -> Answer {
    let shape = call.github.read(|state, _| find(state).map(|release| shape::release::release(&call.links, release)));
    Ok(ok(shape.ok_or_else(Refusal::not_found)?))
}

#[derive(Deserialize)]
struct Edit {
    tag_name: Option<String>,
    target_commitish: Option<String>,
    name: Option<String>,
    body: Option<String>,
    draft: Option<bool>,
    prerelease: Option<bool>,
    make_latest: Option<MakeLatest>,
}

/// A word, not a boolean; "true" where nothing is said, on an edit as well.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum MakeLatest {
    True,
    False,
    Legacy,
}

pub(super) async fn create(call: Call, body: Bytes) -> Answer {
    call.must_write()?;
    let edit: Edit = parse(&body)?;
    let tag = edit.tag_name.clone().filter(|tag| !tag.is_empty());
    let tag = tag.ok_or_else(|| Refusal::invalid("Release", "tag_name", "missing_field"))?;
    if call.github.read(|state, _| state.releases.iter().any(|release| release.is_public() && release.tag == tag)) {
        return Err(Refusal::invalid("Release", "tag_name", "already_exists"));
    }
    let target = edit.target_commitish.clone().unwrap_or_else(|| "main".to_owned());
    if !edit.draft.unwrap_or(false) {
        make_tag(&call, &tag, &target)?;
    }
    let id = call.github.change(|state, now| {
        let id = state.ids.one();
        let author = state.viewer.clone();
        let (name, body) = (None, None);
        let new = Release {
            id,
            tag,
            target,
            name,
            body,
            author,
            draft: false,
            prerelease: false,
            created_at: now,
            published_at: None,
            latest: false,
            assets: Vec::new(),
        };
        state.releases.push(new);
        apply(state, id, edit, now);
        id
    })?;
    let shape = call.github.read(|state, _| {
        state
            .releases
            .iter()
            .find(|release| release.id == id)
            .map(|release| shape::release::release(&call.links, release))
    });
    Ok(created(shape.ok_or_else(Refusal::not_found)?))
}

pub(super) async fn update(call: Call, Path(id): Path<String>, body: Bytes) -> Answer {
    call.must_write()?;
    let id = number(&id)?;
    let edit: Edit = parse(&body)?;
    call.github.change(|state, now| apply(state, id, edit, now))?;
    show(&call, |state| state.releases.iter().find(|release| release.id == id))
}

fn apply(state: &mut State, id: u64, edit: Edit, now: jiff::Timestamp) {
    let make_latest = edit.make_latest.unwrap_or(MakeLatest::True);
    let prerelease = edit.prerelease;
    let Some(release) = state.releases.iter_mut().find(|release| release.id == id) else { return };
    release.tag = edit.tag_name.unwrap_or_else(|| release.tag.clone());
    release.target = edit.target_commitish.unwrap_or_else(|| release.target.clone());
    release.name = edit.name.or_else(|| release.name.take());
    release.body = edit.body.or_else(|| release.body.take());
    release.draft = edit.draft.unwrap_or(release.draft);
    release.prerelease = prerelease.unwrap_or(release.prerelease);
    if !release.draft {
        release.published_at = release.published_at.or(Some(now));
    }
    let becomes_latest = make_latest == MakeLatest::True && !release.draft && !release.prerelease;
    let loses = make_latest == MakeLatest::False && release.latest;
    if becomes_latest || loses {
        for release in &mut state.releases {
            release.latest = becomes_latest && release.id == id;
        }
    }
}

/// Publishing a release makes its tag, if there is none.
fn make_tag(call: &Call, tag: &str, target: &str) -> Result<(), Refusal> {
    let bare = call.github.bare();
    let name = format!("refs/tags/{tag}");
    if bare.find_ref(&name)?.is_none() {
        let commit = bare.commit(target)?.ok_or_else(|| Refusal::invalid("Release", "target_commitish", "invalid"))?;
        bare.create_ref(&name, &commit.id).map_err(|error| Refusal::unprocessable(error.to_string()))?;
    }
    Ok(())
}
