//! What clients asked, for tests and for people who want to see what a drill sent.

use serde::{Deserialize, Serialize};

/// Requests that are kept; older ones go.
pub(crate) const MOST_REQUESTS: usize = 5_000;

/// One request with the status of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// HTTP method.
    pub method: String,
    /// Path and query, with the `/api/v3` of a client that uses it.
    pub path_and_query: String,
    /// HTTP status of the answer; `None` while there is none, and where the connection was cut before one.
    pub status: Option<u16>,
    /// Names and values of its headers, the authorization left out.
    pub headers: Vec<(String, String)>,
    /// Its body, as text.
    pub body: String,
}
