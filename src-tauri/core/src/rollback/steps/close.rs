//! Step 7. The bad release is quarantined, and its page on GitHub says so; the hold stays until somebody lifts it.

use crate::error::Trouble;
use crate::hold::change::{self, Change, Freed};
use crate::hold::record::{QuarantineRecord, Scope};
use crate::hold::{self, Place, Quarantine};
use crate::ids::TagName;
use crate::ports::forge::{RunSnapshot, Written};
use crate::ports::publishing::{Latest, ReleaseEdit};
use crate::release::notes::with_section;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::plan::Plan;
use crate::rollback::steps::succeeded;
use crate::rollback::{Outcome, Rollback, StepName, StepPhase};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let plan = engine.rollback().plan.clone();
    let held = format!("the hold stays {}", engine.rollback().hold_lasts());
    let done = free(engine).await?;
    let bad = plan.from.filter(|from| *from != plan.to && !plan.forward);
    let Some(tag) = bad else { return Ok(succeeded(StepName::Close, format!("{done}; {held}"))) };
    let place = quarantine(engine, &tag).await?;
    let marked = mark(engine, &tag).await?;
    Ok(succeeded(StepName::Close, format!("{tag} is quarantined{place}{marked}; {held}")))
}

/// The target proved itself, so that nothing is held against it here any more. What fails here is said and fails nothing.
async fn free(engine: &mut Engine) -> Result<String, Trouble> {
    let rollback = engine.rollback();
    let (tag, reason, by) = (rollback.plan.to.clone(), rollback.why(), rollback.plan.who.clone());
    let lifted = format!("{tag} is no longer quarantined");
    if !rollback.plan.frees_target {
        return Ok(DONE.to_owned());
    }
    if rollback.freed {
        return Ok(lifted);
    }
    match let_go(engine).await {
        Ok(true) => {}
        Ok(false) => return Ok(DONE.to_owned()),
        Err(what) => return Ok(format!("{tag} is {what}")),
    }
    engine.write(Event::QuarantineLifted { tag, by, reason }).await?;
    Ok(lifted)
}

const DONE: &str = "Done";

/// Whether there was one, which is lifted on the remote then; else what it is, and why.
async fn let_go(engine: &Engine) -> Result<bool, String> {
    let rollback = engine.rollback();
    if !rollback.is_proved() {
        return unproved(engine).await;
    }
    let (plan, now) = (&rollback.plan, engine.ports.clock.now());
    let facts = engine.ports.journal.of_repository(engine.repository()).await;
    let facts = facts.map_err(|trouble| still(&trouble.message))?;
    let counts = |bad: &Quarantine| bad.expires.is_none_or(|expires| expires > now);
    let here = hold::quarantined(&facts, &plan.environment).into_iter().find(|bad| bad.tag == plan.to);
    let alone = here.as_ref().filter(|bad| bad.place == Place::ThisMachine);
    if let Some(other) = alone.filter(|bad| counts(bad) && !plan.means(bad)) {
        return Err(anew(other));
    }
    match change::free(&*engine.ports.team, &plan.to, &plan.environment, |bad| !counts(bad) || plan.means(bad)).await {
        Change::Done(Freed::Another(other)) => Err(anew(&other)),
        Change::Done(Freed::NotThere) => Ok(here.is_some()),
        Change::Done(Freed::Lifted) | Change::Held(_) => Ok(true),
        Change::Refused(_) | Change::Unclear(_) if alone.is_some() => Ok(true),
        Change::Unreadable(words) | Change::Refused(words) => Err(still(&words)),
        Change::Unclear(trouble) => Err(still(&trouble.message)),
    }
}

/// It stays, if one is there at all: somebody else may have lifted it.
async fn unproved(engine: &Engine) -> Result<bool, String> {
    let plan = &engine.rollback().plan;
    match hold::known::ask(&engine.ports, engine.repository(), &plan.environment).await {
        Ok(standing) if standing.iter().any(|bad| bad.tag == plan.to) => Err(still("nothing proved that it is live")),
        Ok(_) => Ok(false),
        Err(trouble) => Err(format!("perhaps still quarantined ({})", trouble.message.trim_end_matches('.'))),
    }
}

