//! A token that GitHub calls wrong is not sent again for a while, or until another one comes.

use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::error::Code;
use lastgood_core::ports::Forge;
use lastgood_core::rollback::Outcome;
use lastgood_core::rollback::event::Event;
use lastgood_rehearsal::TokenSwitches;

use crate::rehearsed::{PATIENCE, Rehearsed, order};
use crate::workspace::audience::{Seen, audience, opened, plan};

/// Longer than any deploy of the sample.
const DEPLOY: SignedDuration = SignedDuration::from_secs(60);

/// Looks that a rollback takes in a minute.
const LOOKS: usize = 20;

#[tokio::test]
async fn a_token_that_was_refused_reaches_the_server_once_however_often_it_is_asked() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    revoke(&rehearsed, true);
    for _ in 0..LOOKS {
        assert_eq!(github.environments().await.unwrap_err().code, Code::TokenRejected);
    }
    assert_eq!(refused(&rehearsed), 1);
    github.dispatch(&order(&[("version_tag", "v2.4.0")])).await;
    assert_eq!((refused(&rehearsed), rehearsed.sent("POST").len()), (1, 0), "nor is anything written with it");
    revoke(&rehearsed, false);
    github.renew(&rehearsed.token()).unwrap();
    assert!(github.environments().await.is_ok());
}

#[tokio::test]
async fn a_rollback_whose_token_expires_stops_asking_and_goes_on_by_itself_after_the_sign_in() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let wanted = plan(&workspace, None).await;
    let (audience, seen, _bell) = audience();
    let drive = workspace.begin(wanted, audience).await.unwrap();
    let driving = tokio::spawn(drive.to_the_end());
    until(&seen, |event| matches!(event, Event::RunSeen(_))).await;
    revoke(&rehearsed, true);
    until(&seen, |event| matches!(event, Event::RunOutOfSight { .. })).await;
    let github = workspace.github().unwrap();
    for _ in 0..LOOKS {
        assert_eq!(github.environments().await.unwrap_err().code, Code::TokenRejected);
    }
    // What was on its way when the first refusal came arrives too.
    assert!(refused(&rehearsed) <= 2, "{}", refused(&rehearsed));

    revoke(&rehearsed, false);
    rehearsed.pass(DEPLOY);
    workspace.sign_in_again().await.unwrap();
    let rollback = tokio::time::timeout(PATIENCE, driving).await.unwrap().unwrap().unwrap();
    assert_eq!(rollback.end.as_ref().map(|end| end.outcome), Some(Outcome::Succeeded));
}

async fn until(seen: &Seen, is_it: impl Fn(&Event) -> bool) {
    let there = || seen.lock().unwrap().iter().any(|fact| fact.event.rollback().is_some_and(&is_it));
    let waiting = async {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        while !there() {
            looks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it happens");
}

fn revoke(rehearsed: &Rehearsed, revoked: bool) {
    rehearsed.server().set_token(TokenSwitches { revoked, ..TokenSwitches::default() });
}

fn refused(rehearsed: &Rehearsed) -> usize {
    rehearsed.server().requests().iter().filter(|request| request.status == Some(401)).count()
}
