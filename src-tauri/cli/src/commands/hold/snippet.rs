//! The step that a deploy workflow refuses with while its environment is held.

/// Said before the step, as comments of the workflow file.
const HEAD: &str = "\
# Put this step before the first one that changes anything. It needs `permissions: contents: read`, an input
# `environment`, and an input `rollback_id` (type string, not required), by which Lastgood's own deploys are known.
- name: Refuse while the environment is held
  env:
    ENVIRONMENT: ${{ inputs.environment }}
    ROLLBACK: ${{ inputs.rollback_id }}
    REMOTE: ${{ github.server_url }}/${{ github.repository }}
    TOKEN: ${{ github.token }}
  shell: sh {0}
  run: |
";

const SCRIPT: &str = include_str!("refuse.sh");

pub(super) fn step() -> String {
    let lines = SCRIPT.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") });
    HEAD.to_owned() + &lines.collect::<Vec<_>>().join("\n")
}
