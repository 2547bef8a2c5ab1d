//! Requests and answers: deadlines, redirects, limits, and how GitHub is doing.

use std::error::Error as _;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use http::header::{HeaderMap, HeaderValue, IF_NONE_MATCH};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::forge::{Limit, Waiting};
use octocrab::Octocrab;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, redirect};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::answer::{Answer, Failure, number};
use super::limits::{Face, Limits, Told};
use super::rejected::Rejected;
use super::vitals::Vitals;
use crate::secret::Secret;
use crate::server::Server;

/// GitHub prefers one request after the other to many at once, and refuses a hundred.
const AT_ONCE: usize = 6;

/// A page of a hundred releases with long notes stays far below.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

pub(super) struct Transport {
    server: Server,
    clients: RwLock<Clients>,
    deadline: Duration,
    limits: Limits,
    vitals: Vitals,
    places: Semaphore,
    /// When the count begins anew (seconds since 1970), and what is left until then. Answers overtake each other.
    calls_left: Mutex<(i64, i64)>,
}

/// One reads and may follow redirects, one asks GraphQL, and one writes and may follow none.
#[derive(Clone)]
struct Clients {
    reading: Octocrab,
    asking: Octocrab,
    writing: Octocrab,
    /// What the last two are made of: it follows no redirect and sends nothing twice.
    plain: Client,
    rejected: Rejected,
}

type Response = http::Response<BoxBody<Bytes, octocrab::Error>>;

impl Transport {
    pub(super) fn new(server: &Server, token: &Secret, deadline: Duration) -> Result<Self, Trouble> {
        Ok(Self {
            server: server.clone(),
            clients: RwLock::new(Clients::new(server, token)?),
            deadline,
            limits: Limits::default(),
            vitals: Vitals::default(),
            places: Semaphore::new(AT_ONCE),
            calls_left: Mutex::new((i64::MIN, -1)),
        })
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// A client for the same server that follows no redirect and sends nothing twice.
    pub(super) fn client(&self) -> Client {
        self.clients().plain
    }

    /// The server's address; answers are kept under it.
    pub(super) fn api(&self) -> &str {
        self.server.api()
    }

    /// The next request goes out with this token.
    pub(super) fn renew(&self, token: &Secret) -> Result<(), Trouble> {
        let clients = Clients::new(&self.server, token)?;
        *self.clients.write().unwrap_or_else(PoisonError::into_inner) = clients;
        Ok(())
    }

    pub(super) fn calls_left(&self) -> Option<u32> {
        u32::try_from(self.calls().1).ok()
    }

    pub(super) fn waiting(&self) -> Option<Waiting> {
        self.limits.waiting(Face::Rest)
    }

    /// What is wrong with GitHub's newest answers, if anything is.
    pub(super) fn complaint(&self) -> Option<String> {
        self.vitals.complaint()
    }

    /// Asks; `known` is the tag of an answer that is here already, which GitHub then answers with 304.
    pub(super) async fn get(&self, route: &str, known: Option<&str>) -> Result<Answer, Trouble> {
        let mut headers = HeaderMap::new();
        if let Some(tag) = known.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            headers.insert(IF_NONE_MATCH, tag);
        }
        let Clients { reading, rejected, .. } = self.clients();
        // A request is a large future: apart, whatever asks for much at once stays small enough for a thread's stack.
        self.ask(Face::Rest, &rejected, Box::pin(reading._get_with_headers(route, Some(headers)))).await
    }

    /// A question to GraphQL: a POST, and it changes nothing.
    pub(super) async fn query(&self, question: &Value) -> Result<Answer, Trouble> {
        let Clients { asking, rejected, .. } = self.clients();
        self.ask(Face::Graphql, &rejected, Box::pin(asking._post("/graphql", Some(question)))).await
    }

    /// Sends a request that writes, once, when it is its turn.
    pub(super) async fn write(&self, method: &Method, route: &str, body: &Value) -> Result<Answer, Failure> {
        self.may_send(Face::Rest).map_err(Failure::NotSent)?;
        let mut turn = self.limits.turn_to_write().await;
        // The write before may have been refused.
        self.may_send(Face::Rest).map_err(Failure::NotSent)?;
        let Clients { writing, rejected, .. } = self.clients();
        rejected.may_send().map_err(Failure::NotSent)?;
        turn.used();
        // GitHub describes no body for some requests: null is none.
        let body = (!body.is_null()).then_some(body);
        let answer = if *method == Method::PATCH {
            self.hear(writing._patch(route, body)).await
        } else {
            self.hear(writing._post(route, body)).await
        };
        rejected.look_at(Face::Rest, answer.as_ref().ok());
        self.look_at(Face::Rest, answer)
    }

