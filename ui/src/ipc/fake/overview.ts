import type { ArmingView } from "../generated/ArmingView";
import type { CheckView } from "../generated/CheckView";
import type { EnvironmentView } from "../generated/EnvironmentView";
import type { GithubState } from "../generated/GithubState";
import type { LaneSpan } from "../generated/LaneSpan";
import type { Overview } from "../generated/Overview";
import { DAY } from "./releases";

const MINUTE = 60_000;
const iso = (at: number): string => new Date(at).toISOString();

export function sampleOverview(now: number): Overview {
  return {
    readAt: iso(now),
    github: sampleGithub(now),
    environments: [production(now), staging(now)],
    releaseCount: 12,
    unread: 1,
    ci: [
      {
        tag: "v2.4.1",
        state: "failed",
        sentence: "1 of 2 failed: ci.yml",
        url: "https://github.com/acme/connectias/actions/runs/9",
      },
      {
        tag: "v2.4.0",
        state: "passed",
        sentence: "ci.yml passed",
        url: "https://github.com/acme/connectias/actions/runs/8",
      },
    ],
    deploymentsCutAt: null,
    releasesCutAt: null,
  };
}

function sampleGithub(now: number): GithubState {
  return {
    state: "connected",
    sentence: "GitHub answers",
    hint: "",
    callsLeft: 4812,
    checkedAt: iso(now),
    knownAt: null,
  };
}

export function signedOut(now: number): GithubState {
  return {
    state: "signed_out",
    sentence: "Lastgood has no GitHub token for acme/connectias",
    hint: "Sign in with gh auth login, or set GH_TOKEN, then refresh.",
    callsLeft: null,
    checkedAt: iso(now),
    knownAt: null,
  };
}

export function githubAway(now: number): GithubState {
  return {
    state: "unreachable",
    sentence: "GitHub cannot be reached: the connection was refused",
    hint: "Look at githubstatus.com and at your network.",
    callsLeft: null,
    checkedAt: iso(now),
    knownAt: iso(now - 6 * MINUTE),
  };
}

export const sampleChecks: CheckView[] = [
  check(
    "target.exists",
    "Same tag here and on the remote",
    "v2.4.0 is the same object here and on the remote",
  ),
  check("target.signature", "Signature", "v2.4.0 is signed by @platform-lead"),
  check("target.ran", "Ran here before", "v2.4.0 ran in production before"),
  check("target.artifact", "Artifacts still there", "Everything that v2.4.0 needs is still there"),
  check("workflow.ready", "Workflow ready", "deploy.yml is active and takes version_tag"),
  check("access.ready", "May push and dispatch", "This token may push a tag and dispatch"),
  check("environment.idle", "Nothing else deploys", "Nothing else is being deployed to production"),
  {
    ...check("risk.config", "Configuration", "1 configuration file differs between v2.4.0 and live."),
    verdict: "failed",
    policy: "warn",
    evidence: [
      "config/production.toml",
      "- FUEL_LIMIT = 10000000",
      "+ FUEL_LIMIT = 0",
      "- PLUGIN_CACHE = true",
    ],
  },
];

export function armed(now: number): ArmingView {
  return { state: "armed", sentence: "Armed", hint: "", checkedAt: iso(now - 12_000), checks: sampleChecks };
}

