//! From what is known to what the timeline shows.

use lastgood_adapters::workspace::Known;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::{Hold, Place};
use lastgood_core::live::last_good::words;
use lastgood_core::live::spans::{Span, durations, median};
use lastgood_core::live::{self, Environment};
use lastgood_core::release::{Moment, Release, TagKind};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::behind::left_behind;
use lastgood_core::rollback::check::{self, Answer};
use lastgood_core::rollback::plan::RELEASE_BUDGET_SECONDS;

use super::{
    ArmingView, Candidate, CheckView, EnvironmentView, GithubReach, GithubState, HealthView, HoldView, Kind, LaneSpan,
    LastGoodView, LiveView, Mark, MarkKind, Overview, Policy, Ran, ReleaseRow, Source, Tone, Verdict, told,
};

pub(crate) fn row(release: &Release) -> ReleaseRow {
    ReleaseRow {
        tag: release.tag.to_string(),
        series: release.series.clone(),
        version: release.version.as_ref().map(ToString::to_string),
        kind: match release.kind {
            TagKind::Annotated => Kind::Annotated,
            TagKind::Lightweight => Kind::Lightweight,
        },
        object: release.object.to_string(),
        commit: release.commit().map(ToString::to_string),
        date: release.date.and_then(Moment::timestamp).map(|at| at.to_string()),
        title: title(release),
        author: release.author.clone(),
        prerelease: release.prerelease,
        signed: release.signed,
        github: None,
    }
}

/// Many titles repeat the tag; the list has it beside them already.
fn title(release: &Release) -> String {
    let rest =
        release.title.strip_prefix(release.tag.as_str()).map(|rest| rest.trim_start_matches([' ', ':', '-', '–']));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(&release.title).to_owned()
}

/// What the whole screen needs besides the list.
pub(crate) fn overview(
    known: &Known,
    arming: impl Fn(&Environment) -> ArmingView,
    rollbacks: &[Rollback],
    budget: impl Fn(&Environment) -> Option<u32>,
    unread: u32,
) -> Overview {
    let environments = known
        .environments
        .iter()
        .map(|environment| EnvironmentView {
            budget_seconds: budget(environment).unwrap_or(RELEASE_BUDGET_SECONDS),
            ..self::environment(environment, known, arming(environment), rollbacks)
        })
        .collect();
    Overview {
        read_at: known.at.to_string(),
        github: github(known),
        environments,
        release_count: u32::try_from(known.releases.len()).unwrap_or(u32::MAX),
        unread,
        ci: Vec::new(),
        deployments_cut_at: known
            .github()
            .filter(|forge| forge.history_cut)
            .map(|forge| u32::try_from(forge.deployments.len()).unwrap_or(u32::MAX)),
        releases_cut_at: known
            .github()
            .filter(|forge| forge.releases_cut)
            .map(|forge| u32::try_from(forge.published.len()).unwrap_or(u32::MAX)),
    }
}

fn environment(
    environment: &Environment,
    known: &Known,
    arming: ArmingView,
    rollbacks: &[Rollback],
) -> EnvironmentView {
    let taken = durations(&environment.name, &known.facts);
    let good = &environment.last_good;
    EnvironmentView {
        name: environment.name.to_string(),
        live: environment.live.as_ref().map(live_view),
        live_sentence: live_sentence(environment, known),
        last_good: good.tag.as_ref().map(|tag| LastGoodView {
            tag: tag.to_string(),
            sentence: reason(environment, tag),
            reasons: good.candidates.iter().map(|found| format!("{}: {}", found.tag, found.reason)).collect(),
        }),
        last_good_sentence: good.sentence.clone(),
        candidates: good
            .candidates
            .iter()
            .filter(|found| environment.live.as_ref().and_then(|live| live.tag.as_ref()) != Some(&found.tag))
            .map(|found| Candidate { tag: found.tag.to_string(), sentence: found.reason.clone() })
            .collect(),
        target: good.tag.as_ref().map(ToString::to_string),
        hold: environment.hold.as_ref().map(|hold| HoldView {
            owner: hold.owner.clone(),
            reason: hold.reason.clone(),
            since: hold.since.to_string(),
            expires: hold.expires.map(|expires| expires.to_string()),
            blocks: hold.blocks(known.at),
            shared: hold.place == Place::Remote,
            mine: is_mine(hold, known),
        }),
        left_behind: left_behind(rollbacks, &environment.name)
            .filter(|left| environment.live.as_ref().and_then(|live| live.tag.as_ref()) != Some(*left))
            .map(ToString::to_string),
        arming,
        budget_seconds: RELEASE_BUDGET_SECONDS,
        usually_seconds: median(&taken),
        usually_from: u32::try_from(taken.len()).unwrap_or(u32::MAX),
        lane: environment.spans.iter().map(|span| lane(span, environment)).collect(),
        marks: marks(environment),
        ran: ran(environment, known.at),
        incidents: told::incidents(environment),
        marked_good: told::marked_good(environment),
        quarantined: told::quarantined(environment),
        rollback: rollbacks
            .iter()
            .find(|rollback| rollback.end.is_none() && rollback.plan.environment == environment.name)
            .map(|rollback| rollback.id.to_string()),
    }
}

