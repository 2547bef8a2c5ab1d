//! What a person says of a release, and what looks at it showed: facts of this installation's journal.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::live::event::Event;
use lastgood_core::live::marked::marked_good;
use lastgood_core::live::wellness;
use lastgood_core::ports::{Clock, Journal, Repository};

use super::{Known, Workspace, person};
use crate::clock::SystemClock;

/// A release as a person calls it good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkWish {
    pub tag: TagName,
    /// `None`: everywhere.
    pub environment: Option<EnvironmentName>,
    pub by: String,
    pub reason: String,
}

impl Workspace {
    /// Who acts here: the account on GitHub, else the name that this system has for the person. Needs no network.
    pub async fn who(&self) -> String {
        self.account().await.unwrap_or_else(|_| person())
    }

    /// Marks a release good, which outweighs what spoke against it until now.
    ///
    /// # Errors
    /// [`Code::NoTarget`] where there is no such release; where the journal cannot be written.
    pub async fn mark_good(&self, wish: MarkWish) -> Result<(), Trouble> {
        let MarkWish { tag, environment, by, reason } = wish;
        if !self.repository.releases().await?.iter().any(|release| release.tag == tag) {
            let message = format!("There is no release {tag}.");
            return Err(Trouble::new(Code::TagMissing, message, "`lastgood timeline` lists them."));
        }
        self.record_live(environment, Event::LiveMarkedGood { tag, by, reason }).await
    }

    /// Takes such a word back. `false`: there was none.
    ///
    /// # Errors
    /// Where the journal cannot be read or written.
    pub async fn take_mark_back(&self, wish: MarkWish) -> Result<bool, Trouble> {
        let MarkWish { tag, environment, by, reason } = wish;
        let facts = self.facts().await?;
        let named = facts.iter().filter_map(|fact| fact.subject.environment.clone());
        let anywhere: Vec<EnvironmentName> = named.chain([EnvironmentName::new("")]).collect();
        let places = environment.as_ref().map_or(anywhere.as_slice(), std::slice::from_ref);
        let stands = places.iter().flat_map(|name| marked_good(&facts, name)).any(|mark| mark.tag == tag);
        if stands {
            self.record_live(environment, Event::LiveMarkTakenBack { tag, by, reason }).await?;
        }
        Ok(stands)
    }

    /// Keeps where the health of an environment turned since the last look that was kept.
    ///
    /// # Errors
    /// Where the journal cannot be written.
    pub async fn note_health(&self, known: &Known) -> Result<(), Trouble> {
        for environment in &known.environments {
            if let Some(turn) = wellness::turn(environment, &known.facts) {
                self.record_live(Some(environment.name.clone()), turn).await?;
            }
        }
        Ok(())
    }

    async fn record_live(&self, environment: Option<EnvironmentName>, event: Event) -> Result<(), Trouble> {
        let subject = Subject { environment, ..Subject::repository(&self.key) };
        self.journal.append(NewFact { at: SystemClock.now(), subject, event: event.into() }).await.map(drop)
    }
}
