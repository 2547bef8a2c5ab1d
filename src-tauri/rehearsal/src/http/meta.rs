//! What concerns the client itself: who it is, what it may use.

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::{
    call::{Call, ok},
    refusal::Answer,
    shape::{node, time, user::user as simple_user},
};
use crate::{
    github::GitHub,
    rates::{Rate, Resource},
};

const ROOT: [(&str, &str); 30] = [
    ("current_user_url", "/user"),
    ("current_user_authorizations_html_url", "/settings/connections/applications{/client_id}"),
    ("authorizations_url", "/authorizations"),
    ("code_search_url", "/search/code?q={query}{&page,per_page,sort,order}"),
    ("commit_search_url", "/search/commits?q={query}{&page,per_page,sort,order}"),
    ("emails_url", "/user/emails"),
    ("emojis_url", "/emojis"),
    ("events_url", "/events"),
    ("feeds_url", "/feeds"),
    ("followers_url", "/user/followers"),
    ("following_url", "/user/following{/target}"),
    ("gists_url", "/gists{/gist_id}"),
    ("issue_search_url", "/search/issues?q={query}{&page,per_page,sort,order}"),
    ("issues_url", "/issues"),
    ("keys_url", "/user/keys"),
    ("label_search_url", "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}"),
    ("notifications_url", "/notifications"),
    ("organization_url", "/orgs/{org}"),
    ("organization_repositories_url", "/orgs/{org}/repos{?type,page,per_page,sort}"),
    ("organization_teams_url", "/orgs/{org}/teams"),
    ("public_gists_url", "/gists/public"),
    ("rate_limit_url", "/rate_limit"),
    ("repository_url", "/repos/{owner}/{repo}"),
    ("repository_search_url", "/search/repositories?q={query}{&page,per_page,sort,order}"),
    ("current_user_repositories_url", "/user/repos{?type,page,per_page,sort}"),
    ("starred_url", "/user/starred{/owner}{/repo}"),
    ("starred_gists_url", "/gists/starred"),
    ("user_url", "/users/{user}"),
    ("user_organizations_url", "/user/orgs"),
    ("user_repositories_url", "/users/{user}/repos{?type,page,per_page,sort}"),
];

pub(super) async fn root(call: Call) -> Answer {
    let url = |(name, path): &(&str, &str)| ((*name).to_owned(), Value::from(format!("{}{path}", call.links.api)));
    let mut urls: Map<String, Value> = ROOT.iter().map(url).collect();
    urls.insert("user_search_url".to_owned(), format!("{}/search/users?q={{query}}", call.links.api).into());
    Ok(ok(urls))
}

pub(super) async fn user(call: Call) -> Answer {
    let (login, since) = call.github.read(|state, _| (state.viewer.clone(), state.created_at));
    let mut shape = simple_user(&call.links, &login);
    let id = shape["id"].clone();
    let own = json!({
        "node_id": node("User", id),
        "user_view_type": "private",
        "name": login,
        "email": crate::sample::repository::email(&login),
        "bio": null, "blog": null, "company": null, "location": null, "hireable": null, "twitter_username": null,
        "followers": 0, "following": 0, "public_gists": 0, "public_repos": 0, "private_gists": 0,
        "total_private_repos": 1, "owned_private_repos": 0, "disk_usage": 0, "collaborators": 0,
        "two_factor_authentication": true,
        "created_at": time(since),
        "updated_at": time(since),
    });
    if let (Some(shape), Value::Object(own)) = (shape.as_object_mut(), own) {
        shape.extend(own);
    }
    Ok(ok(shape))
}

pub(super) async fn rate_limit(State(github): State<GitHub>) -> Answer {
    let shape = |rate: Rate| {
        let (limit, used, remaining) = (rate.limit, rate.used, rate.remaining());
        json!({ "limit": limit, "used": used, "remaining": remaining, "reset": rate.reset.as_second() })
    };
    let core = shape(github.spend(Resource::Core, 0));
    let graphql = shape(github.spend(Resource::Graphql, 0));
    Ok(ok(json!({ "resources": { "core": core, "search": core, "graphql": graphql }, "rate": core })))
}

pub(super) async fn meta() -> Answer {
    Ok(ok(json!({ "verifiable_password_authentication": false })))
}
