//! The Desktop port: an alert goes to the notification service, and asks for attention at the window.

use async_trait::async_trait;
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::Alert;
use tauri::{AppHandle, Manager, UserAttentionType};

pub(crate) struct AppDesktop {
    pub(crate) app: AppHandle,
    pub(crate) alerts: DesktopAlerts,
}

#[async_trait]
impl Desktop for AppDesktop {
    async fn alert(&self, alert: &Alert) {
        if let Some(window) = self.app.get_webview_window("main")
            && !window.is_focused().unwrap_or(false)
        {
            let kind = if alert.urgent { UserAttentionType::Critical } else { UserAttentionType::Informational };
            // A courtesy that not every window manager knows.
            drop(window.request_user_attention(Some(kind)));
        }
        self.alerts.alert(alert).await;
    }
}
