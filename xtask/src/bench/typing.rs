use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::program::{self, cargo};
use crate::{place, ui};

/// A person sees no delay below this, in milliseconds (Miller, "Response time in man-computer conversational
/// transactions", 1968, topic 1).
const TARGET: f64 = 100.0;
/// And as a part of what the same key takes in an empty document.
const RATIO_TARGET: f64 = 2.0;

/// Types into an empty post-mortem and into one of 200 KB, in the real window, and prints both.
pub(super) fn bench() -> Outcome<String> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("only WebKitGTK, on Linux, has a WebDriver for this window"));
    }
    ui::build()?;
    // The programs that the window's tests have; the page, in which the keys are, is the one that is shipped.
    program::run(&mut cargo(["build", "--workspace", "--bins", "--tests", "--examples"]))?;
    let mut measure = Command::new(place::built("debug", "examples/typing"));
    measure.env("LASTGOOD_DESKTOP", place::built("debug", "lastgood-desktop"));
    let told = program::answer(&mut measure).ok_or_else(|| Failure::new("nothing was measured"))?;
    let rows: Vec<Vec<f64>> = told.lines().map(numbers).filter(|row| row.len() == 2).collect();
    let [empty, large] = rows.as_slice() else {
        return Err(Failure::new(format!("the example told {told:?}")));
    };
    println!("\na key to its painted frame, in a post-mortem\n");
    println!("{:>18} {:>12} {:>12}", "", "median", "95 of 100");
    println!("{:>18} {:>9.2} ms {:>9.2} ms", "empty", empty[0], empty[1]);
    println!("{:>18} {:>9.2} ms {:>9.2} ms", "200 KB", large[0], large[1]);
    println!("{:>18} {:>12.2} {:>12.2}", "ratio", large[0] / empty[0], large[1] / empty[1]);
    println!("\ntargets: the median ≤ {TARGET} ms, the medians' ratio ≤ {RATIO_TARGET}");
    if large[0] > TARGET || large[0] / empty[0] > RATIO_TARGET {
        return Err(Failure::new("typing in a large document is slower than its target"));
    }
    Ok("measured, and within its targets".to_owned())
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(' ').filter_map(|word| word.parse().ok()).collect()
}
