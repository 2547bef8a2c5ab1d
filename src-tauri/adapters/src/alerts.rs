//! Desktop alerts, through the notification service of this system.

mod service;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ids::RollbackId;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::Alert;
use notify_rust::Notification;
#[cfg(all(unix, not(target_os = "macos")))]
use notify_rust::NotificationResponse;

pub use service::{Service, service};

/// A rollback waits for nobody who only shows it.
const PATIENCE: Duration = Duration::from_secs(2);

/// So long a click on an alert is waited for. GNOME drops an alert whose connection closes; this keeps it open.
const CLICKABLE: Duration = Duration::from_secs(3_600);

/// The one button. It shows what the alert is about and does nothing else.
const OPEN: &str = "open";

/// Sends alerts under the application's name. Without a notification service the alert is lost here and kept in the
/// inbox, which is the truth.
#[derive(Clone, Default)]
pub struct DesktopAlerts {
    opened: Option<Arc<dyn Fn(Option<RollbackId>) + Send + Sync>>,
}

impl DesktopAlerts {
    /// With a button; `opened` is called when somebody presses it or clicks the alert.
    pub fn opening(opened: impl Fn(Option<RollbackId>) + Send + Sync + 'static) -> Self {
        Self { opened: Some(Arc::new(opened)) }
    }
}

#[async_trait]
impl Desktop for DesktopAlerts {
    async fn alert(&self, alert: &Alert) {
        let mut notification = Notification::new();
        notification.appname("Lastgood").icon("lastgood").summary(&alert.title).body(&escape(&alert.body));
        #[cfg(all(unix, not(target_os = "macos")))]
        notification.urgency(if alert.urgent { notify_rust::Urgency::Critical } else { notify_rust::Urgency::Normal });
        if self.opened.is_some() {
            notification.action("default", "Open Lastgood").action(OPEN, "Open Lastgood");
        }
        match tokio::time::timeout(PATIENCE, show(notification)).await {
            Ok(Ok(shown)) => self.wait_for_a_click(shown, alert.rollback.clone()),
            Ok(Err(error)) => tracing::info!("no notification service took the alert: {error}"),
            Err(_) => tracing::info!("the notification service did not answer"),
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
impl DesktopAlerts {
    fn wait_for_a_click(&self, shown: notify_rust::NotificationHandle, rollback: Option<RollbackId>) {
        let Some(opened) = self.opened.clone() else { return };
        tokio::spawn(async move {
            let clicked = shown.wait_for_action_async(|response: &NotificationResponse| {
                let pressed = matches!(response, NotificationResponse::Action(action) if action == OPEN);
                if pressed || matches!(response, NotificationResponse::Default) {
                    opened(rollback);
                }
            });
            // A service that dies says nothing; the wait ends all the same.
            drop(tokio::time::timeout(CLICKABLE, clicked).await);
        });
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl DesktopAlerts {
    fn wait_for_a_click(&self, _: (), _: Option<RollbackId>) {}
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn show(notification: Notification) -> notify_rust::error::Result<notify_rust::NotificationHandle> {
    notification.show_async().await
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn show(notification: Notification) -> notify_rust::error::Result<()> {
    notification.show().map(drop)
}

/// Bodies may carry markup (Desktop Notifications Specification 1.2, "Markup"); ours never does.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
