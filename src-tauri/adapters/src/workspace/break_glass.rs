//! The break-glass page of each environment, prepared while all is well and read where nothing else works.

use std::io;
use std::path::PathBuf;

use jiff::SignedDuration;
use lastgood_core::break_glass::{Glass, page};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EnvironmentName;
use lastgood_core::planning::Wish;
use lastgood_core::ports::{Clock, Publishing};

use super::{Known, Workspace};
use crate::clock::SystemClock;
use crate::turn::file_name;

impl Workspace {
    /// Writes the page of every environment that has a target, from what a whole look told. One that cannot be written anew stays as it was.
    pub async fn prepare_break_glass(&self, known: &Known) {
        for environment in &known.environments {
            if let Some(text) = self.break_glass_text(&environment.name, known).await
                && let Err(error) = self.keep_break_glass(&environment.name, &text)
            {
                tracing::warn!("the break-glass page of {} was not written: {error}", environment.name);
            }
        }
    }

    /// The page as it was last prepared. Asks nobody.
    ///
    /// # Errors
    /// [`Code::NoTarget`] where none was prepared.
    pub fn break_glass(&self, environment: &EnvironmentName) -> Result<String, Trouble> {
        std::fs::read_to_string(self.break_glass_path(environment)).map_err(|error| {
            let message = format!("No break-glass page of {environment} was prepared ({error}).");
            Trouble::new(
                Code::NoTarget,
                message,
                "`lastgood status --all` prepares it while GitHub answers and there is a target.",
            )
        })
    }

    async fn break_glass_text(&self, environment: &EnvironmentName, known: &Known) -> Option<String> {
        let wish = Wish {
            to: None,
            reason: String::new(),
            who: String::new(),
            countdown: SignedDuration::ZERO,
            rehearsal: self.is_rehearsal(),
        };
        let plan = self.plan(environment.as_str(), wish, known).ok()?;
        let release = self.github().ok()?.release_of(&plan.to).await.ok().flatten();
        let slug = self.slug.as_ref()?.to_string();
        let host = self.connection.host().ok()?;
        Some(page(&Glass {
            plan: &plan,
            slug: &slug,
            api: &host.api,
            host: &host.name,
            remote: &without_secret(&self.repository.remote_url().ok()?),
            assets: release.as_ref().map_or(&[], |page| &page.assets),
            contacts: &self.settings.contacts,
            prepared: SystemClock.now(),
        }))
    }

    /// Whole or not at all: written beside, then put in its place.
    fn keep_break_glass(&self, environment: &EnvironmentName, text: &str) -> io::Result<()> {
        let folder = self.place.break_glass();
        std::fs::create_dir_all(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(self.break_glass_path(environment)).map(drop).map_err(|error| error.error)
    }

    fn break_glass_path(&self, environment: &EnvironmentName) -> PathBuf {
        self.place.break_glass().join(format!("{}.txt", file_name(&self.key, environment)))
    }
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
