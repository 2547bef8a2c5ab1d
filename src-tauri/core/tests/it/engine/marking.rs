//! The release on GitHub says that it was rolled back from, and never becomes the latest by that.

use lastgood_core::ports::publishing::Latest;
use lastgood_core::rollback::{Outcome, StepName};

use super::outcome;
use super::world::{Call, Crash, Fault, World};

#[tokio::test]
async fn its_notes_say_so_once_above_what_people_wrote() {
    let world = World::new();
    world.has_a_release();
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    assert!(world.has_fact("release marked") && rollback.marked);
    let (notes, edits) = world.with(|state| (state.release.clone().unwrap().notes, state.edits.clone()));
    assert_eq!(
        notes,
        "<!-- lastgood:rollback production -->\n\
         > [!WARNING]\n\
         > **Rolled back from in production** on 2026-03-02 10:00 UTC, to v2.4.0: Checkout fails\n\
         <!-- /lastgood:rollback production -->\n\nFaster checkout."
    );
    assert_eq!((edits.len(), edits[0].latest), (1, Latest::Not));
    assert_eq!((edits[0].name.as_ref(), edits[0].prerelease), (None, None), "nothing else is touched");
}

#[tokio::test]
async fn it_only_warns_where_github_takes_no_edit() {
    let world = World::new();
    world.has_a_release();
    world.fails(Call::EditRelease, 1..2, Fault::No);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    assert!(!world.has_fact("release marked"));
    let sentence = &rollback.step(StepName::Close).sentence;
    assert!(sentence.contains("its release on GitHub does not say so (This token edits no releases)"), "{sentence}");
}

#[tokio::test]
async fn nothing_is_edited_where_the_settings_say_no_or_there_is_no_release() {
    let world = World::new();
    world.has_a_release();
    let mut plan = world.plan();
    plan.mark_release = false;
    world.roll_back(plan).await;
    assert!(world.with(|state| state.edits.is_empty()));
    let world = World::new();
    assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Succeeded);
    assert!(!world.has_fact("release marked"));
}

#[tokio::test]
async fn a_process_that_dies_around_the_edit_leaves_one_section() {
    let world = World::new();
    world.has_a_release();
    world.roll_back(world.plan()).await;
    let place = world.told().iter().position(|told| told == "release marked").unwrap() + 1;
    for crash in [Crash::BeforeFact(place), Crash::AfterFact(place)] {
        let world = World::new();
        world.has_a_release();
        world.with(|state| state.crash = Some(crash));
        let rollback = world.through_crashes(world.plan()).await.unwrap();
        assert_eq!(outcome(&rollback), Outcome::Succeeded);
        let notes = world.with(|state| state.release.clone().unwrap().notes);
        assert_eq!(notes.matches("Rolled back from").count(), 1, "{notes}");
    }
}
