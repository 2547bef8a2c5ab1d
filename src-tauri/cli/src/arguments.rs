//! The command line. Its help is its documentation.

mod auth;
mod good;
mod holding;
mod log;
mod orders;
mod postmortem;
mod telling;
mod way_up;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use auth::{Auth, AuthStatus, Login, Whose};
pub(crate) use good::Good;
pub(crate) use holding::{Hold, HoldVerb, Quarantine, QuarantineVerb};
pub(crate) use log::Log;
pub(crate) use orders::{Approve, Cancel};
pub(crate) use postmortem::{
    ExportPostmortem, Format, Listing, NewPostmortem, OpenTicket, Paste, Postmortem, Publish, Search, ShowPostmortem,
    Take, WritePostmortem,
};
pub(crate) use telling::{Channel, Edits, Incident, SendChoice, Stage, Words};
pub(crate) use way_up::{Fix, Rollout, StageWord};

/// Know your last good release, be back on it in one click.
#[derive(Debug, Parser)]
#[command(name = "lastgood", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one is made, at the start")]
pub(crate) enum Command {
    /// List the releases of a repository, newest first
    Timeline(Timeline),
    /// Show what is live in each environment, what was last good, and why
    Status(Status),
    /// Sign in to GitHub, see as whom, sign out
    Auth {
        #[command(subcommand)]
        command: Auth,
    },
    /// Ask everything that is asked before a rollback, and do nothing
    ///
    /// Ends with 1 where something blocks, and says it first.
    Check(Check),
    /// Show or change what this repository may run on this machine
    ///
    /// Without a choice, lists the commands. Nothing runs before both the repository and the command are trusted.
    Trust(Trust),
    /// Print what a command wrote, by the hash that its answer names
    Evidence(Evidence),
    /// Roll an environment back to a release
    ///
    /// An unfinished rollback of the environment is taken up where it stands, once it is said which one that is. Left for
    /// longer than it may take, it waits for --choose.
    Rollback(Rollback),
    /// Approve or reject the run that waits for an environment
    ///
    /// The run of an unfinished rollback comes first. GitHub takes this from people, not from tokens of a GitHub App.
    Approve(Approve),
    /// Stop the deploy: cancel the run of an unfinished rollback
    Cancel(Cancel),
    /// Print what the jobs of a deploy wrote
    Log(Log),
    /// Go to the release that the last rollback left, lifting its quarantine once it is proved
    Forward(Forward),
    /// The fix of what a rollback left: its branch, its checklist, its pull request
    Fix {
        #[command(subcommand)]
        command: Fix,
    },
    /// Roll a release out gradually, from stage to stage
    Rollout {
        #[command(subcommand)]
        command: Rollout,
    },
    /// Print the commands, ids and people for a rollback without Lastgood
    ///
    /// The page is prepared by each `status` and by the window while GitHub answers, and printed without any network.
    BreakGlass(BreakGlass),
    /// Show, take, lift or break the hold of an environment
    ///
    /// Nobody may deploy to a held environment. The hold lies on the remote, where the whole team sees it.
    /// `lastgood hold snippet` prints a step for the deploy workflow that refuses while a hold stands.
    Hold(Hold),
    /// Releases that must not be a target
    Quarantine(Quarantine),
    /// Call a release good, or take that back
    ///
    /// It outweighs what spoke against the release until now, and nothing that comes later. A quarantine stands until it
    /// is lifted.
    Good(Good),
    /// The record of everything that happened
    Journal {
        #[command(subcommand)]
        command: Journal,
    },
    /// The notes after a rollback: times, timeline, and what people write
    Postmortem {
        #[command(subcommand)]
        command: Postmortem,
    },
    /// How delivery goes: how often, how much of it fails, how long that lasts
    Metrics(Metrics),
    /// Open an incident, tell people, resolve it
    Incident {
        #[command(subcommand)]
        command: Incident,
    },
    /// Where updates go
    Channel {
        #[command(subcommand)]
        command: Channel,
    },
    /// Run a whole rollback on a GitHub of its own, on this machine
    Rehearse(Rehearse),
    /// The GitHub that rehearsals run on
    Rehearsal {
        #[command(subcommand)]
        command: Rehearsal,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Timeline {
    #[command(flatten)]
    pub(crate) repository: Repository,
    #[arg(long, value_enum, default_value_t = Order::Date)]
    pub(crate) sort: Order,
    /// Only this series; `api` for tags such as api-v1.2.0, "" for plain ones
    #[arg(long, value_name = "PREFIX")]
    pub(crate) series: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// One JSON object instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Order {
    Date,
    Version,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// Also GitHub's releases, and the runs that wait for an approval
    #[arg(long)]
    pub(crate) all: bool,
    /// Also the newest runs of all workflows, so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) runs: Option<u32>,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Such as production
    pub(crate) environment: String,
    /// The target; without it, the last good release
    #[arg(long, value_name = "TAG")]
    pub(crate) to: Option<String>,
    /// Of a deploy from this machine with the environment's own deploy_command
    #[arg(long)]
    pub(crate) local: bool,
    /// Also what is behind the answers that passed
    #[arg(long)]
    pub(crate) evidence: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// List the commands of this repository, each in full, and whether it may run
    #[arg(long, conflicts_with_all = ["grant", "revoke", "trust_repository", "distrust"])]
    pub(crate) list: bool,
    /// Let this command run; the beginning of its hash is enough
    #[arg(long, value_name = "HASH")]
    pub(crate) grant: Vec<String>,
    /// Take that back
    #[arg(long, value_name = "HASH")]
    pub(crate) revoke: Vec<String>,
    /// Let this repository run the commands that are granted
    #[arg(long = "repository")]
    pub(crate) trust_repository: bool,
    /// Take back the repository and all its commands
    #[arg(long, conflicts_with_all = ["grant", "trust_repository"])]
    pub(crate) distrust: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// The hash, or its beginning
    pub(crate) hash: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// Such as production
    pub(crate) environment: String,
    /// The target; without it, the last good release
    #[arg(long, value_name = "TAG")]
    pub(crate) to: Option<String>,
    /// Why; it goes into the rollback tag and the journal. Needed to begin, not to decide
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) reason: String,
    /// Deploy from this machine with the environment's own deploy_command, for when GitHub is away
    #[arg(long)]
    pub(crate) local: bool,
    /// Begin, or take up, without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// What to do where an unfinished rollback waits for a person
    #[arg(long, value_enum)]
    pub(crate) choose: Option<Choice>,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// Each fact as a line of JSON, the outcome last
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Choice {
    /// Ask the destination again
    LookAgain,
    /// It did not arrive: send it once more
    SendAgain,
    /// I looked, and it works
    ItWorked,
    /// End the rollback here
    GiveUp,
}

#[derive(Debug, Args)]
pub(crate) struct Metrics {
    /// Such as production; without it, all
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// How far back
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) days: u32,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Forward {
    /// Such as production
    pub(crate) environment: String,
    /// Why; it goes into the tag and the journal. Needed to begin, not to take up
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) reason: String,
    /// Begin, or take up, without asking
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// Each fact as a line of JSON, the outcome last
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BreakGlass {
    /// Such as production
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) repository: Repository,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Check that no fact was changed, lost or reordered; ends with 1 where one was, and says which
    Verify {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Each fact as a line of JSON, oldest first
    Export {
        /// Only from this day or moment on
        #[arg(long, value_name = "TIME", value_parser = crate::commands::journal::moment)]
        since: Option<jiff::Timestamp>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// Each fact as a line of JSON, the outcome last
    #[arg(long)]
    pub(crate) json: bool,
    /// How many times faster than life; a deploy takes about 20 s at 1
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rehearsal {
    /// Keep a rehearsal's GitHub running until interrupted
    ///
    /// Prints one line of JSON: api, token, owner, repo, remote, clone, service.
    Serve(Serve),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Any free one without it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Kept there, and taken up again; without it, a folder that goes with the process
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// How many times faster than life
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Repository {
    /// A folder of the repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) repo: PathBuf,
}

impl Command {
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Timeline(arguments) => arguments.json,
            Self::Status(arguments) => arguments.json,
            Self::Auth { command: Auth::Login(arguments) } => arguments.whose.json,
            Self::Auth { command: Auth::Status(arguments) } => arguments.whose.json,
            Self::Auth { command: Auth::Logout(arguments) } => arguments.json,
            Self::Check(arguments) => arguments.json,
            Self::Trust(arguments) => arguments.json,
            Self::Evidence(_) => false,
            Self::Rollback(arguments) => arguments.json,
            Self::Rehearse(arguments) => arguments.json,
            Self::Approve(arguments) => arguments.json,
            Self::Cancel(arguments) => arguments.json,
            Self::Log(arguments) => arguments.json,
            Self::Forward(arguments) => arguments.json,
            Self::Fix { command } => command.way().json,
            Self::Rollout { command } => command.way().json,
            Self::BreakGlass(_) => false,
            Self::Hold(arguments) => arguments.json,
            Self::Quarantine(arguments) => arguments.json,
            Self::Good(arguments) => arguments.json,
            Self::Journal { command: Journal::Verify { json } } => *json,
            Self::Rehearsal { .. } | Self::Journal { command: Journal::Export { .. } } => false,
            Self::Postmortem { command } => command.listing().json,
            Self::Metrics(arguments) => arguments.listing.json,
            Self::Incident { command } => command.json(),
            Self::Channel { command } => command.json(),
        }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed > 0.0 && speed.is_finite() => Ok(speed),
        Ok(_) | Err(_) => Err("a number above 0".to_owned()),
    }
}
