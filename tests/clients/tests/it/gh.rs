//! GitHub's own command line asks the rehearsal.

use lastgood_clients::{Served, gh};

#[tokio::test]
async fn gh_lists_and_shows_releases() {
    let served = Served::at_speed(1.0).await;
    let listed = gh(&served, &["release", "list"]).await.unwrap();
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    let state = served.github().state();
    let releases: Vec<Vec<String>> = state.releases.iter().rev().map(|one| row(one, "v2.4.1")).collect();
    assert_eq!(rows, releases);
    let shown = gh(&served, &["release", "view", "v2.4.0"]).await.unwrap();
    assert!(shown.contains("asset:\tSHA256SUMS") && shown.contains("author:\tplatform-lead"), "{shown}");
    let refused = gh(&served, &["release", "view", "v9.9.9"]).await.unwrap_err();
    assert!(refused.contains("release not found"), "{refused}");
}

#[tokio::test]
async fn gh_lists_and_shows_runs() {
    let served = Served::at_speed(1.0).await;
    let fields = ["--json", "databaseId,displayTitle,conclusion,event,workflowName,headBranch"];
    let listed = gh(&served, &[&["run", "list", "--limit", "50"], fields.as_slice()].concat()).await.unwrap();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let runs = served.github().state().runs;
    assert_eq!(listed.as_array().unwrap().len(), runs.len());
    let newest = runs.last().unwrap();
    assert_eq!(listed[0]["databaseId"], newest.id);
    assert_eq!(
        (&listed[0]["displayTitle"], &listed[0]["workflowName"]),
        (&newest.title.clone().into(), &"Deploy".into())
    );
    let failed = listed.as_array().unwrap().iter().find(|one| one["conclusion"] == "failure").unwrap();
    assert_eq!(failed["displayTitle"], "Release v2.4.1");

    let shown = gh(&served, &["run", "view", &failed["databaseId"].to_string()]).await.unwrap();
    assert!(shown.contains("X Test") && shown.contains("ANNOTATIONS"), "{shown}");
}

#[tokio::test]
async fn gh_starts_a_workflow_and_finds_its_run() {
    let served = Served::at_speed(f64::INFINITY).await;
    let before = served.github().state().runs.len();
    let told = gh(&served, &["workflow", "run", "deploy.yml", "-f", "version_tag=v2.4.0"]).await.unwrap();
    assert_eq!(told, "", "a terminal would be told more");
    let runs = served.github().state().runs;
    assert_eq!(runs.len(), before + 1);
    let id = runs.last().unwrap().id.to_string();
    let watched = gh(&served, &["run", "view", &id, "--json", "status,conclusion,jobs"]).await.unwrap();
    let watched: serde_json::Value = serde_json::from_str(&watched).unwrap();
    assert_eq!((&watched["status"], &watched["conclusion"]), (&"completed".into(), &"success".into()));
    assert_eq!(watched["jobs"].as_array().unwrap().len(), 3);
    assert_eq!(served.github().live("production").unwrap().tag, "v2.4.0");
    let refused = gh(&served, &["workflow", "run", "deploy.yml", "-f", "colour=red"]).await.unwrap_err();
    assert!(refused.contains("HTTP 422: Unexpected inputs provided"), "{refused}");
}

#[tokio::test]
async fn gh_knows_workflows_the_repository_and_who_it_is() {
    let served = Served::at_speed(1.0).await;
    let workflows = gh(&served, &["workflow", "list"]).await.unwrap();
    let names: Vec<&str> = workflows.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(names, ["CI", "Deploy"]);
    let viewed = gh(&served, &["workflow", "view", "deploy.yml"]).await.unwrap();
    assert!(viewed.contains("Total runs 13"), "{viewed}");

    let fields = "nameWithOwner,defaultBranchRef,viewerPermission,isArchived";
    let repository = gh(&served, &["repo", "view", "acme/connectias", "--json", fields]).await.unwrap();
    let repository: serde_json::Value = serde_json::from_str(&repository).unwrap();
    assert_eq!(repository["defaultBranchRef"]["name"], "main");
    assert_eq!((&repository["viewerPermission"], &repository["isArchived"]), (&"WRITE".into(), &false.into()));

    let tag = gh(&served, &["api", "repos/{owner}/{repo}/releases/latest", "--jq", ".tag_name"]).await.unwrap();
    assert_eq!(tag, "v2.4.1\n");
    gh(&served, &["auth", "status", "--hostname", "github.localhost"]).await.unwrap();
    let paged = gh(&served, &["api", "--paginate", "repos/{owner}/{repo}/releases?per_page=2", "--jq", ".[].tag_name"]);
    assert_eq!(paged.await.unwrap().lines().count(), 6);
}

