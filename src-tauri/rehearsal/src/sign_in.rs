//! Signing in by code, and what GitHub tells of the token: switches of the rehearsal's own, and the state behind them.
//!
//! Source: GitHub's "Authorizing OAuth apps", section "Device flow".

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How the sign-in by code goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInSwitches {
    /// What the person does on the page.
    pub decision: Decision,
    /// So many of the next questions are answered by `slow_down`.
    pub slow_down: u32,
    /// Seconds between questions.
    pub interval: u32,
    /// Seconds until a code expires.
    pub expires_in: u32,
    /// Whether the app may use the flow at all.
    pub enabled: bool,
}

/// What the person does on the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Nothing yet.
    #[default]
    Wait,
    /// They authorize the app.
    Approve,
    /// They cancel.
    Deny,
}

/// What GitHub tells of the one token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenSwitches {
    /// Scopes as in `x-oauth-scopes`; `None` for a fine-grained token, of which GitHub names none.
    pub scopes: Option<Vec<String>>,
    /// When it expires, if it does.
    pub expires: Option<Timestamp>,
    /// Every call is answered by 401.
    pub revoked: bool,
}

/// Codes that were handed out, with the switches.
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    pub(crate) switches: SignInSwitches,
    pub(crate) token: TokenSwitches,
    /// Tokens of other people, with their logins.
    pub(crate) others: BTreeMap<String, String>,
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    device: String,
    interval: SignedDuration,
    asked: Timestamp,
    expires: Timestamp,
}

/// A code for the person and one for the program.
pub(crate) struct Begun {
    pub(crate) user: String,
    pub(crate) device: String,
}

/// What a question after the token is answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Token,
    Error(&'static str),
    /// With the interval in seconds that counts from now on.
    SlowDown(i64),
}

impl Default for SignInSwitches {
    fn default() -> Self {
        Self { decision: Decision::Wait, slow_down: 0, interval: 5, expires_in: 900, enabled: true }
    }
}

impl Default for TokenSwitches {
    fn default() -> Self {
        let scopes = ["read:org", "repo", "workflow"].map(str::to_owned).to_vec();
        Self { scopes: Some(scopes), expires: None, revoked: false }
    }
}

impl SignIns {
    pub(crate) fn begin(&mut self, now: Timestamp) -> Begun {
        let number = self.codes.len();
        let device = format!("device{number:034}");
        let after = |seconds: u32| now.checked_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Timestamp::MAX);
        self.codes.push(Code {
            device: device.clone(),
            interval: SignedDuration::from_secs(self.switches.interval.into()),
            asked: now,
            expires: after(self.switches.expires_in),
        });
        Begun { user: format!("WDJB-{number:04}"), device }
    }

    /// Whoever asks sooner than the interval says is slowed down, five seconds each time.
    pub(crate) fn ask(&mut self, device: &str, now: Timestamp) -> Asked {
        let Some(place) = self.codes.iter().position(|code| code.device == device) else {
            return Asked::Error("incorrect_device_code");
        };
        let Some(code) = self.codes.get_mut(place) else { return Asked::Error("incorrect_device_code") };
        let early = now.duration_since(code.asked) < code.interval;
        code.asked = now;
        if now >= code.expires {
            return Asked::Error("expired_token");
        }
        if early || self.switches.slow_down > 0 {
            self.switches.slow_down = self.switches.slow_down.saturating_sub(1);
            code.interval = code.interval.saturating_add(SignedDuration::from_secs(5));
            return Asked::SlowDown(code.interval.as_secs());
        }
        match self.switches.decision {
            Decision::Wait => Asked::Error("authorization_pending"),
            Decision::Deny => Asked::Error("access_denied"),
            Decision::Approve => {
                // A code is good for one token.
                code.expires = now;
                Asked::Token
            }
        }
    }
}