fn still(why: &str) -> String {
    format!("still quarantined ({})", why.trim_end_matches('.'))
}

/// Whoever set it knew something that this rollback does not.
fn anew(bad: &Quarantine) -> String {
    format!("quarantined anew by {}", bad.words())
}

/// Where it stands, if not for everybody.
async fn quarantine(engine: &mut Engine, tag: &TagName) -> Result<&'static str, Trouble> {
    if engine.rollback().quarantined {
        return Ok("");
    }
    let plan = engine.rollback().plan.clone();
    let reason = engine.rollback().why();
    let wanted = QuarantineRecord {
        tag: tag.clone(),
        owner: plan.who.clone(),
        reason: reason.clone(),
        since: engine.ports.clock.now(),
        expires: None,
        scope: Scope::Environments(vec![plan.environment]),
    };
    let (shared, place) = match change::quarantine(&*engine.ports.team, &wanted).await {
        Change::Done(object) => (Some(object), ""),
        Change::Held(_) | Change::Unreadable(_) | Change::Refused(_) => (None, " on this machine only"),
        Change::Unclear(_) => (None, " on this machine; whether others see it is not known"),
    };
    engine.write(Event::Quarantined { tag: tag.clone(), owner: plan.who, reason, expires: None, shared }).await?;
    Ok(place)
}

/// Writes the section of this environment into the release's notes; done twice it stands there once. What fails here is
/// said and fails nothing.
async fn mark(engine: &mut Engine, tag: &TagName) -> Result<String, Trouble> {
    let rollback = engine.rollback();
    let plan = &rollback.plan;
    if !plan.mark_release || rollback.marked {
        return Ok(String::new());
    }
    let unsaid = |why: &str| Ok(format!(", its release on GitHub does not say so ({})", why.trim_end_matches('.')));
    let page = match engine.ports.publishing.release_of(tag).await {
        Ok(Some(page)) => page,
        Ok(None) => return Ok(String::new()),
        Err(trouble) => return unsaid(&trouble.message),
    };
    let name = section_name(plan);
    let edit = ReleaseEdit {
        notes: Some(with_section(&page.notes, &name, &section(rollback))),
        latest: Latest::Not,
        ..ReleaseEdit::default()
    };
    match engine.ports.publishing.edit_release(page.release.id, &edit).await {
        Written::Done(()) => {
            engine.note(Event::ReleaseMarked { tag: tag.clone() })?;
            Ok(String::new())
        }
        Written::Refused(trouble) | Written::NotSent(trouble) | Written::Unknown(trouble) => unsaid(&trouble.message),
    }
}

/// Each environment has a section of its own.
pub(crate) fn section_name(plan: &Plan) -> String {
    format!("rollback {}", plan.environment)
}

/// The same section once another release mends what this one broke.
pub(crate) fn mended(rollback: &Rollback, by: &TagName) -> String {
    format!("{}\n>\n> Mended in **{}**", section(rollback), escaped(by.as_str()))
}

fn section(rollback: &Rollback) -> String {
    let plan = &rollback.plan;
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let why =
        if rollback.reason.is_empty() { String::new() } else { format!(": {}", escaped(&one_line(&rollback.reason))) };
    let when = plan.started.strftime("%Y-%m-%d %H:%M UTC");
    let environment = escaped(plan.environment.as_str());
    let to = escaped(plan.to.as_str());
    format!("> [!WARNING]\n> **Rolled back from in {environment}** on {when}, to {to}{why}")
}

/// A person's words are text in Markdown, and call nobody.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
            plain.push('\\');
        }
        plain.push(character);
        if character == '@' {
            plain.push('\u{200b}');
        }
    }
    plain
}

