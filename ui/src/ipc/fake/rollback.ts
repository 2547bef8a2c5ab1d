import type { CheckView } from "../generated/CheckView";
import type { Choice } from "../generated/Choice";
import type { DriverView } from "../generated/DriverView";
import type { JobView } from "../generated/JobView";
import type { LogLine } from "../generated/LogLine";
import type { RollbackPhase } from "../generated/RollbackPhase";
import type { RollbackView } from "../generated/RollbackView";
import type { RunView } from "../generated/RunView";
import type { StepName } from "../generated/StepName";
import type { StepPhase } from "../generated/StepPhase";
import type { StepView } from "../generated/StepView";
import { sampleChecks } from "./overview";

/** `unproved`: a proof said no. `not-proved`: nothing could tell. `held`: somebody else holds the environment. */
export type Ending = "succeeded" | "failed" | "unproved" | "not-proved" | "inconclusive" | "held";
export type Script = {
  id: string;
  environment: string;
  from: string | null;
  to: string;
  reason: string;
  startedAt: number;
  ending: Ending;
  undone?: number;
  stopAsked?: boolean;
  /** It deploys from this machine. */
  local?: boolean;
  driver?: DriverView | null;
  forward?: boolean;
  /** The run waits for an approval at this moment after the click, and for how long; null once it was decided. */
  waits?: boolean;
};

type Line = {
  name: StepName;
  title: string;
  start: number;
  end: number;
  before: string;
  during: string;
  after: string;
};

/** When each step begins and ends, in milliseconds after the click. The first five seconds can be undone. */
const UNDO_UNTIL = 5000;
const LINES: Line[] = [
  {
    name: "hold",
    title: "Hold production deploys",
    start: 0,
    end: 400,
    before: "",
    during: "Asking the remote for the hold",
    after: "production is held on this machine only; others do not see it",
  },
  {
    name: "check",
    title: "Check the target",
    start: 400,
    end: 2200,
    before: "",
    during: "Asking 8 questions",
    after: "7 checks passed, 1 warning: 1 configuration file differs between v2.4.0 and live",
  },
  {
    name: "tag",
    title: "Tag and push",
    start: UNDO_UNTIL,
    end: 5600,
    before: "An annotated tag on the commit of the target",
    during: "Pushing the tag",
    after: "rollback-20261122-144107 → 9f1c2ab",
  },
  {
    name: "dispatch",
    title: "Start deploy.yml",
    start: 5600,
    end: 5900,
    before: "From main, with version_tag",
    during: "Asking GitHub for a run",
    after: "Run 19 482 201 accepted, version_tag = v2.4.0",
  },
  {
    name: "follow",
    title: "Deploy",
    start: 5900,
    end: 93_000,
    before: "Follow that run to its end",
    during: "Step 5 of 8: Switch traffic",
    after: "Run 19 482 201 succeeded",
  },
  {
    name: "prove",
    title: "Prove it worked",
    start: 93_000,
    end: 104_000,
    before: "Live version, 2 health probes, security tests",
    during: "Probing production, 2 of 3 in a row",
    after: "v2.4.0: v2.4.0 answers; healthy 3 times in a row",
  },
  {
    name: "close",
    title: "Close the loop",
    start: 104_000,
    end: 105_200,
    before: "Quarantine v2.4.1, keep the hold, mark the release",
    during: "Writing it down",
    after: "v2.4.1 is quarantined; the hold stays until it expires or you lift it",
  },
];
const HELD_AT = 300;
const WAITS_AT = 7_000;
const FAILS_AT = 71_000;
const UNPROVED_AT = 100_000;
const UNCLEAR_AT = 36_000;

const CHOICES: Choice[] = [
  {
    id: "look_again",
    title: "Look again",
    sentence: "Asks GitHub once more for a run with this rollback's key. Sends nothing.",
  },
  {
    id: "send_again",
    title: "Send again",
    sentence: "Starts the workflow a second time. If the first one did arrive, two deploys run.",
  },
  {
    id: "give_up",
    title: "Give up",
    sentence: "Ends this rollback. The tag and the hold stay, production keeps what it runs.",
  },
];

