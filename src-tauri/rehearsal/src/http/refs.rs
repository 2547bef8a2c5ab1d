//! Branches, tags and refs. Tag objects and refs can be made too: the way without a clone.

use axum::{
    body::Bytes,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    call::{Call, Links, created, ok, parse},
    page::encode,
    refusal::{Answer, Refusal},
    shape::{self, node},
};
use crate::{
    git::{CreateRefError, Person, RefFacts},
    sample::repository::email,
};

/// Names by version, newest first, as GitHub lists tags.
pub(super) async fn tags(call: Call) -> Answer {
    let mut tags = call.github.bare().refs("refs/tags/")?;
    tags.sort_by_key(|tag| std::cmp::Reverse(version_key(&tag.name)));
    let mut shapes = Vec::new();
    for tag in &tags {
        shapes.extend(call.github.bare().commit(&tag.name)?.map(|commit| tag_shape(&call.links, tag, &commit.id)));
    }
    Ok(call.page().array(&shapes, Value::clone))
}

pub(super) async fn branches(call: Call) -> Answer {
    let branches = call.github.bare().refs("refs/heads/")?;
    Ok(call.page().array(&branches, |branch| brief_branch(&call.links, branch)))
}

pub(super) async fn branch(call: Call, Path(name): Path<String>) -> Answer {
    let bare = call.github.bare();
    let branch = bare.find_ref(&format!("refs/heads/{name}"))?.ok_or_else(Refusal::not_found)?;
    let commit = bare.commit(&branch.name)?.ok_or_else(Refusal::not_found)?;
    let url = call.links.repo(&format!("/branches/{}", encode(&name)));
    let mut shape = brief_branch(&call.links, &branch);
    shape["commit"] = shape::git::commit(&call.links, &commit);
    shape["_links"] = json!({ "self": url, "html": call.links.page(&format!("/tree/{name}")) });
    shape["protection"] = json!({ "enabled": false });
    shape["protection_url"] = format!("{url}/protection").into();
    Ok(ok(shape))
}

pub(super) async fn one(call: Call, Path(name): Path<String>) -> Answer {
    let found = call.github.bare().find_ref(&format!("refs/{name}"))?;
    let found = found.ok_or_else(Refusal::not_found)?;
    Ok(ok(shape::git::reference(&call.links, &found)))
}

pub(super) async fn matching(call: Call, Path(prefix): Path<String>) -> Answer {
    let refs = call.github.bare().refs(&format!("refs/{prefix}"))?;
    Ok(call.page().array(&refs, |found| shape::git::reference(&call.links, found)))
}

#[derive(Deserialize)]
struct NewRef {
    r#ref: String,
    sha: String,
}

pub(super) async fn create(call: Call, body: Bytes) -> Answer {
    call.must_write()?;
    let new: NewRef = parse(&body)?;
    if !new.r#ref.starts_with("refs/")
        || new.r#ref.split('/').count() < 3
        || !git2::Reference::is_valid_name(&new.r#ref)
    {
        return Err(Refusal::unprocessable("Reference name must start with 'refs/' and have at least two slashes."));
    }
    match call.github.bare().create_ref(&new.r#ref, &new.sha) {
        Ok(made) => Ok(created(shape::git::reference(&call.links, &made))),
        Err(CreateRefError::Git(error)) => Err(error.into()),
        Err(error @ (CreateRefError::Exists | CreateRefError::NoObject)) => {
            Err(Refusal::unprocessable(error.to_string()))
        }
    }
}

pub(super) async fn remove(call: Call, Path(name): Path<String>) -> Result<Response, Refusal> {
    call.must_write()?;
    if call.github.bare().delete_ref(&format!("refs/{name}"))? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(Refusal::unprocessable("Reference does not exist"))
    }
}

#[derive(Deserialize)]
struct NewTag {
    tag: String,
    message: String,
    object: String,
    r#type: String,
    tagger: Option<NewTagger>,
}

#[derive(Deserialize)]
struct NewTagger {
    name: String,
    email: String,
    date: Option<Timestamp>,
}

pub(super) async fn create_tag(call: Call, body: Bytes) -> Answer {
    call.must_write()?;
    let new: NewTag = parse(&body)?;
    let now = call.github.now();
    let tagger = match new.tagger {
        Some(tagger) => Person { name: tagger.name, email: tagger.email, at: tagger.date.unwrap_or(now) },
        None => {
            call.github.read(|state, _| Person { name: state.viewer.clone(), email: email(&state.viewer), at: now })
        }
    };
    if !["commit", "tree", "blob"].contains(&new.r#type.as_str()) {
        return Err(Refusal::invalid("Tag", "type", "invalid"));
    }
    let tag = call.github.bare().write_tag(&new.tag, &new.message, &new.object, &tagger)?;
    let tag = tag.ok_or_else(|| Refusal::unprocessable("Object does not exist"))?;
    Ok(created(shape::git::tag(&call.links, &tag)))
}

pub(super) async fn tag_object(call: Call, Path(id): Path<String>) -> Answer {
    let tag = call.github.bare().tag(&id)?.ok_or_else(Refusal::not_found)?;
    Ok(ok(shape::git::tag(&call.links, &tag)))
}

fn tag_shape(links: &Links, tag: &RefFacts, commit: &str) -> Value {
    let name = tag.name.trim_start_matches("refs/tags/");
    json!({
        "name": name,
        "node_id": node("Ref", &tag.name),
        "commit": { "sha": commit, "url": links.repo(&format!("/commits/{commit}")) },
        "zipball_url": links.repo(&format!("/zipball/{}", tag.name)),
        "tarball_url": links.repo(&format!("/tarball/{}", tag.name)),
    })
}

fn brief_branch(links: &Links, branch: &RefFacts) -> Value {
    let commit = json!({ "sha": branch.id, "url": links.repo(&format!("/commits/{}", branch.id)) });
    json!({ "name": branch.name.trim_start_matches("refs/heads/"), "commit": commit, "protected": false })
}

/// Digits of a name as numbers, so that v2.10.0 comes after v2.9.0.
fn version_key(name: &str) -> (Vec<u64>, String) {
    let numbers = name.split(|letter: char| !letter.is_ascii_digit()).filter_map(|part| part.parse().ok());
    (numbers.collect(), name.to_owned())
}
