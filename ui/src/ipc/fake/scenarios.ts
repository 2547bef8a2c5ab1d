import type { CheckView } from "../generated/CheckView";
import type { DriverView } from "../generated/DriverView";
import type { GapView } from "../generated/GapView";
import type { HoldView } from "../generated/HoldView";
import type { IncidentView } from "../generated/IncidentView";
import type { Overview } from "../generated/Overview";
import type { ReleaseRow } from "../generated/ReleaseRow";
import type { WaitingView } from "../generated/WaitingView";
import { hostileIncident, sampleIncidents, unknownReceipt } from "./incidents";
import { armed, githubAway, sampleOverview, signedOut } from "./overview";
import { hostileReleases, manyReleases, sampleReleases } from "./releases";
import type { Ending } from "./rollback";
import { OUTPUT } from "./trust";

/** A situation the window can be in. `rollbackAge` freezes a rollback so many milliseconds after its click. */
export type Scenario = {
  open: boolean;
  rehearsal: boolean;
  slow: boolean;
  releases: (now: number) => ReleaseRow[];
  overview: (now: number) => Overview;
  ending: Ending;
  rollbackAge: number | null;
  driver?: DriverView;
  /** Whose approval the run waits for. */
  waits?: "me" | "others" | "timer";
  undone: boolean;
  trouble: boolean;
  /** What the clocks told. */
  gap?: GapView;
  /** Who has to answer elsewhere. */
  waiting?: WaitingView;
  /** lastgood.toml names commands. */
  commands: boolean;
  incidents: (now: number) => IncidentView[];
};

const usual: Scenario = {
  open: true,
  rehearsal: false,
  slow: false,
  releases: sampleReleases,
  overview: sampleOverview,
  ending: "succeeded",
  rollbackAge: null,
  undone: false,
  trouble: false,
  commands: false,
  incidents: sampleIncidents,
};

type Change = (overview: Overview, now: number) => void;

function overviewWith(change: Change): (now: number) => Overview {
  return (now) => {
    const overview = sampleOverview(now);
    change(overview, now);
    return overview;
  };
}

const inProduction = (change: (environment: Overview["environments"][number], now: number) => void) =>
  overviewWith((overview, now) => {
    const [environment] = overview.environments;
    if (environment) change(environment, now);
  });

const MOVED = "v2.4.0 is another object on the remote.";

const theirs = (now: number): HoldView => ({
  owner: "@on-call-lead",
  reason: "Data migration in progress",
  since: new Date(now - 3_600_000).toISOString(),
  expires: new Date(now + 23 * 3_600_000).toISOString(),
  blocks: true,
  shared: true,
  mine: false,
});

const scanned = (check: CheckView): CheckView => ({
  ...check,
  code: "security.scan",
  title: "Security scan",
  sentence: "cargo audit passed",
  evidence: ["$ cargo audit", "exit 0 after 2.1 s"],
  outputs: [OUTPUT],
});

