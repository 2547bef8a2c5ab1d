//! The session's notification service (Desktop Notifications Specification 1.2), over one connection.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use notify_rust::Notification;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream, Variant};

use super::{CLICK, OPEN, Pressed};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Urgencies as the specification counts them.
const NORMAL: u8 = 1;
const CRITICAL: u8 = 2;

/// Connects with the first alert, and again when the connection was lost.
#[derive(Default)]
pub(super) struct Bus {
    link: Mutex<Option<Arc<Link>>>,
}

struct Link {
    connection: Connection,
    waiting: Waiting,
    listener: JoinHandle<()>,
}

/// Alerts on the screen by their number. Locked while one is sent: its click may come before its number is known here.
type Waiting = Arc<Mutex<HashMap<u32, Shown>>>;

struct Shown {
    /// Who shows it; nobody else on the bus may say that it was clicked.
    service: String,
    pressed: Pressed,
}

impl Bus {
    pub(super) async fn show(
        &self,
        notification: Notification,
        urgent: bool,
        pressed: Option<Pressed>,
    ) -> zbus::Result<()> {
        let mut kept = self.link.lock().await;
        let link = match &*kept {
            Some(link) => Arc::clone(link),
            None => Arc::clone(kept.insert(Arc::new(Link::open().await?))),
        };
        let shown = link.show(&notification, urgent, pressed).await;
        if shown.is_err() {
            *kept = None;
        }
        shown
    }
}

impl Link {
    /// Listens before anything is shown.
    async fn open() -> zbus::Result<Self> {
        let connection = Connection::session().await?;
        let rule = MatchRule::builder().msg_type(Type::Signal).interface(NAME).path(PATH).build()?;
        let signals = MessageStream::for_match_rule(rule, &connection, None).await?;
        let waiting = Waiting::default();
        let listener = tokio::spawn(listen(signals, Arc::clone(&waiting)));
        Ok(Self { connection, waiting, listener })
    }

    async fn show(&self, alert: &Notification, urgent: bool, pressed: Option<Pressed>) -> zbus::Result<()> {
        let can = self.capabilities().await?;
        let knows = |name: &str| can.iter().any(|one| one == name);
        // What is no markup to the service would be read as it stands.
        let body = if knows("body-markup") { escape(&alert.body) } else { alert.body.clone() };
        let actions: &[String] = if knows("actions") { &alert.actions } else { &[] };
        let urgency = if urgent { CRITICAL } else { NORMAL };
        let hints = HashMap::from([("urgency", Variant::U8(urgency))]);
        let (app, icon, title) = (&alert.appname, &alert.icon, &alert.summary);
        let mut waiting = self.waiting.lock().await;
        let words = (app, 0_u32, icon, title, &body, actions, hints, -1_i32);
        let answer = self.connection.call_method(Some(NAME), PATH, Some(NAME), "Notify", &words).await?;
        let number: u32 = answer.body().deserialize()?;
        if let (Some(pressed), Some(service)) = (pressed, sender(&answer)) {
            waiting.insert(number, Shown { service, pressed });
        }
        Ok(())
    }

    /// Asked anew each time: another service may have taken over.
    async fn capabilities(&self) -> zbus::Result<Vec<String>> {
        let answer = self.connection.call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &()).await?;
        answer.body().deserialize()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn listen(mut signals: MessageStream, waiting: Waiting) {
    while let Some(signal) = signals.next().await {
        if let Ok(signal) = signal {
            hear(&signal, &waiting).await;
        }
    }
}

/// A click is heard once; an alert that went away is waited for no longer.
async fn hear(signal: &Message, waiting: &Waiting) {
    let header = signal.header();
    let member = header.member().map(|member| member.as_str()).unwrap_or_default();
    let (number, pressed) = match member {
        "ActionInvoked" => match signal.body().deserialize::<(u32, String)>() {
            Ok((number, action)) => (number, action == OPEN || action == CLICK),
            Err(_) => return,
        },
        "NotificationClosed" => match signal.body().deserialize::<(u32, u32)>() {
            Ok((number, _reason)) => (number, false),
            Err(_) => return,
        },
        _ => return,
    };
    let mut waiting = waiting.lock().await;
    let is_its_own = waiting.get(&number).is_some_and(|shown| Some(&shown.service) == sender(signal).as_ref());
    if !is_its_own {
        return;
    }
    if let Some(shown) = waiting.remove(&number)
        && pressed
    {
        (shown.pressed)();
    }
}

fn sender(message: &Message) -> Option<String> {
    message.header().sender().map(ToString::to_string)
}

/// Bodies may carry markup (Desktop Notifications Specification 1.2, "Markup"); ours never does.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
