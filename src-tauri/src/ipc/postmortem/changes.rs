//! What people change beside the text: moments, lines, actions.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::postmortem::Postmortems;
use lastgood_adapters::workspace::fresh;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::PostmortemId;
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::action::{Action, Priority, actions, add_action, remove_action, set_action};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::{Added, Deed};
use lastgood_core::postmortem::line::{LineId, LineKind};
use lastgood_core::postmortem::pasted;
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::times::Landmark;
use tauri::State;

use super::commands::{Answer, no_action, read_only, story, whole};
use super::{ActionChange, LineChange, LineWord, PostmortemView, view};
use crate::controller::Host;

/// Each is a fact of its own; more than this is a log, not a timeline.
const MOST_PASTED: usize = 500;

#[tauri::command]
pub(crate) async fn change_line(host: State<'_, Host>, id: String, change: LineChange) -> Answer<PostmortemView> {
    Ok(line(&host, id, change).await?)
}

/// Hides, comments, adds or pastes lines: each a fact.
///
/// # Errors
/// [`Code::Usage`] for a time that is none and a text without messages; the journal's.
pub async fn line(host: &Host, id: String, change: LineChange) -> Result<PostmortemView, Trouble> {
    let notes = host.notes().await?;
    let id = PostmortemId::new(id);
    let kept = Postmortems::open(&notes.workspace)?;
    let by = notes.who.clone();
    let deeds = match change {
        LineChange::Hide { line, hidden: true } => vec![Deed::PostmortemLineHidden { line: LineId::new(line), by }],
        LineChange::Hide { line, hidden: false } => vec![Deed::PostmortemLineShown { line: LineId::new(line), by }],
        LineChange::Comment { line, comment } => {
            vec![Deed::PostmortemLineCommented { line: LineId::new(line), comment, by }]
        }
        LineChange::Add { at, sentence, word, who } => {
            let who = who.filter(|who| !who.trim().is_empty());
            vec![added(time(&at)?, word.into(), sentence, who, None, by)]
        }
        LineChange::Paste { text } => pasted_lines(&story(&notes, &id).await?, &text, &by)?,
    };
    kept.record_all(&id, deeds).await?;
    whole(&notes, &id).await
}

/// An empty `at` goes back to what the record says.
#[tauri::command]
pub(crate) async fn set_moment(
    host: State<'_, Host>,
    id: String,
    landmark: String,
    at: Option<String>,
    reason: String,
) -> Answer<PostmortemView> {
    let notes = host.notes().await?;
    let id = PostmortemId::new(id);
    let landmark = Landmark::ALL.into_iter().find(|known| view::landmark_name(*known) == landmark);
    let landmark =
        landmark.ok_or_else(|| Trouble::new(Code::Usage, "There is no such moment.", "Choose another one."))?;
    let to = at.as_deref().map(time).transpose()?;
    let deed = Deed::PostmortemMomentSet { landmark, to, reason, by: notes.who.clone() };
    Postmortems::open(&notes.workspace)?.record(&id, deed).await?;
    Ok(whole(&notes, &id).await?)
}

/// Actions stand in the text: this changes the text.
#[tauri::command]
pub(crate) async fn change_action(host: State<'_, Host>, id: String, change: ActionChange) -> Answer<PostmortemView> {
    let notes = host.notes().await?;
    if id.starts_with(view::FILE) {
        return Err(read_only().into());
    }
    let id = PostmortemId::new(id);
    let kept = Postmortems::open(&notes.workspace)?;
    kept.change(&kept.find(&id).await?, |document| changed(document, change)).await?;
    host.postmortems_changed();
    Ok(whole(&notes, &id).await?)
}

