//! The team's own templates: tried while they are typed, kept as files of the repository, and taken back.

use lastgood_desktop::controller::Host;
use lastgood_desktop::ipc::incident::template::{TemplateOrigin, TemplateTrial, keep, reset, trial};

use crate::kit::{Stage, Window};

const TEMPLATE: &str = "team-declared";
const OURS: &str = "# {{ title }}\nOurs: {{ severity }}\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_the_team_takes_the_place_of_the_shipped_one_until_it_is_taken_back() {
    let stage = Stage::at_speed(20.0).await;
    let window = opened(&stage).await;
    let kept = keep(&window.host, TEMPLATE, OURS).await.unwrap();
    assert_eq!((kept.text.as_str(), kept.row.origin, kept.row.broken), (OURS, TemplateOrigin::Override, false));
    let file = stage.clone_folder().join(&kept.file);
    assert!(file.starts_with(stage.clone_folder().join(".lastgood/templates")), "{}", file.display());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), OURS);

    let telling = stage.another().telling().unwrap();
    assert_eq!(telling.templates().source(TEMPLATE), Some(OURS), "whoever opens the repository next writes with it");

    let back = reset(&window.host, TEMPLATE).await.unwrap();
    assert_eq!(back.row.origin, TemplateOrigin::Shipped);
    assert_ne!(back.text, OURS);
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_tried_on_the_sample_and_says_where_it_fails() {
    let stage = Stage::at_speed(20.0).await;
    let window = opened(&stage).await;
    let good = tried(&window.host, OURS).await;
    assert!(good.preview.is_some() && good.problems.is_empty());
    let bad = tried(&window.host, "# {{ title }}\n{{ titel }\n").await;
    assert!(bad.preview.is_none());
    assert_eq!(bad.problems.len(), 1, "one fault, with its place");
    assert!(!stage.clone_folder().join(".lastgood").exists(), "nothing was kept");
}

async fn opened(stage: &Stage) -> Window {
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    window
}

async fn tried(host: &Host, text: &str) -> TemplateTrial {
    trial(host, TEMPLATE, text, None).await.unwrap()
}
