//! A keychain that is locked asks its owner in a window of its own, which may lie behind this one. So it is said.

use std::time::Duration;

use lastgood_adapters::sign_in::Home;
use lastgood_adapters::workspace::Workspace;

use crate::controller::Controller;
use crate::ipc::notice::{Notice, WaitingView};

/// What takes no longer goes unnoticed.
const UNNOTICED: Duration = Duration::from_secs(1);

impl Controller {
    /// Of a repository that is no longer shown, nothing is told.
    pub(in crate::controller) fn waiting(&mut self, opened: u64, waiting: Option<WaitingView>) {
        let Some(session) = self.session.as_mut().filter(|_| opened == self.opened) else { return };
        session.keychain.clone_from(&waiting);
        self.tell(Notice::Waiting { waiting });
    }
}

/// Lets the way to GitHub be made, and tells while somebody else is waited for.
pub(super) async fn wait(workspace: &Workspace, tell: impl Fn(Option<WaitingView>)) {
    // A question that is under way is not asked twice: the next call waits for the same answer.
    if tokio::time::timeout(UNNOTICED, workspace.connect()).await.is_ok() {
        return;
    }
    tell(Some(words(workspace.token_home())));
    // How it ended is told by the look at GitHub that follows.
    drop(workspace.connect().await);
    tell(None);
}

fn words(home: Option<Home>) -> WaitingView {
    let (who, hint) = match home {
        Some(Home::Gh) => ("gh has", "It may be asking something in another window. GitHub is asked once it has."),
        Some(Home::Keychain | Home::Session | Home::Environment) | None => (
            "Your keychain has",
            "It may be asking for its password in another window. GitHub is asked once it is open.",
        ),
    };
    WaitingView { sentence: format!("{who} not answered yet."), hint: hint.to_owned() }
}
