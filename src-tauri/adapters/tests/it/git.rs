//! Lastgood's git against real repositories, real remotes and the git program's own answers.

mod cache;
mod files;
mod formats;
mod hostile;
#[cfg(unix)]
mod moving;
mod pushing;
mod reading;
mod sample;
mod tagging;
mod team;
