//! What a person tells GitHub about a run.

use clap::Args;

use super::Repository;

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The environment that the run waits for, such as production
    pub(crate) environment: String,
    /// Reject it instead: the run then fails
    #[arg(long)]
    pub(crate) reject: bool,
    /// What the run's page shows beside the decision
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) comment: String,
    /// Which run, where several wait
    #[arg(long, value_name = "ID")]
    pub(crate) run: Option<u64>,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The environment whose rollback is under way, such as production
    pub(crate) environment: String,
    /// Another run than the rollback's own
    #[arg(long, value_name = "ID")]
    pub(crate) run: Option<u64>,
    /// Cancel without asking
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
