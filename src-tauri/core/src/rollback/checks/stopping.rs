//! Ending the commands of one asking while they run, so that what they wrote is kept: a call that is dropped keeps nothing.

use std::future::pending;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use futures_util::future::{AbortHandle, Abortable, BoxFuture, Shared};

/// Why commands are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Somebody stopped it.
    Person,
    /// It could only warn, and was waited for long enough.
    Patience,
}

/// Held by whoever asks.
#[derive(Debug)]
pub struct Stopper {
    handle: AbortHandle,
    why: Arc<OnceLock<Halt>>,
}

/// Given to what runs.
#[derive(Debug, Clone)]
pub struct Stop {
    came: Shared<BoxFuture<'static, ()>>,
    why: Arc<OnceLock<Halt>>,
}

/// One asking's.
pub fn stop() -> (Stopper, Stop) {
    let (handle, registration) = AbortHandle::new_pair();
    let came = Abortable::new(pending::<()>(), registration).map(drop).boxed().shared();
    let why = Arc::new(OnceLock::new());
    (Stopper { handle, why: Arc::clone(&why) }, Stop { came, why })
}

impl Stopper {
    /// The first reason counts.
    pub fn stop(&self, why: Halt) {
        self.why.get_or_init(|| why);
        self.handle.abort();
    }
}

impl Stop {
    /// Nobody stops it.
    pub fn never() -> Self {
        stop().1
    }

    pub(super) fn came(&self) -> BoxFuture<'static, ()> {
        self.came.clone().boxed()
    }

    pub(super) fn why(&self) -> Halt {
        self.why.get().copied().unwrap_or(Halt::Person)
    }
}
