//! The real window and its desk: the title, alerts of the notification service, and attention asked for.

use std::sync::Arc;

use async_trait::async_trait;
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::Alert;
use tauri::{AppHandle, Manager, UserAttentionType};

use crate::controller::{Opened, Screen};

pub(crate) struct AppScreen {
    pub(crate) app: AppHandle,
}

impl Screen for AppScreen {
    fn title(&self, words: &str) {
        if let Some(window) = self.app.get_webview_window("main")
            && let Err(error) = window.set_title(words)
        {
            tracing::debug!("the title stays: {error}");
        }
    }

    fn tray(&self, unread: usize, title: &str, due: Option<&str>) {
        crate::tray::show(&self.app, unread, title, due);
    }

    fn show(&self) {
        if let Some(window) = self.app.get_webview_window("main") {
            // A window manager may refuse; the window is open all the same.
            drop(window.unminimize());
            drop(window.show());
            drop(window.set_focus());
        }
    }

    fn alerts(&self, opened: Opened) -> Arc<dyn Desktop> {
        Arc::new(AppDesktop { app: self.app.clone(), alerts: DesktopAlerts::opening(opened) })
    }
}

struct AppDesktop {
    app: AppHandle,
    alerts: DesktopAlerts,
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
