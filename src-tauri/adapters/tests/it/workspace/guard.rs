//! The step that refuses while an environment is held, offered as a pull request.

use lastgood_adapters::workspace::Guard;
use lastgood_rehearsal::{Fault, FaultKind, Moment};

use super::audience::opened;
use crate::rehearsed::{Rehearsed, git};

const BRANCH: &str = "lastgood/refuse-while-held";
const FILE: &str = "lastgood/refuse-while-held:.github/workflows/deploy.yml";

#[tokio::test]
async fn it_is_offered_once_and_nothing_is_checked_out() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let known = workspace.know().await.unwrap();
    let (clone, remote) = (&rehearsed.description().clone, &rehearsed.description().remote);
    let before = (git(clone, &["status", "--porcelain"]), git(clone, &["rev-parse", "HEAD"]));
    let first = workspace.offer_guard(&"production".into(), &known).await.unwrap();
    let Guard::Offered { path, number, url, new: true } = first else { panic!("{first:?}") };
    assert_eq!(path, ".github/workflows/deploy.yml");
    assert!(url.contains(&number.to_string()), "{url}");
    let file = git(remote, &["show", FILE]);
    assert!(file.contains("      - name: Refuse while the environment is held"), "{file}");
    assert!(file.contains("ENVIRONMENT: ${{ inputs.environment }}"), "{file}");
    assert_eq!((git(clone, &["status", "--porcelain"]), git(clone, &["rev-parse", "HEAD"])), before);
    assert_eq!(git(remote, &["rev-list", "--count", &format!("main..{BRANCH}")]), "1");

    let again = workspace.offer_guard(&"staging".into(), &known).await.unwrap();
    assert_eq!(again, Guard::Offered { path, number, url, new: false }, "both environments have one workflow");
    assert_eq!(git(remote, &["rev-list", "--count", &format!("main..{BRANCH}")]), "1");

    git(remote, &["update-ref", "refs/heads/main", BRANCH]);
    let merged = workspace.offer_guard(&"production".into(), &known).await.unwrap();
    assert_eq!(merged, Guard::There { path: ".github/workflows/deploy.yml".to_owned() });
}

#[tokio::test]
async fn an_answer_that_never_came_is_looked_up_and_nothing_is_opened_twice() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let known = workspace.know().await.unwrap();
    rehearsed.arm(Fault::once("/pulls", FaultKind::Cut { moment: Moment::BeforeAnswer }).on("POST"));
    let offered = workspace.offer_guard(&"production".into(), &known).await.unwrap();
    assert!(matches!(offered, Guard::Offered { new: true, .. }), "{offered:?}");
    let again = workspace.offer_guard(&"production".into(), &known).await.unwrap();
    assert!(matches!(again, Guard::Offered { new: false, .. }), "{again:?}");
}
