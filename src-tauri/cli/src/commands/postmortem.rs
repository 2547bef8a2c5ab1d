//! `lastgood postmortem`: the notes after a rollback, from a terminal.

mod told;

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::place::Place;
use lastgood_adapters::postmortem::{Format, How, Postmortems, Publishing, Settled, parts, time_zone};
use lastgood_adapters::workspace::{Access, Known, Workspace, fresh};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{IncidentId, PostmortemId, RollbackId};
use lastgood_core::ports::Clock;
use lastgood_core::postmortem::action::Priority;
use lastgood_core::postmortem::event::{Added, Deed};
use lastgood_core::postmortem::library::{Entry, Shown, factors, open_actions, search};
use lastgood_core::postmortem::line::{LineId, LineKind};
use lastgood_core::postmortem::merge::Side;
use lastgood_core::postmortem::pasted;
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::{About, Postmortem};
use lastgood_core::rollback::Rollback;
use serde_json::json;

use crate::arguments::{self, Postmortem as Verb, Take};
use crate::output::{self, plain};

pub(crate) async fn run(verb: Verb) -> Result<ExitCode, Trouble> {
    let repository = &verb.listing().repository.repo;
    let workspace = Workspace::open(repository, &Place::find()?, Access::from_environment())?;
    let postmortems = Postmortems::open(&workspace)?;
    match verb {
        Verb::List(arguments) => list(&postmortems, arguments).await?,
        Verb::Open(listing) => open(&postmortems, listing.json).await?,
        Verb::New(arguments) => begin(&workspace, &postmortems, arguments).await?,
        Verb::Show(arguments) => show(&workspace, &postmortems, arguments).await?,
        Verb::Export(arguments) => export(&workspace, &postmortems, arguments).await?,
        Verb::Paste(arguments) => paste(&workspace, &postmortems, arguments).await?,
        Verb::Write(arguments) => write(&postmortems, arguments).await?,
        Verb::Ticket(arguments) => ticket(&workspace, &postmortems, arguments).await?,
        Verb::Publish(arguments) => return publish(&workspace, &postmortems, arguments).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(postmortems: &Postmortems<'_>, arguments: arguments::Search) -> Result<(), Trouble> {
    let entries = postmortems.library().await?;
    let shown: Vec<&Entry> = match &arguments.search {
        Some(words) => search(&entries, words).iter().filter_map(|hit| entries.get(hit.entry)).collect(),
        None => entries.iter().collect(),
    };
    if arguments.listing.json {
        let shown: Vec<_> = shown
            .iter()
            .map(|entry| json!({ "id": entry.id, "title": entry.title, "day": entry.day, "path": entry.path, "shown": entry.shown }))
            .collect();
        output::json(&json!({ "postmortems": shown }));
        return Ok(());
    }
    for entry in &shown {
        let name = entry.id.as_ref().map_or("", |id| id.as_str());
        let place = entry.path.as_ref().map_or(String::new(), |path| format!("  {path}"));
        let shown = match entry.shown {
            Shown::Together => "  (with what was changed in the repository)",
            Shown::Apart => "  (the repository's copy went apart)",
            Shown::Repository if entry.id.is_some() => "  (as the repository has it)",
            Shown::Here | Shown::Repository => "",
        };
        output::line(&plain(&format!("{name:15}  {:10}  {}{place}{shown}", entry.day, entry.title)));
    }
    if shown.is_empty() {
        output::line("No post-mortems. Begin one with `lastgood postmortem new`.");
    }
    Ok(())
}

async fn open(postmortems: &Postmortems<'_>, as_json: bool) -> Result<(), Trouble> {
    let entries = postmortems.library().await?;
    let title = |number: usize| entries.get(number).map_or("", |entry| entry.title.as_str());
    let (actions, factors) = (open_actions(&entries), factors(&entries));
    let tickets = actions.iter().filter_map(|(_, action)| action.ticket.clone());
    let states = postmortems.states_of(tickets).await.unwrap_or_else(|trouble| {
        output::trouble(&trouble, false);
        Vec::new()
    });
    let state = |ticket: Option<&String>| {
        let known = states.iter().find(|known| Some(&known.ticket) == ticket)?;
        Some(if known.is_open { "open" } else { "closed" })
    };
    if as_json {
        let actions: Vec<_> = actions
            .iter()
            .map(|(entry, action)| {
                json!({
                    "action": action.text,
                    "owner": action.owner,
                    "due": action.due.map(|due| due.to_string()),
                    "priority": action.priority.map(Priority::as_str),
                    "ticket": action.ticket,
                    "ticket_state": state(action.ticket.as_ref()),
                    "postmortem": title(*entry),
                })
            })
            .collect();
        let factors: Vec<_> =
            factors.iter().map(|factor| json!({ "factor": factor.name, "count": factor.entries.len() })).collect();
        output::json(&json!({ "actions": actions, "factors": factors }));
        return Ok(());
    }
    for (entry, action) in &actions {
        let due = action.due.map_or("no day".to_owned(), |due| due.to_string());
        let ticket = action.ticket.as_ref().map_or_else(String::new, |ticket| {
            let said = state(Some(ticket)).map_or_else(String::new, |state| format!(", {state}"));
            format!("  {ticket}{said}")
        });
        output::line(&plain(&format!("{due:10}  {}  {}{ticket}  ({})", action.owner, action.text, title(*entry))));
    }
    if actions.is_empty() {
        output::line("Nothing is open.");
    }
    for factor in factors.iter().filter(|factor| factor.entries.len() > 1) {
        output::line(&plain(&format!("{} times: {}", factor.entries.len(), factor.name)));
    }
    Ok(())
}

async fn begin(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    arguments: arguments::NewPostmortem,
) -> Result<(), Trouble> {
    let title = arguments.title.filter(|title| !title.trim().is_empty());
    let about = match arguments.incident {
        Some(incident) => About::of_incident(&workspace.telling()?.incident(&IncidentId::new(incident)).await?),
        None => match (rollback(workspace, arguments.rollback.map(RollbackId::new)).await?, &title) {
            (Some(rollback), _) => About::of_rollback(&rollback),
            (None, Some(title)) => About::by_hand(title),
            (None, None) => {
                let message = "No rollback is in the journal, and the post-mortem has no title.";
                return Err(Trouble::new(Code::Usage, message, "Say what it is about with --title TEXT."));
            }
        },
    };
    let about = About { title: title.unwrap_or(about.title), ..about };
    let who = who(workspace, None).await;
    let begun = postmortems.begin(about, &who).await?;
    if arguments.listing.json {
        output::json(&told::entry(&postmortems.find(begun.id()).await?));
    } else {
        let words = if begun.is_new() { "is begun" } else { "tells of it already" };
        output::line(&format!("{} {words}.", begun.id()));
    }
    Ok(())
}

async fn rollback(workspace: &Workspace, id: Option<RollbackId>) -> Result<Option<Rollback>, Trouble> {
    match id {
        Some(id) => workspace.rollback(&id).await.map(Some),
        None => Ok(workspace.rollbacks().await?.pop()),
    }
}

async fn show(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    arguments: arguments::ShowPostmortem,
) -> Result<(), Trouble> {
    let zone = time_zone(arguments.zone.as_deref())?;
    let (story, _) = story(workspace, postmortems, &arguments.id).await?;
    if arguments.listing.json {
        output::json(&told::story(&story, !arguments.brief));
    } else {
        told::print(&story, !arguments.brief, &zone);
    }
    Ok(())
}

async fn export(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    arguments: arguments::ExportPostmortem,
) -> Result<(), Trouble> {
    let zone = time_zone(arguments.zone.as_deref())?;
    let (story, _) = story(workspace, postmortems, &arguments.id).await?;
    let text = postmortems.text(&story.postmortem)?;
    let format = match arguments.format {
        arguments::Format::Md => Format::Markdown,
        arguments::Format::Html => Format::Html,
        arguments::Format::Pdf => Format::Pdf,
    };
    let files = postmortems.export(&text, &story, format, &zone, !arguments.brief)?;
    let mut written = Vec::new();
    for file in files {
        let path = arguments.out.join(&file.path);
        keep(&path, &file.content)?;
        written.push(path.display().to_string());
    }
    if arguments.listing.json {
        output::json(&json!({ "files": written }));
    } else {
        written.iter().for_each(|path| output::line(&plain(path)));
    }
    Ok(())
}

fn keep(path: &Path, content: &[u8]) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content)).map_err(|error| {
        let message = format!("{} could not be written: {error}.", path.display());
        Trouble::new(Code::ExportFailed, message, "Name another folder with --out, or make room.")
    })
}

