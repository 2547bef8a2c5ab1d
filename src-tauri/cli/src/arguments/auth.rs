//! The words of `lastgood auth`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    /// Sign in to a GitHub host
    ///
    /// The token goes into your keychain, or stays with gh. One that is to last for this shell alone belongs into
    /// LASTGOOD_GITHUB_TOKEN: a program that ends at once has no session to keep it in.
    Login(Login),
    /// Show as whom you are signed in, and what the token may do
    Status(AuthStatus),
    /// Forget the token
    Logout(Whose),
}

#[derive(Debug, Args)]
pub(crate) struct Login {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// Address for requests, where it is not the customary one
    #[arg(long, value_name = "URL")]
    pub(crate) api: Option<String>,
    /// PEM file of the server's own certificate authority
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The OAuth app that the sign-in by code uses; LASTGOOD_GITHUB_CLIENT_ID comes before it
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Read a token from standard input
    #[arg(long, group = "way")]
    pub(crate) with_token: bool,
    /// Use the token that gh has; it stays there
    #[arg(long, group = "way")]
    pub(crate) from_gh: bool,
    /// Type a code on GitHub's page
    #[arg(long, group = "way")]
    pub(crate) device: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AuthStatus {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// Tell what the token may do in this repository as well
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// Such as github.example.com; without it, github.com, or the server of --api
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
