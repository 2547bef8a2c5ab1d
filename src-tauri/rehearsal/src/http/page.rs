//! Pages of lists, with GitHub's `Link` header.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::header::LINK,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

const DEFAULT: usize = 30;
const MOST: usize = 100;

/// The part of a list that a call asks for.
pub(super) struct Page<'c> {
    url: &'c str,
    query: &'c BTreeMap<String, String>,
    size: usize,
    number: usize,
}

impl<'c> Page<'c> {
    pub(super) fn new(url: &'c str, query: &'c BTreeMap<String, String>) -> Self {
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0);
        let size = number("per_page").unwrap_or(DEFAULT).min(MOST);
        Self { url, query, size, number: number("page").unwrap_or(1) }
    }

    /// The page as a plain array.
    pub(super) fn array<T>(&self, items: &[T], shape: impl FnMut(&T) -> Value) -> Response {
        self.with_links(items.len(), Value::Array(self.part(items, shape)))
    }

    /// The page as an object with the count of all items.
    pub(super) fn counted<T>(&self, name: &str, items: &[T], shape: impl FnMut(&T) -> Value) -> Response {
        let body = json!({ "total_count": items.len(), name: self.part(items, shape) });
        self.with_links(items.len(), body)
    }

    fn part<T>(&self, items: &[T], shape: impl FnMut(&T) -> Value) -> Vec<Value> {
        let before = (self.number - 1).saturating_mul(self.size);
        items.iter().skip(before).take(self.size).map(shape).collect()
    }

    fn with_links(&self, items: usize, body: Value) -> Response {
        let last = items.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(self.link("prev", (self.number - 1).min(last)));
        }
        if self.number < last {
            links.push(self.link("next", self.number + 1));
            links.push(self.link("last", last));
        }
        if self.number > 1 {
            links.push(self.link("first", 1));
        }
        if links.is_empty() {
            Json(body).into_response()
        } else {
            ([(LINK, links.join(", "))], Json(body)).into_response()
        }
    }

    fn link(&self, relation: &str, number: usize) -> String {
        let others = self.query.iter().filter(|(name, _)| *name != "page");
        let mut query: String = others.map(|(name, value)| format!("{}={}&", encode(name), encode(value))).collect();
        query += &format!("page={number}");
        format!("<{}?{query}>; rel=\"{relation}\"", self.url)
    }
}

/// Percent-encodes all but letters, digits and `-._~`.
pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
