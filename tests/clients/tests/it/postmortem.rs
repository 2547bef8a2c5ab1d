//! A post-mortem leaves through Prism as GitHub's description allows, and GitHub's own command line reads it back.

use jiff::tz::TimeZone;
use lastgood_adapters::place::Place;
use lastgood_adapters::postmortem::{How, Postmortems, Publishing, Pushed};
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_clients::{Prism, Served, gh};
use lastgood_core::postmortem::{About, Stage};
use serde_json::Value;

#[tokio::test]
async fn gh_reads_back_the_pull_request_and_the_issue_of_a_post_mortem() {
    let served = Served::at_speed(f64::INFINITY).await;
    let prism = Prism::before(&served).await;
    let description = served.description();
    let clone = git2::Repository::open(&description.clone).unwrap();
    // gh believes a remote that stands on the host it talks to.
    clone.remote("github", "http://github.localhost/acme/connectias.git").unwrap();
    let mut settings = clone.config().unwrap();
    settings.set_str("user.name", "platform-lead").unwrap();
    settings.set_str("user.email", "platform-lead@example.com").unwrap();
    let access = Access::rehearsal(&prism.api, Secret::new(description.token.as_str()), 1_000.0);
    let place = Place::at(served.beside("data")).unwrap();
    let workspace = Workspace::open(&description.clone, &place, access).unwrap();

    let kept = Postmortems::open(&workspace).unwrap();
    let id = kept.begin(About::by_hand("Checkout fails"), "@platform-lead").await.unwrap().id().clone();
    let text = kept.text(&kept.find(&id).await.unwrap()).unwrap();
    let text = text.replace("## Summary\n", "## Summary\n\nNobody could pay for 33 minutes.\n");
    let text = text.replace("## What we will do\n", "## What we will do\n\n- [ ] Alert the lead too @platform-lead\n");
    kept.typed(&id, Some(1), text).await.unwrap();
    let ticket =
        kept.open_ticket(&kept.find(&id).await.unwrap(), "Alert the lead too @platform-lead", "@platform-lead").await;
    let ticket = ticket.unwrap();
    let shown = shown(&served, &["issue", "view", &ticket.number.to_string(), "--json", "title,state,url"]).await;
    assert_eq!((&shown["title"], &shown["state"]), (&"Alert the lead too @platform-lead".into(), &"OPEN".into()));

    let story = kept.story(kept.find(&id).await.unwrap(), None, None).await.unwrap();
    let Publishing::Done(pushed) = kept
        .publish(&story, "@platform-lead", &TimeZone::UTC, How { troubleshooting: true, ..How::default() })
        .await
        .unwrap()
    else {
        panic!("nothing was pushed")
    };
    let Pushed { published, pull_request, trouble, still_apart } = *pushed;
    assert_eq!(still_apart, Vec::<String>::new());
    let opened = pull_request.unwrap_or_else(|| panic!("{trouble:?}"));
    let number = opened.number.to_string();
    let fields = "number,state,title,body,headRefName,baseRefName,url,files";
    let shown = self::shown(&served, &["pr", "view", &number, "--json", fields]).await;
    assert_eq!((&shown["state"], &shown["title"]), (&"OPEN".into(), &"Post-mortem: Checkout fails".into()));
    assert_eq!((&shown["headRefName"], &shown["baseRefName"]), (&published.branch.clone().into(), &"main".into()));
    assert!(shown["body"].as_str().unwrap().starts_with("Nobody could pay for 33 minutes."), "{shown}");
    let files = shown["files"].as_array().unwrap();
    let there: Vec<&str> = files.iter().filter_map(|file| file["path"].as_str()).collect();
    assert!(there.contains(&published.path.as_str()), "{there:?}");
    assert!(there.contains(&"docs/troubleshooting.md"), "in the same pull request: {there:?}");

    assert_eq!(kept.look(kept.find(&id).await.unwrap()).await.unwrap().stage(), Stage::Review);
    served.github().merge_pull_request(opened.number).unwrap();
    assert_eq!(kept.look(kept.find(&id).await.unwrap()).await.unwrap().stage(), Stage::Published);
    assert_eq!(kept.find(&id).await.unwrap().stage(), Stage::Published, "it is a fact");
    assert_eq!(prism.violations().await, [""; 0]);
}

/// What gh tells as JSON.
async fn shown(served: &Served, words: &[&str]) -> Value {
    serde_json::from_str(&gh(served, words).await.unwrap()).unwrap()
}
