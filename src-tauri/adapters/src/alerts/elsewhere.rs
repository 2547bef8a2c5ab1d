//! macOS and Windows: notify-rust shows the alert and waits for the click, each alert on a thread of its own, because both
//! block.

use notify_rust::{Notification, NotificationResponse};

use super::{OPEN, Pressed};

#[derive(Default)]
pub(super) struct Bus;

impl Bus {
    pub(super) async fn show(
        &self,
        mut notification: Notification,
        urgent: bool,
        pressed: Option<Pressed>,
    ) -> notify_rust::error::Result<()> {
        #[cfg(windows)]
        notification.urgency(if urgent { notify_rust::Urgency::Critical } else { notify_rust::Urgency::Normal });
        #[cfg(target_os = "macos")]
        if urgent {
            notification.sound_name("default");
        }
        let (told, hears) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let (answer, shown) = match notification.show() {
                Ok(shown) => (Ok(()), Some(shown)),
                Err(error) => (Err(error), None),
            };
            // Whoever asked may have lost patience; the alert is shown all the same.
            drop(told.send(answer));
            if let (Some(shown), Some(pressed)) = (shown, pressed) {
                wait(shown, pressed);
            }
        });
        hears.await.unwrap_or(Ok(()))
    }
}

fn wait(shown: notify_rust::NotificationHandle, pressed: Pressed) {
    let heard = shown.wait_for_response(move |response: &NotificationResponse| {
        let button = matches!(response, NotificationResponse::Action(action) if action == OPEN);
        if button || matches!(response, NotificationResponse::Default) {
            pressed();
        }
    });
    if let Err(error) = heard {
        tracing::info!("nobody tells whether the alert was clicked: {error}");
    }
}
