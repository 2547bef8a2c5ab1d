//! Names of things, one type each, so that a tag can never be passed where an environment is meant.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

name!(
    /// A tag's name without `refs/tags/`. Bytes that are not UTF-8 are shown as U+FFFD.
    TagName
);
name!(
    /// A git object id in lower-case hexadecimal: 40 digits (SHA-1) or 64 (SHA-256).
    ObjectId
);
name!(
    /// An environment's name as GitHub spells it.
    EnvironmentName
);
name!(
    /// One rollback, unique over all installations. It is also the idempotency key of its dispatch.
    RollbackId
);
name!(
    /// One incident, unique over all installations.
    IncidentId
);
name!(
    /// One post-mortem, unique over all installations.
    PostmortemId
);
name!(
    /// SHA-256 of something in the evidence store, in lower-case hexadecimal.
    EvidenceHash
);
name!(
    /// One update of an incident, unique over all installations.
    UpdateId
);
name!(
    /// A channel's name in `lastgood.toml`.
    ChannelName
);
name!(
    /// One gradual rollout, unique over all installations.
    RolloutId
);
name!(
    /// One fix on its way, unique over all installations.
    FixId
);
name!(
    /// One installation of Lastgood: whose chain of facts this is.
    WriterId
);

impl ObjectId {
    /// The first seven digits, as git shows them.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

/// A GitHub Actions run. GitHub's ids passed 2^32 long ago and stay below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `owner/name` of a repository on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RepositorySlug {
    pub owner: String,
    pub name: String,
}

impl RepositorySlug {
    /// Accepts what GitHub accepts: letters, digits, `-`, `_` and `.`. These parts go into request paths unescaped.
    pub fn new(owner: &str, name: &str) -> Option<Self> {
        let fits = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        (fits(owner) && fits(name)).then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }

    /// Reads the last two parts of a remote's address, whatever its form: `https://host/owner/name.git`,
    /// `git@host:owner/name.git`, `/folder/owner/name.git`.
    pub fn from_remote(address: &str) -> Option<Self> {
        let path = address.trim_end_matches(['/', '\\']);
        let path = path.strip_suffix(".git").unwrap_or(path);
        let mut parts = path.rsplit(['/', ':', '\\']);
        let name = parts.next()?;
        let owner = parts.next()?;
        Self::new(owner, name)
    }
}

/// The server in a remote's address: `https://user@host:port/…`, `ssh://…`, `user@host:path`. `None` for a folder. GitHub's
/// other names for one server are that server.
pub fn remote_host(address: &str) -> Option<String> {
    written_host(address).map(server_name)
}

/// The name of an address that ssh goes to, as it is written there: it may be one of the person's own (ssh_config(5)).
pub fn ssh_name(address: &str) -> Option<&str> {
    let by_ssh = address.split_once("://").is_none_or(|(scheme, _)| matches!(scheme, "ssh" | "git+ssh" | "ssh+git"));
    let plain = |name: &&str| {
        !name.starts_with('-') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    written_host(address).filter(|_| by_ssh).filter(plain)
}

/// GitHub's "Using SSH over the HTTPS port" names a host of its own.
pub fn server_name(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    match host.as_str() {
        "www.github.com" | "ssh.github.com" => "github.com".to_owned(),
        other if other.ends_with(".ghe.com") => other.trim_start_matches("ssh.").to_owned(),
        _ => host,
    }
}

/// The server as the address names it, whatever stands behind that name. `None` for a folder.
pub fn written_host(address: &str) -> Option<&str> {
    let authority = match address.split_once("://") {
        // Where one of these stands, programs that read addresses do not agree on the server (RFC 3986, section 3.2).
        Some((_, rest)) => rest.split('/').next().filter(|part| !part.contains(is_doubtful))?,
        None => {
            let (host, path) = address.split_once(':')?;
            // A drive letter, or a folder whose name has a colon in it, is no server (git-clone(1), "GIT URLS").
            if host.contains(['/', '\\']) || host.len() == 1 || path.starts_with("\\") {
                return None;
            }
            host
        }
    };
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

fn is_doubtful(c: char) -> bool {
    matches!(c, '#' | '?' | '\\') || c.is_whitespace() || c.is_control()
}

impl fmt::Display for RepositorySlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}
