//! A live service is asked for its version and its health, whatever it answers.

use std::time::Duration;

use lastgood_adapters::probe::HttpProbe;
use lastgood_core::ports::Probe;
use lastgood_core::ports::world::{Seen, Wanted};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::rehearsed::Rehearsed;
use crate::rehearsed::free_port;

/// Far below the pace of a service that sleeps.
const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn the_rehearsal_s_service_tells_its_version_and_its_health() {
    let rehearsed = Rehearsed::start().await;
    let (probe, service) = (probe(), rehearsed.description().service.clone());
    assert_eq!(probe.version(&format!("{service}/version"), None).await, Seen::Answer("v2.4.1".to_owned()));
    assert_eq!(probe.health(&Wanted::at(format!("{service}/healthz"))).await, Seen::No("health 503".to_owned()));
    assert_eq!(probe.health(&Wanted::at(format!("{service}/staging/healthz"))).await, Seen::Answer(200));
    assert!(
        matches!(probe.version(&format!("{service}/nowhere"), None).await, Seen::No(words) if words.ends_with("404"))
    );
}

#[tokio::test]
async fn a_version_is_read_from_json_from_a_quoted_and_from_a_plain_word() {
    for (body, version) in [
        (r#"{"version":"v2.4.0","commit":"abc"}"#, "v2.4.0"),
        (r#"{"name":"shop","tag":" v2.4.0\n"}"#, "v2.4.0"),
        (r#"{"release":"2024-05"}"#, "2024-05"),
        (r#"{"version":null,"git_tag":"api-v1"}"#, "api-v1"),
        (r#""v2.4.0""#, "v2.4.0"),
        ("v2.4.0\r\n", "v2.4.0"),
        ("2.4", "2.4"),
        ("\u{feff}v2.4.0", "v2.4.0"),
    ] {
        assert_eq!(asked(&ok(body)).await, Seen::Answer(version.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn what_is_no_version_is_a_no() {
    let long = "v".repeat(251);
    for body in [
        "<!doctype html><title>Welcome</title>",
        "<html><body>hi</body></html>",
        "v2.4.0 (stable)",
        "",
        " \n",
        "{}",
        r#"{"version":{"major":2}}"#,
        r#"["v2.4.0"]"#,
        "null",
        "true",
        "v2\u{1b}[31m",
        r#""v2\u0000""#,
        &long,
    ] {
        let seen = asked(&ok(body)).await;
        assert!(matches!(&seen, Seen::No(words) if words.ends_with("tells no version")), "{body:?} {seen:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_a_no_with_its_number() {
    for status in ["404 Not Found", "500 Oops", "503 Service Unavailable"] {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 6\r\n\r\nv2.4.0");
        let seen = asked(&answer).await;
        assert!(matches!(&seen, Seen::No(words) if words.ends_with(&status[..3])), "{status} {seen:?}");
    }
}

#[tokio::test]
async fn health_is_what_was_asked_for_and_nothing_else() {
    let ready = "HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{\"status\": \"ready\"}";
    let teapot = "HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\n\r\n";
    for (answer, status, body, well) in [
        (ready, vec![], None, true),
        (ready, vec![204], None, false),
        (teapot, vec![200, 418], None, true),
        (teapot, vec![], None, false),
        (ready, vec![], Some(r#""status":\s*"ready""#), true),
        (ready, vec![], Some("^ready"), false),
    ] {
        let url = serve(answer, Ending::Close).await;
        let body = body.map(str::to_owned);
        let seen = probe().health(&Wanted { status: status.clone(), body: body.clone(), ..Wanted::at(url) }).await;
        assert_eq!(matches!(seen, Seen::Answer(_)), well, "{status:?} {body:?} {seen:?}");
        assert!(!matches!(seen, Seen::Nothing(_)), "it did answer: {seen:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_to_the_same_place_and_a_circle_is_left() {
    let there = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nv2.4.0";
    let url = serve_by(|path| if path == "/version/" { there.to_owned() } else { moved("/version/") }).await;
    assert_eq!(probe().version(&url, None).await, Seen::Answer("v2.4.0".to_owned()));
    assert_eq!(probe().health(&Wanted::at(&url)).await, Seen::Answer(200));
    assert!(matches!(asked(&moved("/version/")).await, Seen::Nothing(_)), "it leads to itself");
}

#[tokio::test]
async fn a_redirect_to_another_place_is_judged_itself_and_says_where_it_leads() {
    let well = serve(&ok("v2.4.0"), Ending::Close).await;
    let port = well.rsplit(':').next().unwrap().split('/').next().unwrap();
    for (to, shown) in [
        ("/login?next=/version&token=opensesame".to_owned(), "/login".to_owned()),
        ("/version?login".to_owned(), "/version".to_owned()),
        (well.clone(), well.clone()),
        (format!("http://user:pass@localhost:{port}/version"), format!("http://localhost:{port}/version")),
    ] {
        let url = serve_by(move |path| if path == "/version" { moved(&to) } else { ok("v2.4.0") }).await;
        let shown = if shown.starts_with('/') { url.replace("/version", &shown) } else { shown };
        let seen = probe().version(&url, None).await;
        assert_eq!(seen, Seen::No(format!("{url} answered 302, and leads to {shown}")));
        let health = probe().health(&Wanted::at(&url)).await;
        assert_eq!(health, Seen::No(format!("health 302, and leads to {shown}")));
        let wanted = Wanted { status: vec![302], ..Wanted::at(&url) };
        assert_eq!(probe().health(&wanted).await, Seen::Answer(302), "it is what was asked for");
        let anywhere = Wanted { anywhere: true, ..Wanted::at(&url) };
        assert_eq!(probe().health(&anywhere).await, Seen::Answer(200), "a file is kept elsewhere");
    }
}

fn moved(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
}

#[tokio::test]
async fn an_answer_without_end_is_left() {
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "v".repeat(1 << 16));
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(8));
    assert!(matches!(asked(&endless).await, Seen::Nothing(words) if words.ends_with("the answer is too long")));
}

#[tokio::test]
async fn where_nobody_answers_nothing_is_seen() {
    let probe = probe();
    let url = format!("http://127.0.0.1:{}/version", free_port());
    assert_eq!(probe.version(&url, None).await, Seen::Nothing(format!("{url}: nobody answers")));
    assert_eq!(probe.health(&Wanted::at(&url)).await, Seen::Nothing(format!("{url}: nobody answers")));
    for url in ["", "nonsense", "http://", "ftp://127.0.0.1/version", "file:///etc/hostname"] {
        assert!(matches!(probe.version(url, None).await, Seen::Nothing(_)), "{url}");
    }
}

#[tokio::test]
async fn a_slow_service_is_nothing_seen_also_when_it_is_slow_in_the_middle() {
    for said in ["", "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nv2."] {
        let url = serve(said, Ending::Stay).await;
        let probe = HttpProbe::within(SHORT).unwrap();
        let seen = probe.version(&url, None).await;
        assert_eq!(seen, Seen::Nothing(format!("{url}: no answer within 0.3 s")), "{said}");
    }
}

#[tokio::test]
async fn a_deadline_of_the_settings_counts_for_the_version_for_health_and_for_its_body() {
    let (said, timeout) = ("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nv2.", Some(1));
    let url = serve(said, Ending::Stay).await;
    let late = format!("{url}: no answer within 1 s");
    assert_eq!(probe().version(&url, timeout).await, Seen::Nothing(late.clone()));
    let url = serve(said, Ending::Stay).await;
    let wanted = Wanted { body: Some("v2".to_owned()), timeout_seconds: timeout, ..Wanted::at(&url) };
    assert_eq!(probe().health(&wanted).await, Seen::Nothing(format!("{url}: no answer within 1 s")));
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_is_nothing_seen() {
    let seen = asked("HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\nv2.4.0").await;
    assert!(matches!(&seen, Seen::Nothing(_)), "{seen:?}");
}

fn probe() -> HttpProbe {
    HttpProbe::new().unwrap()
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// What the probe makes of a server that says this to everyone.
async fn asked(answer: &str) -> Seen<String> {
    let url = serve(answer, Ending::Close).await;
    probe().version(&url, None).await
}

#[derive(Clone, Copy)]
enum Ending {
    Close,
    Stay,
}

async fn serve(answer: &str, ending: Ending) -> String {
    let answer = answer.to_owned();
    serve_with(move |_| answer.clone(), ending).await
}

/// What it says depends on the path that it is asked for; it closes behind each answer.
async fn serve_by(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    serve_with(answer, Ending::Close).await
}

async fn serve_with(answer: impl Fn(&str) -> String + Send + 'static, ending: Ending) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/version", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let count = stream.read(&mut request).await.unwrap_or(0);
            if count == 0 {
                continue;
            }
            let request = String::from_utf8_lossy(&request[..count]).into_owned();
            let answer = answer(request.split(' ').nth(1).unwrap());
            // A client that has heard enough hangs up.
            drop(stream.write_all(answer.as_bytes()).await);
            if matches!(ending, Ending::Stay) {
                std::future::pending::<()>().await;
            }
        }
    });
    url
}
