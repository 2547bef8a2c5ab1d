//! The words of `lastgood hold` and `lastgood quarantine`.

use clap::{Args, ValueEnum};

use super::Repository;

#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// Such as production; or `snippet`
    pub(crate) environment: String,
    #[arg(value_enum)]
    pub(crate) verb: Option<HoldVerb>,
    /// Why; everybody reads it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Expires after N hours; default from lastgood.toml, else 24
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) hours: Option<u32>,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum HoldVerb {
    /// Who holds it, until when and why
    Show,
    /// Hold it; needs a reason
    Take,
    /// Lift your own hold, or one that has expired
    Lift,
    /// Take it over from whoever holds it; needs a reason
    Break,
    /// Open a pull request with a step of the deploy workflow that refuses while the environment is held
    #[value(alias = "guard")]
    WorkflowStep,
}

#[derive(Debug, Args)]
pub(crate) struct Quarantine {
    /// The release; without it, all are listed
    pub(crate) tag: Option<String>,
    #[arg(value_enum)]
    pub(crate) verb: Option<QuarantineVerb>,
    /// Why; everybody reads it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Only in this environment; may be given several times. Without it, everywhere
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Vec<String>,
    /// Expires after N hours; without it, it counts until it is lifted
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) hours: Option<u32>,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum QuarantineVerb {
    /// What is quarantined, where, since when and why
    List,
    /// Quarantine it; needs a reason
    Add,
    /// It may be a target again; needs a reason
    Lift,
}
