//! The step goes first into each job that deploys, and nothing else of the file changes.

use lastgood_adapters::workspace::{Inserted, insert};

const DEPLOY: &str = "\
# How we deploy.
on:
  workflow_dispatch:
    inputs:
      version: # which
        required: true
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
  production:
    needs: build
    runs-on: ubuntu-latest
    environment: production # its secrets
    steps:
      # Traffic first.
      - name: Switch
        run: ./switch \"${{ inputs.version }}\"
";

fn put(text: &str) -> String {
    match insert(text) {
        Inserted::Text(text) => text,
        other @ (Inserted::There | Inserted::Refused(_)) => panic!("{other:?}"),
    }
}

fn refused(text: &str) -> String {
    match insert(text) {
        Inserted::Refused(why) => why,
        other @ (Inserted::There | Inserted::Text(_)) => panic!("{other:?}"),
    }
}

#[test]
fn the_job_that_names_an_environment_refuses_first_and_comments_stay() {
    let text = put(DEPLOY);
    assert!(text.starts_with("# How we deploy.\n"), "{text}");
    let (before, after) = text.split_once("      - name: Refuse while the environment is held\n").unwrap();
    assert!(before.ends_with("    steps:\n") && before.contains("environment: production # its secrets"), "{text}");
    assert!(after.starts_with("        env:\n          ENVIRONMENT: 'production'\n"), "{text}");
    assert!(after.contains("      # Traffic first.\n      - name: Switch\n"), "{text}");
    assert!(
        text.contains("      rollback_id:\n        required: false\n        type: string\n      version: # which\n")
    );
    assert_eq!(insert(&text), Inserted::There, "a second time changes nothing");
}

#[test]
fn a_workflow_that_takes_its_environment_as_an_input_gives_it_to_the_step() {
    let text = put(&DEPLOY
        .replace("environment: production # its secrets", "environment: ${{ inputs.environment }}")
        .replace("      version: # which", "      environment:\n        required: true\n      lastgood_id:\n        required: false\n      version: # which"));
    assert!(text.contains("ENVIRONMENT: ${{ inputs.environment }}"), "{text}");
    assert!(text.contains("ROLLBACK: ${{ inputs.lastgood_id }}"), "the input that is there is used: {text}");
    assert!(!text.contains("rollback_id"), "{text}");
}

#[test]
fn line_ends_of_another_system_stay_what_they_are() {
    let text = put(&DEPLOY.replace('\n', "\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn what_a_program_cannot_do_is_said() {
    assert!(refused("jobs: [").contains("no YAML"));
    assert!(refused("on: push\njobs:\n  a:\n    steps: []\n").contains("no inputs"));
    let silent = DEPLOY.replace("    environment: production # its secrets\n", "");
    assert!(refused(&silent).contains("which environment"));
    assert!(refused(&DEPLOY.replace("contents: read", "packages: write")).contains("contents: read"));
    let flow = DEPLOY.replace(
        "    steps:\n      # Traffic first.\n      - name: Switch\n        run: ./switch \"${{ inputs.version }}\"\n",
        "    steps: [{ run: ./switch }]\n",
    );
    assert!(refused(&flow).contains("steps of the job production are not found"));
    let reused = DEPLOY.replace(
        "    steps:\n      # Traffic first.\n      - name: Switch\n        run: ./switch \"${{ inputs.version }}\"\n",
        "    uses: ./.github/workflows/other.yml\n",
    );
    assert!(refused(&reused).contains("production"), "a job of another workflow has no steps here");
}
