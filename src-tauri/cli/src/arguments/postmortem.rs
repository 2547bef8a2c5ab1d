//! The words of `lastgood postmortem`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Repository;

#[derive(Debug, Subcommand)]
pub(crate) enum Postmortem {
    /// List the post-mortems of the repository, newest first; those in docs/postmortems too
    List(Search),
    /// What is still to be done, and what contributed how often
    Open(Listing),
    /// Begin one; about a rollback, the newest without a name
    New(NewPostmortem),
    /// Show the times and the timeline
    Show(ShowPostmortem),
    /// Write it to files
    Export(ExportPostmortem),
    /// Add lines copied out of Slack to the timeline
    Paste(Paste),
    /// Put the text of a file in the place of its text; the old one stays a version
    Write(WritePostmortem),
    /// Open an issue for one of its actions
    Ticket(OpenTicket),
    /// Push a branch with it, and open its pull request
    Publish(Publish),
}

#[derive(Debug, Args)]
pub(crate) struct Listing {
    #[command(flatten)]
    pub(crate) repository: Repository,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Only those that have all these words
    #[arg(long, value_name = "WORDS")]
    pub(crate) search: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct NewPostmortem {
    /// Such as rb-0123456789ab
    pub(crate) rollback: Option<String>,
    /// The incident it is about, and the rollbacks that answer it
    #[arg(long, value_name = "ID", conflicts_with = "rollback")]
    pub(crate) incident: Option<String>,
    /// What it is about; without it, what the rollback did
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct ShowPostmortem {
    /// As `list` has it
    pub(crate) id: String,
    /// Leave out the small lines of each step
    #[arg(long)]
    pub(crate) brief: bool,
    /// Such as Europe/Berlin; without it, this machine's
    #[arg(long, value_name = "NAME")]
    pub(crate) zone: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct ExportPostmortem {
    /// As `list` has it
    pub(crate) id: String,
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub(crate) format: Format,
    /// A folder, which is made where it is missing
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Leave out the small lines of each step
    #[arg(long)]
    pub(crate) brief: bool,
    /// Such as Europe/Berlin; without it, this machine's
    #[arg(long, value_name = "NAME")]
    pub(crate) zone: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// With its pictures beside it
    Md,
    /// One file
    Html,
    Pdf,
}

#[derive(Debug, Args)]
pub(crate) struct Paste {
    /// As `list` has it
    pub(crate) id: String,
    /// A file with the lines; - for standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) from: PathBuf,
    /// The day of the first line, unless the lines say it; without it, the rollback's
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) day: Option<String>,
    /// Where the times were read, such as Europe/Berlin; without it, this machine's
    #[arg(long, value_name = "NAME")]
    pub(crate) zone: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct WritePostmortem {
    /// As `list` has it
    pub(crate) id: String,
    /// A Markdown file; - for standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct OpenTicket {
    /// As `list` has it
    pub(crate) id: String,
    /// The action's words, as the document has them
    pub(crate) action: String,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// As `list` has it
    pub(crate) id: String,
    /// Which text counts where both were changed; without it, nothing is pushed
    #[arg(long, value_enum)]
    pub(crate) take: Option<Take>,
    /// Put an entry into the troubleshooting guide too
    #[arg(long)]
    pub(crate) with_troubleshooting: bool,
    /// Such as Europe/Berlin; without it, this machine's
    #[arg(long, value_name = "NAME")]
    pub(crate) zone: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Take {
    /// What is written here
    Ours,
    /// What is in the repository
    Theirs,
    /// Ours, and theirs below it
    Both,
}

impl Postmortem {
    pub(crate) fn listing(&self) -> &Listing {
        match self {
            Self::List(arguments) => &arguments.listing,
            Self::Open(listing) => listing,
            Self::New(arguments) => &arguments.listing,
            Self::Show(arguments) => &arguments.listing,
            Self::Export(arguments) => &arguments.listing,
            Self::Paste(arguments) => &arguments.listing,
            Self::Write(arguments) => &arguments.listing,
            Self::Ticket(arguments) => &arguments.listing,
            Self::Publish(arguments) => &arguments.listing,
        }
    }
}
