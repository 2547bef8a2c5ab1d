//! Git objects.

use serde_json::{Value, json};

use super::{node, time, user::user};
use crate::{
    git::{ChangedFile, CommitFacts, Comparison, Person, RefFacts, TagFacts},
    http::{call::Links, page::encode},
};

pub(in crate::http) fn reference(links: &Links, facts: &RefFacts) -> Value {
    json!({
        "ref": facts.name,
        "node_id": node("Ref", &facts.name),
        "url": links.repo(&format!("/git/{}", facts.name)),
        "object": object(links, &facts.id, facts.kind),
    })
}

pub(in crate::http) fn tag(links: &Links, tag: &TagFacts) -> Value {
    json!({
        "sha": tag.id,
        "node_id": node("Tag", &tag.id),
        "url": links.repo(&format!("/git/tags/{}", tag.id)),
        "tag": tag.name,
        "message": tag.message,
        "tagger": tag.tagger.as_ref().map(person),
        "object": object(links, &tag.target, tag.target_kind),
        "verification": unsigned(),
    })
}

/// A commit of the git database.
pub(in crate::http) fn git_commit(links: &Links, commit: &CommitFacts) -> Value {
    json!({
        "sha": commit.id,
        "node_id": node("Commit", &commit.id),
        "url": links.repo(&format!("/git/commits/{}", commit.id)),
        "html_url": links.page(&format!("/commit/{}", commit.id)),
        "author": person(&commit.author),
        "committer": person(&commit.committer),
        "message": commit.message,
        "tree": tree(links, commit),
        "parents": parents(links, commit, "/git/commits"),
        "verification": unsigned(),
    })
}

/// A commit of the repository, with the people of GitHub.
pub(in crate::http) fn commit(links: &Links, commit: &CommitFacts) -> Value {
    let url = links.repo(&format!("/commits/{}", commit.id));
    json!({
        "sha": commit.id,
        "node_id": node("Commit", &commit.id),
        "url": url,
        "html_url": links.page(&format!("/commit/{}", commit.id)),
        "comments_url": format!("{url}/comments"),
        "commit": {
            "url": links.repo(&format!("/git/commits/{}", commit.id)),
            "author": person(&commit.author),
            "committer": person(&commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": tree(links, commit),
            "verification": unsigned(),
        },
        "author": user(links, &commit.author.name),
        "committer": user(links, &commit.committer.name),
        "parents": parents(links, commit, "/commits"),
    })
}

pub(in crate::http) fn comparison(links: &Links, range: &str, facts: &Comparison, commits: Vec<Value>) -> Value {
    let ahead = facts.commits.len();
    let status = match (ahead, facts.behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        (_, _) => "diverged",
    };
    let page = links.page(&format!("/compare/{range}"));
    json!({
        "url": links.repo(&format!("/compare/{range}")),
        "html_url": page,
        "permalink_url": page,
        "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"),
        "base_commit": commit(links, &facts.base),
        "merge_base_commit": commit(links, &facts.merge_base),
        "status": status,
        "ahead_by": ahead,
        "behind_by": facts.behind,
        "total_commits": ahead,
        "commits": commits,
        "files": facts.files.iter().map(|file| changed(links, file)).collect::<Vec<_>>(),
    })
}

pub(in crate::http) fn changed(links: &Links, file: &ChangedFile) -> Value {
    let path: Vec<String> = file.path.split('/').map(encode).collect();
    let path = path.join("/");
    json!({
        "sha": file.id,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": links.page(&format!("/blob/main/{path}")),
        "raw_url": links.page(&format!("/raw/main/{path}")),
        "contents_url": links.repo(&format!("/contents/{path}")),
        "patch": file.patch,
    })
}

fn object(links: &Links, id: &str, kind: &str) -> Value {
    json!({ "sha": id, "type": kind, "url": links.repo(&format!("/git/{kind}s/{id}")) })
}

fn tree(links: &Links, commit: &CommitFacts) -> Value {
    json!({ "sha": commit.tree, "url": links.repo(&format!("/git/trees/{}", commit.tree)) })
}

fn parents(links: &Links, commit: &CommitFacts, path: &str) -> Vec<Value> {
    let parent = |id: &String| {
        let html_url = links.page(&format!("/commit/{id}"));
        json!({ "sha": id, "url": links.repo(&format!("{path}/{id}")), "html_url": html_url })
    };
    commit.parents.iter().map(parent).collect()
}

fn person(person: &Person) -> Value {
    json!({ "name": person.name, "email": person.email, "date": time(person.at) })
}

fn unsigned() -> Value {
    json!({ "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null })
}