/** The whole rollback as a function of the time since the click. */
export function rollbackAt(script: Script, now: number): RollbackView {
  const elapsed = Math.min(now - script.startedAt, script.undone ?? Number.POSITIVE_INFINITY);
  const steps = LINES.map((line) => stepAt(script.local ? fromHere(line) : line, script, elapsed));
  const phase = phaseAt(script, elapsed);
  const ended =
    phase === "running" || phase === "inconclusive" || phase === "waiting" ? null : endOf(script, phase);
  const here = !script.driver;
  return {
    id: script.id,
    sequence: Math.floor((now - script.startedAt) / 50) + 1,
    environment: script.environment,
    forward: script.forward ?? false,
    from: script.from,
    to: script.to,
    commit: "9f1c2ab4".repeat(5),
    reason: script.reason,
    startedAt: at(script, 0),
    startedBy: "@platform-lead",
    endedAt: ended === null ? null : at(script, ended),
    phase,
    proved: phase === "succeeded" && script.ending !== "not-proved",
    ...wordsOf(phase, script),
    budgetSeconds: 300,
    usuallySeconds: 110,
    usuallyFrom: 6,
    undoUntil: at(script, UNDO_UNTIL),
    canUndo: here && phase === "running" && elapsed < UNDO_UNTIL,
    canStop: here && phase === "running" && elapsed >= UNDO_UNTIL,
    stopRequested: script.stopAsked ?? false,
    local: script.local ?? false,
    standsStill: false,
    choices: here && phase === "inconclusive" ? CHOICES : [],
    drivenHere: here,
    driver: ended === null ? (script.driver ?? null) : null,
    elsewhere: null,
    outOfSight: false,
    nextTarget: phase === "failed" && script.ending === "unproved" ? "v2.3.1" : null,
    rollbackTag: elapsed > 5600 && script.ending !== "held" ? "rollback-20261122-144107" : null,
    steps,
    run: script.local ? null : runAt(script, elapsed),
    log: LOG.filter(([after]) => after <= elapsed && !(startsNothing(script) && after > 5900)).map((line) =>
      logLine(script, line),
    ),
  };
}

/** The same where a command deploys from this machine: it runs in the place of the workflow and its run. */
function fromHere(line: Line): Line {
  if (line.name === "dispatch")
    return {
      ...line,
      title: "Deploy here",
      end: 92_900,
      before: "./scripts/deploy.sh --here",
      during: "./scripts/deploy.sh --here",
      after: "./scripts/deploy.sh --here deployed from this machine, exit 0 after 87.3 s",
    };
  if (line.name === "follow")
    return {
      ...line,
      title: "Follow",
      start: 92_900,
      before: "Nothing runs on GitHub",
      during: "Nothing runs on GitHub",
      after: "Nothing to follow: the deploy was made on this machine",
    };
  return line;
}

function unclear(script: Script): boolean {
  return script.ending === "inconclusive";
}

function startsNothing(script: Script): boolean {
  return unclear(script) || script.ending === "held";
}

function phaseAt(script: Script, elapsed: number): RollbackPhase {
  if (script.undone !== undefined) return "aborted";
  if (script.waits && elapsed >= WAITS_AT) return "waiting";
  if (unclear(script) && elapsed >= UNCLEAR_AT) return "inconclusive";
  if (elapsed >= failsAt(script)) return "failed";
  return elapsed >= 105_200 ? "succeeded" : "running";
}

function failsAt(script: Script): number {
  if (script.ending === "held") return HELD_AT;
  if (script.ending === "unproved") return UNPROVED_AT;
  return script.ending === "failed" ? FAILS_AT : Number.POSITIVE_INFINITY;
}

