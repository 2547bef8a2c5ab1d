//! A clock that is off: what is asked for is moved back to the true time, what is told is moved away from it.

use axum::http::Uri;
use jiff::{SignedDuration, Timestamp};

use crate::fault::FaultKind;

pub(super) fn of(faults: &[FaultKind]) -> SignedDuration {
    let seconds = faults.iter().map(|fault| if let FaultKind::Skew { seconds } = fault { *seconds } else { 0 });
    SignedDuration::from_secs(seconds.sum())
}

/// A text that is a time and nothing else, at another time.
pub(super) fn moved(text: &str, by: SignedDuration) -> Option<String> {
    let is_time = text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    let time: Timestamp = text.parse().ok().filter(|_| is_time)?;
    Some(time.checked_add(by).ok()?.to_string())
}

/// `created=>=2026-03-02T10:00:00Z` means a time on the clock that is off.
pub(super) fn asked_by_the_true_clock(uri: Uri, skew: SignedDuration) -> Uri {
    if skew.is_zero() {
        return uri;
    }
    let Some((path, query)) = uri.path_and_query().and_then(|whole| whole.as_str().split_once('?')) else { return uri };
    let pairs: Vec<String> = query.split('&').map(|pair| true_pair(pair, skew)).collect();
    format!("{path}?{}", pairs.join("&")).parse().unwrap_or(uri)
}

fn true_pair(pair: &str, skew: SignedDuration) -> String {
    let true_time = || {
        let value = pair.strip_prefix("created=")?.replace("%3A", ":").replace("%3E", ">").replace("%3D", "=");
        let (sign, time) = value.split_at(value.find(|letter: char| letter.is_ascii_digit())?);
        let time = moved(time, -skew)?.replace(':', "%3A");
        Some(format!("created={}{time}", sign.replace('>', "%3E").replace('=', "%3D")))
    };
    true_time().unwrap_or_else(|| pair.to_owned())
}
