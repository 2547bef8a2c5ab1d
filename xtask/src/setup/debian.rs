//! Debian and Ubuntu: packages by apt-get.

use std::path::Path;
use std::process::Command;

use super::Need;
use crate::failure::{Failure, Outcome};
use crate::program;

const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "git",
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libdbus-1-dev",
];
const DISPLAY: &[&str] = &["xvfb", "openbox", "x11-utils", "dbus", "imagemagick"];
const TESTS: &[&str] = &[
    "webkit2gtk-driver",
    "xauth",
    "dbus-x11",
    "libglib2.0-bin",
    "gnome-keyring",
    "dunst",
    // dunstctl asks through busctl, which systemd has.
    "systemd",
    "libsecret-tools",
    // The keychain's own question is a window of its own; GTK draws it.
    "gcr",
    // Native dialogs and drags are beyond WebDriver.
    "xdotool",
    "python3-gi",
    "gir1.2-gtk-3.0",
    "openssl",
    "openssh-client",
    "openssh-server",
    "gnupg",
    "gh",
    // Reads PDFs back.
    "poppler-utils",
    // Reads pictures of the window back.
    "tesseract-ocr",
    "tesseract-ocr-eng",
    // What PDFs are set in.
    "fonts-dejavu-core",
    "tzdata",
    "time",
    "python3",
    "python3-venv",
];

pub(crate) fn is_here() -> bool {
    Path::new("/etc/debian_version").exists() && program::exists("dpkg-query")
}

pub(crate) fn install(need: Need) -> Outcome {
    let missing = missing(&needed(need));
    if missing.is_empty() {
        return Ok(());
    }
    println!("setup: installing {} with apt-get", missing.join(" "));
    let by_hand = || format!("sudo apt-get install {}", missing.join(" "));
    let Some(mut update) = apt_get(&["update", "-qq"]) else {
        return Err(Failure::new(format!(
            "packages are missing, and this is neither root nor is sudo here; have someone run `{}`",
            by_hand()
        )));
    };
    // Without the network the lists stay as they are; whether that is enough shows in the next step.
    program::run(&mut update).ok();
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(&missing);
    apt_get(&arguments)
        .map_or(Ok(()), |mut install| program::run(&mut install))
        .map_err(|failure| Failure::new(format!("{failure}; try `{}` by hand", by_hand())))
}

fn needed(need: Need) -> Vec<&'static str> {
    let mut packages = BUILD.to_vec();
    if need >= Need::Display {
        packages.extend(DISPLAY);
    }
    if need >= Need::Tests {
        packages.extend(TESTS);
    }
    packages
}

fn missing(needed: &[&'static str]) -> Vec<&'static str> {
    // dpkg-query fails when one name is unknown, and still answers for the others.
    let answer = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(needed)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let installed = |package: &str| answer.lines().any(|line| line == format!("{package} installed"));
    needed.iter().copied().filter(|package| !installed(package)).collect()
}

fn apt_get(arguments: &[&str]) -> Option<Command> {
    let is_root = program::answer(Command::new("id").arg("-u")).as_deref() == Some("0");
    let mut command = match (is_root, program::exists("sudo")) {
        (true, _) => Command::new("env"),
        (false, true) => {
            let mut sudo = Command::new("sudo");
            sudo.arg("env");
            sudo
        }
        (false, false) => return None,
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_need_everything_that_a_build_and_a_display_need() {
        let packages = needed(Need::Tests);
        assert!(needed(Need::Display).iter().all(|package| packages.contains(package)));
        assert!(packages.contains(&"webkit2gtk-driver"));
        assert!(!needed(Need::Build).contains(&"xvfb"));
    }

    #[test]
    fn a_package_that_dpkg_does_not_know_is_missing() {
        if is_here() {
            assert_eq!(missing(&["dpkg", "lastgood-no-such-package"]), ["lastgood-no-such-package"]);
        }
    }
}
