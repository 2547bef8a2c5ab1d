//! A remote over HTTP, in the name of whoever is signed in. Both requests use one connection, which stays for the next push.

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Client, RequestBuilder, Url};

use super::{LONGEST_ADVERTISEMENT, LONGEST_ANSWER, packet};
use crate::git::authorization::Authorization;
use crate::loopback::is_loopback;

const SERVICE: &str = "git-receive-pack";

/// Some servers know git by the beginning of this (as isomorphic-git found, whose own begins alike).
const AGENT: &str = concat!("git/lastgood-", env!("CARGO_PKG_VERSION"));

pub(super) struct Line {
    client: Client,
    address: String,
    value: HeaderValue,
}

impl Line {
    /// `None` where nobody gave a connection, or the address does not say plainly where the proof of identity would go.
    pub(super) fn new(address: &str, authorization: &Authorization) -> Option<Self> {
        let address = plain(address)?.as_str().trim_end_matches('/').to_owned();
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

/// An address that every reader takes for the same server: encrypted or on this machine, and nothing in it but the server
/// and a path. The address is the repository's, and a repository may be anybody's.
fn plain(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let (host, rest) = (url.host_str()?, address.split_once("://")?.1);
    let begins = rest.get(..host.len())?.eq_ignore_ascii_case(host) && rest[host.len()..].starts_with([':', '/']);
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url.as_str()));
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (begins && safe && bare).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_a_plain_address_gets_proof_of_identity() {
        for address in ["https://github.com/o/r.git", "https://GitHub.com:8443/o/r", "http://127.0.0.1:80/o/r.git"] {
            assert!(plain(address).is_some(), "{address}");
        }
        for address in [
            "https://evil.example#@github.com/o/r.git",
            "https://evil.example?@github.com/o/r.git",
            "https://evil.example\\@github.com/o/r.git",
            "https://github.com@evil.example/o/r.git",
            "https://user:word@github.com/o/r.git",
            "https://github.com/o/r.git#x",
            "https://github.com/o/r.git?x",
            "https:/\\evil.example/o/r.git",
            "https:evil.example/o/r.git",
            "https://\tgithub.com/o/r.git",
            "http://github.com/o/r.git",
            "ftp://github.com/o/r.git",
        ] {
            assert!(plain(address).is_none(), "{address}");
        }
    }
}
