//! A repository's way to its GitHub: made when it is first needed, and again after a sign-in.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{RepositorySlug, remote_host, server_name, ssh_name, written_host};

use super::access::{API_VARIABLE, Access};
use crate::git::{Authorization, Authorizer};
use crate::github::{Github, Memory, PUBLIC_STATUS};
use crate::secret::Secret;
use crate::server::{PUBLIC_API, PUBLIC_HOST};
use crate::sign_in::{Home, Host, SignIn};
use crate::ssh_names::host_behind;

/// Names the page that tells how GitHub is doing, in the form of githubstatus.com's `summary.json`.
pub const STATUS_VARIABLE: &str = "LASTGOOD_GITHUB_STATUS";

/// One repository's GitHub, as far as it was asked for.
pub(super) struct Connection {
    access: Access,
    sign_in: SignIn,
    slug: Option<RepositorySlug>,
    remote: Option<String>,
    /// The host that ssh goes to for the remote's name, once it was asked.
    behind_ssh: OnceLock<Option<String>>,
    memory: Memory,
    /// The keychain is asked once, and only when a token is needed.
    made: Mutex<Option<Made>>,
}

#[derive(Clone)]
struct Made {
    host: Option<Host>,
    token: Option<Secret>,
    github: Result<Arc<Github>, Trouble>,
}

impl Connection {
    /// `answers` is the file of what GitHub said before.
    pub(super) fn new(
        access: Access,
        sign_in: SignIn,
        slug: Option<RepositorySlug>,
        remote: Option<String>,
        answers: &Path,
    ) -> Self {
        let (memory, behind_ssh) = (Memory::open(answers), OnceLock::new());
        Self { access, sign_in, slug, remote, behind_ssh, memory, made: Mutex::default() }
    }

    /// Blocks while the keychain asks its owner, the first time.
    pub(super) fn github(&self) -> Result<Arc<Github>, Trouble> {
        self.made().github
    }

    /// What was made already. Never blocks: while somebody is asked, there is none.
    pub(super) fn so_far(&self) -> Option<Arc<Github>> {
        self.made.try_lock().ok()?.as_ref()?.github.clone().ok()
    }

    /// Whether the way to GitHub was made, or is known to be none. Never blocks.
    pub(super) fn is_settled(&self) -> bool {
        self.made.try_lock().is_ok_and(|made| made.is_some())
    }

    /// Asks for the token anew. What is under way with the same server goes on with it.
    pub(super) fn again(&self) -> Result<Arc<Github>, Trouble> {
        let before = self.lock().take();
        let made = self.make(before);
        *self.lock() = Some(made.clone());
        made.github
    }

    /// The host that this repository is on.
    pub(super) fn host(&self) -> Result<Host, Trouble> {
        self.access.host(&self.sign_in, self.remote_host().as_deref())
    }

    /// Its name, also where its settings cannot be read.
    pub(super) fn host_name(&self) -> String {
        self.host().map_or_else(|_| self.remote_host().unwrap_or_else(|| PUBLIC_HOST.to_owned()), |host| host.name)
    }

    /// The host's name in the remote's address, under which the journal files facts: what ssh makes of a name may change.
    pub(super) fn written_name(&self) -> String {
        let written = self.remote.as_deref().and_then(written_host);
        let host = self.access.host(&self.sign_in, written);
        host.map_or_else(|_| written.unwrap_or(PUBLIC_HOST).to_owned(), |host| host.name)
    }

    /// Where the token in use lives; `None` while signed out.
    pub(super) fn home(&self) -> Option<Home> {
        let host = self.host().ok()?;
        if self.access.is_given(&host.name) { Some(Home::Environment) } else { self.sign_in.home(&host) }
    }

    /// The token in use. Blocks as [`Self::github`] does.
    pub(super) fn token(&self) -> Option<Secret> {
        self.made().token
    }