function endOf(script: Script, phase: RollbackPhase): number {
  if (phase === "aborted") return script.undone ?? 0;
  return phase === "failed" ? failsAt(script) : 105_200;
}

function heldWords(script: Script): string {
  return `${script.environment} is held by @on-call-lead: Data migration in progress`;
}

function wordsOf(phase: RollbackPhase, script: Script): { sentence: string; hint: string } {
  switch (phase) {
    case "succeeded":
      if (script.ending === "not-proved")
        return {
          sentence: `The deploy of ${script.to} to ${script.environment} succeeded; nothing proved that it is live`,
          hint: "Look at the service yourself. Lift the hold when a fix is ready.",
        };
      return {
        sentence: `${script.environment} is on ${script.to}, proved by its version probe and 3 health probes in a row`,
        hint: `The hold on ${script.environment} stays until it expires or you lift it.`,
      };
    case "failed":
      if (script.ending === "held")
        return {
          sentence: `Rollback of ${script.environment} to ${script.to} did not work: ${heldWords(script)}`,
          hint: "Ask @on-call-lead to lift it, or break it with a reason.",
        };
      if (script.ending === "unproved")
        return {
          sentence: "Health answers 503, 3 of 3 tries",
          hint: "See what is live. The target may be bad too: roll back to v2.3.1 next.",
        };
      return {
        sentence: "The deploy failed in “Switch traffic”: 1 of 3 instances did not start",
        hint: `${script.environment} may run both releases. Open the run, then roll back again or deploy by hand.`,
      };
    case "aborted":
      return {
        sentence: "You undid it before anything was pushed",
        hint: "The hold is lifted. Nothing else was changed.",
      };
    case "inconclusive":
      return {
        sentence: "GitHub did not answer, and no run with this rollback's key was found",
        hint: "Look at the Actions page, then say what you see.",
      };
    default:
      return phase === "waiting"
        ? {
            sentence: "The run waits for an approval or a timer",
            hint: "Once GitHub lets it go on, the rollback goes on by itself.",
          }
        : { sentence: "Running", hint: "" };
  }
}

function stepAt(line: Line, script: Script, elapsed: number): StepView {
  const phase = stepPhase(line, script, elapsed);
  const done = phase !== "pending" && phase !== "running" && phase !== "inconclusive";
  const title = line.name === "hold" ? `Hold ${script.environment} deploys` : line.title;
  const untold = line.name === "prove" && script.ending === "not-proved";
  const after = untold ? `${script.to}: ${UNTOLD.sentence}` : line.after;
  const sentence = { pending: line.before, running: line.during, succeeded: after }[phase as string];
  const held = phase === "failed" && script.ending === "held" ? heldWords(script) : undefined;
  return {
    name: line.name,
    title,
    phase,
    sentence: sentence ?? held ?? wordsOf(phase as RollbackPhase, script).sentence,
    hint: "",
    startedAt: phase === "pending" ? null : at(script, line.start),
    endedAt: done ? at(script, Math.min(line.end, failsAt(script))) : null,
    checks:
      line.name === "check" && elapsed >= line.end
        ? sampleChecks
        : line.name === "prove" && phase === "succeeded"
          ? untold
            ? [UNTOLD]
            : PROOFS
          : [],
  };
}

function stepPhase(line: Line, script: Script, elapsed: number): StepPhase {
  if (elapsed < line.start) return "pending";
  if (script.undone !== undefined) return elapsed >= line.end ? "succeeded" : "aborted";
  if (unclear(script)) {
    if (line.name === "dispatch") return elapsed >= UNCLEAR_AT ? "inconclusive" : "running";
    if (line.start > 5600) return "pending";
  }
  const fails = failsAt(script);
  if (elapsed >= fails && line.start < fails && line.end > fails) return "failed";
  if (line.start > fails) return "pending";
  return elapsed >= line.end ? "succeeded" : "running";
}

