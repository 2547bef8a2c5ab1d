//! Systems whose packages are left to their owner: what is missing is named, with the command that installs it.

use std::path::Path;
use std::process::Command;

use super::Need;
use crate::failure::{Failure, Outcome};
use crate::program;

/// The package manager, and its command for a build and for the window's tests.
const LINUX: [(&str, &str, &str); 3] = [
    (
        "dnf",
        "sudo dnf install gcc gcc-c++ make pkgconf-pkg-config git webkit2gtk4.1-devel libayatana-appindicator-gtk3-devel librsvg2-devel dbus-devel",
        "xorg-x11-server-Xvfb openbox xprop xdotool dbus-daemon ImageMagick webkit2gtk-driver gnome-keyring gcr dunst glib2 libsecret openssh-server openssl gnupg2 gh poppler-utils tesseract tesseract-langpack-eng dejavu-sans-fonts python3 python3-gobject gtk3 time",
    ),
    (
        "pacman",
        "sudo pacman -S --needed base-devel git webkit2gtk-4.1 libayatana-appindicator librsvg dbus",
        "xorg-server-xvfb openbox xorg-xprop xdotool imagemagick gnome-keyring gcr dunst glib2 libsecret openssh openssl gnupg github-cli poppler tesseract tesseract-data-eng ttf-dejavu python python-gobject gtk3 time",
    ),
    (
        "zypper",
        "sudo zypper install gcc gcc-c++ make pkg-config git webkit2gtk3-devel libayatana-appindicator3-devel librsvg-devel dbus-1-devel",
        "xorg-x11-server-Xvfb openbox xprop xdotool dbus-1-daemon ImageMagick gnome-keyring gcr dunst glib2-tools libsecret-tools openssh openssl gpg2 gh poppler-tools tesseract-ocr tesseract-ocr-traineddata-english dejavu-fonts python3 python3-gobject-Gdk gtk3-tools time",
    ),
];

pub(crate) fn check(need: Need) -> Outcome {
    if !program::exists("git") {
        return Err(Failure::new("git is missing; install it from https://git-scm.com"));
    }
    if cfg!(target_os = "linux") {
        check_linux(need)
    } else if cfg!(target_os = "macos") {
        check_macos()
    } else if cfg!(windows) {
        check_windows()
    } else {
        Ok(())
    }
}

fn check_linux(need: Need) -> Outcome {
    let libraries = ["webkit2gtk-4.1", "ayatana-appindicator3-0.1", "librsvg-2.0", "dbus-1"];
    let mut missing: Vec<&str> = libraries
        .into_iter()
        .filter(|library| program::answer(Command::new("pkg-config").args(["--exists", library])).is_none())
        .collect();
    missing.extend(programs(need).iter().filter(|name| !on_path(name)));
    if missing.is_empty() {
        return Ok(());
    }
    let command = LINUX.iter().find(|(manager, ..)| on_path(manager)).map_or(
        "the packages of your system that have them".to_owned(),
        |(_, build, tests)| {
            if need == Need::Build { format!("`{build}`") } else { format!("`{build} {tests}`") }
        },
    );
    Err(Failure::new(format!("missing here: {}; install with {command}", missing.join(", "))))
}

fn programs(need: Need) -> &'static [&'static str] {
    let all: &[&str] = &[
        "Xvfb",
        "openbox",
        "xprop",
        "dbus-daemon",
        "import",
        "WebKitWebDriver",
        "dunst",
        "gnome-keyring-daemon",
        "xdotool",
        "gdbus",
        "openssl",
        "ssh-keygen",
        "gpg",
        "gh",
        "pdftotext",
        "tesseract",
        "python3",
    ];
    match need {
        Need::Build => &[],
        Need::Display => all.get(..5).unwrap_or(all),
        Need::Tests => all,
    }
}

fn check_macos() -> Outcome {
    if program::answer(Command::new("xcode-select").arg("-p")).is_some() {
        return Ok(());
    }
    Err(Failure::new("the command line tools are missing; install them with `xcode-select --install`"))
}

fn check_windows() -> Outcome {
    let runtime = r"C:\Program Files (x86)\Microsoft\EdgeWebView\Application";
    if Path::new(runtime).is_dir() {
        return Ok(());
    }
    Err(Failure::new("the WebView2 runtime is missing; install it with `winget install Microsoft.EdgeWebView2Runtime`"))
}

fn on_path(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}
