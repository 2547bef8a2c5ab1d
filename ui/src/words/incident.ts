import type { ChannelKind } from "../ipc/generated/ChannelKind";
import type { DestinationState } from "../ipc/generated/DestinationState";
import type { SecretState } from "../ipc/generated/SecretState";
import type { SendOutcome } from "../ipc/generated/SendOutcome";
import type { SettleChoice } from "../ipc/generated/SettleChoice";
import type { Stage } from "../ipc/generated/Stage";
import type { Sign, Tone } from "./outcome";
import { instant, stopwatch } from "./time";

export const STAGES = ["investigating", "identified", "monitoring", "resolved"] as const satisfies Stage[];

const STAGE_WORDS: Record<Stage, string> = {
  investigating: "Investigating",
  identified: "Identified",
  monitoring: "Monitoring",
  resolved: "Resolved",
};
const STAGE_TONES: Record<Stage, Tone> = {
  investigating: "bad",
  identified: "warn",
  monitoring: "info",
  resolved: "good",
};

export function stageWord(stage: Stage): string {
  return STAGE_WORDS[stage];
}

export function stageTone(stage: Stage): Tone {
  return STAGE_TONES[stage];
}

/** The two worst are bad, the third warns, the mildest only says so. */
export function severityTone(severity: number): Tone {
  if (severity <= 2) return "bad";
  return severity === 3 ? "warn" : "neutral";
}

type ChannelSign = {
  word: string;
  /** "As it will look …" */
  where: string;
  glyph: "chat" | "mail" | "page" | "ticket" | "bell" | "tag" | "copy";
};
const CHANNELS: Record<ChannelKind, ChannelSign> = {
  slack: { word: "Slack", where: "in Slack", glyph: "chat" },
  teams: { word: "Teams", where: "in Teams", glyph: "chat" },
  email: { word: "Email", where: "in the mail", glyph: "mail" },
  status_page: { word: "Status page", where: "on the status page", glyph: "page" },
  in_app: { word: "In-app notice", where: "in the app", glyph: "bell" },
  ticket: { word: "Ticket", where: "in the ticket", glyph: "ticket" },
  release_notes: { word: "Release notes", where: "in the release notes", glyph: "tag" },
  webhook: { word: "Webhook", where: "to the webhook", glyph: "copy" },
};

export function channelSign(kind: ChannelKind): (typeof CHANNELS)[ChannelKind] {
  return CHANNELS[kind];
}

const DESTINATIONS: Record<DestinationState, Sign> = {
  empty: { tone: "neutral", glyph: "ring", word: "nothing written" },
  draft: { tone: "info", glyph: "dot", word: "draft" },
  sending: { tone: "info", glyph: "clock", word: "sending" },
  sent: { tone: "good", glyph: "check", word: "sent" },
  unclear: { tone: "warn", glyph: "question", word: "could not tell whether it arrived" },
  failed: { tone: "bad", glyph: "cross", word: "not sent" },
};

export function destinationSign(state: DestinationState): Sign {
  return DESTINATIONS[state];
}

const OUTCOMES: Record<SendOutcome, Sign> = {
  review: { tone: "info", glyph: "question", word: "to be read" },
  queued: { tone: "info", glyph: "clock", word: "waits" },
  sending: { tone: "info", glyph: "dot", word: "sending" },
  delivered: { tone: "good", glyph: "check", word: "delivered" },
  refused: { tone: "bad", glyph: "cross", word: "refused" },
  unknown: { tone: "warn", glyph: "question", word: "could not tell" },
  stale: { tone: "warn", glyph: "clock", word: "too late" },
  dropped: { tone: "neutral", glyph: "minus", word: "taken back" },
};

export function sendSign(outcome: SendOutcome): Sign {
  return OUTCOMES[outcome];
}

export const SETTLE_WORDS: Record<SettleChoice, string> = {
  it_arrived: "It arrived",
  send_again: "Send again",
  drop: "Take back",
};

const SECRETS: Record<SecretState, Sign> = {
  kept: { tone: "good", glyph: "check", word: "Kept in the keychain" },
  this_session: { tone: "info", glyph: "clock", word: "Until you quit" },
  missing: { tone: "bad", glyph: "cross", word: "Missing" },
  locked: { tone: "warn", glyph: "question", word: "Keychain locked" },
  no_keychain: { tone: "bad", glyph: "question", word: "No keychain" },
  not_needed: { tone: "neutral", glyph: "minus", word: "None needed" },
};

export function secretSign(state: SecretState): Sign {
  return SECRETS[state];
}

export type Due = { late: boolean; soon: boolean; figure: string; words: string };

const SOON = 5 * 60_000;

/** When the next update is due: counts down, then up. `null` when nobody waits. */
export function due(at: string | null, now: number): Due | null {
  const then = instant(at);
  if (then === null) return null;
  const left = then - now;
  const late = left <= 0;
  const figure = stopwatch(Math.abs(left));
  return {
    late,
    soon: !late && left <= SOON,
    figure,
    words: late ? `overdue for ${figure}` : `due in ${figure}`,
  };
}