const PROOFS = [
  {
    code: "live.version",
    title: "Live version",
    verdict: "passed",
    policy: "block",
    sentence: "v2.4.0 answers",
    evidence: ['{"version":"2.4.0"}'],
    milliseconds: 140,
    askedAt: null,
    outputs: [],
  },
  {
    code: "live.health",
    title: "Health",
    verdict: "passed",
    policy: "block",
    sentence: "healthy 3 times in a row",
    evidence: ["200 in 31 ms", "200 in 28 ms", "200 in 30 ms"],
    milliseconds: 6200,
    askedAt: null,
    outputs: [],
  },
] satisfies StepView["checks"];

const UNTOLD: CheckView = {
  code: "live.version",
  title: "Live version",
  verdict: "inconclusive",
  policy: "warn",
  sentence:
    "The run succeeded, and GitHub keeps no deployment of production; the service itself was not asked",
  evidence: ["no successful deployment"],
  milliseconds: 90,
  askedAt: null,
  outputs: [],
};

function runAt(script: Script, elapsed: number): RunView | null {
  if (elapsed < 5900 || startsNothing(script) || script.undone !== undefined) return null;
  const failed = script.ending === "failed" && elapsed >= FAILS_AT;
  const done = failed || elapsed >= 93_000;
  return {
    id: 19_482_201,
    url: "https://github.com/acme/connectias/actions/runs/19482201",
    status: done ? "completed" : "in_progress",
    conclusion: done ? (failed ? "failure" : "success") : null,
    jobs: [
      job(script, 1, "fetch build", 7000, 18_000, elapsed, null),
      job(
        script,
        2,
        "deploy · Switch traffic",
        18_000,
        failed ? FAILS_AT : 84_000,
        elapsed,
        failed ? "failure" : null,
      ),
      failed
        ? {
            ...job(script, 3, "smoke test", 84_000, 93_000, 0, null),
            status: "completed",
            conclusion: "skipped",
          }
        : job(script, 3, "smoke test", 84_000, 93_000, elapsed, null),
    ],
  };
}

function job(
  script: Script,
  id: number,
  name: string,
  start: number,
  end: number,
  elapsed: number,
  conclusion: string | null,
): JobView {
  const status = elapsed < start ? "queued" : elapsed < end ? "in_progress" : "completed";
  const steps = ["Set up job", "Checkout", "Work", "Finish"].map((title, index) => {
    const from = start + ((end - start) * index) / 4;
    const to = start + ((end - start) * (index + 1)) / 4;
    const state = elapsed < from ? "queued" : elapsed < to ? "in_progress" : "completed";
    return {
      number: index + 1,
      name: title,
      status: state,
      conclusion: state === "completed" ? "success" : null,
      startedAt: state === "queued" ? null : at(script, from),
      endedAt: state === "completed" ? at(script, to) : null,
    };
  });
  return {
    id,
    name,
    status,
    conclusion: status === "completed" ? (conclusion ?? "success") : null,
    startedAt: status === "queued" ? null : at(script, start),
    endedAt: status === "completed" ? at(script, end) : null,
    url: null,
    steps,
  };
}

type Said = [after: number, text: string, tone: LogLine["tone"]];
const LOG: Said[] = [
  [7000, "Set up job", "plain"],
  [9000, "Checkout v2.4.0", "plain"],
  [11_000, "Fetch build connectias-2.4.0.tar.zst", "plain"],
  [18_000, "✓ digest sha256:41c0…e7", "good"],
  [19_000, "Drain old instances (1/3)", "plain"],
  [27_000, "Drain old instances (2/3)", "plain"],
  [38_000, "Drain old instances (3/3)", "plain"],
  [52_000, "Switch traffic → v2.4.0", "plain"],
  [60_000, "waiting for 2 of 3 instances", "active"],
  [88_000, "3 of 3 instances answer", "good"],
];

function logLine(script: Script, [after, text, tone]: Said): LogLine {
  return { at: at(script, after), text, tone };
}

function at(script: Script, elapsed: number): string {
  return new Date(script.startedAt + elapsed).toISOString();
}
