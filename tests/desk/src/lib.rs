//! A desk without a screen, for Linux: a virtual display with a window manager, a session bus, and pictures of both.
//!
//! Each part owns the programs it started and ends them, with all their children, when it is dropped.
//! Elsewhere this crate is empty: macOS and Windows always have a display.
#![cfg(target_os = "linux")]

mod bus;
mod display;
mod failure;
mod picture;
mod process;
mod program;

pub use bus::Bus;
pub use display::{Display, SCREEN};
pub use failure::Failure;
pub use picture::wait_until_painted;
pub use process::{Process, wait_until};
pub use program::{find, require};
