//! Issues and what is written below them.

use serde_json::{Value, json};

use super::{node, time, user::user};
use crate::{
    http::call::Links,
    state::issue::{Comment, Issue},
};

pub(in crate::http) fn issue(links: &Links, issue: &Issue) -> Value {
    let url = links.repo(&format!("/issues/{}", issue.number));
    let label = |name: &String| json!({ "name": name });
    let assignees: Vec<Value> = issue.assignees.iter().map(|login| user(links, login)).collect();
    json!({
        "id": issue.id,
        "node_id": node("Issue", issue.id),
        "number": issue.number,
        "url": url,
        "repository_url": links.repo(""),
        "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "html_url": links.page(&format!("/issues/{}", issue.number)),
        "title": issue.title,
        "body": issue.body,
        "state": issue.state(),
        "state_reason": issue.state_reason,
        "locked": false,
        "comments": issue.comments.len(),
        "labels": issue.labels.iter().map(label).collect::<Vec<_>>(),
        "assignee": assignees.first(),
        "assignees": assignees,
        "milestone": null,
        "user": user(links, &issue.author),
        "author_association": "MEMBER",
        "closed_at": issue.closed_at.map(time),
        "created_at": time(issue.created_at),
        "updated_at": time(issue.updated_at.unwrap_or(issue.created_at)),
    })
}

pub(in crate::http) fn comment(links: &Links, issue: &Issue, comment: &Comment) -> Value {
    let page = links.page(&format!("/issues/{}#issuecomment-{}", issue.number, comment.id));
    json!({
        "id": comment.id,
        "node_id": node("IssueComment", comment.id),
        "url": links.repo(&format!("/issues/comments/{}", comment.id)),
        "html_url": page,
        "issue_url": links.repo(&format!("/issues/{}", issue.number)),
        "body": comment.body,
        "user": user(links, &comment.author),
        "author_association": "MEMBER",
        "performed_via_github_app": null,
        "created_at": time(comment.created_at),
        "updated_at": time(comment.created_at),
    })
}
