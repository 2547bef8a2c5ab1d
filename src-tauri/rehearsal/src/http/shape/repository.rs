//! The repository.

use serde_json::{Map, Value, json};

use super::{node, time, user::user};
use crate::{
    http::call::Links,
    state::{Access, State, ids},
};

/// What the repository says of itself.
pub(crate) const DESCRIPTION: &str = "Runs small plugins next to a web service";

const URLS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// A "minimal repository", as runs carry it.
pub(in crate::http) fn minimal(links: &Links, state: &State) -> Map<String, Value> {
    let slug = format!("{}/{}", state.owner, state.repo);
    let id = ids::named("repository", &slug);
    let urls = URLS.iter().map(|(name, path)| ((*name).to_owned(), Value::from(links.repo(path))));
    let own = [
        ("id", json!(id)),
        ("node_id", json!(node("Repository", id))),
        ("name", json!(state.repo)),
        ("full_name", json!(slug)),
        ("owner", owner(links, state)),
        ("private", json!(true)),
        ("html_url", json!(links.page(""))),
        ("description", json!(DESCRIPTION)),
        ("fork", json!(false)),
    ];
    urls.chain(own.map(|(name, value)| (name.to_owned(), value))).collect()
}

/// A "full repository".
pub(in crate::http) fn full(links: &Links, state: &State, pushed_at: String) -> Value {
    let mut repository = minimal(links, state);
    let page = links.page("");
    let may_write = state.access == Access::Write;
    let Value::Object(rest) = json!({
        "git_url": format!("{}.git", page.replacen("http://", "git://", 1)),
        "ssh_url": format!("git@github.localhost:{}/{}.git", state.owner, state.repo),
        "clone_url": format!("{page}.git"),
        "svn_url": page,
        "mirror_url": null,
        "homepage": null,
        "language": "Rust",
        "default_branch": "main",
        "license": null,
        "topics": [],
        "visibility": "private",
        "permissions": { "admin": false, "maintain": false, "push": may_write, "triage": may_write, "pull": true },
        "has_issues": true,
        "has_projects": false,
        "has_wiki": false,
        "has_pages": false,
        "has_discussions": false,
        "has_downloads": false,
        "archived": false,
        "disabled": false,
        "forks": 0,
        "forks_count": 0,
        "network_count": 0,
        "open_issues": state.issues.len(),
        "open_issues_count": state.issues.len(),
        "size": 64,
        "stargazers_count": 0,
        "subscribers_count": state.people.len(),
        "watchers": 0,
        "watchers_count": 0,
        "created_at": time(state.created_at),
        "updated_at": pushed_at,
        "pushed_at": pushed_at,
    }) else {
        return Value::Object(repository);
    };
    repository.extend(rest);
    Value::Object(repository)
}

fn owner(links: &Links, state: &State) -> Value {
    let mut owner = user(links, &state.owner);
    owner["type"] = "Organization".into();
    owner
}
