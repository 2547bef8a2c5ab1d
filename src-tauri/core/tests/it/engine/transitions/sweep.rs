//! Many rollbacks, each with one thing that goes another way, and all that they did.

use std::sync::Arc;
use std::time::Duration;

use lastgood_core::ports::world::Request;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::Plan;

use crate::engine::failures;
use crate::engine::gap::quarantine;
use crate::engine::hold::{lift, lift_quarantine};
use crate::engine::left::{DAYS, left_after};
use crate::engine::local::{COMMAND, github_away};
use crate::engine::world::{Call, Crash, Effect, Fate, Fault, Life, Service, TARGET, World};

/// Where each fact of all those rollbacks found its rollback, and what it was.
pub(super) async fn taken() -> Vec<(Rollback, String)> {
    let mut worlds = Vec::new();
    for harm in harms() {
        for request in requests() {
            worlds.push(asked_when_a_person_is_needed(&*harm, request).await);
        }
    }
    let undisturbed = World::new();
    undisturbed.roll_back(undisturbed.plan()).await;
    for moment in undisturbed.told() {
        for request in requests() {
            worlds.push(asked_at(&moment, request).await);
        }
    }
    for request in requests() {
        worlds.push(asked_between_hold_and_checks(request).await);
    }
    worlds.push(stopped_between_intent_and_dispatch().await);
    worlds.extend(local().await);
    worlds.extend(limited().await);
    worlds.extend(asleep().await);
    worlds.extend(left().await);
    for effect in [Effect::Mark, Effect::Tag, Effect::Push, Effect::Dispatch] {
        let world = World::new();
        world.with(|state| state.crash = Some(Crash::After(effect)));
        world.through_crashes(world.plan()).await;
        worlds.push(world);
    }
    for world in &worlds {
        assert!(world.effects().dispatches <= 1, "never two dispatches: {:#?}", world.told());
        assert!(world.effects().pushes <= 1, "never two pushes: {:#?}", world.told());
    }
    worlds.push(over_and_lifted().await);
    worlds.push(freed().await);
    for request in requests() {
        worlds.push(held_by_another(request).await);
    }
    worlds.iter().flat_map(|world| world.with(|state| std::mem::take(&mut state.taken))).collect()
}

type Harm = Box<dyn Fn(&World)>;

fn harms() -> Vec<Harm> {
    let mut harms: Vec<Harm> = failures::CASES.into_iter().map(|case| Box::new(case.harm) as Harm).collect();
    for fate in [Fate::Cancelled, Fate::Evicted, Fate::Words("pondering", "shrugged")] {
        harms.push(Box::new(move |world| world.with(|state| state.fate = fate.clone())));
    }
    for fault in [Fault::LostBefore, Fault::LostAfter] {
        harms.push(Box::new(move |world| world.fails(Call::PushTag, 1..2, fault)));
        harms.push(Box::new(move |world| world.fails(Call::Dispatch, 1..2, fault)));
    }
    for fault in [Fault::No, Fault::LostBefore, Fault::LostAfter] {
        harms.push(Box::new(move |world| world.fails(Call::Put, 1..2, fault)));
        harms.push(Box::new(move |world| world.fails(Call::Put, 2..3, fault)));
    }
    harms.push(Box::new(World::has_a_release));
    harms.push(Box::new(|world| world.fails(Call::Marks, 1..2, Fault::Broken)));
    harms.push(Box::new(|world| world.with(|state| state.service = Service::Unreachable)));
    harms.push(Box::new(|world| world.goes_dark(7..15)));
    harms.push(Box::new(|world| {
        world.goes_dark(7..2000);
        world.asks_after(20, Request::StopAfterThisStep);
    }));
    harms.push(Box::new(|world| {
        world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
        world.asks_after(20, Request::StopAfterThisStep);
    }));
    harms.push(Box::new(|world| world.fails(Call::Dispatch, 1..2, Fault::Limited)));
    harms
        .push(Box::new(|world| world.with(|state| state.closed_until = Some(state.elapsed + Duration::from_secs(40)))));
    harms.push(Box::new(|world| world.with(|state| state.listed_after = Duration::from_secs(90))));
    harms
}

fn requests() -> Vec<Request> {
    let choices = [Choice::LookAgain, Choice::SendAgain, Choice::ItWorked, Choice::GiveUp];
    let mut requests: Vec<Request> = choices.into_iter().map(Request::Choose).collect();
    requests.extend([Request::Undo, Request::StopAfterThisStep, Request::GiveReason("Another".to_owned())]);
    requests
}

async fn asked_at(moment: &str, request: Request) -> Arc<World> {
    let world = World::new();
    world.asks_when(moment, request);
    world.roll_back(world.plan()).await;
    world
}

/// What is known then is written with the first answers; whoever asks for something is heard before that.
async fn asked_between_hold_and_checks(request: Request) -> Arc<World> {
    let world = World::new();
    world.asks_when_marked(request);
    world.roll_back(world.plan()).await;
    world
}