/// What the change is not about stays as it was written.
fn changed(document: &mut Document, change: ActionChange) -> Result<(), Trouble> {
    let said = match change {
        ActionChange::Add { title, owner, due, priority, ticket } => {
            let priority = priority.map(Priority::from);
            add_action(document, &Action { text: title, owner, due: day(due)?, priority, ticket, done: false })
        }
        ActionChange::Edit { action, title, owner, due, priority, ticket } => {
            let (due, priority) = (day(due)?, priority.map(Priority::from));
            let (number, found) = of(document, &action)?;
            set_action(document, number, &Action { text: title, owner, due, priority, ticket, done: found.done })
        }
        ActionChange::Done { action, done } => {
            let (number, found) = of(document, &action)?;
            set_action(document, number, &Action { done, ..found })
        }
        ActionChange::Remove { action } => {
            let (number, _) = of(document, &action)?;
            remove_action(document, number)
        }
    };
    said.then_some(()).ok_or_else(|| {
        let message = "The text has no place for this where it would be read again.";
        Trouble::new(Code::DocumentConflict, message, "Write it in the text, where the action stands.")
    })
}

/// Its place and its words: a text that changed meanwhile must not have another one changed.
fn of(document: &Document, id: &str) -> Result<(usize, Action), Trouble> {
    let mut all = actions(document).into_iter().enumerate();
    all.find(|(number, action)| view::action_id(*number, action) == id).ok_or_else(no_action)
}

fn day(day: Option<String>) -> Result<Option<jiff::civil::Date>, Trouble> {
    let parse = |day: String| {
        day.parse().map_err(|_| Trouble::new(Code::Usage, format!("{day} is no day."), "Write it as 2026-11-22."))
    };
    day.filter(|day| !day.is_empty()).map(parse).transpose()
}

fn time(text: &str) -> Result<Timestamp, Trouble> {
    text.parse().map_err(|_| Trouble::new(Code::Usage, format!("{text} is no time."), "Choose day and time."))
}

impl From<LineWord> for LineKind {
    fn from(word: LineWord) -> Self {
        match word {
            LineWord::Detection => Self::Detection,
            LineWord::Signal => Self::Signal,
            LineWord::Alert => Self::Alert,
            LineWord::Decision => Self::Decision,
            LineWord::Action => Self::Action,
            LineWord::Repair => Self::Repair,
            LineWord::Proof => Self::Proof,
            LineWord::Message => Self::Message,
        }
    }
}

fn added(
    at: Timestamp,
    kind: LineKind,
    text: String,
    who: Option<String>,
    pasted_from: Option<String>,
    by: String,
) -> Deed {
    let line = LineId::new(format!("line-{}", fresh()));
    Deed::PostmortemLineAdded(Box::new(Added { line, at, kind, text, who, pasted_from, by }))
}

/// The clocks of the chat were this machine's; its first day is that of the story.
fn pasted_lines(story: &Story, text: &str, by: &str) -> Result<Vec<Deed>, Trouble> {
    let zone = TimeZone::system();
    let today = SystemClock.now().to_zoned(zone.clone()).date();
    let began = story.rollbacks.iter().map(|rollback| rollback.plan.started).min();
    let began = began.or_else(|| story.lines.first().map(|line| line.at));
    let day = began.map_or(today, |at| at.to_zoned(zone.clone()).date());
    let found = pasted::parse(text, day, today, &zone);
    if found.messages.is_empty() {
        let message = "No line begins with a time, and no message has a name and a time.";
        return Err(Trouble::new(Code::Usage, message, "Copy the messages with their names and times."));
    }
    if found.messages.len() > MOST_PASTED {
        let message = format!("These are {} lines; a timeline takes {MOST_PASTED} at once.", found.messages.len());
        return Err(Trouble::new(Code::Usage, message, "Paste the lines that tell what happened."));
    }
    let from = || Some("chat".to_owned());
    let deed = |message: pasted::Message| {
        let who = Some(message.who).filter(|who| !who.is_empty());
        added(message.at, LineKind::Message, message.text, who, from(), by.to_owned())
    };
    Ok(found.messages.into_iter().map(deed).collect())
}
