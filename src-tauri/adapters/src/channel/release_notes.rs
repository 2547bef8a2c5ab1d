//! A section in the notes of a release on GitHub: of the one that was rolled back from, or, with `to = ["good"]`, of the
//! one that was rolled back to. It stands between two marks and is written anew each time: done twice it is done once.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::incident::Receipt;
use lastgood_core::message::render::{Format, Letter, heading, render};
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::ports::publishing::{Latest, ReleaseEdit, ReleasePage};
use lastgood_core::ports::{Channel, Publishing};
use lastgood_core::release::notes::with_section;
use lastgood_core::settings::telling::ChannelSettings;

use super::Keys;
use super::github::{self, unread, written};
use crate::github::Github;

pub(super) struct ReleaseNotes {
    github: Github,
    of_good: bool,
}

impl ReleaseNotes {
    pub(super) fn new(name: &str, settings: &ChannelSettings, keys: &Keys) -> Result<Self, Trouble> {
        let of_good = settings.to.iter().any(|which| which == "good");
        Ok(Self { github: github::github(name, settings, keys)?, of_good })
    }

    fn release<'a>(&self, letter: &'a Letter) -> Option<&'a TagName> {
        let (from, to) = letter.releases.as_ref()?;
        if self.of_good { Some(to) } else { from.as_ref() }
    }

    /// An edit that does not say it makes the release the latest one: what was rolled back from must not become it, and the
    /// other one stays what it is.
    async fn latest(&self, id: u64) -> Result<Latest, Sent> {
        if !self.of_good {
            return Ok(Latest::Not);
        }
        let latest = self.github.latest_release().await.map_err(|trouble| unread(&self.github, trouble))?;
        Ok(if latest == Some(id) { Latest::This } else { Latest::Not })
    }

    /// Reading changes nothing: what fails here was not sent.
    async fn page(&self, tag: &TagName) -> Result<ReleasePage, Sent> {
        let page = self.github.release_of(tag).await.map_err(|trouble| unread(&self.github, trouble))?;
        page.ok_or_else(|| {
            let message = format!("The tag {tag} has no release on GitHub.");
            Sent::Refused(Trouble::new(Code::ChannelRefused, message, "Publish one for it, then send again."))
        })
    }

    async fn write(&self, letter: &Letter) -> Result<Receipt, Sent> {
        let tag = self.release(letter).ok_or_else(|| Sent::Refused(no_release()))?;
        let page = self.page(tag).await?;
        let rendered = render(Format::Markdown, letter);
        let section = format!("## {}\n\n{}", heading(&rendered.title), rendered.body.text().trim());
        let (id, latest) = (page.release.id, self.latest(page.release.id).await?);
        let notes = Some(with_section(&page.notes, &letter.incident, &section));
        let edit = ReleaseEdit { notes, latest, ..ReleaseEdit::default() };
        written(&self.github, self.github.edit_release(id, &edit).await)?;
        Ok(Receipt {
            handle: Some(id.to_string()),
            url: Some(page.release.url),
            sentence: format!("It stands in the notes of {tag}."),
        })
    }
}

#[async_trait]
impl Channel for ReleaseNotes {
    async fn send(&self, letter: &Letter) -> Sent {
        self.write(letter).await.map_or_else(|sent| sent, Sent::Delivered)
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        github::readable(&self.github).await.map(Tested::Answered)
    }
}

fn no_release() -> Trouble {
    let message = "There is no such release in this incident.";
    Trouble::new(Code::ChannelRefused, message, "Open the incident from its rollback, then send again.")
}
