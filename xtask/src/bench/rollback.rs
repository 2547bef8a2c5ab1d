use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

use serde_json::Value;

use super::stage::Stage;
use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program::{self, cargo};

const ROUNDS: u32 = 11;
/// What Lastgood may take, as a part of the shell's way: to the dispatch accepted, and to the outcome known.
const TARGET: f64 = 0.5;
/// What the journal may take, as a part of the way to the dispatch.
const JOURNAL_TARGET: f64 = 0.15;
/// What the checks may take, in milliseconds, with so many tags and so many commits between target and live.
const CHECK_TARGET: f64 = 300.0;
const TAGS: u32 = 2_000;
const COMMITS: u32 = 5_000;

/// The moments of ours on the way, by the names under which our side tells them.
const PARTS: [&str; 5] = ["started", "held", "checked", "tagged", "followed"];

const GOOD: &str = "v2.4.0";
const BAD: &str = "v2.4.1";
const NEWEST: &str = "v2.5.0";

/// Rolls production back by hand and with Lastgood by turns, on one rehearsal whose runs take no time.
pub(super) fn bench() -> Outcome<String> {
    if !program::exists("gh") {
        return Err(Failure::new("gh is missing: install GitHub's command line (package gh)"));
    }
    program::run(&mut cargo(["build", "--release", "--package", "lastgood-cli"]))?;
    program::run(&mut cargo(["build", "--release", "--package", "lastgood-adapters", "--example", "rollback"]))?;
    let lastgood = place::built("release", "lastgood");
    let stage = Stage::start(&lastgood, place::target()?.join("bench").join("rollback"), "")?;
    stage.call("POST", "/_rehearsal/speed", r#"{"speed": "infinity"}"#)?;
    let mut ours = Ours::start(&stage)?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("\n{BAD} back to {GOOD}; {ROUNDS} rounds each by turns, medians, {cores} cores\n");
    race(&stage, &mut ours)?;
    check(&stage, &mut ours)?;
    Ok("measured; the figures are for reading and fail nothing".to_owned())
}

fn race(stage: &Stage, ours: &mut Ours) -> Outcome {
    let [mut sent, mut over, mut dispatched, mut proved, mut journal] = [(); 5].map(|()| Times::default());
    let mut parts = PARTS.map(|_| Times::default());
    for round in 0..ROUNDS {
        deploy(stage, BAD)?;
        let shell = by_hand(stage, round)?;
        sent.0.push(shell.0);
        over.0.push(shell.1);
        deploy(stage, BAD)?;
        let told = ours.ask("roll back")?;
        dispatched.0.push(number(&told, "dispatched")?);
        proved.0.push(number(&told, "proved")?);
        for (name, part) in PARTS.iter().zip(&mut parts) {
            part.0.push(number(&told, name)?);
        }
        deploy(stage, BAD)?;
        journal.0.push(number(&ours.ask("journal")?, "journal")?);
    }
    println!("{:<34} {:>9} {:>9} {:>7} {:>7}", "time in ms", "shell", "lastgood", "ratio", "target");
    for (name, theirs, own) in
        [("until the dispatch is accepted", &sent, &dispatched), ("until the outcome is known", &over, &proved)]
    {
        let (theirs, own) = (theirs.median(), own.median());
        println!("{name:<34} {theirs:>9.1} {own:>9.1} {:>7.2} {:>7}", own / theirs, format!("≤ {TARGET}"));
    }
    let (spent, whole) = (journal.median(), dispatched.median());
    let target = format!("≤ {JOURNAL_TARGET}");
    println!("{:<34} {:>9} {spent:>9.1} {:>7.2} {target:>7}", "of it, the journal", "", spent / whole);
    for (name, part) in PARTS.iter().zip(&parts) {
        println!("{:<34} {:>9} {:>9.1}", format!("until {name}"), "", part.median());
    }
    Ok(())
}

/// As somebody does who has the commands at hand: a tag for the record, the dispatch, and a look until it is over.
fn by_hand(stage: &Stage, round: u32) -> Outcome<(f64, f64)> {
    let tag = format!("rollback-by-hand-{round}");
    let begun = Instant::now();
    quietly(git(stage, &["tag", "--annotate", "--message", "Rollback", &tag, &format!("{GOOD}^{{}}")]))?;
    quietly(git(stage, &["push", "--quiet", "origin", &tag]))?;
    let input = format!("version_tag={GOOD}");
    quietly(stage.gh(&["workflow", "run", "deploy.yml", "--ref", "main", "-f", &input]))?;
    let sent = milliseconds(begun);
    let list =
        ["run", "list", "--workflow", "deploy.yml", "--limit", "1", "--json", "databaseId", "--jq", ".[0].databaseId"];
    let run = program::answer(&mut stage.gh(&list)).ok_or_else(|| Failure::new("gh listed no run"))?;
    quietly(stage.gh(&["run", "watch", &run, "--exit-status"]))?;
    Ok((sent, milliseconds(begun)))
}

/// Puts a release into production again, as it was before a round.
fn deploy(stage: &Stage, tag: &str) -> Outcome {
    let route = format!("/repos/{}/actions/workflows/deploy.yml/dispatches", stage.slug);
    let body = format!(r#"{{"ref": "main", "inputs": {{"version_tag": "{tag}", "environment": "production"}}}}"#);
    stage.call("POST", &route, &body).map(drop)
}

/// The questions before a rollback from the newest of many tags, with many commits between.
fn check(stage: &Stage, ours: &mut Ours) -> Outcome {
    stage.fill(&format!(r#"{{"tags": {TAGS}}}"#))?;
    quietly(git(stage, &["pull", "--quiet", "--ff-only", "origin", "main"]))?;
    let tip = program::answer(&mut git(stage, &["rev-parse", "HEAD"])).ok_or_else(|| Failure::new("no HEAD"))?;
    feed(&mut git(stage, &["fast-import", "--quiet"]), &between(&tip))?;
    quietly(git(stage, &["push", "--quiet", "origin", "work:main", NEWEST]))?;
    deploy(stage, NEWEST)?;
    let (mut times, mut slowest) = (Times::default(), String::new());
    let first = number(&ours.ask("check")?, "check")?;
    for _ in 0..ROUNDS {
        let told = ours.ask("check")?;
        if told.get("from").and_then(Value::as_str) != Some(NEWEST) {
            return Err(Failure::new(format!("{NEWEST} is not live: {told}")));
        }
        times.0.push(number(&told, "check")?);
        slowest = told.get("slowest").and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    println!("\nchecks without commands, {TAGS} tags, {COMMITS} commits between target and live");
    println!("{:<34} {:>9.1} {:>9} {:>7}", "time in ms, first", first, "", format!("≤ {CHECK_TARGET}"));
    println!("{:<34} {:>9.1} {:>9} {:>7}", "time in ms, again", times.median(), "", format!("≤ {CHECK_TARGET}"));
    println!("slowest: {slowest}");
    Ok(())
}

/// Commits that the risk checks have something to read in, and the release at their end, for `git fast-import`.
fn between(tip: &str) -> String {
    const PERSON: &str = "release-manager <release-manager@example.com>";
    let mut text = String::new();
    for commit in 1..=COMMITS {
        let message = format!("Change {commit} (#{commit})");
        let from = if commit == 1 { format!("from {tip}\n") } else { String::new() };
        let (path, content) = match commit % 100 {
            1 => (format!("migrations/{:04}_step.sql", commit + 100), format!("SELECT {commit};\n")),
            2 => ("config/production.env".to_owned(), format!("FLAG_{commit}=on\n")),
            _ => (format!("src/part_{}.rs", commit % 40), format!("// {message}\n")),
        };
        // Writing to a String cannot fail.
        write!(
            text,
            "commit refs/heads/work\ncommitter {PERSON} {} +0000\ndata {}\n{message}\n{from}M 100644 inline {path}\ndata {}\n{content}\n",
            1_700_000_000 + commit * 60,
            message.len(),
            content.len(),
        )
        .ok();
    }
    write!(text, "tag {NEWEST}\nfrom refs/heads/work\ntagger {PERSON} 1800000000 +0000\ndata 7\nRelease\n").ok();
    text
}

/// Our side, in a process of its own that lives as long as the window would.
struct Ours {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Ours {
    fn start(stage: &Stage) -> Outcome<Self> {
        let broken = |why: String| Failure::new(format!("our side did not start: {why}"));
        let data = stage.folder.join("data");
        let example = place::built("release", "examples/rollback");
        let mut command = Command::new(&example);
        command.arg(Path::new(&stage.clone)).args([&stage.api, &stage.token]).arg(data);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| broken(error.to_string()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else { return Err(broken("it has no way in".to_owned())) };
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    fn ask(&mut self, what: &str) -> Outcome<Value> {
        let broken = |error: std::io::Error| Failure::new(format!("our side broke off at `{what}`: {error}"));
        writeln!(self.input, "{what}").map_err(broken)?;
        self.input.flush().map_err(broken)?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(broken)?;
        serde_json::from_str(&line)
            .map_err(|error| Failure::new(format!("our side said `{line}` to `{what}`: {error}")))
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn median(&self) -> f64 {
        let mut times = self.0.clone();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

fn git(stage: &Stage, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args([
        "-C",
        &stage.clone,
        "-c",
        "user.name=release-manager",
        "-c",
        "user.email=release-manager@example.com",
    ]);
    command.args(arguments);
    command
}

fn quietly(mut command: Command) -> Outcome {
    program::run(command.stdin(Stdio::null()).stdout(Stdio::null()))
}

fn feed(command: &mut Command, text: &str) -> Outcome {
    let broken = |error: std::io::Error| Failure::new(format!("git fast-import: {error}"));
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(broken)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(broken)?;
    }
    let status = child.wait().map_err(broken)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("git fast-import ended with {status}"))) }
}

fn number(told: &Value, name: &str) -> Outcome<f64> {
    told.get(name).and_then(Value::as_f64).ok_or_else(|| Failure::new(format!("our side told no {name}: {told}")))
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}
