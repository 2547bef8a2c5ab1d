//! The device flow: GitHub shows a page, the person types a code there, and GitHub hands out a token.
//!
//! Source: GitHub's "Authorizing OAuth apps", section "Device flow", and RFC 8628.

use std::time::{Duration, Instant};

use lastgood_core::error::{Code, Trouble};
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::secret::Secret;
use crate::server::Server;

/// What a rollback needs: tags, dispatches and approvals, and the right to touch workflow files that a tag brings along.
const SCOPES: &str = "repo workflow";

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// RFC 8628, section 3.2: where the server names none.
const INTERVAL: u64 = 5;

/// RFC 8628, section 3.5: added for good with each `slow_down`.
const SLOWER: Duration = Duration::from_secs(5);

const DEADLINE: Duration = Duration::from_secs(30);

/// A sign-in that waits for its person.
pub struct DeviceFlow {
    client: Client,
    address: String,
    client_id: String,
    device: Secret,
    interval: Duration,
    until: Instant,
    /// What the person types, such as `WDJB-MJHT`.
    pub code: String,
    /// The page where they type it.
    pub page: String,
    /// From the beginning on.
    pub expires_in: Duration,
}

#[derive(Deserialize)]
struct Begun {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: u64,
    #[serde(default)]
    interval: Option<u64>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    error: Option<String>,
    interval: Option<u64>,
}

impl DeviceFlow {
    /// Asks for a code.
    ///
    /// # Errors
    /// [`Code::SignInUnavailable`] where the server has no device flow, or not for this app.
    pub async fn begin(server: &Server, client_id: &str) -> Result<Self, Trouble> {
        let client = server.client(redirect::Policy::none())?;
        let pages = server.pages();
        let form = form(&[("client_id", client_id), ("scope", SCOPES)]);
        let begun: Begun = post(&client, &format!("{pages}/login/device/code"), form).await?.map_err(refused)?;
        if !begun.verification_uri.starts_with(&format!("{pages}/")) {
            return Err(unreadable("its page is on another server"));
        }
        let expires_in = Duration::from_secs(begun.expires_in);
        Ok(Self {
            client,
            address: format!("{pages}/login/oauth/access_token"),
            client_id: client_id.to_owned(),
            device: Secret::new(begun.device_code),
            interval: Duration::from_secs(begun.interval.unwrap_or(INTERVAL)),
            until: Instant::now() + expires_in,
            code: begun.user_code,
            page: begun.verification_uri,
            expires_in,
        })
    }

    /// Waits until the person has decided. Dropping the future gives it up.
    ///
    /// # Errors
    /// [`Code::SignInDenied`], [`Code::SignInExpired`], and the troubles of the server.
    pub async fn finish(mut self) -> Result<Secret, Trouble> {
        let form =
            form(&[("client_id", &self.client_id), ("device_code", self.device.reveal()), ("grant_type", GRANT)]);
        loop {
            tokio::time::sleep(self.interval).await;
            if Instant::now() >= self.until {
                return Err(expired());
            }
            let asked = post::<Answer>(&self.client, &self.address, form.clone()).await;
            let answer = match asked {
                Ok(answer) => answer.map_err(refused)?,
                // The network comes back, or the code expires.
                Err(trouble) if trouble.code == Code::GithubUnreachable => continue,
                Err(trouble) => return Err(trouble),
            };
            if let Some(token) = answer.access_token {
                return Ok(Secret::new(token));
            }
            match answer.error.as_deref() {
                Some("authorization_pending") => {}
                Some("slow_down") => {
                    let told = answer.interval.map_or(Duration::ZERO, Duration::from_secs);
                    self.interval = told.max(self.interval + SLOWER);
                }
                Some(error) => return Err(refused(error.to_owned())),
                None => return Err(unreadable("it holds no token")),
            }
        }
    }
}

/// A sign-in page was asked for where the project has no app to sign in with.
pub fn no_client(host: &str) -> Trouble {
    Trouble::new(
        Code::SignInUnavailable,
        format!("No OAuth app is named for {host}, so GitHub has no page to sign in on."),
        format!("Paste a token instead, or name your own app's client id in {}.", super::CLIENT_VARIABLE),
    )
}

/// The answer, or the word of the error in it. GitHub sends errors with status 200.
async fn post<T: DeserializeOwned>(client: &Client, address: &str, form: String) -> Result<Result<T, String>, Trouble> {
    let request = client
        .post(address)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("user-agent", "lastgood")
        .timeout(DEADLINE)
        .body(form);
    let answer = request.send().await.map_err(|error| unreachable(&error))?;
    let status = answer.status();
    let body = answer.text().await.map_err(|error| unreachable(&error))?;
    if status.is_server_error() || status.as_u16() == 429 {
        let message = format!("GitHub answered {}.", status.as_u16());
        return Err(Trouble::new(Code::GithubUnreachable, message, "Look at GitHub's status page and try again."));
    }
    if let Ok(read) = serde_json::from_str::<T>(&body) {
        return Ok(Ok(read));
    }
    match serde_json::from_str::<Answer>(&body).ok().and_then(|answer| answer.error) {
        Some(error) => Ok(Err(error)),
        None if status.as_u16() == 404 => Ok(Err("device_flow_disabled".to_owned())),
        None => Err(unreadable(&format!("status {}", status.as_u16()))),
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encode = crate::github::encode;
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

fn refused(error: String) -> Trouble {
    match error.as_str() {
        "expired_token" | "token_expired" => expired(),
        "access_denied" => Trouble::new(
            Code::SignInDenied,
            "The sign-in was refused on GitHub's page.",
            "Start it again and choose Authorize there, or paste a token.",
        ),
        "device_flow_disabled" => Trouble::new(
            Code::SignInUnavailable,
            "This server does not offer the sign-in by code for this app.",
            "Turn the device flow on in the app's settings, or paste a token.",
        ),
        "incorrect_client_credentials" | "Not Found" => Trouble::new(
            Code::SignInUnavailable,
            "GitHub does not know this OAuth app.",
            "Check the client id, or paste a token.",
        ),
        other => unreadable(&other.chars().filter(|c| c.is_ascii_graphic()).take(60).collect::<String>()),
    }
}

fn expired() -> Trouble {
    Trouble::new(Code::SignInExpired, "The code expired before it was used.", "Start the sign-in again.")
}

fn unreadable(words: &str) -> Trouble {
    let message = format!("GitHub's answer to the sign-in cannot be used: {words}.");
    Trouble::new(Code::GithubAnswer, message, "Try again, or paste a token.")
}

fn unreachable(error: &reqwest::Error) -> Trouble {
    let words = if error.is_connect() { "no connection could be made" } else { "the answer did not come" };
    Trouble::new(
        Code::GithubUnreachable,
        format!("GitHub did not answer: {words}."),
        "Check the network and GitHub's status page.",
    )
}
