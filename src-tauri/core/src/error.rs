//! What a person is told when something did not work: a code that never changes, one sentence, and what to do next.
//!
//! Every expected trouble has a [`Code`]; nobody reads English text to learn what happened.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Each code's documentation says what the person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// The words of the call are off: see the usage.
    Usage,
    /// The folder does not exist: check the path.
    FolderMissing,
    /// The folder is in no git repository: open another, or clone it first.
    NotARepository,
    /// The repository belongs to somebody else: add it to `safe.directory`.
    RepositoryNotOwned,
    /// The repository has no commit yet: commit and tag first.
    RepositoryEmpty,
    /// The repository's format needs the git program, which is missing or too old: install a newer git.
    RepositoryFormat,
    /// Reading the repository failed: run `git fsck`.
    RepositoryUnreadable,
    /// Writing to the repository failed: check its permissions and the free space.
    RepositoryUnwritable,
    /// The git program is not on this machine: install git.
    GitMissing,
    /// The tag is not in the repository: fetch, or choose another.
    TagMissing,
    /// The target's tag has another object than when it was armed: look what moved, then arm again.
    TargetMoved,
    /// Another commit has this branch's name already: choose another name.
    BranchTaken,
    /// Git does not know who the person is: set `user.name` and `user.email`.
    AuthorUnknown,
    /// Another object has this tag's name already: choose another name.
    TagTaken,
    /// The remote refused the push: its words are in the sentence.
    PushRefused,
    /// The remote could not be reached.
    RemoteUnreachable,
    /// The repository has no GitHub remote.
    NoRemote,
    /// The remote lies in the repository's own folder, and nothing is pushed there: set another one.
    RemoteInside,
    /// Nobody is signed in to GitHub.
    SignedOut,
    /// GitHub says the token is wrong or expired: sign in again.
    TokenRejected,
    /// The token may not do this: use one with `repo` and `workflow`.
    TokenTooWeak,
    /// The server's address is plain http: use https.
    AddressInsecure,
    /// The PEM file of an own certificate authority cannot be read: check its path.
    CertificateUnreadable,
    /// This system has no keychain to ask: start one, or sign in for the session.
    KeychainMissing,
    /// The keychain is locked, or its question was dismissed: unlock it.
    KeychainLocked,
    /// The keychain is open and says no.
    KeychainRefused,
    /// The `gh` program is missing, or is not signed in to the host.
    GhSilent,
    /// The sign-in by code was refused on GitHub's page.
    SignInDenied,
    /// The code expired before it was used: start again.
    SignInExpired,
    /// There is no sign-in by code here: paste a token.
    SignInUnavailable,
    /// GitHub does not know it, or the token may not see it.
    NotOnGithub,
    /// A limit of GitHub's: wait as long as the sentence says.
    RateLimited,
    /// GitHub could not be reached.
    GithubUnreachable,
    /// GitHub answered something that Lastgood does not understand.
    GithubAnswer,
    /// The environment is not known here: choose one of those listed.
    EnvironmentUnknown,
    /// There is no last good release and no target was named: choose one.
    NoTarget,
    /// No workflow takes a version: configure one in `lastgood.toml`.
    NoWorkflow,
    /// Another rollback of this environment is under way.
    AlreadyRunning,
    /// Somebody else holds the environment: ask them, or break their hold with a reason.
    Held,
    /// A check that may not fail did: its sentence says which.
    CheckBlocked,
    /// A rollback was left for longer than it may take, and nothing was sent: go on, or give it up.
    StoodStill,
    /// Whether the dispatch arrived is not known: look, then decide.
    DispatchUnknown,
    /// Nothing was sent, because GitHub could not be asked first whether it was before: look again when it answers.
    DispatchUnasked,
    /// Nothing was sent, because a run is there that may be this rollback's own: look at it, then decide.
    DispatchSuspect,
    /// Nobody trusts this command of the repository here yet: look at it, then grant it.
    CommandUntrusted,
    /// The environment names no command that deploys from this machine.
    NoDeployCommand,
    /// The command that deploys from this machine said no, or could not begin: read its output.
    DeployFailed,
    /// How far the command that deploys from this machine came is not known: look, then decide.
    DeployUnknown,
    /// A newer run took this one's place in the queue.
    RunEvicted,
    /// The environment wants another person's approval: ask one of those named.
    NotAReviewer,
    /// No run waits for an approval there: `lastgood status --all` lists what waits.
    NothingWaits,
    /// Whether GitHub took an approval or a cancelling is not known: look at the run.
    OrderUnknown,
    /// Somebody cancelled the run.
    RunCancelled,
    /// The run failed: open its log.
    RunFailed,
    /// The live service said no.
    ProofFailed,
    /// The live service could not be asked.
    ProofUnclear,
    /// The rollback is not known: look at the list.
    RollbackUnknown,
    /// `lastgood.toml` has a mistake; the sentence names line and column.
    SettingsInvalid,
    /// The journal could not be written: nothing was done after it.
    JournalUnwritable,
    /// The journal's chain does not verify.
    JournalBroken,
    /// The documents could not be written or read: copy your text before you close the window.
    DocumentsUnwritable,
    /// There is no such document or version: look at the list.
    DocumentUnknown,
    /// Two copies of a document were changed in the same section: settle it, then go on.
    DocumentConflict,
    /// The document could not be made in this form: choose another.
    ExportFailed,
    /// The rollback ended, but not well; its facts say why.
    RollbackFailed,
    /// The incident is not known: `lastgood incident list` shows those there are.
    IncidentUnknown,
    /// This cannot happen to the incident as it stands: look at it again.
    IncidentRefused,
    /// No template has this name: choose one that is listed.
    TemplateUnknown,
    /// The template has a mistake; the sentence names line and column.
    TemplateInvalid,
    /// The message would say something else than what was shown: read it again, then send.
    UpdateChanged,
    /// A value of the message is not known: fill it in, or take it out.
    ValueMissing,
    /// No channel has this name: choose one of `lastgood channel list`.
    ChannelUnknown,
    /// The channel's settings lack something: the sentence says what.
    ChannelUnready,
    /// The channel's secret is not in the keychain: `lastgood channel secret NAME`.
    ChannelSecret,
    /// The service said no, and nothing was sent.
    ChannelRefused,
    /// The service could not be reached, and nothing was sent.
    ChannelUnreachable,
    /// The service asks to wait; nothing was sent.
    ChannelBusy,
    /// Whether the message arrived is not known: look there, then decide.
    SendUnknown,
    /// The rollout is not known: `lastgood rollout show` names the newest one.
    RolloutUnknown,
    /// This cannot happen to the rollout as it stands: look at it again.
    RolloutRefused,
    /// No fix was begun for it: `lastgood fix begin`.
    FixUnknown,
    /// This cannot happen to the fix as it stands: look at it again.
    FixRefused,
    /// Something unexpected inside Lastgood.
    Internal,
}

/// A trouble as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub code: Code,
    /// One sentence.
    pub message: String,
    /// What to do next; may hold a command to copy.
    pub hint: String,
}

impl Trouble {
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}
