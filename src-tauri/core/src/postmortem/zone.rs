//! Times as people read them: in their own zone, with UTC beside it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `14:41:07 CET`. The zone's own letters or offset stand behind each time, so that the hour which a change of clocks
/// repeats is told apart.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S %Z").to_string()
}

/// `2026-11-22`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
}

/// `2026-11-22 14:41:07 CET`.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    format!("{} {}", day(at, zone), clock(at, zone))
}

/// `2026-11-22 13:41:07 UTC`.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The zone's name for a heading, such as `Europe/Berlin`.
pub fn name(zone: &TimeZone) -> String {
    zone.iana_name().map_or_else(|| "local time".to_owned(), str::to_owned)
}

/// `33 min`, `1 min 48 s`, `2 h 5 min`, `3 d 4 h`: two parts at most, the smaller left out where it is nothing.
pub fn length(duration: SignedDuration) -> String {
    const PARTS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let seconds = duration.as_secs().max(0);
    let first = PARTS.iter().position(|(size, _)| seconds >= *size).unwrap_or(PARTS.len() - 1);
    let (size, unit) = PARTS[first];
    let mut words = format!("{} {unit}", seconds / size);
    if let Some((smaller, unit)) = PARTS.get(first + 1)
        && (seconds % size) / smaller > 0
    {
        words.push_str(&format!(" {} {unit}", (seconds % size) / smaller));
    }
    words
}
