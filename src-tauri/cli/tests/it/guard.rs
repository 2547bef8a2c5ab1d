//! `lastgood hold ENVIRONMENT workflow-step`: the step that refuses, offered as a pull request to the deploy workflow.

use serde_json::json;

use crate::kit::{Stage, git};

const FILE: &str = ".github/workflows/deploy.yml";

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_one_pull_request_finds_it_again_and_knows_when_it_is_merged() {
    let stage = Stage::start().await;
    let offered = stage.run(&["hold", "production", "workflow-step", "--json"]);
    let told = offered.last();
    assert_eq!((offered.code, &told["guard"], &told["new"]), (Some(0), &json!("offered"), &json!(true)), "{offered:?}");
    assert_eq!(told["path"], FILE);
    let opened = stage.server().state().pull_requests;
    assert_eq!(opened.len(), 1);
    assert_eq!((&told["number"], opened[0].base.as_str()), (&json!(opened[0].number), "main"));
    let offer = git(&stage.description().remote, &["show", &format!("{}:{FILE}", opened[0].head)]);
    assert!(offer.contains("- name: Refuse while the environment is held"), "{offer}");

    let number = opened[0].number;
    let again = stage.run(&["hold", "staging", "workflow-step"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.out.starts_with(&format!("Pull request {number} for {FILE} is open already: http")), "{again:?}");
    assert_eq!(stage.server().state().pull_requests.len(), 1);

    stage.server().merge_pull_request(number).unwrap();
    let there = stage.run(&["hold", "production", "workflow-step"]);
    assert_eq!((there.code, there.out), (Some(0), format!("{FILE} refuses already while production is held\n")));
    assert_eq!(stage.run(&["hold", "production", "guard", "--json"]).last()["guard"], "there", "its former name");
    assert_eq!((stage.dispatches(), stage.facts("hold_taken")), (0, 0), "it holds nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_no_program_can_change_gets_the_step_to_paste() {
    let stage = Stage::start().await;
    publish(&stage, ON_ONE_LINE);
    let by_hand = stage.run(&["hold", "production", "workflow-step", "--json"]);
    assert_eq!((by_hand.code, &by_hand.last()["guard"]), (Some(0), &json!("by_hand")), "{by_hand:?}");
    let words = stage.run(&["hold", "production", "workflow-step"]).out;
    assert!(words.starts_with(&format!("{FILE} cannot be changed by a program. ")), "{words}");
    assert!(words.contains(&stage.run(&["hold", "snippet"]).out), "{words}");
    assert_eq!(stage.server().state().pull_requests.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_github_it_says_so_and_pushes_nothing() {
    let stage = Stage::start().await;
    let mut command = stage.lastgood(&["hold", "production", "workflow-step", "--json"]);
    let refused = crate::kit::finish(command.env("LASTGOOD_GITHUB_API", "http://127.0.0.1:1"));
    assert_eq!((refused.code, refused.trouble().as_str()), (Some(1), "github_unreachable"), "{refused:?}");
    assert_eq!(git(&stage.description().remote, &["for-each-ref", "refs/heads/lastgood"]), "");
}

/// YAML that is right, and has no line for a step.
const ON_ONE_LINE: &str = "\
name: Deploy
on: { workflow_dispatch: { inputs: { version_tag: { required: true, type: string }, environment: { type: string } } } }
jobs: { deploy: { runs-on: ubuntu-latest, environment: \"${{ inputs.environment }}\", steps: [{ run: ./deploy }] } }
";

fn publish(stage: &Stage, workflow: &str) {
    let clone = &stage.description().clone;
    std::fs::write(clone.join(FILE), workflow).unwrap();
    git(clone, &["commit", "--quiet", "--all", "-m", "ci: the workflow on one line"]);
    git(clone, &["push", "--quiet", "origin", "HEAD:main"]);
}
