//! What pushing the rollback's tag starts by itself: GitHub reads the workflow files of the commit that the tag is on.

use super::Sides;
use crate::risk::workflows::{self, Start};
use crate::rollback::check::Verdict;
use crate::rollback::checks::found::Found;
use crate::rollback::plan::Plan;

/// The answer, and what else the tag starts. A workflow that may deploy is a warning of its own.
pub(super) fn beside(found: Found, plan: &Plan, sides: &Sides) -> Found {
    let started: Vec<(String, Start)> = sides.started(plan);
    let (deploys, others): (Vec<_>, Vec<_>) =
        started.iter().partition(|(path, start)| start.means_tags || sides.may_deploy(path, plan));
    let others = others.iter().map(|(path, start)| format!("{path} starts with the rollback's tag: {}", start.why));
    let Some((path, start)) = deploys.first() else {
        let evidence = found.evidence.iter().cloned().chain(others).collect();
        return found.with(evidence);
    };
    let (tag, file) = (&plan.rollback_tag, name(path));
    let sentence = format!("Pushing {tag} starts {file} as well: {}.", start.why);
    let mut lines: Vec<String> = deploys.iter().map(|(path, start)| format!("{path}: {}", start.why)).collect();
    lines.push(format!("Next: cancel its run, or switch {file} off on GitHub until the tag is pushed."));
    lines.push("For releases to come: name the tags that it is for in its `on.push.tags`, such as v*.".to_owned());
    lines.extend(others);
    if found.verdict != Verdict::Passed {
        lines.push(found.sentence);
    }
    Found::failed(sentence).with(lines.into_iter().chain(found.evidence).collect())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Sides {
    /// By the files of the target; one that is switched off starts with nothing.
    fn started(&self, plan: &Plan) -> Vec<(String, Start)> {
        let on = self.target.iter().filter(|(path, _)| !self.off.contains(name(path)));
        let started = on.filter_map(|(path, text)| {
            let start = workflows::started_by(text, plan.rollback_tag.as_str())?;
            Some((path.clone(), start))
        });
        started.collect()
    }

    fn may_deploy(&self, path: &str, plan: &Plan) -> bool {
        name(path) == plan.deploy.workflow || workflows::enters_an_environment(path, &self.target)
    }
}
