//! What the repository may run on this machine, and what its commands wrote.

use jiff::Timestamp;
use lastgood_adapters::trust::Granted;
use lastgood_adapters::workspace::{NamedCommand, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EvidenceHash;
use lastgood_core::ports::shell::CommandPlace;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use crate::controller::Host;

/// Trust belongs to this installation and to this repository.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TrustView {
    /// Without it no command of the repository runs.
    pub repository: bool,
    pub commands: Vec<CommandView>,
    /// Allowed once, and named no more.
    pub left: Vec<GrantView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandView {
    /// What the grant is bound to: the words and the kind of folder.
    pub hash: String,
    pub words: Vec<String>,
    /// The same on one line, quoted where a word needs it.
    pub line: String,
    /// Where it runs, in words.
    pub folder: String,
    /// The code of the question that it answers, such as `dependency.check`.
    pub question: String,
    pub title: String,
    /// For which it is asked; empty: for all.
    pub environments: Vec<String>,
    /// It fits the project, and lastgood.toml does not name it.
    pub preset: bool,
    pub granted: bool,
    /// What was allowed for the same question before the command changed.
    pub before: Option<GrantView>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct GrantView {
    pub hash: String,
    pub line: String,
    pub since: String,
}

#[tauri::command]
pub(crate) async fn trust(host: State<'_, Host>) -> Result<TrustView, UiError> {
    Ok(view(&host.notes().await?.workspace).await?)
}

/// `false` takes back the repository and every command of it.
#[tauri::command]
pub(crate) async fn trust_repository(host: State<'_, Host>, trusted: bool) -> Result<TrustView, UiError> {
    change(&host, async |workspace| match trusted {
        true => workspace.trust().grant_repository(Timestamp::now()),
        false => workspace.trust().distrust(),
    })
    .await
}

/// Lets the command with exactly this hash run: what was shown, and nothing that took its place.
#[tauri::command]
pub(crate) async fn grant_command(host: State<'_, Host>, hash: String) -> Result<TrustView, UiError> {
    change(&host, async |workspace| workspace.grant(&hash).await.map(drop)).await
}

#[tauri::command]
pub(crate) async fn withdraw_command(host: State<'_, Host>, hash: String) -> Result<TrustView, UiError> {
    change(&host, async |workspace| workspace.revoke(&hash).map(drop)).await
}

/// All that a command wrote.
#[tauri::command]
pub(crate) async fn command_output(host: State<'_, Host>, hash: String) -> Result<String, UiError> {
    let workspace = host.notes().await?.workspace;
    Ok(workspace.output(&EvidenceHash::new(hash)).ok_or_else(|| {
        let message = "This output is not on this machine, or is no longer what was kept.";
        Trouble::new(Code::DocumentUnknown, message, "Ask whoever ran the command, or run it again.")
    })?)
}

/// What may run now is asked at once, so that the checks show it.
async fn change(
    host: &Host,
    change: impl AsyncFnOnce(&Workspace) -> Result<(), Trouble>,
) -> Result<TrustView, UiError> {
    let workspace = host.notes().await?.workspace;
    change(&workspace).await?;
    host.refresh();
    Ok(view(&workspace).await?)
}

async fn view(workspace: &Workspace) -> Result<TrustView, Trouble> {
    let commands = workspace.commands().await?;
    let named: Vec<String> = commands.iter().map(|named| named.order.fingerprint()).collect();
    let left = workspace.trust().granted()?.into_iter().filter(|granted| !named.contains(&granted.fingerprint));
    Ok(TrustView {
        repository: workspace.trust().is_repository_trusted()?,
        left: left.map(grant).collect(),
        commands: commands.into_iter().map(command).collect(),
    })
}

fn command(named: NamedCommand) -> CommandView {
    CommandView {
        hash: named.order.fingerprint(),
        line: named.order.shown(),
        folder: match named.order.place {
            CommandPlace::Worktree(_) => "A throw-away folder with the files of the target",
            CommandPlace::Empty => "An empty throw-away folder",
        }
        .to_owned(),
        words: named.order.argv,
        question: named.question.code().to_owned(),
        title: named.question.title().to_owned(),
        environments: named.environments.iter().map(ToString::to_string).collect(),
        preset: named.preset,
        granted: named.granted,
        before: named.before.map(grant),
    }
}

fn grant(granted: Granted) -> GrantView {
    GrantView { hash: granted.fingerprint, line: granted.command, since: granted.since.to_string() }
}
