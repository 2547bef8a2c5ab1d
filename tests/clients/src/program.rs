use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::Served;

/// What `gh` printed. It reaches the rehearsal as its proxy, under GitHub's own names.
pub async fn gh(served: &Served, arguments: &[&str]) -> Result<String, String> {
    let description = served.description();
    let mut command = with_gh("gh", served);
    command
        .args(arguments)
        .env("GH_HOST", GH_HOST)
        .env("GH_REPO", format!("{GH_HOST}/{}/{}", description.owner, description.repo));
    output(command).await
}

/// What a line printed that somebody types with `gh` at hand; the line itself names the repository.
pub async fn typed(served: &Served, line: &str) -> Result<String, String> {
    let mut command = with_gh("sh", served);
    command.args(["-ec", line]);
    output(command).await
}

/// Where `gh` looks for the rehearsal.
pub const GH_HOST: &str = "github.localhost";

fn with_gh(program: &str, served: &Served) -> Command {
    let description = served.description();
    let mut command = alone(program);
    command
        .current_dir(&description.clone)
        .env("GH_TOKEN", &description.token)
        .env("GH_CONFIG_DIR", served.beside("gh"))
        .env("GH_PROMPT_DISABLED", "1")
        .env("GH_NO_UPDATE_NOTIFIER", "1")
        .env("NO_COLOR", "1")
        .env("http_proxy", &description.api);
    command
}

/// What one of the scripts beside this crate printed.
pub async fn node(served: &Served, script: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = alone("node");
    command
        .arg(here().join(script))
        .args(arguments)
        .current_dir(here())
        .env("API", &served.description().api)
        .env("TOKEN", &served.description().token);
    output(command).await
}

/// What the rehearsal's GraphQL schema, and these queries, have that GitHub's schema has not or has otherwise.
pub async fn compare_schema(served: &Served, queries: &[String]) -> Vec<String> {
    let file = served.beside("queries.json");
    std::fs::write(&file, serde_json::to_string(queries).unwrap()).unwrap();
    let faults = node(served, "schema.mjs", &[file.to_str().unwrap()]).await.unwrap();
    serde_json::from_str(&faults).unwrap()
}

/// The folder of the scripts and of their packages.
pub(crate) fn here() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(here.join("node_modules").is_dir(), "the clients' packages are missing: `npm ci` in tests/clients");
    here.to_owned()
}

/// Without the settings of the person who runs the tests.
pub(crate) fn alone(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null()).kill_on_drop(true);
    for kept in ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    command
}

async fn output(mut command: Command) -> Result<String, String> {
    let output = command.output().await.expect("the tests need gh and node: `cargo xtask test setup`");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr) + &text(&output.stdout)) }
}
