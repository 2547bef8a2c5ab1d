//! Files and folders of the repository.

use axum::extract::Path;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    call::{Call, ok},
    page::encode,
    refusal::{Answer, Refusal},
};
use crate::git::{Content, Entry};

/// GitHub breaks the content into lines of this length.
const LINE: usize = 60;

pub(super) async fn root(call: Call) -> Answer {
    show(&call, "")
}

pub(super) async fn one(call: Call, Path(path): Path<String>) -> Answer {
    show(&call, &path)
}

fn show(call: &Call, path: &str) -> Answer {
    let revision = call.query("ref").unwrap_or("main");
    let content = call.github.bare().content(revision, path)?.ok_or_else(Refusal::not_found)?;
    Ok(ok(match content {
        Content::Folder(entries) => entries.iter().map(|entry| item(call, revision, path, entry)).collect(),
        Content::File(blob) => {
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            let entry = Entry { name, id: blob.id, is_folder: false, size: blob.bytes.len() };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut shape = item(call, revision, folder, &entry);
            shape["encoding"] = "base64".into();
            shape["content"] = lines(&STANDARD.encode(&blob.bytes)).into();
            shape
        }
    }))
}

fn item(call: &Call, revision: &str, folder: &str, entry: &Entry) -> Value {
    let path = format!("{folder}/{}", entry.name).trim_start_matches('/').to_owned();
    let encoded: Vec<String> = path.split('/').map(encode).collect();
    let (encoded, revision) = (encoded.join("/"), encode(revision));
    let kinds = if entry.is_folder { ("dir", "tree", "trees") } else { ("file", "blob", "blobs") };
    let url = call.links.repo(&format!("/contents/{encoded}?ref={revision}"));
    let git = call.links.repo(&format!("/git/{}/{}", kinds.2, entry.id));
    let page = call.links.page(&format!("/{}/{revision}/{encoded}", kinds.1));
    let download = (!entry.is_folder).then(|| call.links.page(&format!("/raw/{revision}/{encoded}")));
    json!({
        "type": kinds.0,
        "name": entry.name,
        "path": path,
        "sha": entry.id,
        "size": entry.size,
        "url": url,
        "git_url": git,
        "html_url": page,
        "download_url": download,
        "_links": { "self": url, "git": git, "html": page },
    })
}

fn lines(encoded: &str) -> String {
    let mut text = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    for (index, letter) in encoded.chars().enumerate() {
        if index > 0 && index % LINE == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text + "\n"
}
