//! The ways out of a post-mortem: files, and a branch for a pull request.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use lastgood_adapters::postmortem::{Format, How, Postmortems, Publishing, Pushed, Settled, apart_still};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::merge::{Conflict, Side};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::commands::{Answer, part, story};
use super::{ExportFormat, ExportView, MergeChoice, MergeSection, MergeSide, MergeView};
use crate::controller::Host;

/// `None` when the person chose no folder.
#[tauri::command]
pub(crate) async fn export_postmortem(
    app: AppHandle,
    host: State<'_, Host>,
    id: String,
    format: ExportFormat,
) -> Answer<Option<ExportView>> {
    let Some(folder) = folder(&app).await else { return Ok(None) };
    Ok(Some(export_into(&host, id, format, &folder).await?))
}

/// Writes the document as it is kept, with its pictures, into this folder.
///
/// # Errors
/// [`Code::ExportFailed`].
pub async fn export_into(host: &Host, id: String, format: ExportFormat, folder: &Path) -> Result<ExportView, Trouble> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let story = story(&notes, &PostmortemId::new(id)).await?;
    let text = kept.text(&story.postmortem)?;
    let (format, word) = match format {
        ExportFormat::Markdown => (Format::Markdown, "Markdown"),
        ExportFormat::Html => (Format::Html, "HTML"),
        ExportFormat::Pdf => (Format::Pdf, "PDF"),
    };
    let files = kept.export(&text, &story, format, &TimeZone::system(), true)?;
    let mut first = None;
    for file in files {
        let path = folder.join(&file.path);
        write(&path, &file.content)?;
        first.get_or_insert(path);
    }
    Ok(ExportView {
        sentence: format!("Written as {word}"),
        path: first.map(|path| path.display().to_string()),
        url: None,
        merge: None,
    })
}

/// Pushes the document as a branch. Where the repository's copy went apart, `choices` say what stands of each section that
/// was shown. Where a text of one is another one by now, or one was not shown, they are shown anew and nothing is pushed.
#[tauri::command]
pub(crate) async fn open_pull_request(
    host: State<'_, Host>,
    id: String,
    choices: Vec<MergeChoice>,
    troubleshooting: bool,
) -> Answer<ExportView> {
    Ok(push(&host, id, choices, troubleshooting).await?)
}

/// Pushes it, as [`open_pull_request`] says.
///
/// # Errors
/// Git's; [`Code::PushRefused`].
pub async fn push(
    host: &Host,
    id: String,
    choices: Vec<MergeChoice>,
    troubleshooting: bool,
) -> Result<ExportView, Trouble> {
    let notes = host.notes().await?;
    let kept = Postmortems::open(&notes.workspace)?;
    let id = PostmortemId::new(id);
    // A merged pull request must be known before something is pushed: what comes then gets one of its own.
    drop(kept.look(kept.find(&id).await?).await);
    let (told, zone) = (story(&notes, &id).await?, TimeZone::system());
    let settled = Settled::Each(choices.into_iter().map(|one| (one.section, of(one.side))).collect());
    let outcome = kept.publish(&told, &notes.who, &zone, How { settled, troubleshooting }).await?;
    host.postmortems_changed();
    Ok(view(outcome))
}

fn view(outcome: Publishing) -> ExportView {
    match outcome {
        Publishing::Done(pushed) => ExportView {
            sentence: with_apart(done(&pushed), &pushed.still_apart),
            path: Some(pushed.published.path),
            url: pushed.pull_request.map(|opened| opened.url).or(pushed.published.link),
            merge: None,
        },
        Publishing::Unchanged { path, still_apart } => ExportView {
            sentence: with_apart("The repository has this text already".to_owned(), &still_apart),
            path: Some(path),
            url: None,
            merge: None,
        },
        Publishing::Conflicts(conflicts) => ExportView {
            sentence: "The repository's copy went apart from this one".to_owned(),
            path: None,
            url: None,
            merge: Some(MergeView {
                sentence: "Somebody changed this document in the repository too".to_owned(),
                sections: conflicts.iter().map(section).collect(),
            }),
        },
    }
}

fn done(pushed: &Pushed) -> String {
    match (&pushed.pull_request, &pushed.trouble) {
        (Some(opened), _) => format!("Pull request #{} has it", opened.number),
        (None, Some(trouble)) => format!("Branch {} is pushed. {}", pushed.published.branch, trouble.message),
        (None, None) => format!("Branch {} is pushed", pushed.published.branch),
    }
}

fn with_apart(sentence: String, parts: &[String]) -> String {
    apart_still(parts).map_or_else(|| sentence.clone(), |said| format!("{}. {said}", sentence.trim_end_matches('.')))
}

fn section(conflict: &Conflict) -> MergeSection {
    MergeSection {
        mark: conflict.mark(),
        title: part(&conflict.part).to_owned(),
        mine: conflict.ours.clone().unwrap_or_default(),
        theirs: conflict.theirs.clone().unwrap_or_default(),
    }
}

fn of(side: MergeSide) -> Side {
    match side {
        MergeSide::Mine => Side::Ours,
        MergeSide::Theirs => Side::Theirs,
        MergeSide::Both => Side::Both,
    }
}

async fn folder(app: &AppHandle) -> Option<PathBuf> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |folder| drop(sender.send(folder)));
    receiver.await.ok().flatten().and_then(|folder| folder.into_path().ok())
}

fn write(path: &Path, content: &[u8]) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content)).map_err(|error| {
        let message = format!("{} could not be written: {error}.", path.display());
        Trouble::new(Code::ExportFailed, message, "Choose another folder, or make room.")
    })
}
