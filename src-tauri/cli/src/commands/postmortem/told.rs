//! A post-mortem in a terminal's words, and as JSON.

use jiff::tz::TimeZone;
use lastgood_adapters::postmortem::{Pushed, apart_still};
use lastgood_core::postmortem::Postmortem;
use lastgood_core::postmortem::line::Evidence;
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::times::Length;
use lastgood_core::postmortem::zone;
use serde_json::{Value, json};

use crate::output::{self, plain};

pub(super) fn pushed(pushed: &Pushed) {
    let published = &pushed.published;
    output::line(&plain(&format!("{} is pushed as {}.", published.path, published.branch)));
    if let Some(opened) = &pushed.pull_request {
        output::line(&plain(&format!("  Pull request #{}: {}", opened.number, opened.url)));
    } else if let Some(link) = &published.link {
        output::line(&plain(&format!("  Open the pull request: {link}")));
    }
    if let Some(trouble) = &pushed.trouble {
        output::trouble(trouble, false);
    }
    still_apart(&pushed.still_apart);
}

pub(super) fn unchanged(path: &str, apart: &[String]) {
    output::line(&plain(&format!("{path} says the same in the repository.")));
    still_apart(apart);
}

fn still_apart(parts: &[String]) {
    if let Some(said) = apart_still(parts) {
        output::line(&plain(&format!("  {said}")));
    }
}

pub(super) fn entry(postmortem: &Postmortem) -> Value {
    json!({
        "id": postmortem.id,
        "title": postmortem.about.title,
        "environment": postmortem.about.environment,
        "rollbacks": postmortem.about.rollbacks,
        "incident": postmortem.about.incident,
        "created": postmortem.created,
        "by": postmortem.by,
        "published": postmortem.published,
        "stage": postmortem.stage(),
        "pull_request": postmortem.pull_requests.last().map(|newest| &newest.opened),
    })
}

pub(super) fn story(story: &Story, details: bool) -> Value {
    let times: Vec<Value> = story
        .times
        .times
        .iter()
        .map(|time| {
            let seconds = match time.length {
                Length::Known(length) => Some(length.as_secs()),
                Length::Missing(_) | Length::Backwards => None,
            };
            json!({ "time": time.name, "from": time.from, "to": time.to, "seconds": seconds })
        })
        .collect();
    let landmarks: Vec<Value> = story
        .times
        .landmarks
        .iter()
        .map(|found| {
            json!({
                "landmark": found.landmark,
                "at": found.at,
                "computed": found.computed,
                "source": found.source,
                "line": found.line,
                "edits": found.edits.len(),
            })
        })
        .collect();
    let (lines, left_out) = story.visible(details);
    let lines: Vec<Value> = lines
        .into_iter()
        .map(|line| {
            json!({
                "id": line.id,
                "at": line.at,
                "kind": line.kind,
                "text": line.text,
                "who": line.who,
                "source": line.source.words(),
                "comment": line.comment,
                "clock_went_back": line.clock_went_back,
                "evidence": line.evidence.iter().map(evidence).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "postmortem": entry(&story.postmortem),
        "times": times,
        "landmarks": landmarks,
        "timeline": lines,
        "left_out": left_out,
    })
}

fn evidence(evidence: &Evidence) -> Value {
    match evidence {
        Evidence::Fact { hash } => json!({ "fact": hash }),
        Evidence::Output(lines) => json!({ "output": lines }),
        Evidence::Sent(lines) => json!({ "sent": lines }),
        Evidence::Looks(samples) => json!({ "looks": samples.kept, "left_out": samples.left_out }),
        Evidence::Stored(hash) => json!({ "stored": hash }),
        Evidence::Run { id, url } => json!({ "run": id, "url": url }),
        Evidence::Deployment(id) => json!({ "deployment": id }),
        Evidence::Link(url) => json!({ "link": url }),
    }
}

pub(super) fn print(story: &Story, details: bool, clock: &TimeZone) {
    output::line(&plain(&story.postmortem.about.title));
    for time in &story.times.times {
        let words = match time.length {
            Length::Known(length) => zone::length(length),
            Length::Missing(landmark) => format!("not known: {} is missing", landmark.title().to_lowercase()),
            Length::Backwards => "not known: the clocks disagree".to_owned(),
        };
        output::line(&format!("  {:12} {words}", time.name.title()));
    }
    let (lines, left_out) = story.visible(details);
    for line in lines {
        let who = line.who.as_ref().map_or(String::new(), |who| format!(" ({who})"));
        let text = line.text.replace('\n', " ");
        let at = zone::moment(line.at, clock);
        output::line(&plain(&format!("{at}  {:9}  {text}{who}", line.kind.title())));
        if let Some(comment) = &line.comment {
            output::line(&plain(&format!("             {}", comment.replace('\n', " "))));
        }
    }
    if left_out > 0 {
        output::line(&format!("{left_out} smaller entries are left out."));
    }
}
