import type { GateKind } from "../ipc/generated/GateKind";
import type { RequestState } from "../ipc/generated/RequestState";
import type { RolloutChoice } from "../ipc/generated/RolloutChoice";
import type { RolloutOutcome } from "../ipc/generated/RolloutOutcome";
import type { RolloutPhase } from "../ipc/generated/RolloutPhase";
import type { Sign } from "./outcome";

const PHASES: Record<RolloutPhase, Sign> = {
  pending: { tone: "neutral", glyph: "ring", word: "to come" },
  deploying: { tone: "info", glyph: "clock", word: "deploying" },
  refused: { tone: "bad", glyph: "cross", word: "not deployed" },
  failed: { tone: "bad", glyph: "cross", word: "failed" },
  deployed: { tone: "info", glyph: "dot", word: "deployed" },
  soaking: { tone: "info", glyph: "clock", word: "being watched" },
  green: { tone: "good", glyph: "check", word: "stayed well" },
  unproved: { tone: "warn", glyph: "question", word: "could not tell" },
  red: { tone: "bad", glyph: "cross", word: "did not stay well" },
  open: { tone: "good", glyph: "check", word: "let through" },
  passed: { tone: "good", glyph: "check", word: "passed" },
};

const OUTCOMES: Record<RolloutOutcome, Sign> = {
  succeeded: { tone: "good", glyph: "check", word: "Rolled out" },
  stopped: { tone: "warn", glyph: "block", word: "Stopped" },
  rolled_back: { tone: "warn", glyph: "undo", word: "Rolled back" },
  failed: { tone: "bad", glyph: "cross", word: "Could not go back" },
};

const REQUESTS: Record<RequestState, Sign> = {
  draft: { tone: "neutral", glyph: "ring", word: "draft" },
  open: { tone: "info", glyph: "dot", word: "open" },
  closed: { tone: "bad", glyph: "cross", word: "closed" },
  merged: { tone: "good", glyph: "check", word: "merged" },
  gone: { tone: "warn", glyph: "question", word: "no longer there" },
  unknown: { tone: "warn", glyph: "question", word: "GitHub could not be asked" },
};

export const phaseOf = (phase: RolloutPhase): Sign => PHASES[phase];
export const outcomeOf = (outcome: RolloutOutcome): Sign => OUTCOMES[outcome];
export const requestOf = (state: RequestState): Sign => REQUESTS[state];

export function gateWord(gate: GateKind): string {
  return gate === "person" ? "a person lets it on" : "goes on by itself while it stays well";
}

const CHOICES: Record<RolloutChoice, string> = {
  go: "Let it on",
  again: "Try again",
  roll_back: "Roll back…",
  stop: "Stop here…",
};
export const choiceWord = (choice: RolloutChoice): string => CHOICES[choice];

/** `90 s`, `10 min`, `2 h`. */
export function soakWord(seconds: number): string {
  if (seconds === 0) return "one look";
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
