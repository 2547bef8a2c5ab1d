//! What a person is told when reading does not work.

use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_core::error::Code;
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Forge;
use lastgood_rehearsal::{Fault, FaultKind, Moment, When};
use serde_json::json;

use crate::rehearsed::{Rehearsed, status};

#[tokio::test]
async fn each_answer_that_is_no_success_has_its_code() {
    let now = When::BeforeEffect;
    for (kind, code) in [
        (status(401, &[], now), Code::TokenRejected),
        (status(403, &[], now), Code::TokenTooWeak),
        (status(404, &[], now), Code::NotOnGithub),
        (status(451, &[], now), Code::GithubAnswer),
        (status(500, &[], now), Code::GithubUnreachable),
        (FaultKind::Html { code: 503, when: now }, Code::GithubUnreachable),
        (FaultKind::Html { code: 200, when: now }, Code::GithubAnswer),
        (FaultKind::Cut { moment: Moment::DuringAnswer }, Code::GithubUnreachable),
    ] {
        let rehearsed = Rehearsed::start().await;
        rehearsed.arm(Fault::once("/environments", kind.clone()));
        let trouble = rehearsed.github().environments().await.unwrap_err();
        assert_eq!(trouble.code, code, "{kind:?}");
        assert!(!trouble.hint.is_empty() && !trouble.message.contains('<'), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_limit_says_how_long_to_wait() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("/environments", status(429, &[("retry-after", "7")], When::BeforeEffect)));
    let trouble = rehearsed.github().environments().await.unwrap_err();
    assert_eq!((trouble.code, trouble.hint.as_str()), (Code::RateLimited, "Wait 7 s."));

    rehearsed.server().set_remaining_calls(0);
    let trouble = rehearsed.github().environments().await.unwrap_err();
    assert_eq!(trouble.code, Code::RateLimited);
    assert!(trouble.hint.starts_with("Wait until ") && trouble.hint.ends_with(" UTC."), "{}", trouble.hint);
}

#[tokio::test]
async fn a_secondary_limit_without_a_time_is_no_weak_token() {
    let rehearsed = Rehearsed::start().await;
    let body = json!({
        "message": "You have exceeded a secondary rate limit.",
        "documentation_url": "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    });
    let kind = FaultKind::Status { code: 403, body: Some(body), headers: [].into(), when: When::BeforeEffect };
    rehearsed.arm(Fault::once("/environments", kind));
    let trouble = rehearsed.github().environments().await.unwrap_err();
    assert_eq!((trouble.code, trouble.hint.as_str()), (Code::RateLimited, "Wait a minute."));
}

#[tokio::test]
async fn words_of_github_stay_on_one_line_and_short() {
    let rehearsed = Rehearsed::start().await;
    let body = Some(json!({ "message": format!("no\n\n{}", "way ".repeat(1_000)) }));
    let kind = FaultKind::Status { code: 400, body, headers: [].into(), when: When::BeforeEffect };
    rehearsed.arm(Fault::once("/environments", kind));
    let message = rehearsed.github().environments().await.unwrap_err().message;
    assert!(message.contains("no way way") && !message.contains('\n') && message.len() < 400, "{message}");
}

#[tokio::test]
async fn reading_follows_a_renamed_repository() {
    let rehearsed = Rehearsed::start().await;
    let place = ("location", "/repos/acme/connectias/environments?per_page=100");
    rehearsed.arm(Fault::once("/environments", status(301, &[place], When::BeforeEffect)));
    assert_eq!(rehearsed.github().environments().await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_address_that_is_none_is_a_trouble_and_no_panic() {
    for api in ["", "no address", "http://", "ftp://127.0.0.1", "http://[::1"] {
        let made = Github::new(api, &Secret::new("token"), RepositorySlug::new("acme", "connectias").unwrap());
        if let Ok(github) = made {
            assert_eq!(github.account().await.unwrap_err().code, Code::GithubUnreachable, "{api}");
        }
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_a_trouble_and_is_not_repeated() {
    let slug = RepositorySlug::new("acme", "connectias").unwrap();
    for token in ["canary\nX-Other: 1", "canary canary", "kanarienv\u{f6}gel", "canary\0"] {
        let token = Secret::new(token);
        let made = Github::new("http://127.0.0.1:9", &token, slug.clone());
        let trouble = made.err().unwrap();
        assert_eq!(trouble.code, Code::TokenRejected);
        assert!(!trouble.message.contains("anar"), "{trouble:?}");
    }
}