const scenarios = {
  usual,
  welcome: { ...usual, open: false },
  trouble: { ...usual, open: false, trouble: true },
  rehearsal: { ...usual, rehearsal: true },
  commands: {
    ...usual,
    commands: true,
    overview: inProduction((environment) => {
      const [check] = environment.arming.checks;
      if (check) environment.arming.checks = [scanned(check), ...environment.arming.checks];
    }),
  },
  loading: { ...usual, slow: true },
  "keychain-asks": {
    ...usual,
    slow: true,
    waiting: {
      sentence: "Your keychain has not answered yet.",
      hint: "It may be asking for its password in another window. GitHub is asked once it is open.",
    },
  },
  "history-cut": {
    ...usual,
    overview: overviewWith((overview) => {
      overview.deploymentsCutAt = 1000;
      overview.releasesCutAt = 10_000;
    }),
  },
  "release-untold": {
    ...usual,
    overview: overviewWith((overview) => {
      const live = overview.environments[0]?.live;
      if (!live) return;
      live.tag = null;
      live.version = "main@1f0c2d3";
      live.untold =
        "Run 42 deployed from main@1f0c2d3, and its title names no release. Put the version into the workflow's run-name.";
    }),
  },
  many: {
    ...usual,
    releases: (now: number) => manyReleases(10_000, now),
    overview: overviewWith((overview) => {
      overview.releaseCount = 10_000;
    }),
  },
  hostile: {
    ...usual,
    releases: hostileReleases,
    overview: overviewWith((overview, now) => {
      const names = hostileReleases(now).map((row) => row.tag);
      const [environment] = overview.environments;
      if (!environment?.live) return;
      environment.live.tag = names[0] ?? null;
      environment.target = names[1] ?? null;
      environment.lastGood = {
        tag: names[1] ?? "",
        sentence: "Ran here 6 d 4 h without an incident",
        reasons: [],
      };
      environment.name = "production-eu-central-1-with-a-very-long-name-indeed";
      environment.hold = {
        owner: "@on-call-lead",
        reason: "Data migration \u202e in progress ".repeat(8),
        since: new Date(now - 3_600_000).toISOString(),
        expires: new Date(now + 23 * 3_600_000).toISOString(),
        blocks: true,
        shared: true,
        mine: false,
      };
    }),
  },
  "no-sign-in": {
    ...usual,
    overview: overviewWith((overview, now) => {
      overview.github = signedOut(now);
      overview.environments = [];
    }),
  },
  offline: {
    ...usual,
    overview: overviewWith((overview, now) => {
      const knownAt = new Date(now - 6 * 60_000).toISOString();
      const github = {
        state: "unreachable",
        sentence: "GitHub did not answer",
        hint: "Check the network.",
      } as const;
      overview.github = { ...overview.github, ...github, callsLeft: null, knownAt };
      for (const one of overview.environments)
        one.arming = {
          state: "unavailable",
          sentence: "GitHub did not answer",
          hint: "Check the network.",
          checkedAt: null,
          checks: [],
        };
    }),
  },
  "no-last-good": {
    ...usual,
    overview: inProduction((environment) => {
      environment.lastGood = null;
      environment.lastGoodSentence = "No release has run here long enough to count as good";
      environment.target = null;
      environment.candidates = [
        { tag: "v2.4.0", sentence: "Ran here 12 min, less than the soak time of 30 min" },
        { tag: "v2.3.1", sentence: "Ran in staging for 3 d, never here" },
      ];
      environment.arming = {
        state: "unavailable",
        sentence: "There is no last good release to roll back to",
        hint: "",
        checkedAt: null,
        checks: [],
      };
      environment.lane = environment.lane.map((span) => ({ ...span, lastGood: false }));
      environment.marks = environment.marks.filter(({ mark }) => mark !== "last_good");
    }),
  },
  blocked: {
    ...usual,
    overview: inProduction((environment, now) => {
      const view = armed(now);
      environment.arming = {
        ...view,
        state: "blocked",
        sentence: MOVED,
        checks: view.checks.map((check, index) =>
          index === 0 ? { ...check, verdict: "failed", sentence: MOVED } : check,
        ),
      };
      environment.hold = theirs(now);
    }),
  },
  "no-workflow": {
    ...usual,
    overview: inProduction((environment) => {
      environment.arming = {
        state: "blocked",
        sentence: "No workflow on the default branch takes a version for production.",
        hint: "Name it in lastgood.toml: `[environments.production] workflow`.",
        checkedAt: null,
        checks: [],
      };
    }),
  },
  away: {
    ...usual,
    overview: overviewWith((overview, now) => {
      overview.github = githubAway(now);
      for (const one of overview.environments)
        one.arming = {
          state: "unavailable",
          sentence: overview.github.sentence,
          hint: overview.github.hint,
          checkedAt: null,
          checks: [],
        };
    }),
  },
  slept: {
    ...usual,
    gap: {
      sentence: "This computer slept for 8 h 4 min.",
      hint: "What is shown is from before and is being asked again; look before you act on it.",
    },
  },
  "clock-set": {
    ...usual,
    gap: {
      sentence: "The clock of this computer was set back by 2 h 0 min.",
      hint: "Check the clock: ages here are off until it is right. The journal keeps its order whatever it says.",
    },
  },
  "left-behind": {
    ...usual,
    overview: inProduction((environment) => {
      if (environment.live)
        environment.live = { ...environment.live, tag: "v2.4.0", version: "2.4.0", health: null };
      environment.leftBehind = "v2.4.1";
      environment.target = "v2.3.1";
      environment.marks = [
        { tag: "v2.4.0", mark: "live" },
        { tag: "v2.4.1", mark: "quarantined" },
      ];
      environment.quarantined = [
        { tag: "v2.4.1", words: "by @release-manager: Checkout fails for every tenth order" },
      ];
    }),
  },
  countdown: { ...usual, rollbackAge: 1600 },
  running: { ...usual, rollbackAge: 65_000 },
  late: { ...usual, rollbackAge: 92_000 },
  waiting: { ...usual, rollbackAge: 9_000, waits: "me" as const },
  "waiting-for-a-timer": { ...usual, rollbackAge: 9_000, waits: "timer" as const },
  "waiting-for-others": { ...usual, rollbackAge: 9_000, waits: "others" as const },
  broken: {
    ...usual,
    rollbackAge: 65_000,
    driver: {
      kind: "broken",
      sentence: "The journal cannot be written: database or disk is full.",
      hint: "Nothing is done that is not recorded. Make room on the disk, or check the data folder's permissions.",
    },
  },
  foreign: {
    ...usual,
    rollbackAge: 2_000,
    driver: {
      kind: "another",
      sentence:
        "Rollback rollback-1 of production to v2.4.0 is being driven by another Lastgood on this machine.",
      hint: "Undo it, stop it and decide there. Should that Lastgood end, this window goes on with it.",
    },
  },
  inconclusive: { ...usual, ending: "inconclusive", rollbackAge: 40_000 },
  unproved: { ...usual, ending: "unproved", rollbackAge: 110_000 },
  "not-proved": { ...usual, ending: "not-proved", rollbackAge: 110_000 },
  held: {
    ...usual,
    ending: "held",
    rollbackAge: 1_000,
    overview: inProduction((environment, now) => {
      environment.hold = theirs(now);
    }),
  },
  failed: { ...usual, ending: "failed", rollbackAge: 80_000 },
  succeeded: { ...usual, rollbackAge: 110_000 },
  quiet: { ...usual, incidents: () => [] },
  "hostile-incident": {
    ...usual,
    incidents: (now: number) => [hostileIncident(now), ...sampleIncidents(now).slice(1)],
  },
  unclear: {
    ...usual,
    incidents: (now: number) =>
      sampleIncidents(now).map((one, index) =>
        index === 0 ? { ...one, receipts: [unknownReceipt(now), ...one.receipts] } : one,
      ),
  },
  undone: { ...usual, rollbackAge: 60_000, undone: true },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export function scenarioNamed(name: string | null): Scenario {
  return name !== null && name in scenarios ? scenarios[name as ScenarioName] : usual;
}
