//! Servers that are not there, or do not answer. Only a connection that was never made proves that nothing was sent.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_core::error::Code;
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Forge;
use lastgood_rehearsal::{Fault, FaultKind};

use super::dispatching::outcome;
use crate::rehearsed::{PATIENCE, Rehearsed, free_port, order};

/// Far below any answer of a server that sleeps.
const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    for api in [format!("http://127.0.0.1:{}", free_port()), "https://no-such-host.invalid".to_owned()] {
        let github = at(&api, PATIENCE);
        assert_eq!(outcome(&github.dispatch(&order(&[])).await), ("not sent", Some(Code::GithubUnreachable)), "{api}");
        assert_eq!(github.account().await.unwrap_err().code, Code::GithubUnreachable);
    }
}

#[tokio::test]
async fn where_no_secret_channel_can_be_made_nothing_was_sent() {
    let rehearsed = Rehearsed::start().await;
    let github = at(&rehearsed.description().api.replace("http:", "https:"), PATIENCE);
    assert_eq!(outcome(&github.dispatch(&order(&[])).await).0, "not sent");
    assert_eq!(rehearsed.sent("POST").len(), 0);
}

#[tokio::test]
async fn a_server_that_takes_the_request_and_says_nothing_leaves_it_unknown() {
    // The system completes connections that nobody accepts.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let github = at(&format!("http://{}", listener.local_addr().unwrap()), SHORT);
    let begun = Instant::now();
    assert_eq!(outcome(&github.dispatch(&order(&[])).await), ("unknown", Some(Code::GithubUnreachable)));
    assert_eq!(github.account().await.unwrap_err().code, Code::GithubUnreachable);
    assert!(begun.elapsed() < PATIENCE);
}

#[tokio::test]
async fn an_answer_that_is_later_than_the_deadline_is_none() {
    let rehearsed = Rehearsed::start().await;
    let late = FaultKind::Delay { milliseconds: 60_000 };
    rehearsed.arm(Fault::once("/dispatches", late));
    let answer = rehearsed.github_within(SHORT).dispatch(&order(&[("version_tag", "v2.4.0")])).await;
    assert_eq!(outcome(&answer), ("unknown", Some(Code::GithubUnreachable)));
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 1), "it had its effect all the same");
}

fn at(api: &str, deadline: Duration) -> Github {
    Github::within(api, &Secret::new("token"), RepositorySlug::new("acme", "connectias").unwrap(), deadline).unwrap()
}