/// An expired hold is everybody's to lift, and one on this machine alone is this person's.
pub(crate) fn is_mine(hold: &Hold, known: &Known) -> bool {
    let me = known.github().is_some_and(|forge| hold.owner == format!("@{}", forge.account));
    me || !hold.blocks(known.at) || hold.place == Place::ThisMachine
}

pub(crate) fn check(answer: &Answer) -> CheckView {
    CheckView {
        code: answer.question.code().to_owned(),
        title: answer.question.title().to_owned(),
        verdict: verdict(answer.verdict),
        policy: match answer.policy {
            check::Policy::Block => Policy::Block,
            check::Policy::Warn => Policy::Warn,
            check::Policy::Info => Policy::Info,
        },
        sentence: answer.sentence.clone(),
        evidence: answer.evidence.clone(),
        milliseconds: answer.milliseconds,
        asked_at: answer.asked_at.map(|at| at.to_string()),
        outputs: answer.outputs.iter().map(ToString::to_string).collect(),
    }
}

/// How long each release ran here, all its spans together.
pub(crate) fn ran(environment: &Environment, now: jiff::Timestamp) -> Vec<Ran> {
    let mut ran: Vec<Ran> = Vec::new();
    for span in &environment.spans {
        let seconds = span.seconds(now);
        match ran.iter_mut().find(|known| known.tag == span.tag.as_str()) {
            Some(known) => known.seconds += seconds,
            None => ran.push(Ran { tag: span.tag.to_string(), seconds }),
        }
    }
    ran
}

fn verdict(verdict: check::Verdict) -> Verdict {
    match verdict {
        check::Verdict::Passed => Verdict::Passed,
        check::Verdict::Failed => Verdict::Failed,
        check::Verdict::Inconclusive => Verdict::Inconclusive,
        check::Verdict::Errored => Verdict::Errored,
    }
}