function production(now: number): EnvironmentView {
  return {
    name: "production",
    live: {
      tag: "v2.4.1",
      version: "2.4.1",
      since: iso(now - 38 * MINUTE),
      source: "probe",
      sentence: "The version probe answers 2.4.1",
      health: {
        verdict: "failed",
        sentence: "health 503",
        since: iso(now - 37 * MINUTE),
      },
      disagreement: null,
      untold: null,
    },
    liveSentence: "v2.4.1 is live",
    lastGood: {
      tag: "v2.4.0",
      sentence: "Ran here 6 d 4 h without an incident",
      reasons: ["Soaked longer than 30 min", "No failed probe"],
    },
    lastGoodSentence: "v2.4.0 is the last good release",
    candidates: [],
    target: "v2.4.0",
    hold: null,
    leftBehind: null,
    arming: armed(now),
    budgetSeconds: 300,
    usuallySeconds: 110,
    usuallyFrom: 6,
    lane: productionLane(now),
    marks: [
      { tag: "v2.4.1", mark: "live" },
      { tag: "v2.4.1", mark: "failing" },
      { tag: "v2.4.0", mark: "last_good" },
      { tag: "v2.3.0", mark: "quarantined" },
    ],
    ran: [
      { tag: "v2.4.1", seconds: 2280 },
      { tag: "v2.4.0", seconds: 532_800 },
      { tag: "v2.3.1", seconds: 168_000 },
      { tag: "v2.2.3", seconds: 510_000 },
    ],
    incidents: [
      {
        id: "inc-1",
        title: "Sessions end early",
        severity: 3,
        from: iso(now - 10.1 * DAY),
        to: iso(now - 9.6 * DAY),
      },
      { id: "inc-2", title: "Plugins fail to load", severity: 2, from: iso(now - 36 * MINUTE), to: null },
    ],
    markedGood: [],
    quarantined: [{ tag: "v2.3.0", words: "by @payments-lead: Refunds are counted twice" }],
    rollback: null,
  };
}

function staging(now: number): EnvironmentView {
  return {
    name: "staging",
    live: {
      tag: "v2.5.0-rc.1",
      version: "2.5.0-rc.1",
      since: iso(now - 0.9 * DAY),
      source: "deployment",
      sentence: "The newest successful deployment put it there",
      health: { verdict: "passed", sentence: "health 200", since: iso(now - 0.9 * DAY) },
      disagreement: null,
      untold: null,
    },
    liveSentence: "v2.5.0-rc.1 is live",
    lastGood: { tag: "v2.4.0", sentence: "Ran here 6 d 11 h without an incident", reasons: [] },
    lastGoodSentence: "v2.4.0 is the last good release",
    candidates: [],
    target: "v2.4.0",
    hold: null,
    leftBehind: null,
    arming: { ...armed(now), checks: sampleChecks.slice(0, 4) },
    budgetSeconds: 300,
    usuallySeconds: null,
    usuallyFrom: 0,
    lane: [
      span("v2.3.0", now, 16, 12.5, "neutral"),
      span("v2.3.1", now, 12.5, 9, "neutral"),
      span("v2.4.0", now, 9, 0.9, "good", { lastGood: true }),
      span("v2.5.0-rc.1", now, 0.9, null, "neutral", { live: true }),
    ],
    marks: [
      { tag: "v2.5.0-rc.1", mark: "live" },
      { tag: "v2.4.0", mark: "last_good" },
    ],
    ran: [{ tag: "v2.4.0", seconds: 558_000 }],
    incidents: [],
    markedGood: [],
    quarantined: [],
    rollback: null,
  };
}

function productionLane(now: number): LaneSpan[] {
  return [
    span("v2.2.3", now, 16.4, 10.3, "good"),
    span("v2.3.0", now, 10.3, 9.6, "bad"),
    span("v2.2.3", now, 9.6, 8.1, "good", { rolledBackTo: true }),
    span("v2.3.1", now, 8.1, 6.2, "good"),
    span("v2.4.0", now, 6.2, 0.0264, "good", { lastGood: true }),
    span("v2.4.1", now, 0.0264, null, "bad", { live: true }),
  ];
}

function span(
  tag: string,
  now: number,
  from: number,
  to: number | null,
  tone: LaneSpan["tone"],
  more: Partial<LaneSpan> = {},
): LaneSpan {
  const until = to === null ? null : iso(now - to * DAY);
  return {
    tag,
    from: iso(now - from * DAY),
    to: until,
    tone,
    live: false,
    lastGood: false,
    rolledBackTo: false,
    ...more,
  };
}

function check(code: string, title: string, sentence: string): CheckView {
  return {
    code,
    title,
    verdict: "passed",
    policy: "block",
    sentence,
    evidence: [sentence],
    milliseconds: 180,
    askedAt: null,
    outputs: [],
  };
}
