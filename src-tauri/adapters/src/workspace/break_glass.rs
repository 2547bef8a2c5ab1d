//! The break-glass page of each environment, prepared while GitHub answers and read where nothing else works.

use std::io;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use lastgood_core::break_glass::{Glass, Page, page, text};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::live::Environment;
use lastgood_core::planning::Wish;
use lastgood_core::ports::{Clock, Publishing};
use lastgood_core::rollback::local::LocalDeploy;

use super::{Known, Workspace};
use crate::clock::SystemClock;
use crate::turn::file_name;

impl Workspace {
    /// Writes the page of every environment that has a target, from what a whole look told. One that cannot be written
    /// anew stays as it was: with its age it is better than none.
    pub async fn prepare_break_glass(&self, known: &Known) {
        for environment in &known.environments {
            if let Some(page) = self.new_break_glass(environment, known).await
                && let Err(error) = self.keep_break_glass(&page)
            {
                tracing::warn!("the break-glass page of {} was not written: {error}", environment.name);
            }
        }
    }

    /// The page as it was last prepared. Asks nobody.
    ///
    /// # Errors
    /// [`Code::NoTarget`] where none was prepared.
    pub fn break_glass(&self, environment: &EnvironmentName) -> Result<Page, Trouble> {
        let read = std::fs::read(self.break_glass_path(environment, "json"));
        read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::from)).map_err(|error| {
            let message = format!("No break-glass page of {environment} was prepared ({error}).");
            Trouble::new(
                Code::NoTarget,
                message,
                "It is prepared while GitHub answers and there is a target; `lastgood status --all` does it as well.",
            )
        })
    }

    async fn new_break_glass(&self, environment: &Environment, known: &Known) -> Option<Page> {
        let wish = Wish {
            // Named, because behind a rollback that worked there is no default, and the page before it is out of date.
            to: environment.last_good.tag.clone(),
            reason: String::new(),
            who: String::new(),
            countdown: SignedDuration::ZERO,
            rehearsal: self.is_rehearsal(),
        };
        let plan = self.plan(environment.name.as_str(), wish, known).ok()?;
        let release = if has_page(known, &plan.to) {
            self.github().ok()?.release_of(&plan.to).await.ok().flatten()
        } else {
            None
        };
        let slug = self.slug.as_ref()?.to_string();
        let host = self.connection.host().ok()?;
        Some(page(&Glass {
            plan: &plan,
            local: LocalDeploy::of(&self.settings().environment(environment.name.as_str())).as_ref(),
            slug: &slug,
            api: &host.api,
            host: &host.name,
            remote: &without_secret(&self.repository.remote_url().ok()?),
            assets: release.as_ref().map_or(&[], |page| &page.assets),
            contacts: &self.settings().contacts,
            prepared: SystemClock.now(),
        }))
    }

    /// As JSON for this program, and as text for the hour in which it does not start.
    fn keep_break_glass(&self, page: &Page) -> io::Result<()> {
        std::fs::create_dir_all(self.place.break_glass())?;
        keep(&self.break_glass_path(&page.environment, "txt"), text(page).as_bytes())?;
        keep(&self.break_glass_path(&page.environment, "json"), &serde_json::to_vec(page)?)
    }

    fn break_glass_path(&self, environment: &EnvironmentName, kind: &str) -> PathBuf {
        self.place.break_glass().join(format!("{}.{kind}", file_name(&self.key, environment)))
    }
}

/// Whole or not at all: written beside, then put in its place.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    io::Write::write_all(&mut file, bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// A question for a page that is not there costs a call each time.
fn has_page(known: &Known, tag: &TagName) -> bool {
    let listed = known.forge.as_ref().map_or(&[][..], |forge| forge.published.as_slice());
    listed.is_empty() || listed.iter().any(|page| page.tag == *tag)
}

/// An address may hold a name and a password.
fn without_secret(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit('@').next().unwrap_or(authority);
            format!("{scheme}://{host}{path}")
        }
        Some(_) | None => address.to_owned(),
    }
}
