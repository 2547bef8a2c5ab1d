//! What a team's file may say, and what is said of one that cannot be read.

use lastgood_core::error::Code;
use lastgood_core::settings::{EnvironmentSettings, Settings, address};

#[test]
fn an_empty_file_says_nothing_and_everything_is_detected() {
    let settings = Settings::parse("").unwrap();
    assert_eq!(settings, Settings::default());
    assert_eq!(settings.environment("production"), EnvironmentSettings::default());
}

#[test]
fn every_key_is_read() {
    let settings = Settings::parse(
        r#"
        [environments.production]
        workflow = "ship.yml"
        version_input = "tag"
        inputs = { region = "eu" }
        url = "https://shop.example"
        soak_minutes = 10
        budget_seconds = 120
        [environments.production.probes]
        version = "/version"
        health = "/health"
        health_times = 5
        "#,
    )
    .unwrap();
    let production = settings.environment("production");
    assert_eq!(production.workflow.as_deref(), Some("ship.yml"));
    assert_eq!(production.inputs["region"], "eu");
    assert_eq!((production.soak_minutes, production.budget_seconds), (Some(10), Some(120)));
    assert_eq!((production.probes.version.as_deref(), production.probes.health_times), (Some("/version"), Some(5)));
    assert_eq!(settings.environment("staging"), EnvironmentSettings::default(), "another environment is not this one");
}

#[test]
fn a_mistake_is_refused_with_its_line_and_column() {
    for (text, place, words) in [
        ("enviroments = 1", "line 1, column 1", "unknown field `enviroments`"),
        ("[environments.production]\nworkfow = \"a.yml\"", "line 2, column 1", "unknown field `workfow`"),
        ("[environments.production.probes]\n\n  helth = \"/h\"", "line 3, column 3", "unknown field `helth`"),
        ("[environments.production]\nsoak_minutes = -1", "line 2, column 16", "-1"),
        ("[environments.production]\nworkflow = 7", "line 2, column 12", "invalid type"),
        ("# ünïcode\n[environments.é]\n", "line 2, column 15", ""),
        ("[environments", "line 1, column 14", ""),
    ] {
        let trouble = Settings::parse(text).expect_err(text);
        assert_eq!(trouble.code, Code::SettingsInvalid);
        assert!(trouble.message.starts_with(&format!("lastgood.toml, {place}: ")), "{text:?}: {}", trouble.message);
        assert!(trouble.message.contains(words), "{text:?}: {}", trouble.message);
        assert!(trouble.message.ends_with('.') && !trouble.message.contains('\n'), "one sentence: {}", trouble.message);
    }
}

#[test]
fn a_probe_is_whole_or_lies_below_the_environments_address() {
    for (probe, base, whole) in [
        ("https://a.example/v", None, Some("https://a.example/v")),
        ("http://a.example/v", Some("https://b.example"), Some("http://a.example/v")),
        ("/version", Some("https://b.example/"), Some("https://b.example/version")),
        ("version", Some("https://b.example/app"), Some("https://b.example/app/version")),
        ("/version", None, None),
    ] {
        assert_eq!(address(probe, base).as_deref(), whole, "{probe} below {base:?}");
    }
}
