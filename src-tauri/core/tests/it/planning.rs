//! Settling what a rollback will do.

use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, ObjectId};
use lastgood_core::live::{Environment, know};
use lastgood_core::planning::{Wish, deploy, is_shared, plan, plan_local};
use lastgood_core::ports::forge::{Workflow, WorkflowInput};
use lastgood_core::release::PointsAt;
use lastgood_core::rollback::plan::{Deploy, Plan};
use lastgood_core::settings::EnvironmentSettings;

use crate::live::kit::{self, PRODUCTION, Team, rollback_facts};

#[test]
fn a_wish_without_a_target_goes_to_the_last_good_one_and_pins_every_id() {
    let plan = wished(None).unwrap();
    assert_eq!((plan.from.unwrap().as_str(), plan.to.as_str()), ("v3.0.0", "v2.0.0"));
    assert_eq!((plan.object.as_str(), plan.commit.as_str()), ("object of v2.0.0", "commit of v2.0.0"));
    assert_eq!(plan.rollback_tag.as_str(), "rollback-20260302-100000");
    assert_eq!(plan.undo_until.duration_since(plan.started), SignedDuration::from_secs(5));
    assert_eq!((plan.budget, plan.proofs.health_times), (300, 3));
}

#[test]
fn a_named_target_is_taken_even_where_it_is_not_the_last_good_one() {
    assert_eq!(wished(Some("v1.0.0")).unwrap().to.as_str(), "v1.0.0");
}

#[test]
fn a_target_that_is_newer_than_what_is_live_goes_forward_and_leaves_the_live_one_unblamed() {
    let live = |tag: &str| Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v3", 10_000), (tag, 20_000)]);
    let workflows = [workflow("deploy.yml", &["version"])];
    let up = plan_of(&live("v2"), Some("v3.0.0"), &workflows).unwrap();
    assert_eq!((up.from.as_ref().unwrap().as_str(), up.to.as_str(), up.forward), ("v2.0.0", "v3.0.0", true));
    assert!(!plan_of(&live("v2"), Some("v1.0.0"), &workflows).unwrap().forward);
    assert!(!plan_of(&live("v2"), Some("v2.0.0"), &workflows).unwrap().forward, "the same again");
}

#[test]
fn a_target_that_is_no_release_is_refused() {
    let trouble = wished(Some("v9.9.9")).unwrap_err();
    assert_eq!(trouble.code, Code::TagMissing);
    assert_eq!(trouble.message, "There is no release v9.9.9 in this repository.");
}

#[test]
fn a_target_that_leads_to_no_commit_is_refused() {
    let mut team = team();
    team.releases[1].points_at = PointsAt::Tree(ObjectId::new("0"));
    let trouble = plan_of(&team, Some("v2.0.0"), &[workflow("deploy.yml", &["version"])]).unwrap_err();
    assert_eq!(
        (trouble.code, trouble.message.as_str()),
        (Code::TagMissing, "v2.0.0 leads to no commit and cannot be deployed.")
    );
}

#[test]
fn without_a_last_good_one_the_candidates_are_offered_with_what_is_known_of_them() {
    let team = Team::new(&["v1", "v2"], &[("v1", 0), ("v2", 60)]);
    let trouble = plan_of(&team, None, &[workflow("deploy.yml", &["version"])]).unwrap_err();
    assert_eq!(trouble.code, Code::NoTarget);
    assert_eq!(
        trouble.hint,
        "Name a target with `--to TAG`. Known here: v2.0.0 (it is live), v1.0.0 (it ran here only 1 min, less than 30 min)."
    );
    let trouble = plan_of(&Team::new(&["v1"], &[]), None, &[]).unwrap_err();
    assert_eq!(trouble.hint, "Name a target with `--to TAG`.");
}

#[test]
fn behind_a_rollback_that_worked_going_further_back_is_named() {
    let mut team = team();
    team.facts = rollback_facts("v2.0.0", 30_000, true);
    team.facts.insert(1, kit::hold());
    let workflows = [workflow("deploy.yml", &["version"])];
    let trouble = plan_of(&team, None, &workflows).unwrap_err();
    assert_eq!(trouble.code, Code::NoTarget);
    assert_eq!(trouble.message, "production is back on v2.0.0 already, from what was live, and held since 05:33 UTC.");
    assert_eq!(trouble.hint, "To go further back, name the target: `--to v1.0.0`.");
    assert_eq!(plan_of(&team, Some("v1.0.0"), &workflows).unwrap().to.as_str(), "v1.0.0");
}

