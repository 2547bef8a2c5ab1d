//! An answer as it came, and what one that is no success tells a person.

use std::time::Duration;

use http::StatusCode;
use http::header::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::forge::Limit;
use serde::de::DeserializeOwned;

use super::limits::Told;
use super::wire::Message;

/// What to do where a request that writes may have arrived.
const LOOK_FIRST: &str = "Look on GitHub whether it was done, before you do it again.";

/// The trouble of a request that may have had its effect: nobody is told to send it again.
pub(super) fn left_unknown(trouble: Trouble) -> Trouble {
    Trouble { hint: LOOK_FIRST.to_owned(), ..trouble }
}

pub(super) fn token_rejected() -> Trouble {
    Trouble::new(
        Code::TokenRejected,
        "GitHub says that the token is wrong or expired.",
        "Sign in again with a new token.",
    )
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// No answer came.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request never left: no connection was made, or a limit forbids it.
    NotSent(Trouble),
    NoAnswer(Trouble),
}

impl Failure {
    pub(super) fn trouble(self) -> Trouble {
        match self {
            Self::NotSent(trouble) | Self::NoAnswer(trouble) => trouble,
        }
    }
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; `question` is what it answers.
    pub(super) fn read<T: DeserializeOwned>(&self, question: &str) -> Result<T, Trouble> {
        read(&self.body, question)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What an answer that is no success tells a person.
    pub(super) fn trouble(&self) -> Trouble {
        let words = self.words();
        match StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR) {
            StatusCode::UNAUTHORIZED => token_rejected(),
            _ if self.limit().is_some() => {
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
            StatusCode::GONE => Trouble::new(
                Code::NotOnGithub,
                format!("GitHub does not have this any more: {words}"),
                "Where issues are switched off, switch them on in the repository's settings.",
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

    /// The limit that refused it, if one did. Source: GitHub's "Rate limits for the REST API", "Exceeding the rate limit".
    pub(super) fn limit(&self) -> Option<Told> {
        let refused = matches!(self.status, 403 | 429);
        let named = number(&self.headers, "retry-after").and_then(|seconds| u64::try_from(seconds).ok());
        let about_secondary = || self.message().is_some_and(|message| message.is_about_secondary_limits());
        if !refused {
            return None;
        }
        if let Some(seconds) = named {
            let limit = if self.is_used_up() { Limit::Primary } else { Limit::Secondary };
            return Some(Told { limit, wait: Some(Duration::from_secs(seconds)) });
        }
        if self.is_used_up() {
            return Some(Told { limit: Limit::Primary, wait: self.until_reset() });
        }
        (self.status == 429 || about_secondary()).then_some(Told { limit: Limit::Secondary, wait: None })
    }

    fn is_used_up(&self) -> bool {
        number(&self.headers, "x-ratelimit-remaining") == Some(0)
    }

    fn reset(&self) -> Option<Timestamp> {
        Timestamp::from_second(number(&self.headers, "x-ratelimit-reset")?).ok()
    }

    /// A second more than told: the reset is in whole seconds. Both times are GitHub's: this machine's clock may be far off.
    pub(super) fn until_reset(&self) -> Option<Duration> {
        let left = self.reset()?.duration_since(self.sent().unwrap_or_else(Timestamp::now));
        Some(Duration::try_from(left).unwrap_or_default() + Duration::from_secs(1))
    }

    /// When GitHub sent it, by its own clock.
    fn sent(&self) -> Option<Timestamp> {
        jiff::fmt::rfc2822::parse(self.header("date")?).ok().map(|sent| sent.timestamp())
    }

    fn waiting(&self) -> String {
        if let Some(seconds) = number(&self.headers, "retry-after") {
            return format!("Wait {seconds} s.");
        }
        let left = self.until_reset().filter(|_| self.is_used_up());
        match left.and_then(|left| Timestamp::now().checked_add(SignedDuration::try_from(left).ok()?).ok()) {
            Some(time) => format!("Wait until {} UTC.", time.strftime("%H:%M")),
            None => "Wait a minute.".to_owned(),
        }
    }

    fn message(&self) -> Option<Message> {
        serde_json::from_str(&self.body).ok()
    }

    /// GitHub's own words, on one line and not too long; a page of HTML has none.
    pub(super) fn words(&self) -> String {
        let text = self.message().map_or_else(|| format!("status {}", self.status), Message::words);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(300).collect()
    }
}

pub(super) fn read<T: DeserializeOwned>(body: &str, question: &str) -> Result<T, Trouble> {
    serde_json::from_str(body).map_err(|error| {
        Trouble::new(
            Code::GithubAnswer,
            format!("GitHub's answer to {question} cannot be read: {error}."),
            "A proxy may stand in between; try again, and look at GitHub's status page.",
        )
    })
}

pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
