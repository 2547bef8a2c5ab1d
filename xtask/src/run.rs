//! `cargo xtask run`: from a fresh machine to the open window.

use std::env;
use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::program::{self, cargo};
use crate::setup::{Need, setup};
use crate::{place, ui};

pub(crate) fn run(words: &[&str]) -> Outcome<String> {
    let wish = Wish::read(words)?;
    let own_display = wish.picture || !has_display();
    setup(if own_display { Need::Display } else { Need::Build })?;
    ui::build()?;
    program::run(&mut cargo(["build", "--package", "lastgood-desktop"]))?;
    let binary = place::built("debug", "lastgood-desktop");
    open(&binary, &wish, own_display)
}

/// What the person asked for.
struct Wish {
    /// A repository; without one the window opens on the rehearsal.
    path: Option<PathBuf>,
    /// Take a picture on a display of its own and end.
    picture: bool,
}

impl Wish {
    fn read(words: &[&str]) -> Outcome<Self> {
        let mut wish = Self { path: None, picture: false };
        for word in words {
            match *word {
                "--" => {}
                "--picture" => wish.picture = true,
                path if wish.path.is_none() && !path.starts_with('-') => {
                    wish.path = Some(existing(path)?);
                }
                other => {
                    return Err(Failure::new(format!("`{other}` was not expected; see `cargo xtask help`")));
                }
            }
        }
        Ok(wish)
    }

    fn arguments(&self) -> Vec<PathBuf> {
        vec![self.path.clone().unwrap_or_else(|| "--rehearsal".into())]
    }
}

fn existing(path: &str) -> Outcome<PathBuf> {
    std::path::absolute(path)
        .ok()
        .filter(|folder| folder.is_dir())
        .ok_or_else(|| Failure::new(format!("{path} is not a folder; give the path of a repository")))
}

fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[cfg(target_os = "linux")]
fn open(binary: &std::path::Path, wish: &Wish, own_display: bool) -> Outcome<String> {
    if own_display { crate::window::open(binary, &wish.arguments(), wish.picture) } else { open_here(binary, wish) }
}

#[cfg(not(target_os = "linux"))]
fn open(binary: &std::path::Path, wish: &Wish, own_display: bool) -> Outcome<String> {
    if own_display {
        return Err(Failure::new("--picture works on Linux alone, where a display can be had without a screen"));
    }
    open_here(binary, wish)
}

fn open_here(binary: &std::path::Path, wish: &Wish) -> Outcome<String> {
    program::run(std::process::Command::new(binary).args(wish.arguments()))?;
    Ok("the window was closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Wish;

    #[test]
    fn without_a_path_the_window_opens_on_the_rehearsal() {
        let wish = Wish::read(&["--picture"]).unwrap();
        assert!(wish.picture);
        assert_eq!(wish.arguments(), [std::path::Path::new("--rehearsal")]);
    }

    #[test]
    fn a_path_that_is_no_folder_is_refused_with_a_sentence() {
        let failure = Wish::read(&["--", "/no/such/folder"]).err().unwrap();
        assert!(failure.to_string().starts_with("/no/such/folder is not a folder"));
    }

    #[test]
    fn an_unknown_switch_is_refused() {
        assert!(Wish::read(&["--fast"]).is_err());
    }
}