#[test]
fn a_workflow_is_shared_where_it_serves_more_than_one_environment() {
    let both: [EnvironmentName; 2] = ["production".into(), "staging".into()];
    let mut one = workflow("deploy.yml", &["version"]);
    assert!(!is_shared(&one, &both));
    one = workflow("deploy.yml", &["version", "environment"]);
    assert!(is_shared(&one, &both));
    one.inputs[1].options = vec!["production".to_owned()];
    assert!(!is_shared(&one, &both));
}

#[test]
fn the_one_workflow_that_takes_a_version_is_found_by_its_inputs() {
    for (input, found) in [("version_tag", true), ("version", true), ("tag", true), ("ref", true), ("colour", false)] {
        let deploy = detect(&[workflow("test.yml", &["suite"]), workflow("ship.yml", &[input])]);
        match deploy {
            Ok(deploy) => assert_eq!((deploy.workflow.as_str(), deploy.version_input.as_str()), ("ship.yml", input)),
            Err(trouble) => assert!(!found && trouble.code == Code::NoWorkflow, "{input}: {trouble}"),
        }
    }
}

#[test]
fn the_most_telling_input_is_taken_for_the_version() {
    let deploy = detect(&[workflow("ship.yml", &["ref", "tag", "version_tag"])]).unwrap();
    assert_eq!(deploy.version_input, "version_tag");
}

#[test]
fn of_several_workflows_the_one_named_deploy_is_meant_and_else_a_person_names_it() {
    let both = [workflow("build.yml", &["version"]), workflow("deploy.yml", &["version"])];
    assert_eq!(detect(&both).unwrap().workflow, "deploy.yml");

    let neither = [workflow("build.yml", &["version"]), workflow("ship.yml", &["version"])];
    let trouble = detect(&neither).unwrap_err();
    assert_eq!(trouble.message, "Several workflows take a version for production: build.yml, ship.yml.");
    assert!(trouble.hint.contains("[environments.production] workflow ="), "{}", trouble.hint);
}

#[test]
fn a_workflow_that_is_switched_off_counts_only_where_there_is_no_other() {
    let mut old = workflow("deploy.yml", &["version"]);
    old.state = "disabled_manually".to_owned();
    let new = workflow("ship.yml", &["version"]);
    assert_eq!(detect(&[old.clone(), new]).unwrap().workflow, "ship.yml");
    assert_eq!(detect(&[old]).unwrap().workflow, "deploy.yml", "that it is off is said by a check of its own");
}

#[test]
fn a_workflow_for_other_environments_is_left_out() {
    let mut staging = workflow("deploy-staging.yml", &["version", "environment"]);
    staging.inputs[1].options = vec!["staging".to_owned()];
    let mut any = workflow("deploy.yml", &["version", "environment"]);
    any.inputs[1].options = vec!["staging".to_owned(), "production".to_owned()];
    let deploy = detect(&[staging, any]).unwrap();
    assert_eq!((deploy.workflow.as_str(), deploy.inputs["environment"].as_str()), ("deploy.yml", "production"));
}

#[test]
fn the_settings_decide_over_what_is_detected() {
    let mut settings = EnvironmentSettings {
        workflow: Some("ship.yml".to_owned()),
        version_input: Some("release".to_owned()),
        ..EnvironmentSettings::default()
    };
    settings.inputs.insert("environment".to_owned(), "prod-eu".to_owned());
    let workflows = [workflow("deploy.yml", &["version"]), workflow("ship.yml", &["release", "environment"])];
    let deploy = deploy(&PRODUCTION.into(), &settings, &workflows, "trunk").unwrap();
    assert_eq!((deploy.workflow.as_str(), deploy.version_input.as_str()), ("ship.yml", "release"));
    assert_eq!((deploy.inputs["environment"].as_str(), deploy.branch.as_str()), ("prod-eu", "trunk"));
}

