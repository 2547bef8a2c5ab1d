//! Pull requests.

use serde_json::{Value, json};

use super::{git::changed, node, repository, time, user::user};
use crate::{
    git::Comparison,
    http::call::Links,
    state::{State, pull_request::PullRequest},
};

/// One as a list shows it. `head` is the commit of its branch.
pub(in crate::http) fn listed(links: &Links, state: &State, one: &PullRequest, head: &str) -> Value {
    let url = links.repo(&format!("/pulls/{}", one.number));
    let issue = links.repo(&format!("/issues/{}", one.number));
    let page = links.page(&format!("/pull/{}", one.number));
    let statuses = links.repo(&format!("/statuses/{head}"));
    let merged_at = one.closed_at.filter(|_| one.merge.is_some()).map(time);
    json!({
        "id": one.id,
        "node_id": node("PullRequest", one.id),
        "number": one.number,
        "url": url,
        "html_url": page,
        "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"),
        "issue_url": issue,
        "commits_url": format!("{url}/commits"),
        "comments_url": format!("{issue}/comments"),
        "review_comments_url": format!("{url}/comments"),
        "review_comment_url": links.repo("/pulls/comments{/number}"),
        "statuses_url": statuses,
        "title": one.title,
        "body": one.body,
        "state": if one.is_open() { "open" } else { "closed" },
        "draft": one.draft,
        "locked": false,
        "user": user(links, &one.author),
        "author_association": "MEMBER",
        "labels": [],
        "assignee": null,
        "assignees": [],
        "milestone": null,
        "auto_merge": null,
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at()),
        "closed_at": one.closed_at.map(time),
        "merged_at": merged_at,
        "merge_commit_sha": one.merge.as_ref().map(|merge| merge.commit.clone()),
        "head": side(links, state, &one.head, head),
        "base": side(links, state, &one.base, &one.base_commit),
        "_links": links_of(links, one, &statuses),
    })
}

fn links_of(links: &Links, one: &PullRequest, statuses: &str) -> Value {
    let url = links.repo(&format!("/pulls/{}", one.number));
    let issue = links.repo(&format!("/issues/{}", one.number));
    json!({
        "self": { "href": url },
        "html": { "href": links.page(&format!("/pull/{}", one.number)) },
        "issue": { "href": issue },
        "comments": { "href": format!("{issue}/comments") },
        "review_comments": { "href": format!("{url}/comments") },
        "review_comment": { "href": links.repo("/pulls/comments{/number}") },
        "commits": { "href": format!("{url}/commits") },
        "statuses": { "href": statuses },
    })
}

/// One by itself, with what its branch brings.
pub(in crate::http) fn alone(
    links: &Links,
    state: &State,
    one: &PullRequest,
    head: &str,
    compared: Option<&Comparison>,
) -> Value {
    let files = compared.map(|compared| compared.files.as_slice()).unwrap_or_default();
    let mut shape = listed(links, state, one, head);
    let rest = json!({
        "merged": one.merge.is_some(),
        "merged_by": one.merge.as_ref().map(|merge| user(links, &merge.by)),
        "mergeable": one.is_open().then_some(true),
        "mergeable_state": if one.is_open() { "clean" } else { "unknown" },
        "rebaseable": null,
        "maintainer_can_modify": false,
        "comments": 0,
        "review_comments": 0,
        "commits": compared.map_or(0, |compared| compared.commits.len()),
        "additions": files.iter().map(|file| file.additions).sum::<usize>(),
        "deletions": files.iter().map(|file| file.deletions).sum::<usize>(),
        "changed_files": files.len(),
    });
    if let (Value::Object(shape), Value::Object(rest)) = (&mut shape, rest) {
        shape.extend(rest);
    }
    shape
}

pub(in crate::http) fn files(links: &Links, compared: &Comparison) -> Vec<Value> {
    compared.files.iter().map(|file| changed(links, file)).collect()
}

fn side(links: &Links, state: &State, branch: &str, commit: &str) -> Value {
    json!({
        "label": format!("{}:{branch}", state.owner),
        "ref": branch,
        "sha": commit,
        "user": user(links, &state.owner),
        "repo": repository::full(links, state, time(state.created_at)),
    })
}
