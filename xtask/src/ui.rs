//! The UI's packages and its build, each done once for the same input.

use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::place;
use crate::program::{self, npm};
use crate::stamp::Stamp;

/// Folders of the UI that are made, not written.
const MADE: [&str; 3] = ["node_modules", "dist", "coverage"];

/// Installs the packages that `package-lock.json` names, when it changed since the last time.
pub(crate) fn install() -> Outcome {
    install_in(&place::ui(), "npm-ci", "the UI's packages")
}

/// The same, for the clients that the tests compare with.
pub(crate) fn install_clients() -> Outcome {
    install_in(&place::clients(), "npm-ci-clients", "the packages of GitHub's own clients")
}

fn install_in(folder: &Path, step: &str, what: &str) -> Outcome {
    let stamp = Stamp::new(step, &[folder.join("package-lock.json")], &[])?;
    if stamp.is_fresh() && folder.join("node_modules").is_dir() {
        return Ok(());
    }
    println!("setup: {what} (npm ci)");
    let modules = folder.join("node_modules");
    let left_over = modules.is_dir();
    let installed = npm_ci(folder);
    if installed.is_err() && left_over {
        // What an interrupted install left, npm cannot always clear away itself (ENOTEMPTY).
        println!("setup: once more, without what was left in {}", modules.display());
        std::fs::remove_dir_all(&modules)
            .map_err(|error| Failure::new(format!("{} cannot be removed: {error}", modules.display())))?;
        npm_ci(folder)?;
    } else {
        installed?;
    }
    stamp.keep()
}

fn npm_ci(folder: &Path) -> Outcome {
    program::run(npm(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
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
