//! What each service's documentation says that it takes; the receivers refuse everything else, as the services do.

use serde_json::Value;

use super::receiver::Request;

/// # Errors
/// What does not fit, in a few words.
pub(crate) fn check(request: &Request) -> Result<(), String> {
    if request.method.is_empty() || request.method == "GET" {
        return Ok(());
    }
    let body: Value = serde_json::from_str(&request.body).map_err(|error| format!("no JSON: {error}"))?;
    let path = request.path.as_str();
    match path {
        _ if path.contains("/hook") && body.get("attachments").is_some() => teams(request, &body),
        _ if path.contains("/hook") || path.contains("/chat.") => slack(path, &body),
        _ if path.contains("/v2/enqueue") => pagerduty(&body),
        _ if path.contains("/api/incidents") => cachet(path, &body),
        _ if path.contains("/releases") => release(&body),
        _ if path.contains("/issues") => issue(path, &body),
        _ if path.contains("/v1/pages/") => statuspage(&body),
        _ if path.contains("/v1/") => instatus(path, &body),
        _ => notice(&body),
    }
}

/// <https://docs.slack.dev/reference/block-kit/blocks>
fn slack(path: &str, body: &Value) -> Result<(), String> {
    text(body, "text", 40_000)?;
    if path.contains("/chat.") {
        text(body, "channel", 100)?;
    }
    let blocks = body["blocks"].as_array().ok_or("no blocks")?;
    within("blocks", blocks.len(), 50)?;
    let kinds = ["header", "section", "context", "actions", "rich_text", "divider"];
    for block in blocks {
        one_of(&block["type"], &kinds)?;
        if block["type"] == "header" {
            within("header", shown(&block["text"]["text"]), 150)?;
        }
        within("elements", block["elements"].as_array().map_or(0, Vec::len), 25)?;
        for part in strings(block, "text") {
            within("text of a block", part.chars().count(), 3_000)?;
        }
        for url in strings(block, "url") {
            within("url", url.chars().count(), 3_000)?;
        }
    }
    Ok(())
}

/// <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>
fn teams(request: &Request, body: &Value) -> Result<(), String> {
    within("bytes", request.body.len(), 28 * 1024)?;
    let card = &body["attachments"][0];
    one_of(&body["type"], &["message"])?;
    one_of(&card["contentType"], &["application/vnd.microsoft.card.adaptive"])?;
    one_of(&card["content"]["type"], &["AdaptiveCard"])?;
    one_of(&card["content"]["version"], &["1.0", "1.1", "1.2", "1.3", "1.4"])?;
    card["content"]["body"].as_array().map(drop).ok_or_else(|| "a card without a body".to_owned())
}

/// <https://developer.statuspage.io/>
fn statuspage(body: &Value) -> Result<(), String> {
    let incident = &body["incident"];
    text(incident, "name", 255)?;
    text(incident, "body", 25_000)?;
    one_of(&incident["status"], &["investigating", "identified", "monitoring", "resolved"])?;
    one_of(&incident["impact_override"], &["none", "minor", "major", "critical"])?;
    let states = ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"];
    incident["components"].as_object().into_iter().flatten().try_for_each(|(_, state)| one_of(state, &states))
}

/// <https://instatus.com/help/api/incidents>
fn instatus(path: &str, body: &Value) -> Result<(), String> {
    if !path.contains("incident-updates") {
        text(body, "name", 255)?;
    }
    text(body, "message", 65_536)?;
    one_of(&body["status"], &["INVESTIGATING", "IDENTIFIED", "MONITORING", "RESOLVED"])
}

/// <https://docs.cachethq.io/v3.x/api-reference>
fn cachet(path: &str, body: &Value) -> Result<(), String> {
    if !path.contains("/updates") {
        text(body, "name", 255)?;
    }
    text(body, "message", 65_536)?;
    body["status"].as_u64().filter(|status| *status <= 4).map(drop).ok_or_else(|| format!("status {}", body["status"]))
}

/// <https://docs.github.com/rest/issues/issues>
fn issue(path: &str, body: &Value) -> Result<(), String> {
    if body.get("state").is_some() {
        return one_of(&body["state"], &["open", "closed"]);
    }
    if !path.contains("/comments") {
        text(body, "title", 256)?;
    }
    text(body, "body", 65_536)
}

/// <https://docs.github.com/rest/releases/releases>
fn release(body: &Value) -> Result<(), String> {
    one_of(&body["make_latest"], &["true", "false", "legacy"])?;
    text(body, "body", 125_000)
}

/// <https://developer.pagerduty.com/docs/send-alert-event>
fn pagerduty(body: &Value) -> Result<(), String> {
    text(body, "routing_key", 100)?;
    text(body, "dedup_key", 255)?;
    one_of(&body["event_action"], &["trigger", "acknowledge", "resolve"])?;
    if body["event_action"] != "trigger" {
        return Ok(());
    }
    text(&body["payload"], "summary", 1_024)?;
    text(&body["payload"], "source", 255)?;
    one_of(&body["payload"]["severity"], &["critical", "error", "warning", "info"])
}

/// docs/in-app-notice.md
fn notice(body: &Value) -> Result<(), String> {
    body["active"].as_bool().ok_or("active is no boolean")?;
    if body["version"] != 1 {
        return Err(format!("version {}", body["version"]));
    }
    text(body, "id", 200)?;
    text(body, "title", 200)?;
    one_of(&body["stage"], &["investigating", "identified", "monitoring", "resolved"])
}

fn text(body: &Value, key: &str, most: usize) -> Result<(), String> {
    let length = shown(&body[key]);
    if length == 0 { Err(format!("{key} is empty")) } else { within(key, length, most) }
}

fn shown(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

fn within(what: &str, found: usize, most: usize) -> Result<(), String> {
    if found <= most { Ok(()) } else { Err(format!("{what}: {found} of {most}")) }
}

fn one_of(found: &Value, known: &[&str]) -> Result<(), String> {
    let fits = found.as_str().is_some_and(|found| known.contains(&found));
    if fits { Ok(()) } else { Err(format!("{found} is none of {known:?}")) }
}

fn strings<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    match value {
        Value::Object(object) => {
            let own = object.get(key).and_then(Value::as_str);
            own.into_iter().chain(object.values().flat_map(|value| strings(value, key))).collect()
        }
        Value::Array(values) => values.iter().flat_map(|value| strings(value, key)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
