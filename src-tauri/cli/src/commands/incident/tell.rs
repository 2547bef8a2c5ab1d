//! From the words of each channel to what became of them.

use std::process::ExitCode;

use lastgood_adapters::telling::{Composed, Gone, Telling, Wish};
use lastgood_core::error::Trouble;
use lastgood_core::ids::{ChannelName, UpdateId};
use lastgood_core::incident::Incident;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::message::render::Body;
use serde_json::{Value, json};

use super::show;
use crate::arguments::Words;
use crate::output::{self, plain};

/// Composes for the named channels, and sends; with `--dry-run`, prints.
pub(super) async fn tell(telling: &Telling, incident: &Incident, words: &Words) -> Result<ExitCode, Trouble> {
    let composed = compose(telling, incident, words).await?;
    if words.dry_run {
        composed.iter().for_each(|composed| preview(composed, words.json));
        return Ok(ExitCode::SUCCESS);
    }
    if composed.is_empty() {
        show::one(incident, words.json);
        return Ok(ExitCode::SUCCESS);
    }
    telling.approve(incident, &composed).await?;
    send(telling, words.json).await
}

/// Whether all of it could leave; a preview needs none of that.
pub(super) async fn try_out(telling: &Telling, incident: &Incident, words: &Words) -> Result<(), Trouble> {
    if words.dry_run {
        return Ok(());
    }
    telling.may_leave(incident, &compose(telling, incident, words).await?)
}

async fn compose(telling: &Telling, incident: &Incident, words: &Words) -> Result<Vec<Composed>, Trouble> {
    let channels = channels(telling, incident, words);
    let wish = Wish {
        template: words.template.clone(),
        body: None,
        note: words.text.clone(),
        given: words.set.iter().cloned().collect(),
        ..Wish::default()
    };
    let mut composed = Vec::new();
    for channel in &channels {
        let found = telling.compose(incident, channel, &wish).await?;
        composed.push(found.map_err(lastgood_core::template::TemplateFault::into_trouble)?);
    }
    Ok(composed)
}

/// Sends what waits. It ends well when everything that left arrived, and nothing waits for a person.
pub(super) async fn send(telling: &Telling, json: bool) -> Result<ExitCode, Trouble> {
    send_beside(telling, Vec::new(), json).await
}

/// The same, with what was read too late to leave.
pub(super) async fn send_after_review(
    telling: &Telling,
    incident: &Incident,
    update: &UpdateId,
    json: bool,
) -> Result<ExitCode, Trouble> {
    let all = incident.update(update).into_iter().flat_map(|update| &update.deliveries);
    let late = all.filter(|delivery| delivery.phase == SendPhase::Stale);
    let late = late.map(|delivery| Gone {
        incident: incident.id.clone(),
        update: update.clone(),
        channel: delivery.channel.clone(),
        phase: delivery.phase,
        sentence: delivery.sentence.clone(),
        hint: delivery.hint.clone(),
        code: delivery.code,
    });
    send_beside(telling, late.collect(), json).await
}

async fn send_beside(telling: &Telling, mut gone: Vec<Gone>, json: bool) -> Result<ExitCode, Trouble> {
    gone.extend(telling.send_now().await?);
    gone.extend(telling.held().await?);
    if json {
        output::json(&json!({ "sent": gone.iter().map(as_json).collect::<Vec<_>>() }));
    } else {
        gone.iter().for_each(print);
        if gone.is_empty() {
            output::line("Nothing waits.");
        }
    }
    let well = gone.iter().all(|gone| gone.phase == SendPhase::Delivered);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Those that are named; for a preview without names, all that fit.
fn channels(telling: &Telling, incident: &Incident, words: &Words) -> Vec<ChannelName> {
    let all = words.channel.iter().any(|name| name == "all") || (words.dry_run && words.channel.is_empty());
    if all {
        return telling.channels_for(incident);
    }
    words.channel.iter().map(|name| ChannelName::new(name.as_str())).collect()
}

fn preview(composed: &Composed, json: bool) {
    let body = match &composed.rendered.body {
        Body::Json(value) => value.clone(),
        Body::Text(text) => Value::from(text.as_str()),
        Body::Mail { plain, html } => json!({ "plain": plain, "html": html }),
    };
    if json {
        output::json(&json!({
            "channel": composed.channel,
            "kind": composed.kind,
            "template": composed.template,
            "title": composed.rendered.title,
            "body": body,
            "gaps": composed.gaps(),
            "notes": composed.rendered.notes,
        }));
        return;
    }
    output::line(&plain(&format!("── {} ({}), {}", composed.channel, composed.kind.title(), composed.template)));
    output::line(&plain(&composed.rendered.title));
    output::line("");
    let text = match &composed.rendered.body {
        Body::Json(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
        Body::Text(text) | Body::Mail { plain: text, .. } => text.clone(),
    };
    text.lines().for_each(|line| output::line(&plain(line)));
    for gap in composed.gaps() {
        output::line(&format!("! {gap} is not known; --set {gap}=TEXT fills it in."));
    }
    composed.rendered.notes.iter().for_each(|note| output::line(&format!("! {note}")));
}

fn print(gone: &Gone) {
    let mark = match gone.phase {
        SendPhase::Delivered => "✓",
        SendPhase::Review | SendPhase::Queued | SendPhase::Sending => "◔",
        SendPhase::Unknown | SendPhase::Stale => "?",
        SendPhase::Refused | SendPhase::Dropped => "▲",
    };
    output::line(&plain(&format!("{mark} {:<10} {:<16} {}", gone.phase.as_str(), gone.channel, gone.sentence)));
    if !gone.hint.is_empty() {
        output::line(&plain(&format!("    {}", gone.hint)));
    }
    if matches!(gone.phase, SendPhase::Refused | SendPhase::Unknown | SendPhase::Stale) {
        let line = format!("    lastgood incident decide {} {} {} …", gone.incident, gone.update, gone.channel);
        output::line(&plain(&line));
    }
}

fn as_json(gone: &Gone) -> Value {
    json!({
        "incident": gone.incident,
        "update": gone.update,
        "channel": gone.channel,
        "phase": gone.phase,
        "sentence": gone.sentence,
        "hint": gone.hint,
        "code": gone.code,
    })
}
