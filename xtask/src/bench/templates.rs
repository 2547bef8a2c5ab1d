use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program::{self, cargo};
use crate::setup;

/// What the longest shipped template may take, from its text to a whole Slack message, in milliseconds.
const TARGET: f64 = 2.0;
/// And as a part of what Jinja2 takes for the text alone.
const RATIO_TARGET: f64 = 0.2;

/// The same template with the same values, compiled and rendered anew each time, as a preview does at every key.
const JINJA: &str = "
import json, statistics, sys, time
from jinja2 import Environment, StrictUndefined
given = json.load(sys.stdin)
engine = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, cache_size=0)
def sentence(text):
    text = str(text).strip()
    return text[:1].upper() + text[1:] + ('' if text.endswith(('.', '!', '?')) else '.')
engine.filters['sentence'] = sentence
times = []
for _ in range(given['rounds']):
    start = time.perf_counter()
    engine.from_string(given['source']).render(given['values'])
    times.append(time.perf_counter() - start)
print(statistics.median(times) * 1000)
";

/// Renders the longest shipped template with Lastgood and with Jinja2, and prints both.
pub(super) fn bench() -> Outcome<String> {
    setup::python::install()?;
    program::run(&mut cargo(["build", "--release", "--package", "lastgood-core", "--example", "render"]))?;
    let given = answer(&mut Command::new(place::built("release", "examples/render")), "")?;
    let milliseconds = |text: &str, what: &str| {
        text.trim().parse::<f64>().map_err(|error| Failure::new(format!("{what} told no time: {error}")))
    };
    let (own, rest) = given.split_once('\n').ok_or_else(|| Failure::new("the example printed one line"))?;
    let own = milliseconds(own, "Lastgood")?;
    let jinja = answer(Command::new(setup::python::python()?).args(["-c", JINJA]), rest)?;
    let jinja = milliseconds(&jinja, "Jinja2")?;
    println!("\nlongest shipped template, from its text to a Slack message, median\n");
    println!("{:>12} {:>12} {:>8} {:>8}", "Jinja2", "lastgood", "ratio", "target");
    println!("{jinja:>9.3} ms {own:>9.3} ms {:>8.3} {:>8}", own / jinja, format!("≤ {RATIO_TARGET}"));
    println!("\nand on its own ≤ {TARGET} ms");
    if own > TARGET || own / jinja > RATIO_TARGET {
        return Err(Failure::new("rendering is slower than its target"));
    }
    Ok("measured, and within its targets".to_owned())
}

/// What it prints when it is given this to read.
fn answer(command: &mut Command, input: &str) -> Outcome<String> {
    use std::io::Write;
    use std::process::Stdio;
    let line = program::shown(command);
    let broken = |error: &std::io::Error| Failure::new(format!("`{line}`: {error}"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| broken(&error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that reads nothing has ended by itself, and says so.
        stdin
            .write_all(input.as_bytes())
            .or_else(|error| if input.is_empty() { Ok(()) } else { Err(broken(&error)) })?;
    }
    let output = child.wait_with_output().map_err(|error| broken(&error))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{line}` ended with {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
