//! A notification service that knows only what it is told to know.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use zbus::OwnedVariant;
use zbus::message::Type;
use zbus::{Connection, Message, MessageStream};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const NUMBER: u32 = 7;

type Notify = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedVariant>, i32);

/// What it was asked to show.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) body: String,
    pub(super) actions: Vec<String>,
    pub(super) urgent: bool,
}

pub(super) struct StandIn {
    connection: Connection,
    shown: Arc<Mutex<Option<Shown>>>,
}

impl StandIn {
    /// Presses the button of each alert before it tells the alert's number.
    pub(super) async fn start(capabilities: &[&str]) -> Self {
        Self::serve(capabilities, true).await
    }

    pub(super) async fn start_silent(capabilities: &[&str]) -> Self {
        Self::serve(capabilities, false).await
    }

    async fn serve(capabilities: &[&str], hasty: bool) -> Self {
        let connection = Connection::session().await.unwrap();
        let calls = MessageStream::from(&connection);
        connection.request_name(NAME).await.unwrap();
        let shown = Arc::default();
        let capabilities = capabilities.iter().map(|name| (*name).to_owned()).collect();
        tokio::spawn(answer(connection.clone(), calls, capabilities, Arc::clone(&shown), hasty));
        Self { connection, shown }
    }

    pub(super) fn last(&self) -> Shown {
        self.shown.lock().unwrap().clone().unwrap()
    }

    pub(super) async fn press(&self) {
        press(&self.connection).await;
    }
}

pub(super) async fn press_as_somebody_else() {
    let stranger = Connection::session().await.unwrap();
    press(&stranger).await;
    // Whatever it said has arrived on the bus before this answer.
    stranger.call_method(Some("org.freedesktop.DBus"), "/", Some("org.freedesktop.DBus"), "GetId", &()).await.unwrap();
}

async fn press(connection: &Connection) {
    connection.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(NUMBER, "open")).await.unwrap();
}

async fn answer(
    connection: Connection,
    mut calls: MessageStream,
    capabilities: Vec<String>,
    shown: Arc<Mutex<Option<Shown>>>,
    hasty: bool,
) {
    while let Some(Ok(call)) = calls.next().await {
        let header = call.header();
        if header.message_type() != Type::MethodCall {
            continue;
        }
        match header.member().map(|member| member.as_str()) {
            Some("GetCapabilities") => connection.reply(&header, &capabilities).await.unwrap(),
            Some("Notify") => {
                *shown.lock().unwrap() = Some(read(&call));
                if hasty {
                    press(&connection).await;
                }
                connection.reply(&header, &NUMBER).await.unwrap();
            }
            _ => {}
        }
    }
}

fn read(call: &Message) -> Shown {
    let (_, _, _, _, body, actions, hints, _): Notify = call.body().deserialize().unwrap();
    // Urgencies are bytes: 2 is "critical" (Desktop Notifications Specification 1.2, "Urgency Levels").
    let urgent = format!("{:?}", hints.get("urgency")).contains("U8(2)");
    Shown { body, actions, urgent }
}