fn reason(environment: &Environment, tag: &lastgood_core::ids::TagName) -> String {
    let found = environment.last_good.candidates.iter().find(|candidate| candidate.tag == *tag);
    let mut text = found.map(|candidate| candidate.reason.clone()).unwrap_or_default();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn live_view(live: &live::Live) -> LiveView {
    LiveView {
        tag: live.tag.as_ref().map(ToString::to_string),
        version: live.version.clone(),
        since: live.since.map(|since| since.to_string()),
        source: match live.source {
            live::Source::Probe => Source::Probe,
            live::Source::Deployment => Source::Deployment,
            live::Source::Run => Source::Run,
            live::Source::Journal => Source::Journal,
        },
        sentence: match live.source {
            live::Source::Deployment if live.untold.is_some() => {
                "GitHub's newest deployment tells no release; the service was not asked"
            }
            live::Source::Probe => "its version probe says so",
            live::Source::Deployment => "as GitHub's newest deployment says; the service was not asked",
            live::Source::Run => "no deployment tells; as the newest run says; the service was not asked",
            live::Source::Journal => "as the journal of this machine says; the service was not asked",
        }
        .to_owned(),
        health: live.health.as_ref().map(|health| HealthView {
            verdict: verdict(health.verdict),
            sentence: health.sentence.clone(),
            since: health.since.map(|since| since.to_string()),
        }),
        disagreement: live.disagreement.clone(),
        untold: live.untold.clone(),
    }
}

fn live_sentence(environment: &Environment, known: &Known) -> String {
    match (&environment.live, &known.forge) {
        (Some(live), _) => live
            .since
            .map(|since| format!("Live for {}", words((known.at.as_second() - since.as_second()).max(0))))
            .unwrap_or_else(|| "Live; since when is not known".to_owned()),
        (None, Err(trouble)) => trouble.message.clone(),
        (None, Ok(_)) => "No deployment and no version probe tells what is live here.".to_owned(),
    }
}

fn lane(span: &Span, environment: &Environment) -> LaneSpan {
    let live = span.to.is_none();
    let failing = environment.live.as_ref().and_then(|live| live.health.as_ref());
    let bad = span.left_behind
        || environment.is_quarantined(&span.tag)
        || (live && failing.is_some_and(|health| health.verdict == check::Verdict::Failed));
    LaneSpan {
        tag: span.tag.to_string(),
        from: span.from.to_string(),
        to: span.to.map(|to| to.to_string()),
        tone: if bad { Tone::Bad } else { Tone::Good },
        live,
        last_good: environment.last_good.tag.as_ref() == Some(&span.tag)
            && environment.spans.iter().rev().find(|other| other.tag == span.tag) == Some(span),
        rolled_back_to: span.went_back,
    }
}

fn marks(environment: &Environment) -> Vec<Mark> {
    let mut marks = Vec::new();
    if let Some(live) = &environment.live
        && let Some(tag) = &live.tag
    {
        let failing = live.health.as_ref().is_some_and(|health| health.verdict == check::Verdict::Failed);
        marks.push(Mark { tag: tag.to_string(), mark: MarkKind::Live });
        if failing {
            marks.push(Mark { tag: tag.to_string(), mark: MarkKind::Failing });
        }
    }
    if let Some(tag) = &environment.last_good.tag {
        marks.push(Mark { tag: tag.to_string(), mark: MarkKind::LastGood });
    }
    let quarantined = environment.quarantined.iter();
    marks.extend(quarantined.map(|bad| Mark { tag: bad.tag.to_string(), mark: MarkKind::Quarantined }));
    marks
}

fn github(known: &Known) -> GithubState {
    let checked_at = Some(known.at.to_string());
    let known_at = known.kept.as_ref().map(|kept| kept.at.to_string());
    let calls_left = known.forge.as_ref().ok().and_then(|forge| forge.calls_left);
    if let Some(waiting) = &known.waiting {
        let (sentence, hint) = (waiting.sentence(), "It goes on by itself.".to_owned());
        return GithubState { state: GithubReach::Limited, sentence, hint, calls_left, checked_at, known_at };
    }
    // Where GitHub answers nothing to anybody, its status page's word is the better one.
    let troubled = |trouble: &Trouble| matches!(reach(trouble), GithubReach::Unreachable | GithubReach::Degraded);
    if let Some(words) = known.degraded.as_ref().filter(|_| known.forge.as_ref().err().is_none_or(troubled)) {
        let hint = "A deploy may be slow or fail for reasons that are not yours.".to_owned();
        return GithubState {
            state: GithubReach::Degraded,
            sentence: words.clone(),
            hint,
            calls_left,
            checked_at,
            known_at,
        };
    }
    match &known.forge {
        Ok(forge) => GithubState {
            state: GithubReach::Connected,
            sentence: format!("GitHub as @{}", forge.account),
            hint: String::new(),
            calls_left: forge.calls_left,
            checked_at,
            known_at,
        },
        Err(trouble) => GithubState {
            state: reach(trouble),
            sentence: trouble.message.clone(),
            hint: trouble.hint.clone(),
            calls_left: None,
            checked_at,
            known_at,
        },
    }
}

fn reach(trouble: &Trouble) -> GithubReach {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other code means that an answer could not be used")]
    match trouble.code {
        Code::SignedOut | Code::KeychainMissing | Code::KeychainLocked | Code::KeychainRefused | Code::GhSilent => {
            GithubReach::SignedOut
        }
        Code::TokenRejected | Code::TokenTooWeak => GithubReach::Rejected,
        Code::GithubUnreachable => GithubReach::Unreachable,
        Code::RateLimited => GithubReach::Limited,
        Code::NoRemote | Code::NotOnGithub => GithubReach::NoRemote,
        _ => GithubReach::Degraded,
    }
}
