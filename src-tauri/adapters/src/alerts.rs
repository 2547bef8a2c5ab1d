//! Desktop alerts, through the notification service of this system.

use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::Alert;
use notify_rust::Notification;

/// A rollback waits for nobody who only shows it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends alerts under the application's name. Without a notification service the alert is lost here and kept in the
/// inbox, which is the truth.
#[derive(Debug, Clone, Default)]
pub struct DesktopAlerts;

#[async_trait]
impl Desktop for DesktopAlerts {
    async fn alert(&self, alert: &Alert) {
        let mut notification = Notification::new();
        notification.appname("Lastgood").icon("lastgood").summary(&alert.title).body(&escape(&alert.body));
        #[cfg(all(unix, not(target_os = "macos")))]
        notification.urgency(if alert.urgent { notify_rust::Urgency::Critical } else { notify_rust::Urgency::Normal });
        match tokio::time::timeout(PATIENCE, show(notification)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!("no notification service took the alert: {error}"),
            Err(_) => tracing::info!("the notification service did not answer"),
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn show(notification: Notification) -> notify_rust::error::Result<()> {
    notification.show_async().await.map(drop)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn show(notification: Notification) -> notify_rust::error::Result<()> {
    notification.show().map(drop)
}

/// Bodies may carry markup (Desktop Notifications Specification 1.2, "Markup"); ours never does.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