/// Deploys from this machine while GitHub tells nothing, each with one thing that goes another way.
async fn local() -> Vec<Arc<World>> {
    let mut worlds = Vec::new();
    let (undisturbed, plan) = github_away();
    undisturbed.roll_back(plan).await;
    for moment in undisturbed.told() {
        for request in requests() {
            let (world, plan) = github_away();
            world.asks_when(&moment, request);
            world.roll_back(plan).await;
            worlds.push(world);
        }
    }
    let began = undisturbed.told().iter().position(|told| told == "local began").unwrap() + 1;
    for request in requests() {
        let (world, plan) = github_away();
        world.with(|state| state.crash = Some(Crash::AfterFact(began)));
        world.live(plan, "rb-1").await;
        world.asks_after(1, request.clone());
        world.resume("rb-1").await;
        worlds.push(world);
        let (world, plan) = github_away();
        world.fails(Call::PushTag, 1..99, Fault::Broken);
        world.asks_when("tag kept", request.clone());
        world.roll_back(plan).await;
        worlds.push(world);
        let (world, plan) = github_away();
        world.command(COMMAND, 3, "no room");
        world.asks_when("dispatch failed", request);
        world.roll_back(plan).await;
        worlds.push(world);
    }
    worlds
}

/// Goes on after the request in another process, and gives up in the end.
async fn asked_when_a_person_is_needed(harm: &dyn Fn(&World), request: Request) -> Arc<World> {
    let world = World::new();
    harm(&world);
    for step in ["hold", "check", "tag", "dispatch", "follow", "prove"] {
        for end in ["inconclusive", "failed", "errored"] {
            world.asks_when(&format!("{step} {end}"), request.clone());
        }
    }
    let rollback = world.roll_back(world.plan()).await;
    if rollback.end.is_none() {
        world.asks_after(1, Request::Choose(Choice::GiveUp));
        assert!(matches!(world.resume("rb-1").await, Some(Life::Rested(_))));
    }
    world
}

/// Asleep for two days between the tag and the dispatch: the checks are asked again, and the hold is taken anew.
async fn asleep() -> Vec<Arc<World>> {
    let mut worlds = Vec::new();
    let place = undisturbed_place("tag made").await;
    for request in requests() {
        for fact in ["tag made", "tag succeeded"] {
            let world = World::new();
            let days = Duration::from_secs(2 * 24 * 3600);
            world.with(|state| state.sleeps_after_fact = Some((place, days, Duration::ZERO)));
            world.asks_when(fact, request.clone());
            world.roll_back(world.plan()).await;
            worlds.push(world);
        }
    }
    worlds
}

/// Left for days in each step before the dispatch, until a person who is asked whether it goes on says something.
async fn left() -> Vec<Arc<World>> {
    let mut worlds = Vec::new();
    for fact in ["hold started", "check started", "tag started", "dispatch started"] {
        let place = undisturbed_place(fact).await;
        for request in requests() {
            let (world, _) = left_after(place, DAYS).await;
            world.asks_after(1, request);
            let rollback = world.resume("rb-1").await.unwrap().rested();
            if rollback.end.is_none() {
                world.asks_after(1, Request::Choose(Choice::GiveUp));
                assert!(matches!(world.resume("rb-1").await, Some(Life::Rested(_))));
            }
            worlds.push(world);
        }
    }
    worlds
}

/// Without a key, and with a limit that a person hears of.
async fn limited() -> Vec<Arc<World>> {
    let mut worlds = Vec::new();
    for request in requests() {
        for fact in ["check waits", "dispatch waits", "newest run"] {
            let world = World::new();
            world.fails(Call::Dispatch, 1..2, Fault::Limited);
            world.with(|state| state.closed_until = Some(state.elapsed + Duration::from_secs(3)));
            world.asks_when(fact, request.clone());
            world.roll_back(world.plan_without_key()).await;
            worlds.push(world);
        }
        let world = World::new();
        world.with(|state| state.closed_until = Some(state.elapsed + Duration::from_secs(40)));
        world.asks_after(2, Request::StopAfterThisStep);
        world.asks_when("check aborted", request.clone());
        world.roll_back(world.plan()).await;
        worlds.push(world);
    }
    worlds
}

/// Forward to what was quarantined, which is lifted once it is proved.
async fn freed() -> Arc<World> {
    let world = World::new();
    world.with(|state| quarantine(state, TARGET));
    world.roll_back(Plan { forward: true, frees_target: true, frees: None, ..world.plan() }).await;
    world
}

async fn over_and_lifted() -> Arc<World> {
    let world = World::new();
    world.roll_back(world.plan()).await;
    lift(&world, "rb-1");
    lift_quarantine(&world, "rb-1");
    world
}

async fn stopped_between_intent_and_dispatch() -> Arc<World> {
    let world = World::new();
    let intent = undisturbed_place("dispatch started").await;
    world.with(|state| state.crash = Some(Crash::AfterFact(intent)));
    world.live(world.plan(), "rb-1").await;
    world.asks_after(0, Request::StopAfterThisStep);
    assert!(matches!(world.resume("rb-1").await, Some(Life::Rested(_))));
    world
}

/// The number of this fact in a rollback to which nothing happens.
async fn undisturbed_place(label: &str) -> usize {
    let world = World::new();
    world.roll_back(world.plan()).await;
    world.told().iter().position(|told| told == label).unwrap() + 1
}

async fn held_by_another(request: Request) -> Arc<World> {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(3)));
    world.live(world.plan(), "rb-1").await;
    world.asks_when("hold failed", request);
    world.live(world.plan(), "rb-2").await;
    world
}
