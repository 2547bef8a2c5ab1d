//! What a team's file may say, and what is said of one that cannot be read.

use lastgood_core::error::Code;
use lastgood_core::risk;
use lastgood_core::rollback::StepName;
use lastgood_core::rollback::check::{Policy, Question};
use lastgood_core::rollback::checks::plan::CheckPlan;
use lastgood_core::rollback::local::LocalDeploy;
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
        deploy_command = ["./deploy.sh", "two words"]
        deploy_timeout_seconds = 90
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
    let local = LocalDeploy::of(&production).unwrap();
    assert_eq!((local.shown().as_str(), local.timeout_seconds), ("./deploy.sh \"two words\"", 90));
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
        ("[checks]\ntarget.sigature = \"block\"", "line 2, column 8", "unknown field `sigature`"),
        ("[checks]\n\"target.signature\" = \"block\"", "line 2, column 1", "unknown field `target.signature`"),
        ("[checks]\ntarget.ran = \"loud\"", "line 2, column 14", "unknown variant `loud`"),
        ("[checks.risk.migrations]\nfile = []", "line 2, column 1", "unknown field `file`"),
        ("[checks.risk.migrations]\nfiles = [\"a[\"]", "line 2, column 9", "no pattern of names"),
        ("[environments.p.probes]\nbody = \"(\"", "line 2, column 8", "no regular expression"),
        ("[environments.p]\ndeploy_command = \"make deploy\"", "line 2, column 18", "invalid type"),
        ("[environments.p.proofs]\nlooks = \"block\"", "line 2, column 1", "unknown field `looks`"),
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

#[test]
fn an_environments_checks_stand_over_the_general_ones() {
    let settings = Settings::parse(
        r#"
        [checks]
        target.signature = "block"
        risk.config = "off"
        [checks.risk.migrations]
        files = ["sql/**"]
        [checks.security.scan]
        policy = "block"
        commands = [["cargo", "audit"]]
        [environments.staging.checks]
        target.signature = "info"
        risk.migrations = "block"
        [environments.staging.proofs.functionality]
        commands = [["./smoke.sh"]]
        worktree = false
        timeout_seconds = 30
        "#,
    )
    .unwrap();
    let plan = |name: &str| CheckPlan::new(&settings.environment(name), &"v2.4.0".into(), None);
    let (production, staging) = (plan("production"), plan("staging"));
    assert_eq!(production.policy(Question::TargetSignature), Policy::Block);
    assert_eq!(staging.policy(Question::TargetSignature), Policy::Info);
    assert!(!staging.asks(Question::RiskConfig) && staging.asks(Question::RiskMigrations));
    assert_eq!(staging.policy(Question::RiskMigrations), Policy::Block);
    assert_eq!(
        staging.migrations.as_deref(),
        Some(&["sql/**".to_owned()][..]),
        "a policy alone leaves the rest as it was"
    );
    assert_eq!(production.commands[&Question::SecurityScan].commands, [["cargo", "audit"]]);
    assert!(!production.asks(Question::ProofFunctionality));
    let smoke = &staging.commands[&Question::ProofFunctionality];
    assert_eq!((smoke.worktree, smoke.timeout_seconds), (false, 30));
}

#[test]
fn the_tag_stands_for_itself_in_names_and_addresses() {
    let settings =
        Settings::parse("[checks.target.artifact]\nassets = [\"app-{version}.{zip,tar}\"]\nurl = \"/files/{tag}\"")
            .unwrap();
    let plan = CheckPlan::new(&settings.environment("p"), &"v1.[0]/x".into(), Some("https://a.example"));
    assert_eq!(plan.artifact.url.as_deref(), Some("https://a.example/files/v1.%5B0%5D%2Fx"));
    let names = ["app-1.[0]/x.zip", "app-1.0/x.zip"].map(str::to_owned);
    let found = risk::names_matching(&plan.artifact.assets[0], &names);
    assert_eq!((found.len(), found[0].as_str()), (1, "app-1.[0]/x.zip"));
}

/// With this variable set the test writes the schema instead of comparing it.
const UPDATE: &str = "UPDATE_SCHEMA";

#[test]
fn the_schema_for_editors_is_the_one_that_the_settings_have() {
    let file = root().join("lastgood.schema.json");
    let schema = Settings::schema().unwrap();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, &schema).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(committed == schema, "{} drifted; run `{UPDATE}=1 cargo test -p lastgood-core` and look", file.display());
    let read: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(read["additionalProperties"], false, "a key that is not known is underlined");
}

#[test]
fn the_example_names_every_key_and_says_what_is_usual() {
    let text = std::fs::read_to_string(root().join("lastgood.example.toml")).unwrap();
    Settings::parse(&text).unwrap();
    // With the comment signs taken from its keys, it is still a whole file.
    let is_key = |line: &str| {
        line.starts_with("#[")
            || line.strip_prefix('#').is_some_and(|rest| rest.contains(" = ") && !rest.starts_with(' '))
    };
    let live: String =
        text.lines().map(|line| if is_key(line) { &line[1..] } else { line }).map(|line| format!("{line}\n")).collect();
    let settings = Settings::parse(&live).unwrap();
    let production = settings.environment("production");
    assert!(production.workflow.is_some() && production.proofs.functionality.commands.is_some());
    for question in Question::ALL.iter().filter(|question| question.step() == StepName::Check) {
        let (family, name) = question.code().split_once('.').unwrap();
        let named = text.contains(question.code()) || text.contains(&format!("{family}.{name}"));
        assert!(named, "{} is not in the example", question.code());
    }
}

fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
