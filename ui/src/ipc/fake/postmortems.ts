import type { LibraryView } from "../generated/LibraryView";
import type { PostmortemView } from "../generated/PostmortemView";
import type { TimelineLine } from "../generated/TimelineLine";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (at: number): string => new Date(at).toISOString();

export const SAMPLE_TEXT = `# Plugin execution failed after v2.4.1

## What happened

v2.4.1 turned advanced fuel metering on for every plugin. Plugins that allocate in a tight loop ran out of fuel in their first second and the host answered 503 for about 12 % of requests.

## Contributing factors

- **Tests differ from production**: the load test runs with the feature off.
- **Alert reached nobody**: the on-call rota had ended at 14:00, and nobody read the alert for 33 minutes.

## What went well

The rollback took 1 min 48 s and was proved by 3 probes in a row.

## Where we got lucky

It was a Sunday; plugins run at a third of their weekday load.
`;

export function samplePostmortem(now: number): PostmortemView {
  const begun = now - 42 * MINUTE;
  const at = (minutes: number): string => iso(begun + minutes * MINUTE);
  const moment = (landmark: string, title: string, minutes: number, source: string) => ({
    landmark,
    title,
    at: at(minutes),
    source,
    corrected: false,
    trace: [],
  });
  const began = moment("began", "It began", 0, "First failed health probe, 3 of 3 tries");
  const detected = moment("detected", "It was detected", 3, "Desktop alert to 2 people");
  const decided = moment("decided", "A way back was decided on", 39, "Click on Roll back by @platform-lead");
  const proved = moment("restored", "It was over", 40.8, "Live version proved, 3 probes in a row");
  return {
    id: "2026-11-22-plugins",
    title: "Plugin execution failed after v2.4.1",
    at: at(0),
    incident: "incident-1",
    state: "draft",
    pullRequest: null,
    text: SAMPLE_TEXT,
    revision: "r1",
    savedAt: iso(now - 2000),
    times: [
      { title: "to detect", seconds: 180, from: began, to: detected },
      { title: "to decide", seconds: 2160, from: detected, to: decided },
      { title: "to roll back", seconds: 108, from: decided, to: proved },
      { title: "of impact", seconds: 2400, from: began, to: proved },
    ],
    lines: lines(at),
    facts: [
      { title: "Release that failed", kind: "fact", note: "v2.4.1", text: "v2.4.1" },
      { title: "Release it went back to", kind: "fact", note: "v2.4.0", text: "v2.4.0" },
      { title: "Impact", kind: "fact", note: "about 12 % of requests", text: "about 12 % of requests" },
      {
        title: "Health probe 503, 3 of 3 tries",
        kind: "event",
        note: "14:02",
        text: "At 14:02 the health probe answered 503, 3 of 3 tries.",
      },
      {
        title: "Rollback started",
        kind: "event",
        note: "14:41",
        text: "At 14:41 @platform-lead started the rollback to v2.4.0.",
      },
      {
        title: "Health over the incident",
        kind: "chart",
        note: "chart",
        text: "```chart\nhealth 14:00–14:45\n```",
      },
    ],
    hints: [
      {
        heading: "What happened",
        hint: "What people saw and knew at that moment, and why what they did made sense then.",
      },
      {
        heading: "What went well",
        hint: "What kept it from becoming worse, so that nobody removes it by mistake.",
      },
    ],
    actions: [
      {
        id: "a1",
        title: "Run the load test with default features",
        owner: "@platform-lead",
        due: "2026-11-27",
        done: false,
        ticket: "#418",
        ticketUrl: "https://github.com/acme/connectias/issues/418",
        priority: "high",
        takesTicket: false,
      },
      {
        id: "a2",
        title: "Overlap on-call rotas by 30 minutes",
        owner: "@on-call-lead",
        due: "2026-11-25",
        done: false,
        ticket: null,
        ticketUrl: null,
        priority: null,
        takesTicket: true,
      },
    ],
    editable: true,
    undo: null,
  };
}

function lines(at: (minutes: number) => string): TimelineLine[] {
  const line = (
    minutes: number,
    word: string,
    tone: TimelineLine["tone"],
    sentence: string,
    more: Partial<TimelineLine> = {},
  ): TimelineLine => ({
    id: `t-${minutes}`,
    at: at(minutes),
    word,
    tone,
    sentence,
    origin: "record",
    hidden: false,
    comment: "",
    who: null,
    detail: false,
    evidence: [],
    ...more,
  });
  const run = "https://github.com/acme/connectias/actions/runs/19482201";
  return [
    line(0.2, "Detection", "bad", "Health probe 503, 3 of 3 tries", {
      evidence: [{ title: "evidence", name: "e1", url: null }],
    }),
    line(1.6, "Signal", "neutral", "CI failed on e41d07c", {
      evidence: [{ title: "run", name: null, url: run }],
    }),
    line(3, "Alert", "neutral", "Desktop alert to 2 people"),
    line(3.1, "Gap", "warn", "33 minutes without an entry", { origin: "gap" }),
    line(39, "Decision", "info", "Rollback started by @platform-lead: “503 since the fuel metering change”"),
    line(39.1, "Action", "neutral", "Tag pushed, run 19 482 201 started", {
      evidence: [{ title: "run", name: null, url: run }],
    }),
    line(40.6, "Repair", "good", "Deploy succeeded"),
    line(40.9, "Proof", "good", "Live version is v2.4.0, probes 200", {
      evidence: [{ title: "evidence", name: "e2", url: null }],
    }),
  ];
}

