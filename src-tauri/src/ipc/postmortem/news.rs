//! What GitHub and the repository say of a post-mortem, and the issues of its actions.

use lastgood_adapters::postmortem::{Apart, Postmortems, parts};
use lastgood_core::error::Trouble;
use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::action::actions;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::library::open_actions;
use tauri::State;

use super::commands::{Answer, no_action, story, whole};
use super::{PaperNews, PostmortemView, TicketView, view};
use crate::controller::Host;

/// Asks GitHub and git; what one of them does not answer is left out, for the document is there all the same.
#[tauri::command]
pub(crate) async fn postmortem_news(host: State<'_, Host>, id: String) -> Answer<PaperNews> {
    Ok(news(&host, id).await?)
}

/// How the tickets of all open actions stand. What GitHub does not tell is left out.
#[tauri::command]
pub(crate) async fn open_tickets(host: State<'_, Host>) -> Answer<Vec<TicketView>> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let entries = kept.library().await?;
    let tickets = open_actions(&entries).into_iter().filter_map(|(_, action)| action.ticket);
    let states = kept.states_of(tickets).await.unwrap_or_default();
    Ok(states.into_iter().map(|state| TicketView { ticket: state.ticket, open: state.is_open }).collect())
}

/// Opens an issue for an action; its number then stands in the text.
#[tauri::command]
pub(crate) async fn create_ticket(host: State<'_, Host>, id: String, action: String) -> Answer<PostmortemView> {
    Ok(ticket(&host, id, &action).await?)
}

/// What became of its pull request and its issues, and whether the repository's copy went apart.
///
/// # Errors
/// [`Code::DocumentUnknown`](lastgood_core::error::Code::DocumentUnknown).
pub async fn news(host: &Host, id: String) -> Result<PaperNews, Trouble> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let id = PostmortemId::new(id);
    let before = kept.find(&id).await?;
    let known = kept.look(before.clone()).await.unwrap_or_else(|_| before.clone());
    if known.stage() != before.stage() {
        host.postmortems_changed();
    }
    let document = Document::parse(&kept.text(&known)?);
    let tickets = kept.ticket_states(&document).await.unwrap_or_default();
    let told = kept.story(known, notes.known.as_ref(), None).await?;
    let apart = kept.apart(&told).await.ok().flatten().map(|apart| match apart {
        Apart::ChangedThere => "Somebody changed it in the repository; pushing brings both together.".to_owned(),
        Apart::Conflicts(conflicts) => {
            format!("Here and in the repository, {} went apart; pushing shows both.", parts(&conflicts))
        }
    });
    Ok(PaperNews {
        state: view::state(&told.postmortem),
        pull_request: view::pull_request(&told.postmortem),
        tickets: tickets.into_iter().map(|state| TicketView { ticket: state.ticket, open: state.is_open }).collect(),
        apart,
    })
}

/// Opens an issue for the action of that id, as its view names it.
///
/// # Errors
/// GitHub's; [`Code::DocumentConflict`](lastgood_core::error::Code::DocumentConflict) where there is no such action.
pub async fn ticket(host: &Host, id: String, action: &str) -> Result<PostmortemView, Trouble> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let id = PostmortemId::new(id);
    let told = story(&notes, &id).await?;
    let all = actions(&Document::parse(&kept.text(&told.postmortem)?));
    let found = all.iter().enumerate().find(|(number, one)| view::action_id(*number, one) == action);
    let (_, found) = found.ok_or_else(no_action)?;
    kept.open_ticket(&told.postmortem, &found.text, &notes.who).await?;
    host.postmortems_changed();
    whole(&notes, &id).await
}
