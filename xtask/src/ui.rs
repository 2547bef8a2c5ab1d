//! The UI's packages and its build, each done once for the same input.

use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program::{self, npm};
use crate::stamp::Stamp;

/// Folders of the UI that are made, not written.
const MADE: [&str; 3] = ["node_modules", "dist", "coverage"];

/// Installs the packages that `package-lock.json` names, when it changed since the last time.
pub(crate) fn install() -> Outcome {
    let lock = place::ui().join("package-lock.json");
    let stamp = Stamp::new("npm-ci", &[lock], &[])?;
    if stamp.is_fresh() && place::ui().join("node_modules").is_dir() {
        return Ok(());
    }
    println!("setup: the UI's packages (npm ci)");
    program::run(&mut npm(["ci", "--no-audit", "--no-fund"]))?;
    stamp.keep()
}

/// Builds `ui/dist`, when anything in `ui/` changed since the last time.
pub(crate) fn build() -> Outcome {
    let stamp = Stamp::new("ui-build", &[place::ui()], &MADE)?;
    let page = place::ui().join("dist").join("index.html");
    if stamp.is_fresh() && page.is_file() {
        return Ok(());
    }
    program::run(&mut npm(["run", "build"]))?;
    if !page.is_file() {
        return Err(Failure::new("`npm run build` left no ui/dist/index.html"));
    }
    stamp.keep()
}
