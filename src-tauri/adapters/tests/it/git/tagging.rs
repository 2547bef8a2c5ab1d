//! Making tags: once, exactly as ordered, under any name that git allows.

use lastgood_core::error::Code;
use lastgood_core::ports::repository::{Repository, TagOrder};
use lastgood_core::release::TagKind;

use super::sample::{Sample, create, order};

#[tokio::test]
async fn a_tag_is_made_as_ordered_by_the_person_that_git_knows() {
    let sample = Sample::new();
    sample.git(&["config", "user.name", "on<call\u{e9}"]);
    std::fs::write(sample.global(), "[user]\n\temail = on-call@example.com\n").unwrap();
    let head = sample.git(&["rev-parse", "HEAD"]).as_str().into();
    let made = create(&sample.open(), &order("rollback-20261122-101500", &head)).await.unwrap();
    let expected = format!(
        "object {head}\ntype commit\ntag rollback-20261122-101500\n\
         tagger oncall\u{e9} <on-call@example.com> 1700000000 +0200\n\nRollback to v1.0.0\n\nReason: checkout fails"
    );
    assert_eq!(sample.git(&["cat-file", "tag", made.as_str()]), expected);
    assert_eq!(sample.git(&["rev-parse", "refs/tags/rollback-20261122-101500"]), made.as_str());
    sample.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn a_person_that_git_does_not_know_still_tags() {
    let sample = Sample::new();
    let head = sample.git(&["rev-parse", "HEAD"]).as_str().into();
    let made = create(&sample.open(), &order("v1.0.0", &head)).await.unwrap();
    assert!(sample.git(&["cat-file", "tag", made.as_str()]).contains("tagger Lastgood <lastgood@localhost> "));
}

#[tokio::test]
async fn a_repeated_order_finds_its_own_tag_and_another_one_is_refused() {
    let sample = Sample::new();
    let first = sample.git(&["rev-parse", "HEAD"]).as_str().into();
    let second = sample.commit("Second\n");
    let repository = sample.open();
    let once = order("rollback-20261122-101500", &first);
    let made = create(&repository, &once).await.unwrap();
    let later = TagOrder { date: lastgood_core::release::Moment { seconds: 1_800_000_000, offset: 0 }, ..once.clone() };
    assert_eq!(create(&repository, &later).await.unwrap(), made);
    for other in
        [TagOrder { commit: second, ..once.clone() }, TagOrder { message: "Something else".to_owned(), ..once.clone() }]
    {
        assert_eq!(create(&repository, &other).await.unwrap_err().code, Code::TagTaken);
    }
    sample.git(&["tag", "light"]);
    assert_eq!(create(&repository, &order("light", &first)).await.unwrap_err().code, Code::TagTaken);
    assert_eq!(sample.git(&["rev-parse", "rollback-20261122-101500"]), made.as_str(), "nothing moved");
}

#[tokio::test]
async fn of_many_orders_at_once_all_get_the_one_tag() {
    let sample = Sample::new();
    let head = sample.git(&["rev-parse", "HEAD"]).as_str().into();
    let repository = sample.open();
    for round in 0..20 {
        let once = order(&format!("rollback-20261122-1015{round:02}"), &head);
        let (a, b, c) =
            tokio::join!(create(&repository, &once), create(&repository, &once), create(&repository, &once));
        let made = a.unwrap();
        assert_eq!((b.unwrap(), c.unwrap()), (made.clone(), made));
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_met_says_why() {
    let sample = Sample::new();
    let repository = sample.open();
    let absent = "1".repeat(40).as_str().into();
    assert_eq!(create(&repository, &order("v1", &absent)).await.unwrap_err().code, Code::TagMissing);
    let tree = sample.git(&["rev-parse", "HEAD^{tree}"]).as_str().into();
    assert_eq!(create(&repository, &order("v1", &tree)).await.unwrap_err().code, Code::TagMissing);
    let head = sample.git(&["rev-parse", "HEAD"]).as_str().into();
    for name in ["", "a b", "a..b", "x.lock", "new\nline", "a:b", "a~1", "a\\b", "/a", "a/", "*"] {
        assert_eq!(create(&repository, &order(name, &head)).await.unwrap_err().code, Code::Usage, "{name:?}");
    }
    assert_eq!(repository.local_tag(&"no such tag".into()).await.unwrap(), None);
    assert_eq!(sample.git(&["tag"]), "");
}

#[tokio::test]
async fn where_a_local_tag_leads_is_told_with_both_ids() {
    let sample = Sample::new();
    let head = sample.git(&["rev-parse", "HEAD"]);
    sample.git(&["tag", "-m", "One", "v1.0.0"]);
    sample.git(&["tag", "tree", "HEAD^{tree}"]);
    let repository = sample.open();
    let found = repository.local_tag(&"v1.0.0".into()).await.unwrap().unwrap();
    assert_eq!(found.object.as_str(), sample.git(&["rev-parse", "v1.0.0"]));
    assert_eq!(found.commit.unwrap().as_str(), head);
    assert_eq!(repository.local_tag(&"tree".into()).await.unwrap().unwrap().commit, None);
    assert_eq!(sample.release("v1.0.0").kind, TagKind::Annotated);
}
