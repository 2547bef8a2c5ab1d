//! The window and the desk around it, as far as the controller needs them. A test gives one that writes down what it is
//! told.

use std::sync::Arc;

use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::About;

/// Called when somebody presses an alert's button or clicks the alert.
pub type Opened = Box<dyn Fn(About) + Send + Sync>;

pub trait Screen: Send + Sync {
    /// What stands in the window's title.
    fn title(&self, words: &str);

    /// What the mark in the tray says: how much is unread, the title, and when people hear more.
    fn tray(&self, unread: usize, title: &str, due: Option<&str>);

    /// Brings the window to the front.
    fn show(&self);

    /// Alerts whose button brings the window to what they are about.
    fn alerts(&self, opened: Opened) -> Arc<dyn Desktop>;
}