/** With the words of each, which the host looks through. */
export function sampleLibrary(
  now: number,
  open: PostmortemView,
): LibraryView & { words: Record<string, string> } {
  const older = { severity: 3, state: "published" as const, openActions: 0, shown: null };
  return {
    postmortems: [
      {
        id: open.id,
        title: open.title,
        at: open.at,
        severity: 2,
        state: open.state,
        openActions: open.actions.filter((action) => !action.done).length,
        impactSeconds: 2400,
        factors: ["Tests differ from production", "Alert reached nobody"],
        shown: null,
      },
      {
        ...older,
        id: "2026-11-13-sessions",
        title: "Session store rewrite lost sessions on wake",
        at: iso(now - 9.7 * DAY),
        severity: 2,
        openActions: 1,
        impactSeconds: 3120,
        factors: ["No canary", "Tests differ from production"],
      },
      {
        ...older,
        id: "2026-10-30-manifest",
        title: "Plugin manifests could escape their folder",
        at: iso(now - 23 * DAY),
        impactSeconds: null,
        factors: ["Missing review"],
      },
      {
        ...older,
        id: "2026-10-12-cache",
        title: "Compiled plugin cache filled the disk",
        at: iso(now - 41 * DAY),
        impactSeconds: 5400,
        factors: ["No limit", "Alert reached nobody"],
      },
    ],
    all: 4,
    words: {
      [open.id]: "v2.4.1 turned advanced fuel metering on for every plugin.",
      "2026-11-13-sessions": "Sessions that slept longer than an hour were dropped.",
      "2026-10-30-manifest": "Found by a reader; no evidence of use.",
      "2026-10-12-cache": "The cache had no bound.",
    },
    environment: "production",
    environments: ["production", "staging"],
    actions: [
      {
        postmortem: "2026-11-13-sessions",
        postmortemTitle: "Session store rewrite lost sessions on wake",
        action: {
          id: "b1",
          title: "Soak session changes in staging for a night",
          owner: "@session-lead",
          due: iso(now - 3 * DAY).slice(0, 10),
          done: false,
          ticket: "#402",
          ticketUrl: "https://github.com/acme/connectias/issues/402",
          priority: null,
          takesTicket: false,
        },
      },
      ...open.actions
        .filter((action) => !action.done)
        .map((action) => ({ postmortem: open.id, postmortemTitle: open.title, action })),
    ],
    factors: [
      { name: "Tests differ from production", count: 2 },
      { name: "Alert reached nobody", count: 2 },
      { name: "No canary", count: 1 },
      { name: "No limit", count: 1 },
      { name: "Missing review", count: 1 },
    ],
    metrics: [
      metric(
        "Deployment frequency",
        "1.3 a week",
        "How often changes reach this environment: its deployments of a release, a week. Going back is no change.",
        [1, 2, 0, 1, 2, 2],
        (value) => `${value}`,
      ),
      metric(
        "Change failure rate",
        "25 %",
        "The share of changes that needed intervention at once: those that somebody rolled back from, among all.",
        [0, 0.5, null, 0, 0.5, 0],
        (value) => `${value * 100} %`,
      ),
      metric(
        "Failed deployment recovery time",
        "43 min",
        "How long it took to recover from a failed change: from its deployment to the next, the middle of all.",
        [null, 3120, null, null, 2580, null],
        (value) => `${Math.floor(value / 60)} min`,
      ),
    ],
    waiting: [
      {
        incident: "incident-0",
        rollback: null,
        title: "Session store rewrite lost sessions on wake",
        endedAt: iso(now - 9.6 * DAY),
      },
    ],
  };
}

function metric(
  title: string,
  figure: string,
  definition: string,
  values: (number | null)[],
  words: (value: number) => string,
): LibraryView["metrics"][number] {
  const weeks = ["18 Oct", "25 Oct", "1 Nov", "8 Nov", "15 Nov", "22 Nov"];
  return {
    title,
    figure,
    definition,
    points: values.map((value, index) => ({
      title: weeks[index] ?? "",
      value,
      words: value === null ? "nothing to measure" : words(value),
    })),
  };
}
