import type { ChannelView } from "../generated/ChannelView";
import type { DestinationView } from "../generated/DestinationView";
import type { HappenedLine } from "../generated/HappenedLine";
import type { IncidentView } from "../generated/IncidentView";
import type { ReceiptView } from "../generated/ReceiptView";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (at: number): string => new Date(at).toISOString();

/** Incidents as a desk has them on a bad afternoon: one in repair, one forgotten, one over. */
export function sampleIncidents(now: number): IncidentView[] {
  return [failing(now), stale(now), over(now)];
}

export const SEVERITIES = [
  "nobody can work",
  "something important fails",
  "a nuisance",
  "hardly anybody notices",
].map((meaning, index) => ({ number: index + 1, name: `SEV ${index + 1}`, meaning }));

const ROLES = [
  { role: "commander", title: "Commander", person: "@platform-lead" },
  { role: "scribe", title: "Scribe", person: null },
  { role: "speaker", title: "Speaks to customers", person: "@support-lead" },
];

function failing(now: number): IncidentView {
  return {
    id: "incident-1",
    sequence: 12,
    title: "Plugin execution failing in production",
    severity: 2,
    severityName: "SEV 2",
    severities: SEVERITIES,
    stage: "monitoring",
    environment: "production",
    since: iso(now - 42 * MINUTE),
    foundAt: iso(now - 39 * MINUTE),
    impactStartedAt: iso(now - 42 * MINUTE),
    impactEndedAt: null,
    endedAt: null,
    openedBy: "@platform-lead",
    rollback: "rollback-1",
    postmortem: null,
    roles: ROLES,
    impact: "about 12 % of requests",
    cause: null,
    escalation: ["platform on call"],
    contacts: [{ name: "platform", how: "+1 555 0100" }],
    nothingNewSends: false,
    surfaces: ["API", "plugin host"],
    audiences: [
      audience("team", "Team", 15, now + 4.2 * MINUTE, now - 10.8 * MINUTE),
      audience("leads", "Leads", 30, now + 19 * MINUTE, now - 11 * MINUTE),
      audience("customers", "Customers", 30, null, null),
    ],
    destinations: destinations(),
    happened: happened(now),
    receipts: [receipt(now)],
  };
}

function audience(id: string, title: string, everyMinutes: number, due: number | null, sent: number | null) {
  return {
    id,
    title,
    everyMinutes,
    nextDue: due === null ? null : iso(due),
    lastSent: sent === null ? null : iso(sent),
  };
}

function destinations(): DestinationView[] {
  return [
    destination("slack", "team", "Slack", "slack", "#incidents", "draft"),
    destination("teams", "team", "Teams", "teams", "Incidents", "empty"),
    destination("leads-email", "leads", "Email to leads", "email", "leads@acme.example", "empty"),
    destination("status", "customers", "Status page", "status_page", "status.acme.example", "empty"),
    {
      ...destination(
        "customer-email",
        "customers",
        "Email to customers",
        "email",
        "1 240 addresses",
        "empty",
      ),
      closed: {
        sentence: "Email goes to customers only from SEV 1",
        hint: "Raise the severity, or copy the text and send it yourself.",
      },
    },
    destination("ticket", "team", "Ticket", "ticket", "acme/connectias", "empty"),
  ];
}

function destination(
  id: string,
  audience: string,
  title: string,
  kind: DestinationView["kind"],
  target: string,
  state: DestinationView["state"],
): DestinationView {
  return { id, audience, title, kind, target, closed: null, state };
}

function happened(now: number): HappenedLine[] {
  const line = (
    minutes: number,
    tone: HappenedLine["tone"],
    sentence: string,
    more: Partial<HappenedLine> = {},
  ): HappenedLine => ({
    id: `line-${minutes}`,
    at: iso(now - minutes * MINUTE),
    tone,
    sentence,
    who: null,
    url: null,
    rollback: null,
    ...more,
  });
  return [
    line(42, "bad", "Health probe turned 503"),
    line(41, "bad", "CI failed on main, e41d07c", {
      url: "https://github.com/acme/connectias/actions/runs/1",
    }),
    line(39, "neutral", "Desktop alert shown"),
    line(4, "info", "Rollback to v2.4.0 started", { who: "@platform-lead", rollback: "rollback-1" }),
    line(3.5, "neutral", "Sent to #incidents: Rolling back to v2.4.0"),
    line(2, "good", "Deploy run succeeded"),
    line(1.7, "good", "Live version is v2.4.0, health answers 200, 3 of 3"),
  ];
}

