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

#[tokio::test]
async fn where_githubs_clock_is_ahead_a_lost_dispatch_is_found_among_runs_of_the_day_before() {
    let away = Away::by(DAY).await;
    let before = Timestamp::now();
    assert!(matches!(away.lost_dispatch().await, DispatchAnswer::Unknown(_)));
    let found = away.github.dispatched_runs("deploy.yml", "main", before).await.unwrap();
    // Runs that were there before look as new as ours: their time proves nothing, only a key in the title does.
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|run| run.created > before));
    assert_eq!((found[0].id.0, away.sent()), (away.newest(), 1), "the newest comes first");
}

#[tokio::test]
async fn where_githubs_clock_is_behind_no_run_is_found_and_none_is_denied() {
    let away = Away::by(-DAY).await;
    let before = Timestamp::now();
    assert!(matches!(away.lost_dispatch().await, DispatchAnswer::Unknown(_)));
    // The run is there, with a time of yesterday: an empty list proves nothing, which is why a person decides.
    assert_eq!(away.github.dispatched_runs("deploy.yml", "main", before).await.unwrap(), []);
    let yesterday = before - DAY - SignedDuration::from_mins(1);
    let found = away.github.dispatched_runs("deploy.yml", "main", yesterday).await.unwrap();
    assert_eq!((found.len(), found[0].id.0, away.sent()), (1, away.newest(), 1));
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
