//! Requests and answers: deadlines, redirects, limits, and what a person is told when it does not work.

use std::error::Error as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use http_body_util::combinators::BoxBody;
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use octocrab::Octocrab;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, redirect};
use serde::de::DeserializeOwned;

use crate::loopback::is_loopback;
use crate::secret::Secret;

const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Two clients: one reads and may follow redirects, the other writes and may not.
pub(super) struct Transport {
    reading: Octocrab,
    writing: Octocrab,
    deadline: Duration,
    calls_left: AtomicI64,
}

type Response = http::Response<BoxBody<Bytes, octocrab::Error>>;

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: String,
}

/// No answer came.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection was made: the request never left.
    NotSent(Trouble),
    NoAnswer(Trouble),
}

impl Transport {
    pub(super) fn new(api: &str, token: &Secret, deadline: Duration) -> Result<Self, Trouble> {
        Ok(Self {
            reading: octocrab(api, token, redirect::Policy::limited(5))?,
            writing: octocrab(api, token, redirect::Policy::none())?,
            deadline,
            calls_left: AtomicI64::new(-1),
        })
    }

    pub(super) fn calls_left(&self) -> Option<u32> {
        u32::try_from(self.calls_left.load(Ordering::Relaxed)).ok()
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, Trouble> {
        let answer = self.hear(&self.reading, self.reading._get(route)).await.map_err(Failure::trouble)?;
        if !(200..300).contains(&answer.status) {
            return Err(answer.trouble());
        }
        answer.read(route.split('?').next().unwrap_or(route))
    }

    pub(super) async fn post(&self, route: &str, body: &serde_json::Value) -> Result<Answer, Failure> {
        self.hear(&self.writing, self.writing._post(route, Some(body))).await
    }

    /// The whole answer, if it comes in time.
    async fn hear(
        &self,
        octocrab: &Octocrab,
        request: impl Future<Output = octocrab::Result<Response>>,
    ) -> Result<Answer, Failure> {
        let whole = async {
            let response = request.await.map_err(|error| failure(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            self.note_calls_left(&headers);
            let body = octocrab.body_to_string(response).await;
            let body = body.map_err(|error| Failure::NoAnswer(unreachable(&error)))?;
            Ok(Answer { status, headers, body })
        };
        tokio::time::timeout(self.deadline, whole).await.unwrap_or_else(|_| Err(Failure::NoAnswer(late(self.deadline))))
    }

    fn note_calls_left(&self, headers: &HeaderMap) {
        if let Some(left) = number(headers, "x-ratelimit-remaining") {
            self.calls_left.store(left, Ordering::Relaxed);
        }
    }
}

impl Failure {
    fn trouble(self) -> Trouble {
        match self {
            Self::NotSent(trouble) | Self::NoAnswer(trouble) => trouble,
        }
    }
}

impl Answer {
    /// The body as JSON; `question` is what it answers.
    pub(super) fn read<T: DeserializeOwned>(&self, question: &str) -> Result<T, Trouble> {
        serde_json::from_str(&self.body).map_err(|error| {
            Trouble::new(
                Code::GithubAnswer,
                format!("GitHub's answer to {question} cannot be read: {error}."),
                "A proxy may stand in between; try again, and look at GitHub's status page.",
            )
        })
    }

    /// What an answer that is no success tells a person.
    pub(super) fn trouble(&self) -> Trouble {
        let words = self.words();
        match StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR) {
            StatusCode::UNAUTHORIZED => Trouble::new(
                Code::TokenRejected,
                "GitHub says that the token is wrong or expired.",
                "Sign in again with a new token.",
            ),
            StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS if self.is_limited() => {
                Trouble::new(Code::RateLimited, "GitHub's limit of calls is reached.", self.waiting())
            }
            StatusCode::FORBIDDEN => Trouble::new(
                Code::TokenTooWeak,
                format!("GitHub does not allow this: {words}"),
                "Use a token with the scopes repo and workflow, or ask for the permission.",
            ),
            StatusCode::NOT_FOUND => Trouble::new(
                Code::NotOnGithub,
                "GitHub does not know it, or the token may not see it.",
                "Check the remote's address and that the token has the scopes repo and workflow.",
            ),
            status if status.is_redirection() => Trouble::new(
                Code::NotOnGithub,
                "The repository was renamed or moved on GitHub.",
                "Set the remote to its new address: `git remote set-url origin ADDRESS`.",
            ),
            status if status.is_server_error() => Trouble::new(
                Code::GithubUnreachable,
                format!("GitHub answered {}.", self.status),
                "Look at GitHub's status page and try again.",
            ),
            _ => Trouble::new(
                Code::GithubAnswer,
                format!("GitHub refused: {words}"),
                "Mend what it names and start again.",
            ),
        }
    }

    fn is_limited(&self) -> bool {
        self.status == 429
            || self.headers.contains_key("retry-after")
            || self.is_used_up()
            || self.message().is_some_and(|message| message.is_about_secondary_limits())
    }

    fn is_used_up(&self) -> bool {
        number(&self.headers, "x-ratelimit-remaining") == Some(0)
    }

    /// Source: GitHub's "Rate limits for the REST API", "Exceeding the rate limit".
    fn waiting(&self) -> String {
        if let Some(seconds) = number(&self.headers, "retry-after") {
            return format!("Wait {seconds} s.");
        }
        let reset = number(&self.headers, "x-ratelimit-reset").filter(|_| self.is_used_up());
        match reset.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
            Some(time) => format!("Wait until {} UTC.", time.strftime("%H:%M")),
            None => "Wait a minute.".to_owned(),
        }
    }

    fn message(&self) -> Option<super::wire::Message> {
        serde_json::from_str(&self.body).ok()
    }

    /// GitHub's own words, on one line and not too long; a page of HTML has none.
    fn words(&self) -> String {
        let text = self.message().map_or_else(|| format!("status {}", self.status), |body| body.message);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(300).collect()
    }
}

/// Escapes one part of a path or a query.
pub(super) fn encode(text: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

fn octocrab(api: &str, token: &Secret, redirects: redirect::Policy) -> Result<Octocrab, Trouble> {
    crate::install_crypto();
    let broken = |words: String| {
        Trouble::new(
            Code::Internal,
            format!("The connection to GitHub cannot be set up: {words}."),
            "Check the address of the server and this machine's certificates.",
        )
    };
    // A header could not carry it, and octocrab takes it for granted that one can.
    if !token.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = "The token holds characters that no token has.";
        return Err(Trouble::new(Code::TokenRejected, message, "Copy it again, without spaces and line breaks."));
    }
    let mut client =
        Client::builder().connect_timeout(CONNECT_DEADLINE).redirect(redirects).retry(reqwest::retry::never());
    if is_loopback(api) {
        // A proxy would look for a rehearsal on its own machine.
        client = client.no_proxy();
    }
    let client = client.build().map_err(|error| broken(error.to_string()))?;
    Octocrab::builder()
        .base_uri(api)
        .map_err(|error| broken(error.to_string()))?
        .personal_token(token.reveal().to_owned())
        .build_with_reqwest(client)
        .map_err(|error| broken(error.to_string()))
}

fn failure(error: &octocrab::Error) -> Failure {
    let trouble = unreachable(error);
    if connection_failed(error) { Failure::NotSent(trouble) } else { Failure::NoAnswer(trouble) }
}

/// Only a connection that was never made proves that nothing was sent.
fn connection_failed(error: &octocrab::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect) {
            return true;
        }
        source = cause.source();
    }
    false
}

fn unreachable(error: &octocrab::Error) -> Trouble {
    let mut words = error.to_string().lines().next().unwrap_or_default().to_owned();
    if connection_failed(error) {
        "no connection could be made".clone_into(&mut words);
    }
    Trouble::new(
        Code::GithubUnreachable,
        format!("GitHub did not answer: {words}."),
        "Check the network and GitHub's status page.",
    )
}

fn late(deadline: Duration) -> Trouble {
    Trouble::new(
        Code::GithubUnreachable,
        format!("GitHub did not answer within {} s.", deadline.as_secs_f64()),
        "Check the network and GitHub's status page.",
    )
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