    /// GraphQL said with status 200 that its points are used up.
    pub(super) fn points_used_up(&self, answer: &Answer) {
        self.limits.refused(Face::Graphql, Told { limit: Limit::Primary, wait: answer.until_reset() });
    }

    async fn ask(
        &self,
        face: Face,
        rejected: &Rejected,
        request: impl Future<Output = octocrab::Result<Response>>,
    ) -> Result<Answer, Trouble> {
        let place = self.places.acquire().await;
        // The answer before may have been a refusal.
        self.may_send(face)?;
        rejected.may_send()?;
        let answer = self.hear(request).await;
        drop(place);
        rejected.look_at(face, answer.as_ref().ok());
        self.look_at(face, answer).map_err(Failure::trouble)
    }

    fn clients(&self) -> Clients {
        self.clients.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn may_send(&self, face: Face) -> Result<(), Trouble> {
        match self.limits.waiting(face) {
            Some(waiting) => Err(waiting.trouble(Timestamp::now())),
            None => Ok(()),
        }
    }

    fn look_at(&self, face: Face, answer: Result<Answer, Failure>) -> Result<Answer, Failure> {
        if let Ok(answer) = &answer {
            match answer.limit() {
                Some(told) => self.limits.refused(face, told),
                None => self.limits.passed(),
            }
            if face == Face::Rest
                && let Some(left) = number(&answer.headers, "x-ratelimit-remaining")
            {
                let reset = number(&answer.headers, "x-ratelimit-reset").unwrap_or_default();
                let mut known = self.calls();
                if reset > known.0 {
                    *known = (reset, left);
                } else if reset == known.0 {
                    known.1 = known.1.min(left);
                }
            }
        }
        answer
    }

    fn calls(&self) -> MutexGuard<'_, (i64, i64)> {
        self.calls_left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The whole answer, if it comes in time.
    async fn hear(&self, request: impl Future<Output = octocrab::Result<Response>>) -> Result<Answer, Failure> {
        let begun = Instant::now();
        let whole = async {
            let response = request.await.map_err(|error| failure(&error))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await;
            let body = body.map_err(|error| Failure::NoAnswer(unreachable(&error.to_string())))?.to_bytes();
            let body = String::from_utf8_lossy(&body).into_owned();
            Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
        };
        let answer = tokio::time::timeout(self.deadline, whole).await;
        let answer = answer.unwrap_or_else(|_| Err(Failure::NoAnswer(late(self.deadline))));
        self.vitals.note(begun.elapsed(), answer.as_ref().map_or(true, |answer| answer.status >= 500));
        answer
    }
}

/// Escapes one part of a path or a query.
pub(crate) fn encode(text: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

impl Clients {
    fn new(server: &Server, token: &Secret) -> Result<Self, Trouble> {
        // GitHub Enterprise Server has REST below /api/v3 and GraphQL beside it.
        let beside = server.api().strip_suffix("/v3").unwrap_or(server.api());
        // Each new client reads the system's certificates.
        let plain = server.client(redirect::Policy::none())?;
        Ok(Self {
            reading: octocrab(server.client(redirect::Policy::limited(5))?, server.api(), token)?,
            asking: octocrab(plain.clone(), beside, token)?,
            writing: octocrab(plain.clone(), server.api(), token)?,
            plain,
            rejected: Rejected::default(),
        })
    }
}

fn octocrab(client: Client, base: &str, token: &Secret) -> Result<Octocrab, Trouble> {
    let broken = |words: String| {
        Trouble::new(
            Code::Internal,
            format!("The connection to GitHub cannot be set up: {words}."),
            "Check the address of the server and this machine's certificates.",
        )
    };
    // A header could not carry it, and octocrab takes it for granted that one can.
    if token.reveal().is_empty() || !token.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = "The token holds characters that no token has.";
        return Err(Trouble::new(Code::TokenRejected, message, "Copy it again, without spaces and line breaks."));
    }
    Octocrab::builder()
        .base_uri(base)
        .map_err(|error| broken(error.to_string()))?
        .personal_token(token.reveal().to_owned())
        .build_with_reqwest(client)
        .map_err(|error| broken(error.to_string()))
}

fn failure(error: &octocrab::Error) -> Failure {
    if connection_failed(error) {
        return Failure::NotSent(unreachable("no connection could be made"));
    }
    Failure::NoAnswer(unreachable(&error.to_string()))
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

fn unreachable(words: &str) -> Trouble {
    let words = words.lines().next().unwrap_or_default();
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
