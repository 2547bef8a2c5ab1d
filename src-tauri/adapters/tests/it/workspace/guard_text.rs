//! The step goes first into each job that deploys, and nothing else of the file changes.

use lastgood_adapters::workspace::{Inserted, insert, snippet};

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
    match insert(text, None) {
        Inserted::Text(text) => text,
        other @ (Inserted::There | Inserted::Refused(_)) => panic!("{other:?}"),
    }
}

fn refused(text: &str) -> String {
    match insert(text, None) {
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
    assert_eq!(insert(&text, None), Inserted::There, "a second time changes nothing");
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
fn the_title_of_a_run_shows_the_input_and_every_other_byte_stays() {
    let text = put(DEPLOY);
    let title = "run-name: ${{ inputs.version }} ${{ inputs.rollback_id }}\n";
    assert!(text.starts_with(&format!("# How we deploy.\n{title}on:\n")), "{text}");
    for (before, after) in [
        ("name: Deploy\n", &*format!("name: Deploy\n{title}")),
        ("name: Deploy # it\n\n", &*format!("name: Deploy # it\n{title}\n")),
        ("run-name: Ship it  # as a word\n", "run-name: Ship it ${{ inputs.rollback_id }}  # as a word\n"),
        ("run-name: 'Ship #1'\n", "run-name: 'Ship #1 ${{ inputs.rollback_id }}'\n"),
        (
            "run-name: \"Ship ${{ inputs.version }}\"\n",
            "run-name: \"Ship ${{ inputs.version }} ${{ inputs.rollback_id }}\"\n",
        ),
        ("run-name: ${{ inputs.rollback_id }} ships\n", "run-name: ${{ inputs.rollback_id }} ships\n"),
    ] {
        let text = put(&format!("{before}{DEPLOY}"));
        assert!(text.starts_with(&format!("{after}# How we deploy.\non:\n")), "{text}");
    }
    let folded = refused(&format!("run-name: >-\n  Ship\n  it\n{DEPLOY}"));
    assert!(folded.contains("add `${{ inputs.rollback_id }}` to `run-name` by hand"), "{folded}");
}

#[test]
fn an_input_that_is_there_and_that_no_title_shows_gets_into_the_title() {
    let text = put(&DEPLOY
        .replace("      version: # which", "      lastgood_id:\n        required: false\n      version: # which"));
    assert!(text.contains("\nrun-name: ${{ inputs.version }} ${{ inputs.lastgood_id }}\n"), "{text}");
}

#[test]
fn a_new_title_tells_the_release_by_whatever_input_takes_it() {
    let named = |input: &str| DEPLOY.replace("      version: # which", &format!("      {input}: # which"));
    let title = |text: String| text.lines().find(|line| line.starts_with("run-name:")).unwrap().to_owned();
    assert_eq!(title(put(&named("release_tag"))), "run-name: ${{ inputs.release_tag }} ${{ inputs.rollback_id }}");
    assert_eq!(title(put(&named("what"))), "run-name: ${{ inputs.rollback_id }}", "nobody knows what it takes");
    let Inserted::Text(text) = insert(&named("what"), Some("what")) else { panic!("it is put") };
    assert_eq!(title(text), "run-name: ${{ inputs.what }} ${{ inputs.rollback_id }}", "the settings say it");
}

#[test]
fn the_step_to_paste_says_what_a_title_shows() {
    assert!(snippet().contains("`run-name: ${{ inputs.version }} ${{ inputs.rollback_id }}`"), "{}", snippet());
}

#[test]
fn a_step_that_would_stop_what_nobody_dispatched_is_left_to_a_person() {
    let input = "      environment:\n        required: true\n      version: # which";
    let silent =
        DEPLOY.replace("    environment: production # its secrets\n", "").replace("      version: # which", input);
    let pushed = |text: &str| text.replace("on:\n", "on:\n  push:\n    branches: [main]\n");
    assert!(put(&silent).contains("ENVIRONMENT: ${{ inputs.environment }}"), "dispatched alone, the input is there");
    let why = refused(&pushed(&silent));
    assert!(why.contains("also runs on other events"), "{why}");
    let named = silent.replace("  production:\n", "  production:\n    environment: ${{ inputs.environment }}\n");
    assert!(refused(&pushed(&named)).contains("also runs on other events"));
    let fallen_back = named.replace("${{ inputs.environment }}", "${{ inputs.environment || 'production' }}");
    assert!(put(&pushed(&fallen_back)).contains("ENVIRONMENT: ${{ inputs.environment || 'production' }}"));
    assert!(put(&pushed(DEPLOY)).contains("ENVIRONMENT: 'production'"));
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
