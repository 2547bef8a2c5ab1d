//! `lastgood good`.

use clap::Args;

use super::Repository;

#[derive(Debug, Args)]
pub(crate) struct Good {
    /// The release
    pub(crate) tag: String,
    /// Only in this environment; without it, everywhere
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Why; it is shown beside the release
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
    /// Take it back
    #[arg(long)]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