    /// The pair for git over HTTPS on this server, and on no other.
    fn authorization(&self, address: &str) -> Option<Authorization> {
        let made = self.made();
        let host = made.host?;
        let ours = address.starts_with("https://") && remote_host(address).as_deref() == Some(&*host.name);
        let token = made.token.filter(|_| ours)?;
        let pair = STANDARD.encode(format!("x-access-token:{}", token.reveal()));
        Some(
            Authorization::new(format!("Basic {pair}"))?
                .trusting(host.ca)
                .through(made.github.ok().map(|github| github.client())),
        )
    }

    fn made(&self) -> Made {
        let mut made = self.lock();
        made.get_or_insert_with(|| self.make(None)).clone()
    }

    fn make(&self, before: Option<Made>) -> Made {
        let nowhere = |trouble| Made { host: None, token: None, github: Err(trouble) };
        let (host, slug) = match self.place() {
            Ok(place) => place,
            Err(trouble) => return nowhere(trouble),
        };
        let token = match self.access.token(&self.sign_in, &host) {
            Ok(token) => token,
            Err(trouble) => return Made { host: Some(host), ..nowhere(trouble) },
        };
        let same = before.filter(|made| made.host.as_ref().is_some_and(|old| old.api == host.api && old.ca == host.ca));
        let github = match same.and_then(|made| made.github.ok()) {
            Some(github) => github.renew(&token).map(|()| github),
            None => self.github_on(&host, &token, slug).map(Arc::new),
        };
        Made { host: Some(host), token: Some(token), github }
    }

    fn github_on(&self, host: &Host, token: &Secret, slug: RepositorySlug) -> Result<Github, Trouble> {
        let github = Github::on(&host.server()?, token, slug)?.remembering(self.memory.clone());
        Ok(match status_page(host) {
            Some(address) => github.with_status_page(&address),
            None => github,
        })
    }

    /// # Errors
    /// [`Code::NoRemote`] where the repository is on no GitHub that is known.
    fn place(&self) -> Result<(Host, RepositorySlug), Trouble> {
        let Some(slug) = self.slug.clone() else {
            let message = "This repository has no remote on GitHub.";
            return Err(Trouble::new(Code::NoRemote, message, "Add one with `git remote add origin ADDRESS`."));
        };
        let remote = self.remote_host();
        if !self.access.is_explicit() && !remote.as_deref().is_some_and(|name| self.is_chosen(name)) {
            let message = format!("The remote {slug} is not on a GitHub that you signed in to.");
            let name = remote.as_deref().unwrap_or("HOST");
            let hint =
                format!("If {name} is a GitHub server, sign in to it under Settings, or name it in {API_VARIABLE}.");
            return Err(Trouble::new(Code::NoRemote, message, hint));
        }
        Ok((self.host()?, slug))
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Under this name lies what GitHub told last of this repository; the keychain is not needed for it.
    pub(super) fn name_of_look(&self) -> Option<String> {
        let (host, slug) = self.place().ok()?;
        Some(format!("{}/repos/{slug}#look", host.api))
    }

    /// A name that is no host that was chosen may be one of the person's own for ssh.
    fn remote_host(&self) -> Option<String> {
        let address = self.remote.as_deref()?;
        let named = remote_host(address)?;
        if self.access.is_explicit() || self.is_chosen(&named) {
            return Some(named);
        }
        let asked = self.behind_ssh.get_or_init(|| host_behind(ssh_name(address)?));
        Some(asked.as_deref().map_or(named, server_name))
    }

    fn is_chosen(&self, name: &str) -> bool {
        name == PUBLIC_HOST || self.sign_in.known(name).is_ok_and(|known| known.is_some())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Made>> {
        // It is replaced as a whole.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only the public GitHub tells how it is; another server's page is named where it has one.
fn status_page(host: &Host) -> Option<String> {
    let named = std::env::var(STATUS_VARIABLE).ok().filter(|address| !address.trim().is_empty());
    named.or_else(|| (host.api == PUBLIC_API).then(|| PUBLIC_STATUS.to_owned()))
}

/// Lets git push over HTTPS with the token of a connection that is made after the repository was opened.
pub(super) fn authorizer(connection: &Arc<OnceLock<Arc<Connection>>>) -> Authorizer {
    let connection = Arc::clone(connection);
    Authorizer::new(move |address| connection.get()?.authorization(address))
}
