//! The log of a job: read where GitHub keeps it, and freed of what must not be shown.

use jiff::SignedDuration;
use lastgood_adapters::secret::Secret;
use lastgood_core::error::Code;
use lastgood_core::log::LineKind;
use lastgood_core::ports::forge::DispatchAnswer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::audience::{opened, opened_at};
use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn a_job_that_has_ended_tells_what_it_wrote_and_one_that_runs_has_no_log() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let DispatchAnswer::Run(run) = rehearsed.dispatch().await else { panic!() };
    let job = workspace.run(run).await.unwrap().jobs[0].id;
    let trouble = workspace.job_log(job).await.unwrap_err();
    assert_eq!((trouble.code, trouble.message.as_str()), (Code::NotOnGithub, "GitHub has no log of this job."));

    rehearsed.pass(SignedDuration::from_mins(10));
    let log = workspace.job_log(job).await.unwrap();
    assert_eq!(log.lines[0].kind, LineKind::Group);
    assert!(log.lines.iter().all(|line| line.at.is_some()) && !log.cut, "{log:?}");
}

#[tokio::test]
async fn the_token_does_not_go_along_to_where_the_log_lies_and_secrets_do_not_come_back() {
    let rehearsed = Rehearsed::start().await;
    let token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    // Another port is another origin.
    let (kept, keeps) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), "127.0.0.1");
    let place = format!("http://{keeps}:{}/log", kept.local_addr().unwrap().port());
    let body = format!("2026-11-22T14:41:07.1234560Z token \u{1b}[31m{}\u{1b}[0m{}\n", &token[..9], &token[9..]);
    let store = tokio::spawn(answer(kept, format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())));
    let github = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://127.0.0.1:{}", github.local_addr().unwrap().port());
    let pointer = format!("HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n");
    let asked = tokio::spawn(answer(github, pointer));

    let log = opened_at(&rehearsed, &api, Secret::new(token)).job_log(7).await.unwrap();
    assert_eq!(log.lines[0].text, "token [redacted]");
    let (asked, fetched) = (asked.await.unwrap(), store.await.unwrap());
    assert!(asked.to_lowercase().contains("authorization:") && asked.contains("/actions/jobs/7/logs"), "{asked}");
    assert!(fetched.starts_with("GET /log "), "{fetched}");
    assert!(!fetched.to_lowercase().contains("authorization") && !fetched.contains(token), "{fetched}");
}

/// Answers one request, and returns its head.
async fn answer(listener: TcpListener, words: String) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    stream.write_all(words.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    String::from_utf8(head).unwrap()
}
