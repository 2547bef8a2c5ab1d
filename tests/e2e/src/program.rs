use std::env;
use std::path::{Path, PathBuf};

use lastgood_desk::Failure;

/// The desktop program under test: `LASTGOOD_DESKTOP`, else the debug build.
pub(crate) fn desktop() -> Result<PathBuf, Failure> {
    let file = env::var_os("LASTGOOD_DESKTOP").map_or_else(debug_build, PathBuf::from);
    if file.is_file() {
        return Ok(file);
    }
    Err(Failure::new(format!("{} is not built; `cargo xtask test window` builds it", file.display())))
}

/// The terminal program: `LASTGOOD`, else the debug build.
pub(crate) fn terminal() -> Result<PathBuf, Failure> {
    let beside = || desktop().map(|file| file.with_file_name("lastgood"));
    let file = env::var_os("LASTGOOD").map_or_else(beside, |file| Ok(PathBuf::from(file)))?;
    if file.is_file() {
        return Ok(file);
    }
    Err(Failure::new(format!("{} is not built; `cargo xtask test window` builds it", file.display())))
}

/// The folder for pictures of the window, made if it is not there.
pub fn pictures() -> Result<PathBuf, Failure> {
    let folder = root().join("target").join("pictures");
    match std::fs::create_dir_all(&folder) {
        Ok(()) => Ok(folder),
        Err(error) => Err(Failure::new(format!("{} cannot be made: {error}", folder.display()))),
    }
}

/// WebKit's own small browser: the same engine as the window's, without the window's host.
pub fn browser() -> Result<PathBuf, Failure> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut files = folders.map(|entry| entry.path().join("webkit2gtk-4.1").join("MiniBrowser"));
    files.find(|file| file.is_file()).ok_or_else(|| {
        Failure::new(
            "MiniBrowser is missing (Debian package libwebkit2gtk-4.1-0); \
             `cargo xtask test` installs it",
        )
    })
}

/// The window's own sources.
pub(crate) fn sources() -> PathBuf {
    root().join("ui")
}

fn debug_build() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    root().join(target).join("debug").join("lastgood-desktop")
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
