//! The person at the keyboard: requests reach a running rollback through a queue, in order.

use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::ports::Person;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::choosing::Offer;
use tokio::sync::{Mutex, mpsc};

/// The engine's end: hears requests.
pub struct Desk {
    requests: Mutex<mpsc::UnboundedReceiver<Request>>,
}

/// The person's end: makes them.
#[derive(Debug, Clone)]
pub struct Bell {
    requests: mpsc::UnboundedSender<Request>,
}

/// A desk and its bell. When the last bell is gone, nobody is there.
pub fn desk() -> (Desk, Bell) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Desk { requests: Mutex::new(receiver) }, Bell { requests: sender })
}

impl Bell {
    /// Returns whether somebody still listens.
    pub fn ring(&self, request: Request) -> bool {
        self.requests.send(request).is_ok()
    }
}

#[async_trait]
impl Person for Desk {
    async fn asked_within(&self, time: Duration) -> Option<Request> {
        let mut requests = self.requests.lock().await;
        if time.is_zero() {
            return requests.try_recv().ok();
        }
        let sleep = tokio::time::sleep(time);
        tokio::pin!(sleep);
        tokio::select! {
            biased;
            Some(request) = requests.recv() => Some(request),
            () = &mut sleep => None,
        }
    }

    async fn asked(&self, _: &str, _: &[Offer]) -> Option<Request> {
        self.requests.lock().await.recv().await
    }
}
