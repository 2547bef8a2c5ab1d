import type { ReleaseDetail } from "../generated/ReleaseDetail";
import type { ReleaseRow } from "../generated/ReleaseRow";
import type { SignatureView } from "../generated/SignatureView";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Sample = [tag: string, title: string, daysAgo: number, commit: string];

const SAMPLES: Sample[] = [
  ["v2.5.0-rc.1", "Release candidate: plugin marketplace", 0.9, "c07d91be"],
  ["v2.4.1", "Faster plugin loader, advanced fuel metering on", 0.03, "e41d07c3"],
  ["v2.4.0", "Plugin sandbox limits, new audit view", 6.2, "9f1c2ab4"],
  ["v2.3.1", "Fix session expiry on wake", 8.1, "51b7ce09"],
  ["v2.3.0", "Session store rewrite", 10.3, "ad93f210"],
  ["v2.2.3", "Security: plugin manifest escape", 16.4, "77e10d5f"],
  ["v2.2.2", "Reduce start-up allocations", 21.2, "0b8c44e1"],
  ["v2.2.1", "Fix a leak in the log view", 27.9, "f2a9d6b8"],
  ["v2.2.0", "Workspaces", 36.5, "3c5e8f72"],
  ["v2.1.4", "Time zones in reports", 51.1, "8d21b0ac"],
  ["v2.1.3", "Retry uploads after sleep", 63.7, "e9f04c35"],
  ["v2.1.2", "Smaller installers", 80.3, "14d7a2e6"],
];

export function sampleReleases(now: number): ReleaseRow[] {
  return SAMPLES.map(([tag, title, daysAgo, commit]) => row(tag, title, now - daysAgo * DAY, commit)).sort(
    newestFirst,
  );
}

/** A long history in three series, as a monorepo has it. */
export function manyReleases(amount: number, now: number): ReleaseRow[] {
  const prefixes = ["api", "web", "worker"];
  return Array.from({ length: amount }, (_, index) => {
    const prefix = prefixes[index % prefixes.length] ?? "";
    const number = amount - index;
    const version = `${Math.floor(number / 400)}.${Math.floor(number / 20) % 20}.${number % 20}`;
    const commit = (index * 2654435761).toString(16).padStart(8, "0").slice(-8);
    return row(`${prefix}-v${version}`, `Change set ${number}`, now - index * 7 * HOUR, commit, prefix);
  });
}

/** Names that try to break a layout or to pose as another. */
export function hostileReleases(now: number): ReleaseRow[] {
  return [
    row(
      `v9.9.9-${"very-long-release-name-".repeat(11)}`.slice(0, 250),
      `A title without an end, ${"and on ".repeat(60)}`,
      now - HOUR,
      "aaaaaaaa",
    ),
    row(
      "v2.4.0\u202e1.4.2v",
      "Right-to-left override in the tag \u202eeltit eht ni dna",
      now - 2 * HOUR,
      "bbbbbbbb",
    ),
    row(
      "v2.4.0-\u05e9\u05dc\u05d5\u05dd",
      "\u05e9\u05d7\u05e8\u05d5\u05e8 \u05d9\u05e6\u05d9\u05d1",
      now - 3 * HOUR,
      "cccccccc",
    ),
    row("v2.3.9-<b>bold</b>", "<img src=x onerror=alert(1)>", now - 4 * HOUR, "dddddddd"),
    ...sampleReleases(now),
  ];
}

function vouched(tag: string): SignatureView {
  return {
    verdict: "passed",
    sentence: `${tag} is signed by @platform-lead`,
    evidence: ["SSH key SHA256:9vT2… of @platform-lead"],
  };
}

export function sampleDetail(tag: string, live: string | null): ReleaseDetail {
  if (tag === live)
    return {
      tag,
      notes: null,
      ran: [{ environment: "production", seconds: 2280 }],
      commitsLeaving: 0,
      leaving: [],
      changes: [],
      comparedWith: live,
      signature: vouched(tag),
      compareUrl: null,
    };
  if (live === null)
    return {
      tag,
      notes: null,
      ran: [],
      commitsLeaving: null,
      leaving: [],
      changes: [],
      comparedWith: null,
      signature: vouched(tag),
      compareUrl: null,
    };
  return {
    tag,
    notes: "Sandbox limits for plugins.\nThe audit view lists who changed what.",
    ran: [
      { environment: "production", seconds: 532_800 },
      { environment: "staging", seconds: 558_000 },
    ],
    commitsLeaving: 14,
    leaving: [
      { number: 412, title: "Turn on advanced fuel metering" },
      { number: 409, title: "Load plugins in parallel" },
      { number: 405, title: "Cache compiled plugins" },
      { number: 401, title: "Measure the loader" },
      { number: null, title: "Bump wasmtime to 27.0.1" },
    ],
    changes: [
      { tone: "good", title: `No migrations since ${tag}`, items: [] },
      {
        tone: "warn",
        title: `1 configuration file differs between ${tag} and live`,
        items: ["config/production.toml: the rollback changes FUEL_LIMIT and removes PLUGIN_CACHE"],
      },
      { tone: "good", title: `deploy.yml is on main as it was in ${tag}`, items: [] },
    ],
    comparedWith: live,
    signature: vouched(tag),
    compareUrl: `https://github.com/acme/connectias/compare/${tag}...${live}`,
  };
}

function row(tag: string, title: string, at: number, commit: string, series = ""): ReleaseRow {
  const version = (series === "" ? tag : tag.slice(series.length + 1)).replace(/^v/, "");
  const full = commit.repeat(5);
  return {
    tag,
    series,
    version: /^\d+\.\d+\.\d+/.test(version) ? version : null,
    kind: "annotated",
    object: full,
    commit: full,
    date: new Date(at).toISOString(),
    title,
    author: "@platform-lead",
    prerelease: version.includes("-rc"),
    signed: true,
    github: null,
  };
}

function newestFirst(one: ReleaseRow, other: ReleaseRow): number {
  return (other.date ?? "").localeCompare(one.date ?? "");
}
