//! An issue for an action: asked for once, and found again by a mark that people do not see.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{Issue, IssueOrder};
use lastgood_core::postmortem::Postmortem;
use lastgood_core::postmortem::action::{Action, Priority, actions, set_ticket};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::{Deed, TicketEnding};

use super::Postmortems;
use crate::github::Github;
use crate::workspace::fresh;

/// So many are asked about at once; a document with more has grown beyond a list.
const MOST: usize = 30;

/// An issue that was opened, or was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub number: u64,
    pub url: String,
}

/// How an action's ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketState {
    /// As it is written in the document.
    pub ticket: String,
    pub is_open: bool,
}

impl Postmortems<'_> {
    /// Opens an issue for this action and writes its number into the document.
    ///
    /// # Errors
    /// GitHub's; [`Code::DocumentConflict`] where the document has no such action without a ticket.
    pub async fn open_ticket(&self, postmortem: &Postmortem, action: &str, by: &str) -> Result<Ticket, Trouble> {
        let text = self.text(postmortem)?;
        let found = actions(&Document::parse(&text)).into_iter().find(|one| one.text == action);
        let found = found.filter(|one| one.ticket.is_none()).ok_or_else(no_action)?;
        let github = self.workspace.connect().await?;
        let asked = postmortem.asked_for.iter().find(|(_, words)| *words == action).map(|(mark, _)| mark.clone());
        let there = match &asked {
            Some(mark) => marked(&github, mark).await?,
            None => None,
        };
        let (mark, ticket) = match (asked, there) {
            (Some(mark), Some(there)) => (mark, there),
            (asked, _) => self.ask_for(&github, postmortem, &found, asked, by).await?,
        };
        let ending = TicketEnding::Opened { number: ticket.number, url: ticket.url.clone() };
        self.record(&postmortem.id, Deed::PostmortemTicketEnded { mark, ending }).await?;
        let words = format!("#{}", ticket.number);
        self.change(postmortem, |document| set_ticket(document, action, &words).then_some(()).ok_or_else(no_action))
            .await?;
        Ok(ticket)
    }

    async fn ask_for(
        &self,
        github: &Github,
        postmortem: &Postmortem,
        action: &Action,
        asked: Option<String>,
        by: &str,
    ) -> Result<(String, Ticket), Trouble> {
        let mark = asked.unwrap_or_else(|| format!("lastgood:action {} {}", postmortem.id, fresh()));
        let begun = Deed::PostmortemTicketBegun { mark: mark.clone(), action: action.text.clone(), by: by.to_owned() };
        self.record(&postmortem.id, begun).await?;
        match github.open_issue(&order(postmortem, action, &mark)).await {
            Written::Done(opened) => Ok((mark, Ticket { number: opened.number, url: opened.url })),
            Written::Refused(trouble) | Written::NotSent(trouble) => {
                let ending = TicketEnding::Refused { sentence: trouble.message.clone() };
                self.record(&postmortem.id, Deed::PostmortemTicketEnded { mark, ending }).await?;
                Err(trouble)
            }
            Written::Unknown(trouble) => match marked(github, &mark).await {
                Ok(Some(there)) => Ok((mark, there)),
                Ok(None) | Err(_) => Err(unknown(&trouble)),
            },
        }
    }

    /// How the tickets of a document stand, as far as they are issues of this repository.
    pub async fn ticket_states(&self, document: &Document) -> Result<Vec<TicketState>, Trouble> {
        self.states_of(actions(document).into_iter().filter_map(|action| action.ticket)).await
    }

    /// The same of any tickets, each asked about once. Those behind the first thirty are left out.
    pub async fn states_of(&self, tickets: impl IntoIterator<Item = String>) -> Result<Vec<TicketState>, Trouble> {
        let mut numbered: Vec<(String, u64)> = Vec::new();
        for ticket in tickets {
            if let Some(number) =
                self.issue_number(&ticket).filter(|_| numbered.iter().all(|(known, _)| *known != ticket))
            {
                numbered.push((ticket, number));
            }
        }
        let mut states = Vec::new();
        if numbered.is_empty() {
            return Ok(states);
        }
        let github = self.workspace.connect().await?;
        for (ticket, number) in numbered.into_iter().take(MOST) {
            if let Some(issue) = github.issue(number).await? {
                states.push(TicketState { ticket, is_open: issue.is_open });
            }
        }
        Ok(states)
    }

    /// `#418`, `acme/shop#418`, or the address of an issue; `None` where it is none of this repository's.
    fn issue_number(&self, ticket: &str) -> Option<u64> {
        let slug = self.workspace.slug()?.to_string();
        let is_ours = |place: &str| place.eq_ignore_ascii_case(&slug);
        let number = match ticket.split_once("://") {
            Some(("https" | "http", rest)) => {
                let (host, path) = rest.split_once('/')?;
                let (place, number) = path.split_once("/issues/")?;
                let here = host.eq_ignore_ascii_case(&self.workspace.host()) || self.workspace.is_rehearsal();
                number.split(['#', '?', '/']).next().filter(|_| here && is_ours(place))?
            }
            Some(_) => return None,
            None => {
                let (place, number) = ticket.split_once('#')?;
                Some(number).filter(|_| place.is_empty() || is_ours(place))?
            }
        };
        number.parse().ok()
    }
}

async fn marked(github: &Github, mark: &str) -> Result<Option<Ticket>, Trouble> {
    let mark = hidden(mark);
    let found = github.newest_issues().await?.into_iter().find(|issue| issue.body.contains(&mark));
    Ok(found.map(|Issue { number, url, .. }| Ticket { number, url }))
}

fn hidden(mark: &str) -> String {
    format!("<!-- {mark} -->")
}

fn order(postmortem: &Postmortem, action: &Action, mark: &str) -> IssueOrder {
    let place = postmortem.published.as_ref().map(|published| format!(" (`{}`)", published.path)).unwrap_or_default();
    let mut lines = vec![format!("What we will do after “{}”{place}.", postmortem.about.title), String::new()];
    lines.extend((!action.owner.is_empty()).then(|| format!("- Owner: {}", action.owner)));
    lines.extend(action.due.map(|due| format!("- Due: {due}")));
    lines.extend(action.priority.map(Priority::as_str).map(|priority| format!("- Priority: {priority}")));
    lines.extend([String::new(), hidden(mark)]);
    let assignee = action.owner.strip_prefix('@').filter(|login| !login.contains('/'));
    IssueOrder {
        title: action.text.clone(),
        body: lines.join("\n"),
        labels: Vec::new(),
        assignees: assignee.map(str::to_owned).into_iter().collect(),
    }
}

fn no_action() -> Trouble {
    let message = "The document has no such action without a ticket.";
    Trouble::new(Code::DocumentConflict, message, "Look at its actions again.")
}

fn unknown(trouble: &Trouble) -> Trouble {
    let message = format!("Whether the issue was opened is not known: {}", trouble.message);
    Trouble::new(Code::RemoteUnreachable, message, "Try again when the network is back; one that is there is found.")
}
