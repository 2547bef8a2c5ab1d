//! One file or folder per outside thing. Each implements a port of the core; none knows another's secrets.

pub mod alerts;
mod answering;
pub mod channel;
pub mod channel_secret;
pub mod clock;
pub mod commands;
pub mod desk;
pub mod documents;
pub mod drafts;
pub mod evidence;
pub mod git;
pub mod github;
mod loopback;
pub mod opener;
pub mod place;
pub mod postmortem;
pub mod probe;
pub mod redact;
pub mod secret;
pub mod server;
pub mod shell;
pub mod sign_in;
pub mod sqlite;
mod ssh_names;
pub mod telling;
pub mod template_files;
pub mod trust;
pub mod turn;
pub mod vault;
pub mod workspace;

/// Two providers may be linked; rustls then wants to be told which one to use, before any client is built. The first call
/// decides.
pub(crate) fn install_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been first; then its choice, the same, stands.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
}
