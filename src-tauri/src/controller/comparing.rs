//! What a release is, and what a rollback to it changes: for the inspector.

use std::sync::Arc;
use std::time::Duration;

use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::desk::desk;
use lastgood_adapters::workspace::{Audience, Known, Workspace};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::ports::Publishing;
use lastgood_core::release::Release;
use lastgood_core::rollback::check::{Answer, Question, Verdict};
use lastgood_core::rollback::checks;
use lastgood_core::rollback::plan::Plan;

use super::Controller;
use super::arming::Nobody;
use super::message::Reply;
use super::session::nothing_open;
use crate::ipc::timeline::{
    ChangeTone, EnvironmentRan, LeavingChange, ReleaseChange, ReleaseDetail, SignatureView, view,
};

/// The rest of a release's details does not wait longer for its notes.
const NOTES_WAIT: Duration = Duration::from_secs(3);

/// Pull requests that the inspector names; the count is told whole.
const LEAVING_SHOWN: usize = 50;

/// What lies between a release and what is live, in the order in which it is shown.
const RISKS: [Question; 4] =
    [Question::RiskMigrations, Question::RiskConfig, Question::RiskWorkflow, Question::RiskDependencies];

impl Controller {
    pub(super) fn release_detail(
        &self,
        environment: Option<EnvironmentName>,
        tag: TagName,
        reply: Reply<ReleaseDetail>,
    ) {
        let Some(session) = &self.session else { return reply.send(Err(nothing_open())) };
        let find = |tag: &TagName| session.releases().iter().find(|release| release.tag == *tag).cloned();
        let live = environment
            .as_ref()
            .and_then(|name| session.environment(name).ok()?.live.as_ref()?.tag.clone())
            .filter(|live| *live != tag);
        let (target, live) = (find(&tag), live.as_ref().and_then(find));
        let ran = session.known.as_ref().map(|known| ran(known, &tag)).unwrap_or_default();
        let plan = session
            .known
            .as_ref()
            .zip(environment)
            .and_then(|(known, name)| session.workspace.plan_to_compare(name.as_str(), &tag, known).ok());
        let workspace = Arc::clone(&session.workspace);
        tauri::async_runtime::spawn(async move {
            let (notes, answers) = tokio::join!(notes(&workspace, &tag), asked(&workspace, plan, live.is_some()));
            let compare_url = live.as_ref().and_then(|live| workspace.compare_page(&tag, &live.tag));
            let among = Arc::clone(&workspace);
            let compared = tokio::task::spawn_blocking(move || {
                target.zip(live).and_then(|(target, live)| compare(&among, &target, &live))
            });
            let detail = compared.await.ok().flatten().unwrap_or_else(|| blank(&tag));
            let mut changes: Vec<ReleaseChange> = answers.iter().filter_map(change).collect();
            changes.extend(detail.changes);
            let signature = answers.iter().find(|answer| answer.question == Question::TargetSignature).map(signature);
            reply.send(Ok(ReleaseDetail { ran, notes, changes, signature, compare_url, ..detail }));
        });
    }
}

fn blank(tag: &TagName) -> ReleaseDetail {
    ReleaseDetail {
        tag: tag.to_string(),
        notes: None,
        ran: Vec::new(),
        commits_leaving: None,
        leaving: Vec::new(),
        changes: Vec::new(),
        compared_with: None,
        signature: None,
        compare_url: None,
    }
}

fn ran(known: &Known, tag: &TagName) -> Vec<EnvironmentRan> {
    let each = known.environments.iter().flat_map(|found| {
        let own = view::ran(found, known.at).into_iter().filter(|ran| ran.tag == tag.as_str());
        own.map(|ran| EnvironmentRan { environment: found.name.to_string(), seconds: ran.seconds })
    });
    each.collect()
}

/// The notes of GitHub's release of this tag; a release without any, and a GitHub that does not answer, show none.
async fn notes(workspace: &Workspace, tag: &TagName) -> Option<String> {
    let asked = async { workspace.connect().await?.release_of(tag).await };
    let page = tokio::time::timeout(NOTES_WAIT, asked).await.ok()?.ok()??;
    Some(page.notes).filter(|notes| !notes.trim().is_empty())
}

/// The same questions that are asked before a rollback; git alone answers them.
async fn asked(workspace: &Workspace, plan: Option<Plan>, has_live: bool) -> Vec<Answer> {
    let Some(mut plan) = plan else { return Vec::new() };
    // A look at a release waits for no answer of GitHub's about the workflow.
    plan.checks.off.insert(Question::WorkflowReady);
    let (person, _) = desk();
    let audience =
        Audience { desktop: Arc::new(DesktopAlerts::default()), person: Arc::new(person), watcher: Arc::new(Nobody) };
    let Ok(ports) = workspace.ports(audience) else { return Vec::new() };
    let mut questions = vec![Question::TargetSignature];
    let is_known = |risk: &Question| *risk != Question::RiskWorkflow || !plan.deploy.workflow.is_empty();
    questions.extend(RISKS.into_iter().filter(|risk| has_live && is_known(risk)));
    checks::ask_these(questions, &ports, workspace.key(), &plan).await
}

fn change(answer: &Answer) -> Option<ReleaseChange> {
    RISKS.contains(&answer.question).then(|| ReleaseChange {
        tone: match answer.verdict {
            Verdict::Passed => ChangeTone::Good,
            Verdict::Failed if answer.question == Question::RiskDependencies => ChangeTone::Neutral,
            Verdict::Failed => ChangeTone::Warn,
            Verdict::Inconclusive | Verdict::Errored => ChangeTone::Neutral,
        },
        title: answer.sentence.trim_end_matches('.').to_owned(),
        items: answer.evidence.clone(),
    })
}

fn signature(answer: &Answer) -> SignatureView {
    let check = view::check(answer);
    SignatureView { verdict: check.verdict, sentence: check.sentence, evidence: check.evidence }
}

/// What a rollback from the live release would take away. `None` where the history is not all here.
fn compare(workspace: &Workspace, target: &Release, live: &Release) -> Option<ReleaseDetail> {
    let repository = workspace.repository();
    let (to, from) = (target.commit()?, live.commit()?);
    let distance = repository.commits_between(to, from).ok()?;
    let leaving: Vec<LeavingChange> = distance.titles.iter().map(|title| leaving(title)).collect();
    let mut changes = Vec::new();
    if distance.gained > 0 {
        let plural = if distance.gained == 1 { "commit comes" } else { "commits come" };
        let title = format!("{} {plural} back", distance.gained);
        changes.push(ReleaseChange { tone: ChangeTone::Neutral, title, items: Vec::new() });
    }
    Some(ReleaseDetail {
        commits_leaving: u32::try_from(distance.undone).ok(),
        leaving: leaving.into_iter().take(LEAVING_SHOWN).collect(),
        changes,
        compared_with: Some(live.tag.to_string()),
        ..blank(&target.tag)
    })
}

/// `Title (#412)`, as GitHub names what a pull request brought; any other commit has no number.
fn leaving(title: &str) -> LeavingChange {
    let request = || {
        let (words, number) = title.strip_suffix(')')?.rsplit_once(" (#")?;
        Some(LeavingChange { number: Some(number.parse().ok()?), title: words.to_owned() })
    };
    request().unwrap_or_else(|| LeavingChange { number: None, title: title.to_owned() })
}
