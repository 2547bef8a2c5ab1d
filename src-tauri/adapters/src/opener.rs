//! Opens a page in the person's browser, by the system's own opener.

use std::process::{Command, Stdio};

use lastgood_core::error::{Code, Trouble};

use crate::loopback::is_loopback;

/// Only for addresses that the caller has judged; nothing but https is taken, and pages of this machine.
pub fn open(url: &str) -> Result<(), Trouble> {
    if !url.starts_with("https://") && !is_loopback(url) {
        return Err(Trouble::new(Code::Usage, "Only https pages are opened.", "Copy the address instead."));
    }
    let (program, arguments) = opener();
    let spawned = Command::new(program)
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match spawned {
        Ok(mut child) => {
            // Openers return at once; waiting elsewhere leaves no dead process behind.
            std::thread::spawn(move || drop(child.wait()));
            Ok(())
        }
        Err(error) => {
            let message = format!("No browser could be started: {error}.");
            Err(Trouble::new(Code::Internal, message, "Copy the address instead."))
        }
    }
}

#[cfg(target_os = "macos")]
fn opener() -> (&'static str, &'static [&'static str]) {
    ("open", &[])
}

#[cfg(windows)]
fn opener() -> (&'static str, &'static [&'static str]) {
    ("rundll32", &["url.dll,FileProtocolHandler"])
}

#[cfg(not(any(windows, target_os = "macos")))]
fn opener() -> (&'static str, &'static [&'static str]) {
    ("xdg-open", &[])
}
