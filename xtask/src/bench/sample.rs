use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program;

pub(super) const COMMITS: u32 = 1_000;
pub(super) const TAGS: u32 = 20_000;
/// The first second of 2024, UTC: the same sample on every machine.
const BEGINNING: u32 = 1_704_067_200;
const HOUR: u32 = 3_600;
const PERSON: &str = "Release Bot <release-bot@example.invalid>";
/// Tags that a warm round finds new; they go before the next bench.
const NEW_TAGS: &str = "bench-new-";

/// How a sample keeps its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refs {
    /// In one file, as after `git clone` or `git gc`.
    Packed,
    /// A file each, as after many fetches.
    Loose,
}

/// A repository of 20,000 annotated tags over 1,000 commits.
pub(super) struct Sample {
    pub(super) folder: PathBuf,
    added: u32,
}

impl Sample {
    /// Makes the sample once, and takes it back to its first state after that.
    pub(super) fn prepare(refs: Refs) -> Outcome<Self> {
        let parent = place::folder(place::target()?.join("bench").join("timeline"))?;
        let name = if refs == Refs::Packed { "packed" } else { "loose" };
        let sample = Self { folder: parent.join(name), added: 0 };
        if sample.folder.join("complete").exists() {
            sample.forget_new_tags()?;
            return Ok(sample);
        }
        println!("bench: making the sample {}", sample.folder.display());
        sample.make(refs)?;
        Ok(sample)
    }

    /// git on this sample, deaf to the configuration of the person and the machine.
    pub(super) fn git(&self, arguments: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.arg("-C").arg(&self.folder).args(arguments);
        git.env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" });
        git.env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "Release Bot");
            git.env(format!("GIT_{who}_EMAIL"), "release-bot@example.invalid");
        }
        git
    }

    /// Adds this many annotated tags, as a fetch between two looks would.
    pub(super) fn add_tags(&mut self, number: u32) -> Outcome {
        for _ in 0..number {
            self.added += 1;
            let name = format!("{NEW_TAGS}{}", self.added);
            program::run(&mut self.git(&["tag", "--annotate", "--message", "New", &name, "main"]))?;
        }
        Ok(())
    }

    pub(super) fn forget_new_tags(&self) -> Outcome {
        let pattern = format!("refs/tags/{NEW_TAGS}*");
        let list = program::answer(&mut self.git(&["for-each-ref", "--format=delete %(refname)", &pattern]));
        match list {
            Some(list) if !list.is_empty() => feed(&mut self.git(&["update-ref", "--stdin"]), &(list + "\n")),
            _ => Ok(()),
        }
    }

    fn make(&self, refs: Refs) -> Outcome {
        // What an interrupted bench left is of no use.
        fs::remove_dir_all(&self.folder).ok();
        place::folder(self.folder.clone())?;
        let mut init = self.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
        program::run(init.env("GIT_DEFAULT_REF_FORMAT", "files"))?;
        feed(&mut self.git(&["fast-import", "--quiet"]), &history())?;
        if refs == Refs::Packed {
            program::run(&mut self.git(&["pack-refs", "--all"]))?;
        }
        program::run(&mut self.git(&["repack", "-a", "-d", "--quiet"]))?;
        mark_complete(&self.folder)
    }
}

fn mark_complete(folder: &Path) -> Outcome {
    fs::write(folder.join("complete"), "").map_err(|error| Failure::new(format!("{error}")))
}

/// The whole history, in the language of `git fast-import`.
fn history() -> String {
    let mut text = String::new();
    for commit in 1..=COMMITS {
        let message = format!("Change {commit}");
        let time = BEGINNING + commit * HOUR * 20;
        // Writing to a String cannot fail.
        write!(
            text,
            "commit refs/heads/main\nmark :{commit}\ncommitter {PERSON} {time} +0000\ndata {}\n{message}\n\
             M 100644 inline change.txt\ndata {}\n{message}\n",
            message.len(),
            message.len()
        )
        .ok();
    }
    for tag in 0..TAGS {
        let subject = format!("Release {}", tag + 1);
        let commit = 1 + tag * COMMITS / TAGS;
        let time = BEGINNING + HOUR * 20 + tag * HOUR;
        write!(
            text,
            "tag {}\nfrom :{commit}\ntagger {PERSON} {time} +0000\ndata {}\n{subject}\n",
            name(tag),
            subject.len()
        )
        .ok();
    }
    text
}

/// Every fourth tag belongs to the `api-` series, as in a monorepo.
fn name(tag: u32) -> String {
    let series = if tag % 4 == 3 { "api-" } else { "" };
    format!("{series}v{}.{}.{}", tag / 400, tag / 20 % 20, tag % 20)
}

fn feed(command: &mut Command, text: &str) -> Outcome {
    let line = program::shown(command);
    let failed = |what: String| Failure::new(format!("`{line}` {what}"));
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(|error| failed(format!("did not start: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(|error| failed(format!("stopped reading: {error}")))?;
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!("ended with {status}"))),
        Err(error) => Err(failed(format!("could not be waited for: {error}"))),
    }
}