async fn paste(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    arguments: arguments::Paste,
) -> Result<(), Trouble> {
    let zone = time_zone(arguments.zone.as_deref())?;
    let id = PostmortemId::new(arguments.id.as_str());
    let postmortem = postmortems.find(&id).await?;
    let now = SystemClock.now().to_zoned(zone.clone()).date();
    let day = match arguments.day {
        Some(day) => day
            .parse::<Date>()
            .map_err(|_| Trouble::new(Code::Usage, format!("{day} is no day."), "Write it as 2026-11-22."))?,
        None => first_day(workspace, &postmortem).await?.map_or(now, |at| at.to_zoned(zone.clone()).date()),
    };
    let found = pasted::parse(&read(&arguments.from)?, day, now, &zone);
    if found.messages.is_empty() {
        let hint = "Copy the messages with their names and times.";
        return Err(Trouble::new(Code::Usage, "No line has a name and a time.", hint));
    }
    let by = who(workspace, None).await;
    let deeds = found.messages.iter().map(|message| added(message, &by)).collect();
    postmortems.record_all(&id, deeds).await?;
    let doubtful = found.messages.iter().filter(|message| message.doubtful).count();
    if arguments.listing.json {
        output::json(&json!({ "added": found.messages.len(), "doubtful": doubtful, "rest": found.rest }));
        return Ok(());
    }
    output::line(&format!("{} lines added.", found.messages.len()));
    if doubtful > 0 {
        output::line(&format!("{doubtful} of them are from an hour that the change of clocks repeats or leaves out."));
    }
    if !found.rest.trim().is_empty() {
        output::line("Some lines at the beginning have no name and time, and were left out.");
    }
    Ok(())
}

