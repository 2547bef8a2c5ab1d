//! The words of `lastgood incident` and `lastgood channel`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::Repository;

#[derive(Debug, Subcommand)]
pub(crate) enum Incident {
    /// Open one; nothing is sent but to the channels that you name
    Open {
        /// What does not work, in a few words
        title: String,
        #[command(flatten)]
        edits: Edits,
        /// The rollback that answers it
        #[arg(long, value_name = "ID")]
        rollback: Option<String>,
        #[command(flatten)]
        words: Words,
    },
    /// Change what is said of it, and tell people
    Update {
        /// The incident; without it, the only open one
        id: Option<String>,
        #[arg(long, value_enum)]
        stage: Option<Stage>,
        /// Say that there is nothing new: the team hears more one cadence later, and is told so where the settings want it
        #[arg(long, conflicts_with = "channel")]
        nothing_new: bool,
        #[command(flatten)]
        edits: Edits,
        #[command(flatten)]
        words: Words,
    },
    /// Close it, and tell people
    Resolve {
        /// The incident; without it, the only open one
        id: Option<String>,
        #[command(flatten)]
        edits: Edits,
        #[command(flatten)]
        words: Words,
    },
    /// Those that are open; with --all, every one
    List {
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// All that is known of one, and what became of its updates
    Show {
        /// The incident; without it, the only open one
        id: Option<String>,
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Send what waits in the queue
    Send {
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Read an update that waits for a second person, and say whether it may leave
    Review {
        id: String,
        /// The update, as `show` names it
        update: String,
        /// Who reads it, where it is not the person that git knows here
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        /// It does not leave
        #[arg(long)]
        decline: bool,
        /// Why not, or what to mind
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Decide about a message that is refused, stale, or of which nobody knows whether it arrived
    Decide {
        id: String,
        /// The update, as `show` names it
        update: String,
        /// The channel's name
        channel: String,
        #[arg(value_enum)]
        choice: SendChoice,
        /// Where it arrived: its address or its number there, so that the next update goes to the same place
        #[arg(long, value_name = "ADDRESS", default_value = "")]
        found: String,
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Stage {
    Investigating,
    Identified,
    Monitoring,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SendChoice {
    /// I looked: it is there
    ItArrived,
    /// Send it once more
    SendAgain,
    /// Do not send it
    Drop,
}

/// What is said of an incident.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Edits {
    /// 1 is the worst, 4 the mildest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) severity: Option<u8>,
    /// Who leads the work on it
    #[arg(long, value_name = "WHO")]
    pub(crate) commander: Option<String>,
    /// What does not work, for whom
    #[arg(long, value_name = "TEXT")]
    pub(crate) impact: Option<String>,
    /// What caused it
    #[arg(long, value_name = "TEXT")]
    pub(crate) cause: Option<String>,
    /// What is affected; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) surface: Vec<String>,
    /// Who does what; may be repeated
    #[arg(long, value_name = "ROLE=WHO", value_parser = pair)]
    pub(crate) role: Vec<(String, String)>,
    /// Where it happens
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// When it was found, such as 2026-11-23T14:05:00Z; else now
    #[arg(long, value_name = "TIME")]
    pub(crate) found: Option<Timestamp>,
    /// When it began to be felt, such as 2026-11-23T14:02:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) impact_started: Option<Timestamp>,
    /// When it ended
    #[arg(long, value_name = "TIME")]
    pub(crate) impact_ended: Option<Timestamp>,
}

/// What is told, and where.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Tell this channel; may be repeated; `all` for every one that fits
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Vec<String>,
    /// Instead of the template that fits
    #[arg(long, value_name = "NAME")]
    pub(crate) template: Option<String>,
    /// What you add
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Fill in a value of the template; may be repeated
    #[arg(long, value_name = "NAME=TEXT", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// Print what would be sent; nothing is sent and nothing is written
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Channel {
    /// Those of lastgood.toml, and what each lacks
    List {
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Ask a channel's service whether it would take something; nobody is told anything
    Test {
        name: String,
        #[command(flatten)]
        repository: Repository,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Keep a channel's secret in the keychain; it is read from standard input
    Secret {
        name: String,
        #[command(flatten)]
        repository: Repository,
    },
}

impl Incident {
    pub(super) fn json(&self) -> bool {
        match self {
            Self::Open { words, .. } | Self::Update { words, .. } | Self::Resolve { words, .. } => words.json,
            Self::List { json, .. }
            | Self::Show { json, .. }
            | Self::Send { json, .. }
            | Self::Review { json, .. }
            | Self::Decide { json, .. } => *json,
        }
    }
}

impl Channel {
    pub(super) fn json(&self) -> bool {
        match self {
            Self::List { json, .. } | Self::Test { json, .. } => *json,
            Self::Secret { .. } => false,
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) | None => Err("NAME=TEXT".to_owned()),
    }
}