function receipt(now: number): ReceiptView {
  return {
    id: "receipt-1",
    at: iso(now - 3.5 * MINUTE),
    destination: "slack",
    title: "Slack",
    kind: "slack",
    target: "#incidents",
    subject: "Rolling back to v2.4.0",
    text: "We are rolling production back from v2.4.1 to v2.4.0.",
    by: "@platform-lead",
    outcome: "delivered",
    sentence: "Slack answered ok",
    hint: "",
    choices: [],
    url: null,
  };
}

/** A send that left and was never answered. */
export function unknownReceipt(now: number): ReceiptView {
  return {
    ...receipt(now),
    id: "receipt-2",
    at: iso(now - 1.2 * MINUTE),
    destination: "status",
    title: "Status page",
    kind: "status_page",
    target: "status.acme.example",
    subject: "Plugin execution is degraded",
    outcome: "unknown",
    sentence: "The status page did not answer within 20 s",
    hint: "Look at the page, then say what you see. It is not sent again by itself.",
    choices: ["it_arrived", "send_again", "drop"],
    url: "https://status.acme.example",
  };
}

function stale(now: number): IncidentView {
  return {
    ...failing(now),
    id: "incident-2",
    sequence: 3,
    title: "Staging cannot reach the session store",
    severity: 3,
    severityName: "SEV 3",
    stage: "investigating",
    environment: "staging",
    since: iso(now - 74 * MINUTE),
    rollback: null,
    impact: null,
    surfaces: [],
    roles: ROLES.map((role) => ({ ...role, person: role.role === "commander" ? "@on-call-lead" : null })),
    audiences: [audience("team", "Team", 15, now - 6 * MINUTE, now - 21 * MINUTE)],
    destinations: destinations().slice(0, 1),
    happened: happened(now).slice(0, 1),
    receipts: [],
  };
}

function over(now: number): IncidentView {
  return {
    ...failing(now),
    id: "incident-0",
    title: "Session store rewrite lost sessions on wake",
    severity: 2,
    stage: "resolved",
    since: iso(now - 9.7 * DAY),
    endedAt: iso(now - 9.66 * DAY),
    postmortem: "2026-11-13-sessions",
    audiences: [audience("team", "Team", 15, null, now - 9.66 * DAY)],
  };
}

/** An incident that wants to break out of the window. */
export function hostileIncident(now: number): IncidentView {
  const words = "Everything is on fire \u202e and this title does not end ".repeat(5);
  return {
    ...failing(now),
    title: `<img src=x onerror=alert(1)> ${words}`,
    impact: `<script>alert(2)</script> ${words}`,
    surfaces: Array.from({ length: 14 }, (_, index) => `surface-with-a-long-name-${index}`),
    happened: Array.from({ length: 400 }, (_, index) => ({
      ...happened(now)[0],
      id: `line-${index}`,
      at: iso(now - (400 - index) * 6000),
      tone: "neutral" as const,
      sentence: `${words} ${index}`,
      who: "@\u202erotcel-tnedicni",
      url: null,
      rollback: null,
    })),
    receipts: [unknownReceipt(now), receipt(now)],
  };
}

export function sampleChannels(now: number): ChannelView[] {
  const channel = (
    id: string,
    title: string,
    kind: ChannelView["kind"],
    target: string,
    audiences: string[],
    secret: ChannelView["secret"],
    secretSentence: string,
    secretHint = "",
  ): ChannelView => ({
    id,
    title,
    kind,
    target,
    audiences,
    secret,
    secretSentence,
    secretHint,
    secretWanted: secret === "not_needed" ? null : "the webhook's whole address",
    lastTest: null,
  });
  return [
    {
      ...channel(
        "slack",
        "Slack",
        "slack",
        "#incidents",
        ["Team"],
        "kept",
        "The webhook is in your keychain",
      ),
      lastTest: {
        at: iso(now - 2 * DAY),
        verdict: "passed",
        sentence: "Slack took a test message in 214 ms",
        hint: "",
      },
    },
    channel(
      "teams",
      "Teams",
      "teams",
      "Incidents",
      ["Team"],
      "missing",
      "No address is kept for this channel",
      "Keep it with `lastgood channel secret teams`.",
    ),
    channel(
      "leads-email",
      "Email to leads",
      "email",
      "leads@acme.example",
      ["Leads"],
      "locked",
      "The keychain did not open",
      "Unlock it, then test again.",
    ),
    channel(
      "status",
      "Status page",
      "status_page",
      "status.acme.example",
      ["Customers"],
      "kept",
      "The key is in your keychain",
    ),
    channel(
      "ticket",
      "Ticket",
      "ticket",
      "acme/connectias",
      ["Team"],
      "not_needed",
      "Uses your GitHub sign-in",
    ),
  ];
}
