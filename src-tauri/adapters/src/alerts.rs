//! Desktop alerts, through the notification service of this system.
//!
//! On Linux and its like they travel over a connection of our own ([`bus`]): it stays open, because GNOME takes an
//! alert back when its sender goes, and it listens before the first alert is shown, so that no click is lost. Elsewhere
//! notify-rust does both.

#[cfg(all(unix, not(target_os = "macos")))]
mod bus;
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod elsewhere;

mod service;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::{About, Alert};
use notify_rust::Notification;

#[cfg(all(unix, not(target_os = "macos")))]
use bus::Bus;
#[cfg(not(all(unix, not(target_os = "macos"))))]
use elsewhere::Bus;

pub use service::{Service, service};

/// A rollback waits for nobody who only shows it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The one button. It shows what the alert is about and does nothing else.
const OPEN: &str = "open";

/// What the specification names a click on the alert itself (Desktop Notifications Specification 1.2, "Actions").
const CLICK: &str = "default";

/// Called once, when somebody presses the button or clicks the alert.
type Pressed = Box<dyn FnOnce() + Send>;

/// Sends alerts under the application's name. Without a notification service the alert is lost here and kept in the
/// inbox, which is the truth. Clones share one connection; it stays open as long as the last of them.
#[derive(Clone, Default)]
pub struct DesktopAlerts {
    opened: Option<Arc<dyn Fn(About) + Send + Sync>>,
    bus: Arc<Bus>,
}

impl DesktopAlerts {
    /// With a button; `opened` is called when somebody presses it or clicks the alert.
    pub fn opening(opened: impl Fn(About) + Send + Sync + 'static) -> Self {
        Self { opened: Some(Arc::new(opened)), bus: Arc::default() }
    }
}

#[async_trait]
impl Desktop for DesktopAlerts {
    async fn alert(&self, alert: &Alert) {
        let mut notification = Notification::new();
        notification.appname("Lastgood").icon("lastgood").summary(&alert.title).body(&alert.body);
        let pressed = self.opened.clone().map(|opened| {
            notification.action(CLICK, "Open Lastgood").action(OPEN, "Open Lastgood");
            let about = alert.about.clone();
            Box::new(move || opened(about)) as Pressed
        });
        match tokio::time::timeout(PATIENCE, self.bus.show(notification, alert.urgent, pressed)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!("no notification service took the alert: {error}"),
            Err(_) => tracing::info!("the notification service did not answer"),
        }
    }
}
