//! What proves to a remote over HTTP who is asking.

use std::fmt;
use std::sync::Arc;

/// The value of an `Authorization` header, such as `Basic …`. It goes to the git program through its environment, never
/// through its arguments, and is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(String);

impl Authorization {
    /// `None` when the value would end the header's line and begin another.
    pub fn new(value: impl Into<String>) -> Option<Self> {
        let value = value.into();
        (!value.contains(['\r', '\n', '\0'])).then_some(Self(value))
    }

    pub(super) fn header(&self) -> String {
        format!("Authorization: {}", self.0)
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(…)")
    }
}

type Ask = dyn Fn(&str) -> Option<Authorization> + Send + Sync;

/// Asked with the remote's address before each call over the network; `None` leaves it to the person's own git.
#[derive(Clone)]
pub struct Authorizer(Arc<Ask>);

impl Authorizer {
    pub fn new(ask: impl Fn(&str) -> Option<Authorization> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    pub(super) fn ask(&self, address: &str) -> Option<Authorization> {
        (self.0)(address)
    }
}

impl fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorizer(…)")
    }
}
