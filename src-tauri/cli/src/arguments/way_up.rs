//! The words of `lastgood fix` and `lastgood rollout`.

use std::str::FromStr;

use clap::{Args, Subcommand};
use lastgood_core::rollout::plan::{Gate, STAGE_SOAK_MINUTES, StagePlan};

use super::Repository;

#[derive(Debug, Subcommand)]
pub(crate) enum Fix {
    /// Make its branch here, and its checklist; nothing is checked out
    ///
    /// Begun twice for one rollback, it is one.
    Begin {
        /// The rollback whose cause it mends; without it, the newest
        rollback: Option<String>,
        /// Where the branch begins: `default`, `bad` (the release that was rolled back), or a tag, a branch, a commit
        #[arg(long, value_name = "WHERE", default_value = "default")]
        from: String,
        /// Else as lastgood.toml says, else fix/ and the reason
        #[arg(long, value_name = "NAME")]
        branch: Option<String>,
        /// Push the branch too
        #[arg(long)]
        push: bool,
        #[command(flatten)]
        way: Way,
    },
    /// Its branch, its checklist, its pull request
    Show {
        #[command(flatten)]
        way: Way,
    },
    /// Tick an item of its checklist
    Check {
        /// As `show` numbers it
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        item: u32,
        /// It is not done after all
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        way: Way,
    },
    /// Push its branch as it is here, where the remote has none of its name
    Push {
        #[command(flatten)]
        way: Way,
    },
    /// Link its pull request
    Link {
        /// Number or address; without it, the newest one that brings the branch
        pull_request: Option<String>,
        #[command(flatten)]
        way: Way,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rollout {
    /// Deploy a release to one environment after the other, each proved, watched and left through a gate
    Start {
        /// The release, such as v2.4.2
        tag: String,
        /// What it mends or brings; without it, that it mends the rollback
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// The rollback that it comes after; without it, the newest
        #[arg(long, value_name = "ID")]
        rollback: Option<String>,
        /// A stage, in their order: an environment, how long it is watched, who opens its gate. Without any, as
        /// lastgood.toml says
        #[arg(long = "stage", value_name = "NAME[=10m][:person]")]
        stages: Vec<StageWord>,
        /// The release that was rolled back may be a target again at the end
        #[arg(long)]
        lift_quarantine: bool,
        /// Begin without asking
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        way: Way,
    },
    /// Where it stands, or how it ended
    Show {
        /// Without it, the newest
        id: Option<String>,
        #[command(flatten)]
        way: Way,
    },
    /// Take up the unfinished one where it stands
    Resume {
        #[command(flatten)]
        way: Way,
    },
    /// Open the gate, and go on
    Go {
        #[command(flatten)]
        way: Way,
    },
    /// Do once more what did not work: the deploy, or the watching
    Again {
        #[command(flatten)]
        way: Way,
    },
    /// Roll the stage's environment back to what ran there before, and end the rollout
    Back {
        #[command(flatten)]
        way: Way,
    },
    /// End it here; what was deployed stays
    Stop {
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        way: Way,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Way {
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object; where something goes on, each fact as a line of JSON and the outcome last
    #[arg(long)]
    pub(crate) json: bool,
}

impl Fix {
    pub(crate) fn way(&self) -> &Way {
        match self {
            Self::Begin { way, .. }
            | Self::Show { way }
            | Self::Check { way, .. }
            | Self::Push { way }
            | Self::Link { way, .. } => way,
        }
    }
}

impl Rollout {
    pub(crate) fn way(&self) -> &Way {
        match self {
            Self::Start { way, .. }
            | Self::Show { way, .. }
            | Self::Resume { way }
            | Self::Go { way }
            | Self::Again { way }
            | Self::Back { way }
            | Self::Stop { way, .. } => way,
        }
    }
}

/// `staging`, `staging=10m`, `staging=90s:person`.
#[derive(Debug, Clone)]
pub(crate) struct StageWord(pub(crate) StagePlan);

impl FromStr for StageWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rest, gate) = match text.rsplit_once(':') {
            Some((rest, "person")) => (rest, Gate::Person),
            Some((rest, "automatic")) => (rest, Gate::Automatic),
            Some((_, other)) => return Err(format!("a gate is person or automatic, not {other}")),
            None => (text, Gate::Automatic),
        };
        let (name, soak_seconds) = match rest.split_once('=') {
            Some((name, time)) => (name, seconds(time)?),
            None => (rest, STAGE_SOAK_MINUTES * 60),
        };
        Ok(Self(StagePlan { environment: name.into(), soak_seconds, gate }))
    }
}

/// A number with `s`, `m` or `h` behind it.
fn seconds(text: &str) -> Result<u32, String> {
    let not_a_time = || format!("{text} is no time such as 90s, 10m or 2h");
    let unit = text.chars().last().ok_or_else(not_a_time)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(not_a_time()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| not_a_time())?;
    number.checked_mul(each).ok_or_else(not_a_time)
}
