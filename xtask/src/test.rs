//! `cargo xtask test`: every stage that a change must pass, each with its time, and one verdict.

mod count;
mod end;
mod stage;
mod watched;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use count::Count;
use end::End;
use stage::{STAGES, Stage};

/// Runs the named stages and what they need, or all of them; the last line says `N passed, N failed`.
pub(crate) fn test(names: &[&str]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| !STAGES.iter().any(|stage| stage.name == **name)) {
        println!("test: there is no stage {unknown}; the stages are");
        STAGES.iter().for_each(|stage| println!("  {:<8} {}", stage.name, stage.about));
        return ExitCode::FAILURE;
    }
    let mut results: Vec<Line> = Vec::new();
    for stage in STAGES.iter().filter(|stage| names.is_empty() || is_wanted(stage, names)) {
        let line = Line::run(stage, &results);
        results.push(line);
    }
    conclude(&results)
}

/// A stage is wanted when it is named, or when a named one needs it.
fn is_wanted(stage: &Stage, names: &[&str]) -> bool {
    names.contains(&stage.name)
        || STAGES.iter().any(|other| other.needs.contains(&stage.name) && is_wanted(other, names))
}

/// One line of the table at the end.
struct Line {
    stage: &'static str,
    end: End,
    took: Duration,
}

impl Line {
    fn run(stage: &Stage, before: &[Self]) -> Self {
        let start = Instant::now();
        let lacks = before
            .iter()
            .find(|line| stage.needs.contains(&line.stage) && !matches!(line.end, End::Passed(_) | End::Skipped(_)));
        let end = match lacks {
            Some(line) => End::NotRun(format!("it needs {}", line.stage)),
            None => {
                println!("\n── {}: {}", stage.name, stage.about);
                (stage.act)()
            }
        };
        let line = Self { stage: stage.name, end, took: start.elapsed() };
        println!("── {line}");
        line
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:<8} {:>6.1} s  {}", self.stage, self.took.as_secs_f64(), self.end)
    }
}

fn conclude(results: &[Line]) -> ExitCode {
    println!("\n── all stages");
    results.iter().for_each(|line| println!("{line}"));
    let all = results.iter().fold(Count::default(), |sum, line| sum + line.end.count());
    let is_good = results.iter().all(|line| matches!(line.end, End::Passed(_) | End::Skipped(_)));
    println!("test: {}", if is_good { "ok" } else { "failed – the stages above say why" });
    println!("{} passed, {} failed", all.passed, all.failed);
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_stage_brings_what_it_needs_and_nothing_else() {
        let wanted: Vec<&str> =
            STAGES.iter().filter(|stage| is_wanted(stage, &["window"])).map(|stage| stage.name).collect();
        assert_eq!(wanted, ["setup", "page", "build", "window"]);
    }

    #[test]
    fn a_stage_stands_after_everything_that_it_needs() {
        for (place, stage) in STAGES.iter().enumerate() {
            let before: Vec<&str> = STAGES.iter().take(place).map(|earlier| earlier.name).collect();
            assert!(stage.needs.iter().all(|need| before.contains(need)), "{} comes too early", stage.name);
        }
    }

    #[test]
    fn a_stage_is_not_run_when_one_that_it_needs_has_failed() {
        let failed =
            Line { stage: "setup", end: End::Failed(Count::default(), "no network".to_owned()), took: Duration::ZERO };
        let page = STAGES.iter().find(|stage| stage.name == "page").unwrap();
        assert!(matches!(Line::run(page, &[failed]).end, End::NotRun(_)));
    }
}
