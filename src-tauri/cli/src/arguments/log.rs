//! `lastgood log`.

use clap::Args;

use super::Repository;

#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The run; without it, the one of the newest rollback
    pub(crate) run: Option<u64>,
    /// Only jobs whose name holds this
    #[arg(long, value_name = "NAME")]
    pub(crate) job: Option<String>,
    /// Only jobs that did not succeed
    #[arg(long)]
    pub(crate) failed: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
