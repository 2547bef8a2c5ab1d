//! The step that a deploy workflow refuses with while its environment is held.

/// The step's name, by which it is known again.
pub(super) const NAME: &str = "Refuse while the environment is held";

/// Said before the step where a person pastes it.
const HEAD: &str = "\
# Put this step before the first one that changes anything. It needs `permissions: contents: read`, an input
# `environment`, and an input `rollback_id` (type string, not required), by which Lastgood's own deploys are known. Show it
# in the title of a run, behind the input that takes the version: then a run is found again whose start nobody confirmed, and
# which release it deployed is told. `run-name: ${{ inputs.version }} ${{ inputs.rollback_id }}`
";

const SCRIPT: &str = include_str!("refuse.sh");

/// The step to paste, with what it needs.
pub fn snippet() -> String {
    HEAD.to_owned() + &step("${{ inputs.environment }}", "rollback_id").join("\n")
}

/// The step's lines. `environment` is what the workflow knows the environment by; `key` is the input that takes a
/// rollback's id.
pub(super) fn step(environment: &str, key: &str) -> Vec<String> {
    let mut lines = vec![
        format!("- name: {NAME}"),
        "  env:".to_owned(),
        format!("    ENVIRONMENT: {environment}"),
        format!("    ROLLBACK: ${{{{ inputs.{key} }}}}"),
        "    REMOTE: ${{ github.server_url }}/${{ github.repository }}".to_owned(),
        "    TOKEN: ${{ github.token }}".to_owned(),
        "  shell: sh {0}".to_owned(),
        "  run: |".to_owned(),
    ];
    lines.extend(SCRIPT.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") }));
    lines
}
