//! GitHub's clock and ours are a day apart. No time of ours may decide whether something was sent.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::DispatchAnswer;
use lastgood_rehearsal::{Fault, FaultKind, Moment, Options, Rehearsal};

use crate::rehearsed::{PATIENCE, order};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Beyond any bound that a list of "runs since" could have.
const YEAR: SignedDuration = SignedDuration::from_hours(24 * 365);

#[tokio::test]
async fn a_lost_dispatch_is_found_however_far_githubs_clock_is_off() {
    for skew in [DAY, -DAY, DAY * 3, -DAY * 3, YEAR, -YEAR] {
        let away = Away::by(skew).await;
        assert!(matches!(away.lost_dispatch().await, DispatchAnswer::Unknown(_)), "{skew}");
        let found = away.github.dispatched_runs("deploy.yml", "main").await.unwrap();
        assert_eq!((found[0].id.0, away.sent()), (away.newest(), 1), "{skew}: the newest comes first");
        // Runs that were there before are listed as well: only a key in the title or a higher number tells ours.
        assert!(found.len() > 1, "{skew}: {found:?}");
    }
}

#[tokio::test]
async fn what_is_read_keeps_githubs_times() {
    for skew in [DAY, -DAY] {
        let away = Away::by(skew).await;
        let deployments = away.github.deployments().await.unwrap();
        assert_eq!(deployments.len(), 13);
        let newest = deployments[0].created;
        let expected = Timestamp::now() + skew - SignedDuration::from_mins(40);
        assert!(newest.duration_since(expected).abs() < SignedDuration::from_mins(10), "{newest} {expected}");
    }
}

struct Away {
    rehearsal: Rehearsal,
    github: Github,
    _folder: tempfile::TempDir,
}

impl Away {
    async fn by(skew: SignedDuration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("rehearsal");
        let options = Options { directory, port: 0, seed: 7, epoch: Timestamp::now() + skew, speed: 1.0 };
        let rehearsal = Rehearsal::start(options).await.unwrap();
        let description = rehearsal.description();
        let slug = RepositorySlug::new(&description.owner, &description.repo).unwrap();
        let token = Secret::new(description.token.as_str());
        let github = Github::within(&description.api, &token, slug, PATIENCE).unwrap();
        Self { rehearsal, github, _folder: folder }
    }

    /// The run starts, and nobody here is told.
    async fn lost_dispatch(&self) -> DispatchAnswer {
        let cut = FaultKind::Cut { moment: Moment::BeforeAnswer };
        self.rehearsal.github().arm(Fault::once("/dispatches", cut));
        self.github.dispatch(&order(&[("version_tag", "v2.4.0")])).await
    }

    fn newest(&self) -> u64 {
        self.rehearsal.github().state().runs.last().unwrap().id
    }

    fn sent(&self) -> usize {
        let requests = self.rehearsal.github().requests();
        requests.iter().filter(|request| request.path_and_query.ends_with("/dispatches")).count()
    }
}
