//! `lastgood timeline`: releases of a repository, newest first.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use lastgood_adapters::git::{GitRepository, OpenOptions};
use lastgood_adapters::place::Place;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::release::{Release, Sort, TagKind, sort};
use serde::{Serialize, Serializer};

use crate::arguments::{Order, Timeline};
use crate::output::plain;

pub(crate) fn run(arguments: &Timeline) -> Result<ExitCode, Trouble> {
    // Without a data folder nothing is remembered; the list is the same.
    let cache = Place::find().ok().map(|place| place.cache());
    let options = OpenOptions { cache, ..OpenOptions::default() };
    let mut releases = GitRepository::open(&arguments.repository.repo, options)?.releases_now()?;
    if let Some(prefix) = &arguments.series {
        let series = prefix.strip_suffix(['-', '/', '@', '_']).unwrap_or(prefix);
        releases.retain(|release| release.series == series || release.series == *prefix);
    }
    sort(&mut releases, arguments.sort.into());
    releases.truncate(arguments.limit.unwrap_or(usize::MAX));
    let written = if arguments.json { write_json(&releases) } else { write_table(&releases) };
    match written {
        // The reader had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => {
            let message = format!("The list could not be written: {error}.");
            Err(Trouble::new(Code::Internal, message, "Check where the output goes."))
        }
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Date => Self::Date,
            Order::Version => Self::Version,
        }
    }
}

/// The shape that other programs read.
#[derive(Serialize)]
struct Listing<'a> {
    #[serde(serialize_with = "rows")]
    releases: &'a [Release],
}

#[derive(Serialize)]
struct Row<'a> {
    tag: &'a str,
    version: Option<String>,
    series: &'a str,
    kind: TagKind,
    object: &'a str,
    /// Null where the tag leads to no commit: not deployable.
    commit: Option<&'a str>,
    date: Option<String>,
    title: &'a str,
    author: &'a str,
    prerelease: bool,
    signed: bool,
}

fn rows<S: Serializer>(releases: &[Release], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(releases.iter().map(|release| Row {
        tag: release.tag.as_str(),
        version: release.version.as_ref().map(ToString::to_string),
        series: &release.series,
        kind: release.kind,
        object: release.object.as_str(),
        commit: release.commit().map(lastgood_core::ids::ObjectId::as_str),
        date: release.date.and_then(lastgood_core::release::Moment::rfc3339),
        title: &release.title,
        author: &release.author,
        prerelease: release.prerelease,
        signed: release.signed,
    }))
}

fn write_json(releases: &[Release]) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    serde_json::to_writer(&mut out, &Listing { releases })?;
    writeln!(out)?;
    out.flush()
}

/// Long names take what they need; the others line up.
const WIDEST_TAG: usize = 32;

fn write_table(releases: &[Release]) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let width = releases.iter().map(|release| release.tag.as_str().chars().count()).max().unwrap_or(0).min(WIDEST_TAG);
    for release in releases {
        let date = release.date.and_then(lastgood_core::release::Moment::rfc3339).unwrap_or_default();
        let day = date.get(..10).unwrap_or("no date   ");
        let mark = match (release.is_deployable(), release.prerelease) {
            (false, _) => "  not deployable",
            (true, true) => "  pre-release",
            (true, false) => "",
        };
        writeln!(out, "{:width$}  {day}  {}{mark}", plain(release.tag.as_str()), plain(&release.title))?;
    }
    if releases.is_empty() {
        writeln!(out, "No releases: no tag fits.")?;
    }
    out.flush()
}
