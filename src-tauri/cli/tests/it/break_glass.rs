//! `lastgood break-glass`: the page is prepared while all is well and printed while nothing else answers.

use crate::kit::{Stage, finish, git};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_printed_without_any_network_and_its_commands_roll_back() {
    let stage = Stage::start().await;
    let clone = stage.description().clone.clone();
    let settings = std::fs::read_to_string(clone.join("lastgood.toml")).unwrap();
    let contacts = "\n[contacts]\n\"@on-call\" = \"pager 555 0100\"\n\"@platform-lead\" = \"phone 555 0101\"\n";
    std::fs::write(clone.join("lastgood.toml"), format!("{settings}{contacts}")).unwrap();
    assert_eq!(stage.run(&["break-glass", "production"]).code, Some(1), "nothing was prepared yet");
    assert_eq!(stage.run(&["status", "--all"]).code, Some(0));

    let mut asking = stage.lastgood(&["break-glass", "production"]);
    let page = finish(asking.env("LASTGOOD_GITHUB_API", "http://127.0.0.1:1").env_remove("LASTGOOD_GITHUB_TOKEN"));
    assert_eq!(page.code, Some(0), "{page:?}");
    let commit = git(&clone, &["rev-parse", "v2.4.0^{commit}"]);
    for (name, digest) in assets(&stage, "v2.4.0") {
        let line = page.out.lines().find(|line| line.contains(&digest));
        assert!(line.is_some_and(|line| line.contains(&name)), "{name} {digest}: {}", page.out);
    }
    for words in [
        "Break glass: production back to v2.4.0",
        "Live was   v2.4.1",
        &format!("commit   {commit}"),
        "@on-call: pager 555 0100",
        "gh workflow run deploy.yml",
        "-f version_tag=v2.4.0",
        "curl -fsS -X POST",
    ] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    assert!(!page.out.contains(&stage.description().token), "no secret is on the page");

    let commands = between(&page.out, "2. Mark the rollback:", "3. Deploy");
    run_in(&stage, &commands);
    assert_eq!(stage.rollback_tags().len(), 1);
    let tag = stage.rollback_tags().remove(0);
    assert_eq!(git(&stage.description().remote, &["rev-parse", &format!("{tag}^{{commit}}")]), commit);
    let deploy = between(&page.out, "3. Deploy", "4. Follow it:");
    let curl = deploy.lines().find(|line| line.contains("| curl")).unwrap();
    run_in(&stage, curl);
    assert_eq!(stage.dispatches(), 1);
    assert_eq!(stage.started(), 1);
}

/// The files of a release and what GitHub says that they are.
fn assets(stage: &Stage, tag: &str) -> Vec<(String, String)> {
    let state = stage.server().state();
    let release = state.releases.iter().find(|release| release.tag == tag).unwrap();
    let assets: Vec<_> =
        release.assets.iter().map(|asset| (asset.name.clone(), format!("sha256:{}", asset.sha256))).collect();
    assert!(assets.len() > 1, "the sample's releases have files");
    assets
}

fn between(text: &str, start: &str, end: &str) -> String {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0.lines().skip(1).collect::<Vec<_>>().join("\n")
}

/// As a person types it.
fn run_in(stage: &Stage, commands: &str) {
    let output = std::process::Command::new("sh")
        .args(["-ec", commands])
        .current_dir(&stage.description().clone)
        .env("GITHUB_TOKEN", &stage.description().token)
        .envs([("GIT_COMMITTER_NAME", "on-call"), ("GIT_COMMITTER_EMAIL", "on-call@example.com")])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{commands}: {}", String::from_utf8_lossy(&output.stderr));
}
