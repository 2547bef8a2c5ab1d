//! Workflow files, read for what a dispatch may give them.

use lastgood_core::error::Code;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{Workflow, WorkflowInput, digest};
use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::json;

use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn the_sample_has_one_workflow_that_can_be_dispatched() {
    let rehearsed = Rehearsed::start().await;
    let found = rehearsed.github().workflows().await.unwrap();
    let input = |name: &str, required, options: &[&str]| WorkflowInput {
        name: name.to_owned(),
        required,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    let inputs = vec![
        input("version_tag", true, &[]),
        input("environment", false, &["production", "staging"]),
        input("rollback_id", false, &[]),
    ];
    let (file, name, state) = ("deploy.yml".to_owned(), "Deploy".to_owned(), "active".to_owned());
    let run_name = "Deploy ${{ inputs.version_tag }} to ${{ inputs.environment }} ${{ inputs.rollback_id }}".to_owned();
    let path = rehearsed.description().clone.join(".github/workflows/deploy.yml");
    let digest = digest(&std::fs::read_to_string(path).unwrap());
    assert_eq!(found, [Workflow { file, name, state, inputs, run_name, digest }]);
}

#[tokio::test]
async fn a_trigger_is_found_in_every_form_that_github_takes() {
    let rehearsed = Rehearsed::start().await;
    for (file, triggers) in [
        ("word.yml", "on: workflow_dispatch"),
        ("list.yml", "on: [push, workflow_dispatch]"),
        ("map.yml", "on:\n  push:\n  workflow_dispatch:"),
        ("quoted.yml", "'on':\n  workflow_dispatch: {}"),
        ("boolean.yml", "true:\n  workflow_dispatch:"),
        ("another.yaml", "on: { workflow_dispatch: { inputs: {} } }"),
    ] {
        rehearsed.publish(&format!(".github/workflows/{file}"), triggers);
        let found = workflow(&rehearsed, file).await.unwrap_or_else(|| panic!("{file} can be dispatched"));
        assert_eq!(found.inputs, []);
    }
}

#[tokio::test]
async fn a_file_without_the_trigger_or_without_sense_is_none_and_hides_no_other() {
    let rehearsed = Rehearsed::start().await;
    let bomb = format!("a: &a [x]\n{}on: workflow_dispatch", (1..40).map(bomb).collect::<String>());
    for (file, text) in [
        ("push.yml", "on: push"),
        ("number.yml", "on: 7"),
        ("nothing.yml", ""),
        ("broken.yml", "on: [workflow_dispatch\njobs: {"),
        ("text.yml", "workflow_dispatch"),
        ("tabs.yml", "on:\n\tworkflow_dispatch:"),
        ("bomb.yml", &bomb),
    ] {
        rehearsed.publish(&format!(".github/workflows/{file}"), text);
        assert_eq!(workflow(&rehearsed, file).await, None);
    }
    assert!(workflow(&rehearsed, "deploy.yml").await.is_some());
}

/// A list that holds the list before it nine times.
fn bomb(level: u32) -> String {
    let before = if level == 1 { "a".to_owned() } else { format!("a{}", level - 1) };
    format!("a{level}: &a{level} [{}]\n", [format!("*{before}").as_str(); 9].join(", "))
}

#[tokio::test]
async fn an_input_is_required_unless_its_default_stands_in() {
    let rehearsed = Rehearsed::start().await;
    let text = "
on:
  workflow_dispatch:
    inputs:
      bare:
      must: { required: true }
      stands_in: { required: true, default: stable }
      also_no: { required: true, default: false }
      empty: { required: true, default: '' }
      nothing: { required: true, default: ~ }
      free: { required: false }
      numbers: { type: choice, options: [1, 2.5, true, three] }
      7: { required: true }
";
    rehearsed.publish(".github/workflows/inputs.yml", text);
    let inputs = workflow(&rehearsed, "inputs.yml").await.unwrap().inputs;
    let required = inputs.iter().filter(|input| input.required).map(|input| input.name.as_str()).collect::<Vec<_>>();
    assert_eq!(required, ["must", "empty", "nothing", "7"]);
    let choice = inputs.iter().find(|input| input.name == "numbers").unwrap();
    assert_eq!(choice.options, ["1", "2.5", "true", "three"]);
    assert_eq!(inputs.len(), 9);
}

#[tokio::test]
async fn a_switched_off_workflow_says_so() {
    let rehearsed = Rehearsed::start().await;
    let path = ".github/workflows/deploy.yml".to_owned();
    rehearsed.server().change(|state, _| state.disabled_workflows.insert(path)).unwrap();
    assert_eq!(workflow(&rehearsed, "deploy.yml").await.unwrap().state, "disabled_manually");
}

#[tokio::test]
async fn a_file_that_github_does_not_hand_out_hides_no_other() {
    // Files of 1 MB and more come without their content (REST API, "Get repository content").
    let rehearsed = Rehearsed::start().await;
    let body = Some(json!({ "type": "file", "encoding": "none", "content": "" }));
    let kind = FaultKind::Status { code: 200, body, headers: [].into(), when: When::BeforeEffect };
    rehearsed.arm(Fault::once("/contents/.github/workflows/ci.yml", kind));
    assert!(workflow(&rehearsed, "deploy.yml").await.is_some());
    assert_eq!(rehearsed.server().faults(), [], "the file was asked for");
}

#[tokio::test]
async fn a_file_that_could_not_be_asked_for_is_a_trouble_and_no_missing_workflow() {
    let rehearsed = Rehearsed::start().await;
    let kind = crate::rehearsed::status(503, &[], When::BeforeEffect);
    rehearsed.arm(Fault::once("/contents/.github/workflows/ci.yml", kind));
    assert_eq!(rehearsed.github().workflows().await.unwrap_err().code, Code::GithubUnreachable);
}

#[tokio::test]
async fn a_file_that_is_gone_from_the_default_branch_cannot_be_dispatched() {
    let rehearsed = Rehearsed::start().await;
    let kind = crate::rehearsed::status(404, &[], When::BeforeEffect);
    rehearsed.arm(Fault::once("/contents/.github/workflows/deploy.yml", kind));
    assert_eq!(rehearsed.github().workflows().await.unwrap(), []);
}

async fn workflow(rehearsed: &Rehearsed, file: &str) -> Option<Workflow> {
    let found = rehearsed.github().workflows().await.unwrap();
    found.into_iter().find(|workflow| workflow.file == file)
}
