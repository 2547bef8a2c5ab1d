import type { CheckView } from "../ipc/generated/CheckView";
import type { JobView } from "../ipc/generated/JobView";
import type { LiveView } from "../ipc/generated/LiveView";
import type { RollbackPhase } from "../ipc/generated/RollbackPhase";
import type { RollbackSummary } from "../ipc/generated/RollbackSummary";
import type { StepPhase } from "../ipc/generated/StepPhase";
import { plain } from "./text";

export type Tone = "good" | "warn" | "bad" | "info" | "neutral";
export type GlyphName =
  | "check"
  | "cross"
  | "warning"
  | "question"
  | "dot"
  | "ring"
  | "minus"
  | "block"
  | "triangle"
  | "clock"
  | "undo";

/** How a state looks and reads. The word is always there: colour alone says nothing. */
export type Sign = { tone: Tone; glyph: GlyphName; word: string };

/** A check that blocks is bad when it said no; one that only warns or informs is not. */
export function checkSign(check: Pick<CheckView, "verdict" | "policy">): Sign {
  switch (check.verdict) {
    case "passed":
      return { tone: "good", glyph: "check", word: "passed" };
    case "failed":
      if (check.policy === "info") return { tone: "neutral", glyph: "minus", word: "noted" };
      return check.policy === "block"
        ? { tone: "bad", glyph: "cross", word: "failed" }
        : { tone: "warn", glyph: "warning", word: "warning" };
    case "inconclusive":
      return { tone: UNCLEAR[check.policy], glyph: "question", word: blocking(check, "could not tell") };
    case "errored":
      return { tone: UNCLEAR[check.policy], glyph: "warning", word: blocking(check, "check broke") };
  }
}

/** What a check says at a glance: a title names what passed; of anything else it would say the opposite. No full stop. */
export function checkWords(check: Pick<CheckView, "verdict" | "title" | "sentence">): string {
  return plain(check.verdict === "passed" ? check.title : check.sentence).replace(/\.$/, "");
}

/** What could not be answered is as bad as what it stops. */
const UNCLEAR: Record<CheckView["policy"], Tone> = { block: "bad", warn: "warn", info: "neutral" };

function blocking(check: Pick<CheckView, "policy">, word: string): string {
  return check.policy === "block" ? `${word}, blocks` : word;
}

export function healthSign(live: LiveView): Sign {
  switch (live.health?.verdict) {
    case "passed":
      return { tone: "good", glyph: "check", word: "Healthy" };
    case "failed":
      return { tone: "bad", glyph: "triangle", word: "Failing" };
    case "inconclusive":
      return { tone: "warn", glyph: "question", word: "Could not tell" };
    case "errored":
      return { tone: "warn", glyph: "question", word: "Probe broke" };
    default:
      return { tone: "info", glyph: "dot", word: "Live" };
  }
}

const PHASES: Record<RollbackPhase | StepPhase, Sign> = {
  pending: { tone: "neutral", glyph: "ring", word: "Not started" },
  running: { tone: "info", glyph: "dot", word: "Running" },
  waiting: { tone: "warn", glyph: "clock", word: "Waiting" },
  succeeded: { tone: "good", glyph: "check", word: "Succeeded" },
  failed: { tone: "bad", glyph: "cross", word: "Failed" },
  errored: { tone: "bad", glyph: "warning", word: "Errored" },
  aborted: { tone: "neutral", glyph: "minus", word: "Aborted" },
  inconclusive: { tone: "warn", glyph: "question", word: "Inconclusive" },
};

export function phaseSign(phase: RollbackPhase | StepPhase): Sign {
  return PHASES[phase];
}

const NOT_PROVED: Sign = { tone: "warn", glyph: "question", word: "Not proved" };

/** Of a whole rollback: a deploy of which nothing proved that it is live is no plain success. */
export function rollbackSign(rollback: Pick<RollbackSummary, "phase" | "proved">): Sign {
  return rollback.phase === "succeeded" && !rollback.proved ? NOT_PROVED : phaseSign(rollback.phase);
}

const NOT_STARTED = ["queued", "pending", "requested"];

/** GitHub's words are open: one that is not known is shown as it came, and nothing is claimed of it. */
export function jobSign(job: Pick<JobView, "status" | "conclusion">): Sign {
  if (job.status !== "completed") {
    if (job.status === "in_progress") return { tone: "info", glyph: "dot", word: "running" };
    if (job.status === "waiting") return { tone: "warn", glyph: "clock", word: "waits" };
    if (NOT_STARTED.includes(job.status)) return { tone: "neutral", glyph: "ring", word: "not started" };
    return { tone: "warn", glyph: "question", word: `could not tell: ${plain(job.status)}` };
  }
  switch (job.conclusion) {
    case "success":
      return { tone: "good", glyph: "check", word: "succeeded" };
    case "failure":
    case "timed_out":
    case "startup_failure":
      return { tone: "bad", glyph: "cross", word: job.conclusion === "timed_out" ? "timed out" : "failed" };
    case "skipped":
    case "neutral":
      return { tone: "neutral", glyph: "minus", word: job.conclusion };
    case "cancelled":
      return { tone: "warn", glyph: "minus", word: "cancelled" };
    case null:
      return { tone: "warn", glyph: "question", word: "could not tell" };
    default:
      return { tone: "warn", glyph: "question", word: `could not tell: ${plain(job.conclusion)}` };
  }
}
