//! Lastgood's git against real repositories, real remotes and the git program's own answers.

mod cache;
mod differing;
mod files;
mod formats;
mod hostile;
#[cfg(unix)]
mod moving;
mod pushing;
mod reading;
// The daemon is called as Linux has it.
#[cfg(target_os = "linux")]
mod remotes;
mod sample;
#[cfg(unix)]
mod signatures;
mod tagging;
mod team;
