//! Saving while somebody types: the first change is on the disk at once, the next ones shortly after.

use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Clock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::Documents;
use crate::clock::SystemClock;

/// Between two saves. With the write itself it stays well below the 300 ms that a person may lose.
const PAUSE: Duration = Duration::from_millis(150);

/// How the newest save went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    NotYet,
    At {
        number: u64,
        at: Timestamp,
    },
    /// The text is still in the window alone; it is tried again with the next change.
    Failed(Trouble),
}

/// Takes every text as it is typed, and keeps the newest. Dropping it saves what is left.
pub struct Autosave {
    sender: mpsc::UnboundedSender<Message>,
    saved: watch::Receiver<Saved>,
}

enum Message {
    Typed(String),
    Flush(oneshot::Sender<Saved>),
}

impl Autosave {
    /// Begins in the running tokio runtime.
    pub fn start(documents: Documents, document: String) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (tell, saved) = watch::channel(Saved::NotYet);
        tokio::spawn(Keeper { documents, document, tell }.keep(receiver));
        Self { sender, saved }
    }

    /// The whole text as it stands now.
    ///
    /// # Errors
    /// [`Code::Internal`] where saving has come to an end.
    pub fn typed(&self, text: String) -> Result<(), Trouble> {
        self.sender.send(Message::Typed(text)).map_err(|_| gone())
    }

    /// Waits until everything that was typed is on the disk.
    pub async fn flush(&self) -> Result<Saved, Trouble> {
        let (sender, answer) = oneshot::channel();
        self.sender.send(Message::Flush(sender)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }

    /// Changes with each save.
    pub fn saved(&self) -> watch::Receiver<Saved> {
        self.saved.clone()
    }
}

struct Keeper {
    documents: Documents,
    document: String,
    tell: watch::Sender<Saved>,
}

impl Keeper {
    async fn keep(self, mut receiver: mpsc::UnboundedReceiver<Message>) {
        let mut free_from = Instant::now();
        let mut waiting: Option<String> = None;
        loop {
            let message = if waiting.is_some() {
                tokio::select! {
                    message = receiver.recv() => message,
                    () = tokio::time::sleep_until(free_from) => {
                        self.save(waiting.take()).await;
                        free_from = Instant::now() + PAUSE;
                        continue;
                    }
                }
            } else {
                receiver.recv().await
            };
            match message {
                Some(Message::Typed(text)) => waiting = Some(text),
                Some(Message::Flush(answer)) => {
                    self.save(waiting.take()).await;
                    // Who asked may be gone.
                    drop(answer.send(self.tell.borrow().clone()));
                }
                None => return self.save(waiting.take()).await,
            }
        }
    }

    async fn save(&self, text: Option<String>) {
        let Some(text) = text else { return };
        let (documents, document, at) = (self.documents.clone(), self.document.clone(), SystemClock.now());
        let saved = tokio::task::spawn_blocking(move || documents.save(&document, &text, at, None)).await;
        let saved =
            saved.unwrap_or_else(|error| Err(Trouble::new(Code::Internal, error.to_string(), "Start Lastgood again.")));
        self.tell.send_replace(match saved {
            Ok(number) => Saved::At { number, at },
            Err(trouble) => Saved::Failed(trouble),
        });
    }
}

fn gone() -> Trouble {
    Trouble::new(Code::Internal, "Saving has come to an end.", "Copy your text, then open the document again.")
}