fn added(message: &pasted::Message, by: &str) -> Deed {
    Deed::PostmortemLineAdded(Box::new(Added {
        line: LineId::new(format!("line-{}", fresh())),
        at: message.at,
        kind: LineKind::Message,
        text: message.text.clone(),
        who: Some(message.who.clone()).filter(|who| !who.is_empty()),
        pasted_from: Some("Slack".to_owned()),
        by: by.to_owned(),
    }))
}

async fn first_day(workspace: &Workspace, postmortem: &Postmortem) -> Result<Option<jiff::Timestamp>, Trouble> {
    let all = workspace.rollbacks().await?;
    let own = all.iter().filter(|rollback| postmortem.about.rollbacks.contains(&rollback.id));
    Ok(own.map(|rollback| rollback.plan.started).min())
}

async fn write(postmortems: &Postmortems<'_>, arguments: arguments::WritePostmortem) -> Result<(), Trouble> {
    let postmortem = postmortems.find(&PostmortemId::new(arguments.id.as_str())).await?;
    let text = read(&arguments.from)?;
    let number =
        postmortems.documents().save(postmortem.id.as_str(), &text, SystemClock.now(), Some("written from a file"))?;
    if arguments.listing.json {
        output::json(&json!({ "version": number }));
    } else {
        output::line(&format!("Version {number} is kept."));
    }
    Ok(())
}

async fn ticket(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    arguments: arguments::OpenTicket,
) -> Result<(), Trouble> {
    let postmortem = postmortems.find(&PostmortemId::new(arguments.id.as_str())).await?;
    let by = who(workspace, None).await;
    let ticket = postmortems.open_ticket(&postmortem, arguments.action.trim(), &by).await?;
    if arguments.listing.json {
        output::json(&json!({ "number": ticket.number, "url": ticket.url }));
    } else {
        output::line(&plain(&format!("#{} is open: {}", ticket.number, ticket.url)));
    }
    Ok(())
}

async fn publish(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    arguments: arguments::Publish,
) -> Result<ExitCode, Trouble> {
    let zone = time_zone(arguments.zone.as_deref())?;
    let (story, known) = story(workspace, postmortems, &arguments.id).await?;
    let settled = arguments.take.map_or(Settled::Shown, |take| {
        Settled::All(match take {
            Take::Ours => Side::Ours,
            Take::Theirs => Side::Theirs,
            Take::Both => Side::Both,
        })
    });
    let by = who(workspace, known.as_ref()).await;
    let how = How { settled, troubleshooting: arguments.with_troubleshooting };
    match postmortems.publish(&story, &by, &zone, how).await? {
        Publishing::Done(pushed) if arguments.listing.json => output::json(&pushed),
        Publishing::Done(pushed) => told::pushed(&pushed),
        Publishing::Unchanged { path, still_apart } if arguments.listing.json => {
            output::json(&json!({ "unchanged": path, "still_apart": still_apart }));
        }
        Publishing::Unchanged { path, still_apart } => told::unchanged(&path, &still_apart),
        Publishing::Conflicts(conflicts) => {
            let message = format!("Both copies were changed: {}.", parts(&conflicts));
            let hint = "Nothing was pushed. Take --take ours, theirs or both, or settle it in the window.";
            return Err(Trouble::new(Code::DocumentConflict, message, hint));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of GitHub counts where it can be asked; without it the facts alone tell.
async fn story(
    workspace: &Workspace,
    postmortems: &Postmortems<'_>,
    id: &str,
) -> Result<(Story, Option<Known>), Trouble> {
    let found = postmortems.find(&PostmortemId::new(id)).await?;
    // A GitHub that does not answer leaves what is known of its pull request.
    let postmortem = postmortems.look(found.clone()).await.unwrap_or(found);
    let known = workspace.know().await.ok();
    if let Some(Err(trouble)) = known.as_ref().map(|known| &known.forge) {
        output::trouble(trouble, false);
    }
    Ok((postmortems.story(postmortem, known.as_ref(), None).await?, known))
}

/// The GitHub account where it is known, else git's name of the person.
async fn who(workspace: &Workspace, known: Option<&Known>) -> String {
    let asked = match known {
        Some(_) => None,
        None => workspace.know().await.ok(),
    };
    let forge = known.or(asked.as_ref()).and_then(|known| known.forge.as_ref().ok());
    let git = || workspace.repository().author().map(|(name, _)| name);
    forge.map(|forge| format!("@{}", forge.account)).or_else(git).unwrap_or_else(|| "somebody".to_owned())
}

fn read(from: &Path) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    let read = if from == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(from).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        let message = format!("{} could not be read: {error}.", from.display());
        Trouble::new(Code::Usage, message, "Check the path.")
    })?;
    String::from_utf8(bytes).map_err(|_| Trouble::new(Code::Usage, "It is no UTF-8 text.", "Save it as UTF-8."))
}
