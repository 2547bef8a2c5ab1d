//! `lastgood.toml` changes while the repository is open.

use lastgood_core::error::Code;

use super::audience::opened;
use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn a_changed_file_counts_at_once_and_a_broken_one_leaves_what_counted() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let file = rehearsed.description().clone.join("lastgood.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let budget = || workspace.settings().environment("production").budget_seconds;
    assert!(!workspace.read_settings_again(), "nothing changed");
    let before = budget();

    std::fs::write(
        &file,
        text.replacen("[environments.production]", "[environments.production]\nbudget_seconds = 77", 1),
    )
    .unwrap();
    assert!(workspace.read_settings_again());
    assert_eq!((budget(), before), (Some(77), None));
    let version = workspace.settings_version();
    assert_eq!(workspace.settings_trouble(), None);

    std::fs::write(&file, "[environments").unwrap();
    assert!(workspace.read_settings_again() && !workspace.read_settings_again());
    assert_eq!(workspace.settings_trouble().unwrap().code, Code::SettingsInvalid);
    assert_eq!((budget(), workspace.settings_version()), (Some(77), version), "what counted goes on counting");
}