/// The hint where a hold was to be lifted and could not.
pub(crate) fn still_held(rollback: &Rollback, why: &str) -> String {
    let environment = &rollback.plan.environment;
    let why = why.trim_end_matches('.');
    format!("Its hold may still stand on the remote ({why}): lift it with `lastgood hold {environment} lift`.")
}

/// What the end says: one sentence, and what to do next.
pub(crate) fn words(rollback: &Rollback, outcome: Outcome) -> (String, String) {
    let plan = &rollback.plan;
    let standing = rollback.current();
    match outcome {
        Outcome::Succeeded if rollback.is_proved() && plan.forward => (
            format!("{} is now on {}", plan.environment, plan.to),
            after_success(rollback, "Lift the hold when it stays well."),
        ),
        Outcome::Succeeded if rollback.is_proved() => (
            format!("{} is back on {}", plan.environment, plan.to),
            after_success(rollback, "Lift the hold when a fix is ready."),
        ),
        Outcome::Succeeded => (
            format!("The deploy of {} to {} succeeded; nothing proved that it is live", plan.to, plan.environment),
            after_success(rollback, "Look at the service yourself. Lift the hold when a fix is ready."),
        ),
        Outcome::Aborted if rollback.undo_asked => {
            (format!("Undone: {} stays as it is", plan.environment), NOTHING_LEFT.to_owned())
        }
        Outcome::Aborted => (stopped(rollback), next_after_stop(rollback)),
        Outcome::Failed | Outcome::Errored => {
            let why = standing.map_or("", |step| step.sentence.as_str());
            let hint = standing.map_or("", |step| step.hint.as_str());
            (format!("{} of {} to {} did not work: {why}", plan.deed(), plan.environment, plan.to), hint.to_owned())
        }
    }
}

/// What a deploy from this machine left undone is said at its end.
fn after_success(rollback: &Rollback, hint: &str) -> String {
    if !rollback.is_local() {
        return hint.to_owned();
    }
    let tag = &rollback.plan.rollback_tag;
    let kept = rollback
        .tag_kept
        .as_ref()
        .map(|_| format!(" The remote did not confirm the tag {tag}: push it when it answers."));
    format!("{hint} GitHub has no record of this deploy.{}", kept.unwrap_or_default())
}

const NOTHING_LEFT: &str = "Its hold is lifted, and nothing was tagged or sent. Roll back again whenever you need to.";

fn stopped(rollback: &Rollback) -> String {
    let what = format!("{} of {} stopped", rollback.plan.deed(), rollback.plan.environment);
    let done = rollback.steps.iter().rev().find(|step| step.phase == StepPhase::Succeeded);
    match done {
        Some(step) => format!("{what} after {}", step.name.as_str()),
        None => format!("{what} before it began"),
    }
}

fn next_after_stop(rollback: &Rollback) -> String {
    let held = format!("The hold stays {}.", rollback.hold_lasts());
    let tag = &rollback.plan.rollback_tag;
    match rollback.run {
        Some(run) if rollback.seen.as_ref().is_some_and(RunSnapshot::is_over) => {
            format!("Run {run} is over: see what is live. {held}")
        }
        Some(run) => format!("Run {run} goes on at GitHub; cancel it there if it must not. {held}"),
        None if rollback.is_local() && rollback.may_have_run() => {
            format!("The deploy command may have changed something: see what is live. {held}")
        }
        None if rollback.may_have_run() => format!("A run may have been started: look at the Actions page. {held}"),
        None if rollback.tag_kept.is_some() => {
            format!("Nothing was deployed; the tag {tag} is here, and the remote did not confirm it.")
        }
        None if rollback.step(StepName::Tag).phase == StepPhase::Succeeded => {
            format!("Nothing was dispatched; the tag {tag} stays on the remote.")
        }
        None if rollback.tag.is_some() => {
            format!("Nothing was dispatched; the tag {tag} is here, and may be on the remote.")
        }
        None => "Nothing was dispatched.".to_owned(),
    }
}
