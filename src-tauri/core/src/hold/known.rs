//! What stands, from both sides: the facts of this machine and what the remote kept when it was last read.
//!
//! The remote's word counts, because the whole team writes there. This machine's counts where it is newer than the last
//! look, and for what is kept on this machine alone.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::error::{Code, Trouble};
use crate::hold::mark::Marks;
use crate::hold::record::QuarantineRecord;
use crate::hold::{Hold, Place, Quarantine, fold, fold_quarantines};
use crate::ids::{EnvironmentName, TagName};
use crate::journal::Fact;
use crate::ports::Ports;

/// A fact that lies further ahead than this was written before the clock was set back.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// The environment's hold, whether it has expired or not.
pub fn standing(facts: &[Fact], team: Option<&Marks>, environment: &EnvironmentName, now: Timestamp) -> Option<Hold> {
    let (here, changed) = fold(facts, environment);
    let is_older = |team: &&Marks| changed.is_none_or(|changed| !is_newer(changed, team.seen, now));
    let Some(team) = team.filter(is_older) else { return here };
    match team.hold(environment) {
        Some(placed) => Some(match placed.says {
            Ok(record) => {
                let in_use = here.is_some_and(|here| here.in_use && here.rollback == record.rollback);
                Hold { in_use, place: Place::Remote, ..Hold::from(record) }
            }
            Err(unreadable) => Hold::unreadable(&unreadable, team.seen),
        }),
        None => here.filter(|here| here.place == Place::ThisMachine),
    }
}

/// The releases that must not be a target in the environment now, oldest first.
pub fn quarantined(
    facts: &[Fact],
    team: Option<&Marks>,
    environment: &EnvironmentName,
    now: Timestamp,
) -> Vec<Quarantine> {
    let mut found: BTreeMap<TagName, Quarantine> = BTreeMap::new();
    let counts = |bad: &QuarantineRecord| bad.scope.covers(environment) && !bad.has_expired(now);
    for (object, bad) in team.into_iter().flat_map(Marks::quarantines).filter(|(_, bad)| counts(bad)) {
        found.insert(bad.tag.clone(), Quarantine::placed(object, bad));
    }
    for (tag, (at, standing)) in fold_quarantines(facts, environment) {
        let newer = team.is_none_or(|team| is_newer(at, team.seen, now));
        match standing {
            // What the remote did not take is beside what it has, which everybody goes by.
            Some(bad) if bad.place == Place::ThisMachine => drop(found.entry(tag).or_insert(bad)),
            Some(bad) if newer => drop(found.insert(tag, bad)),
            Some(_) => {}
            None if newer => drop(found.remove(&tag)),
            None => {}
        }
    }
    let mut found: Vec<Quarantine> =
        found.into_values().filter(|bad| bad.expires.is_none_or(|expires| expires > now)).collect();
    found.sort_by(|a, b| a.since.cmp(&b.since).then_with(|| a.tag.cmp(&b.tag)));
    found
}

/// Whether a fact of this machine is newer than the look at the remote. One from the future is held for older than a look
/// of today, and the remote's word counts.
fn is_newer(fact: Timestamp, seen: Timestamp, now: Timestamp) -> bool {
    let ahead = |time: Timestamp| time.duration_since(now) > AHEAD;
    fact > seen && (!ahead(fact) || ahead(seen))
}

/// Asks the journal and the remote for the environment's quarantines.
///
/// # Errors
/// Where either could not be read; a repository without a remote has only its journal.
pub async fn ask(ports: &Ports, repository: &str, environment: &EnvironmentName) -> Result<Vec<Quarantine>, Trouble> {
    let facts = ports.journal.of_repository(repository).await?;
    let team = match ports.team.marks().await {
        Ok(marks) => Some(marks),
        Err(trouble) if trouble.code == Code::NoRemote => None,
        Err(trouble) => return Err(trouble),
    };
    Ok(quarantined(&facts, team.as_ref(), environment, ports.clock.now()))
}