#[tokio::test]
async fn gh_opens_a_pull_request() {
    let served = Served::at_speed(1.0).await;
    let clone = git2::Repository::open(&served.description().clone).unwrap();
    // gh believes a remote that stands on the host it talks to.
    clone.remote("github", "http://github.localhost/acme/connectias.git").unwrap();
    served.branch("notes", "v2.4.0");
    let words = ["pr", "create", "--head", "notes", "--base", "main", "--title", "Notes", "--body", "What happened"];
    let url = gh(&served, &words).await.unwrap();
    assert_eq!(url.trim(), "http://github.localhost/acme/connectias/pull/413");
    let listed = gh(&served, &["pr", "list"]).await.unwrap();
    assert!(listed.starts_with("413\tNotes\tnotes\tOPEN"), "{listed}");
    let twice = gh(&served, &words).await.unwrap_err();
    assert!(twice.contains("already exists"), "{twice}");

    let plain = gh(&served, &["pr", "view", "413"]).await.unwrap();
    for line in ["title:\tNotes", "state:\tOPEN", "author:\tplatform-lead", "number:\t413"] {
        assert!(plain.lines().any(|one| one == line), "{line}: {plain}");
    }
    assert!(plain.ends_with("What happened\n"), "{plain}");

    let fields = ["--json", "number,state,headRefName,baseRefName,mergedAt,changedFiles,files,url"];
    let open = gh(&served, &[&["pr", "view", "413"], fields.as_slice()].concat()).await.unwrap();
    let open: serde_json::Value = serde_json::from_str(&open).unwrap();
    assert_eq!((&open["state"], &open["changedFiles"], &open["mergedAt"]), (&"OPEN".into(), &1.into(), &().into()));
    let file = serde_json::json!({ "path": "NOTES.md", "additions": 1, "deletions": 0 });
    assert_eq!(open["files"], serde_json::json!([file]));
    served.github().merge_pull_request(413).unwrap();
    let listed = gh(&served, &["pr", "list", "--state", "merged", "--head", "notes"]).await.unwrap();
    assert!(listed.starts_with("413\tNotes\tnotes\tMERGED"), "{listed}");
    let merged = gh(&served, &[&["pr", "view", "413"], fields.as_slice()].concat()).await.unwrap();
    assert!(merged.contains("\"state\":\"MERGED\"") && !merged.contains("\"mergedAt\":null"), "{merged}");
    assert_eq!(gh(&served, &["pr", "list"]).await.unwrap(), "");
}

#[tokio::test]
async fn gh_shows_an_issue() {
    let served = Served::at_speed(1.0).await;
    let new = ["api", "repos/{owner}/{repo}/issues", "-f", "title=Checkout fails", "-f", "labels[]=incident"];
    let number = gh(&served, &[new.as_slice(), &["--jq", ".number"]].concat()).await.unwrap();
    let number = number.trim();
    let fields = "number,title,state,author,labels,assignees,createdAt,closedAt,url";
    let shown = gh(&served, &["issue", "view", number, "--json", fields]).await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["title"], &shown["state"]), (&"Checkout fails".into(), &"OPEN".into()));
    assert_eq!((&shown["labels"][0]["name"], &shown["closedAt"]), (&"incident".into(), &().into()));
    assert_eq!(shown["author"]["login"], "platform-lead");
    assert_eq!(shown["url"], format!("http://github.localhost/acme/connectias/issues/{number}"));
    let refused = gh(&served, &["issue", "view", "9999", "--json", "title"]).await.unwrap_err();
    assert!(refused.contains("Could not resolve to an issue or pull request"), "{refused}");

    let plain = gh(&served, &["issue", "view", number]).await.unwrap();
    for line in ["title:\tCheckout fails", "state:\tOPEN", "author:\tplatform-lead", "labels:\tincident"] {
        assert!(plain.lines().any(|one| one == line), "{line}: {plain}");
    }
}

/// A row as gh prints it.
fn row(release: &lastgood_rehearsal::state::release::Release, latest: &str) -> Vec<String> {
    let mark = if release.tag == latest { "Latest" } else { "" };
    let published = release.published_at.unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    vec![release.name.clone().unwrap(), mark.to_owned(), release.tag.clone(), published]
}
