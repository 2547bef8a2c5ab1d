//! People and bots.

use serde_json::{Value, json};

use super::node;
use crate::{http::call::Links, state::ids};

/// A "simple user".
pub(in crate::http) fn user(links: &Links, login: &str) -> Value {
    let name = crate::http::page::encode(login);
    let url = format!("{}/users/{name}", links.api);
    let id = ids::named("user", login);
    let is_bot = login.ends_with("[bot]");
    json!({
        "login": login,
        "id": id,
        "node_id": node("User", id),
        "avatar_url": format!("{}/avatars/{name}", links.web),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{}/{name}", links.web),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": if is_bot { "Bot" } else { "User" },
        "user_view_type": "public",
        "site_admin": false,
    })
}