#[test]
fn a_configured_workflow_that_is_not_there_is_kept_for_the_check_to_say_so() {
    let settings = EnvironmentSettings {
        workflow: Some("gone.yml".to_owned()),
        version_input: Some("version".to_owned()),
        ..EnvironmentSettings::default()
    };
    assert_eq!(deploy(&PRODUCTION.into(), &settings, &[], "main").unwrap().workflow, "gone.yml");
}

#[test]
fn our_key_goes_into_the_input_that_is_there_for_it() {
    let deploy = detect(&[workflow("deploy.yml", &["version", "rollback_id"])]).unwrap();
    assert_eq!(deploy.key_input.as_deref(), Some("rollback_id"));
    assert_eq!(detect(&[workflow("deploy.yml", &["version"])]).unwrap().key_input, None);
}

#[test]
fn our_key_tells_a_run_only_where_the_title_shows_it() {
    for (run_name, shows) in [
        ("", false),
        ("Deploy rollback_id", false),
        ("Deploy ${{ inputs.version }}", false),
        ("Deploy ${{ inputs.rollback_id_of_another }}", false),
        ("Deploy ${{inputs.rollback_id}}", true),
        ("${{ inputs.version }} ${{ github.event.inputs.rollback_id || 'by hand' }}", true),
        ("${{ format('{0}', inputs['rollback_id']) }}", true),
    ] {
        let workflow =
            Workflow { run_name: run_name.to_owned(), ..workflow("deploy.yml", &["version", "rollback_id"]) };
        let deploy = detect(&[workflow]).unwrap();
        assert_eq!((deploy.key_input.as_deref(), deploy.key_in_title), (Some("rollback_id"), shows), "{run_name}");
    }
}

#[test]
fn of_several_inputs_for_our_key_the_one_that_the_title_shows_counts() {
    let inputs = ["version", "rollback_id", "correlation_id"];
    let run_name = "Deploy ${{ inputs.correlation_id }}".to_owned();
    let deploy = detect(&[Workflow { run_name, ..workflow("deploy.yml", &inputs) }]).unwrap();
    assert_eq!((deploy.key_input.as_deref(), deploy.key_in_title), (Some("correlation_id"), true));
}

#[test]
fn probes_are_made_whole_and_left_out_where_no_address_is_known() {
    let mut team = team();
    team.settings.probes.version = Some("/version".to_owned());
    team.settings.probes.health = Some("https://status.example/health".to_owned());
    let workflows = [workflow("deploy.yml", &["version"])];
    let proofs = plan_of(&team, None, &workflows).unwrap().proofs;
    assert_eq!((proofs.version, proofs.health.as_deref()), (None, Some("https://status.example/health")));

    team.settings.url = Some("https://shop.example/".to_owned());
    let proofs = plan_of(&team, None, &workflows).unwrap().proofs;
    assert_eq!(proofs.version.as_deref(), Some("https://shop.example/version"));
}

#[test]
fn the_next_target_is_the_newest_good_one_behind_the_target() {
    assert_eq!(wished(None).unwrap().next.unwrap().as_str(), "v1.0.0");
    assert_eq!(wished(Some("v1.0.0")).unwrap().next, None);
}

#[test]
fn the_reference_is_asked_what_the_service_is_asked() {
    for (health, reference, whole) in [
        ("/healthz", "https://other.example/app", "https://other.example/app/healthz"),
        ("https://shop.example/healthz", "https://other.example/well", "https://other.example/well"),
    ] {
        let mut team = team();
        team.settings.url = Some("https://shop.example".to_owned());
        team.settings.probes.health = Some(health.to_owned());
        team.settings.probes.reference = Some(reference.to_owned());
        let proofs = plan_of(&team, None, &[workflow("deploy.yml", &["version"])]).unwrap().proofs;
        assert_eq!(proofs.wanted.unwrap().url, "https://shop.example/healthz");
        assert_eq!(proofs.reference_health.as_deref(), Some(whole));
    }
}

