//! GitHub's error answers.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::store::SaveError;

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    errors: Option<Value>,
}

pub(super) type Answer = Result<Response, Refusal>;

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: None }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// "Validation Failed" with the field that is wrong and GitHub's code for it.
    pub(super) fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let errors = json!([{ "resource": resource, "field": field, "code": code }]);
        Self { errors: Some(errors), ..Self::unprocessable("Validation Failed") }
    }

    /// "Validation Failed" with words of its own, which GitHub files under the code `custom`.
    pub(super) fn custom(resource: &str, words: &str) -> Self {
        let errors = json!([{ "resource": resource, "code": "custom", "message": words }]);
        Self { errors: Some(errors), ..Self::unprocessable("Validation Failed") }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({
            "message": self.message,
            "documentation_url": DOCUMENTATION,
            "status": self.status.as_str(),
        });
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        (self.status, Json(body)).into_response()
    }
}

impl From<git2::Error> for Refusal {
    fn from(error: git2::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The repository cannot be read: {}", error.message()))
    }
}

impl From<SaveError> for Refusal {
    fn from(error: SaveError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}
