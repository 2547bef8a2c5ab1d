//! A remote over HTTP, in the name of whoever is signed in. Both requests use one connection, which stays for the next push.

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Client, RequestBuilder, Url};

use super::{LONGEST_ADVERTISEMENT, LONGEST_ANSWER, packet};
use crate::git::authorization::Authorization;

const SERVICE: &str = "git-receive-pack";

/// Some servers know git by the beginning of this (as isomorphic-git found, whose own begins alike).
const AGENT: &str = concat!("git/lastgood-", env!("CARGO_PKG_VERSION"));

pub(super) struct Line {
    client: Client,
    address: String,
    value: HeaderValue,
}

impl Line {
    /// `None` where nobody gave a connection, or the address carries somebody's own name.
    pub(super) fn new(address: &str, authorization: Authorization) -> Option<Self> {
        let url = Url::parse(address).ok().filter(|url| url.username().is_empty() && url.query().is_none())?;
        let address = url.as_str().trim_end_matches('/').to_owned();
        Some(Self { client: authorization.client()?, address, value: authorization.header_value()? })
    }

    pub(super) async fn hear(&self) -> Option<Vec<u8>> {
        let request = self.client.get(format!("{}/info/refs?service={SERVICE}", self.address));
        let request = request.header(CACHE_CONTROL, "no-cache");
        let answer = self.whole(request, "advertisement", LONGEST_ADVERTISEMENT).await?;
        let mut rest = answer.as_slice();
        let head = packet::part(&mut rest)?;
        let named = head.first()?.trim_ascii_end() == format!("# service={SERVICE}").as_bytes();
        named.then(|| rest.to_vec())
    }

    pub(super) async fn say(&self, request: Vec<u8>) -> Option<Vec<u8>> {
        let post = self.client.post(format!("{}/{SERVICE}", self.address));
        let post = post.header(CONTENT_TYPE, format!("application/x-{SERVICE}-request")).body(Bytes::from(request));
        self.whole(post, "result", LONGEST_ANSWER).await
    }

    /// The body, where it is of the kind that git's servers answer with; a page of a proxy is none.
    async fn whole(&self, request: RequestBuilder, kind: &str, longest: u64) -> Option<Vec<u8>> {
        let kind = format!("application/x-{SERVICE}-{kind}");
        let request = request.header(ACCEPT, &kind).header(AUTHORIZATION, self.value.clone()).header(USER_AGENT, AGENT);
        let told = |error: reqwest::Error| tracing::debug!(error = %error.without_url(), "git's server did not answer");
        let mut response = request.send().await.map_err(told).ok()?;
        let named = response.headers().get(CONTENT_TYPE).is_some_and(|found| found.as_bytes() == kind.as_bytes());
        if response.status() != 200 || !named {
            return None;
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(told).ok()? {
            body.extend_from_slice(&chunk);
            if body.len() as u64 > longest {
                return None;
            }
        }
        Some(body)
    }
}
