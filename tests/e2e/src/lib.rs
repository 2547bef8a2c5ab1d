//! The kit for tests of the real window, on Linux: a desk with everything a person's session has, and WebDriver verbs.
//!
//! ```no_run
//! # use lastgood_e2e::{By, Desk, Failure, Look};
//! # fn main() -> Result<(), Failure> {
//! let desk = Desk::start(Look::Dark)?;
//! let window = desk.open(&["--rehearsal"])?;
//! window.click(&By::role("button", "Roll back to v2.4.0"))?;
//! window.find(&By::text("Held by you"))?;
//! # Ok(())
//! # }
//! ```
#![cfg(target_os = "linux")]

mod alerts;
mod by;
mod desk;
mod driver;
mod hands;
mod http;
pub mod keys;
mod pretence;
mod program;
mod reading;
mod rehearsal;
mod window;

pub use alerts::Alert;
pub use by::By;
pub use desk::{Desk, Look};
pub use driver::Driver;
pub use lastgood_desk::Failure;
pub use pretence::Pretence;
pub use program::{browser, pictures};
pub use reading::reads_part_of;
pub use rehearsal::Rehearsal;
pub use window::{Element, Window};
