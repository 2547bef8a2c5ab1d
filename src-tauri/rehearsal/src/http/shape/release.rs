//! Releases, deployments and environments.

use serde_json::{Value, json};

use super::{node, time, user::user};
use crate::{
    http::{call::Links, page::encode},
    service,
    state::{
        Environment,
        deployment::{Deployment, Link, Status},
        release::{Asset, Release},
    },
};

pub(in crate::http) fn release(links: &Links, release: &Release) -> Value {
    let url = links.repo(&format!("/releases/{}", release.id));
    let tag = encode(&release.tag);
    let page = if release.draft { "untagged" } else { &tag };
    json!({
        "id": release.id,
        "node_id": node("Release", release.id),
        "url": url,
        "assets_url": format!("{url}/assets"),
        "upload_url": format!("{url}/assets{{?name,label}}"),
        "html_url": links.page(&format!("/releases/tag/{page}")),
        "tarball_url": links.repo(&format!("/tarball/{tag}")),
        "zipball_url": links.repo(&format!("/zipball/{tag}")),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "immutable": false,
        "created_at": time(release.created_at),
        "updated_at": time(release.published_at.unwrap_or(release.created_at)),
        "published_at": release.published_at.map(time),
        "author": user(links, &release.author),
        "assets": release.assets.iter().map(|file| asset(links, release, file)).collect::<Vec<_>>(),
    })
}

pub(in crate::http) fn asset(links: &Links, release: &Release, asset: &Asset) -> Value {
    let at = time(release.published_at.unwrap_or(release.created_at));
    json!({
        "id": asset.id,
        "node_id": node("ReleaseAsset", asset.id),
        "url": links.repo(&format!("/releases/assets/{}", asset.id)),
        "browser_download_url": links.page(&format!("/releases/download/{}/{}", encode(&release.tag), encode(&asset.name))),
        "name": asset.name,
        "label": null,
        "state": "uploaded",
        "content_type": "application/octet-stream",
        "size": asset.size,
        "digest": format!("sha256:{}", asset.sha256),
        "download_count": 3,
        "uploader": user(links, &release.author),
        "created_at": at,
        "updated_at": at,
    })
}

pub(in crate::http) fn environment(links: &Links, environment: &Environment) -> Value {
    let reviewer = |login: &String| json!({ "type": "User", "reviewer": user(links, login) });
    let id = environment.id;
    let rules = if environment.reviewers.is_empty() {
        json!([])
    } else {
        json!([{
            "id": id + 1,
            "node_id": node("ProtectionRule", id + 1),
            "type": "required_reviewers",
            "prevent_self_review": false,
            "reviewers": environment.reviewers.iter().map(reviewer).collect::<Vec<_>>(),
        }])
    };
    let mut shape = brief_environment(links, environment);
    shape["protection_rules"] = rules;
    shape["deployment_branch_policy"] = Value::Null;
    shape
}

/// An environment as approvals name it.
pub(in crate::http) fn brief_environment(links: &Links, environment: &Environment) -> Value {
    let name = encode(&environment.name);
    json!({
        "id": environment.id,
        "node_id": node("Environment", environment.id),
        "name": environment.name,
        "url": links.repo(&format!("/environments/{name}")),
        "html_url": links.page(&format!("/deployments/activity_log?environments_filter={name}")),
        "created_at": time(environment.created_at),
        "updated_at": time(environment.created_at),
    })
}

pub(in crate::http) fn deployment(links: &Links, deployment: &Deployment) -> Value {
    let url = links.repo(&format!("/deployments/{}", deployment.id));
    let updated_at = deployment.statuses.iter().map(|status| status.at).max().unwrap_or(deployment.created_at);
    json!({
        "id": deployment.id,
        "node_id": node("Deployment", deployment.id),
        "url": url,
        "statuses_url": format!("{url}/statuses"),
        "repository_url": links.repo(""),
        "sha": deployment.sha,
        "ref": deployment.git_ref,
        "task": deployment.task,
        "payload": deployment.payload,
        "environment": deployment.environment,
        "original_environment": deployment.environment,
        "description": deployment.description,
        "transient_environment": deployment.transient,
        "production_environment": deployment.production,
        "creator": user(links, &deployment.creator),
        "performed_via_github_app": null,
        "created_at": time(deployment.created_at),
        "updated_at": time(updated_at),
    })
}

pub(in crate::http) fn status(links: &Links, deployment: &Deployment, status: &Status) -> Value {
    let url = links.repo(&format!("/deployments/{}", deployment.id));
    let log = address(links, &status.log);
    json!({
        "id": status.id,
        "node_id": node("DeploymentStatus", status.id),
        "url": format!("{url}/statuses/{}", status.id),
        "deployment_url": url,
        "repository_url": links.repo(""),
        "state": status.state,
        "description": status.description,
        "environment": deployment.environment,
        "environment_url": address(links, &status.place),
        "target_url": log,
        "log_url": log,
        "creator": user(links, &status.creator),
        "performed_via_github_app": null,
        "created_at": time(status.at),
        "updated_at": time(status.at),
    })
}

/// No address is the empty one, as on GitHub.
pub(crate) fn address(links: &Links, link: &Link) -> String {
    match link {
        Link::None => String::new(),
        Link::Given(url) => url.clone(),
        Link::Run(id) => links.page(&format!("/actions/runs/{id}")),
        Link::Service(environment) => format!("{}{}", links.service, service::path(environment)),
    }
}