#[test]
fn a_tag_message_keeps_its_trailers_whatever_people_write() {
    let mut plan = wished(None).unwrap();
    plan.who = "@release-manager\nSigned-off-by: @somebody-else".to_owned();
    let message = plan.tag_message("Broken\n\nRequested-by: @nobody", "rb-1");
    insta::assert_snapshot!(message, @r"
    Rollback to v2.0.0

    Environment: production
    Rolled-back-from: v3.0.0
    Reason: Broken Requested-by: @nobody
    Requested-by: @release-manager Signed-off-by: @somebody-else
    Lastgood-rollback: rb-1
    ");
}

#[test]
fn a_tag_names_the_incident_that_was_open() {
    let mut plan = wished(None).unwrap();
    plan.incident = Some("inc-1\nRequested-by: @nobody".into());
    let message = plan.tag_message("Broken", "rb-1");
    assert!(message.contains("\nIncident: inc-1 Requested-by: @nobody\nLastgood-rollback: rb-1\n"), "{message}");
}

#[test]
fn a_deploy_from_this_machine_needs_a_command_and_no_workflow() {
    let mut team = team();
    let planned = |team: &Team| {
        let environment: Environment = know(&team.sightings());
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        plan_local(wish(None), &environment, &team.settings, &team.releases, &[], "", now)
    };
    for named in [None, Some(Vec::new())] {
        team.settings.deploy_command = named;
        assert_eq!(planned(&team).unwrap_err().code, Code::NoDeployCommand);
    }
    team.settings.deploy_command = Some(vec!["make".to_owned(), "deploy".to_owned()]);
    let plan = planned(&team).unwrap();
    assert_eq!((plan.to.as_str(), plan.deploy.workflow.as_str()), ("v2.0.0", ""));
    let local = plan.deploy.local.clone().unwrap();
    assert_eq!((local.shown().as_str(), local.timeout_seconds), ("make deploy", 600));
    assert_eq!(local.order(&plan).fingerprint(), local.order_to_look_at().fingerprint(), "trust is bound to the words");
}

#[test]
fn a_command_is_never_chosen_by_itself() {
    let mut team = team();
    team.settings.deploy_command = Some(vec!["make".to_owned(), "deploy".to_owned()]);
    assert_eq!(plan_of(&team, None, &[workflow("deploy.yml", &["version"])]).unwrap().deploy.local, None);
    assert_eq!(plan_of(&team, None, &[]).unwrap_err().code, Code::NoWorkflow, "not even where nothing else deploys");
}

#[test]
fn a_plan_of_an_earlier_version_goes_by_its_workflow() {
    let plan = wished(None).unwrap();
    let text = serde_json::to_string(&plan).unwrap();
    assert!(!text.contains("local"), "what was always written stays as it was");
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap().deploy.local, None);
}

fn team() -> Team {
    Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", 10_000), ("v3", 20_000)])
}

fn wished(to: Option<&str>) -> Result<Plan, Trouble> {
    plan_of(&team(), to, &[workflow("deploy.yml", &["version"])])
}

fn plan_of(team: &Team, to: Option<&str>, workflows: &[Workflow]) -> Result<Plan, Trouble> {
    let environment: Environment = know(&team.sightings());
    let now: Timestamp = "2026-03-02T10:00:00.4Z".parse().unwrap();
    plan(wish(to), &environment, &team.settings, &team.releases, workflows, "main", now)
}

fn wish(to: Option<&str>) -> Wish {
    Wish {
        to: to.map(Into::into),
        reason: "Checkout fails".to_owned(),
        who: "@release-manager".to_owned(),
        countdown: SignedDuration::from_secs(5),
        rehearsal: false,
    }
}

fn detect(workflows: &[Workflow]) -> Result<Deploy, Trouble> {
    deploy(&EnvironmentName::new(PRODUCTION), &EnvironmentSettings::default(), workflows, "main")
}

fn workflow(file: &str, inputs: &[&str]) -> Workflow {
    let input = |name: &&str| WorkflowInput { name: (*name).to_owned(), required: false, options: Vec::new() };
    Workflow {
        file: file.to_owned(),
        name: file.to_owned(),
        state: "active".to_owned(),
        inputs: inputs.iter().map(input).collect(),
        run_name: String::new(),
        digest: String::new(),
    }
}
