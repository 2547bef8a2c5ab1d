//! What Settings asks of GitHub, and when it asks nothing.

use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::Value;

use crate::kit::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn settings_ask_github_nothing_while_it_takes_no_calls() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    window.host.check_settings().await.unwrap();
    window.told("who it is", "settings", |told| host(told)["account"]["login"] == "platform-lead").await;

    let headers = [("retry-after".to_owned(), "600".to_owned())].into();
    let limit = FaultKind::Status { code: 429, body: None, headers, when: When::BeforeEffect };
    stage.server().arm(Fault::once("", limit));
    window.host.refresh();
    window.told("the limit", "overview", |told| !told["overview"]["github"]["knownAt"].is_null()).await;
    let before = stage.server().requests().len();
    let asked = window.count("settings");
    window.host.check_settings().await.unwrap();
    let limited = |told: &Value| host(told)["state"] == "could_not_tell";
    let told = window.told("that nothing is asked", "settings", limited).await;
    assert!(window.count("settings") > asked);
    let sentence = host(&told)["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("GitHub asks for fewer calls; nothing is asked before "), "{sentence}");
    assert_eq!(host(&told)["account"]["login"], "platform-lead", "what was known stays");
    assert_eq!(stage.server().requests().len(), before, "nothing was sent");
}

fn host(told: &Value) -> &Value {
    &told["settings"]["hosts"][0]
}
