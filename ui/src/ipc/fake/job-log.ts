import type { JobLogView } from "../generated/JobLogView";
import type { LogLine } from "../generated/LogLine";

type Said = [text: string, tone: LogLine["tone"]];
const SAID: Said[] = [
  ["Run ./deploy.sh v2.4.0", "group"],
  ["/usr/bin/sh ./deploy.sh v2.4.0", "plain"],
  ["token [redacted]", "plain"],
  ["Drain old instances (3/3)", "plain"],
  ["the health check of instance 2 is slow", "warn"],
  ["1 of 3 instances did not start", "bad"],
];

/** What a job wrote; the first job wrote so much that only its end is here. */
export function sampleJobLog(job: number, now: number): JobLogView {
  const lines = SAID.map(([text, tone], index) => ({
    at: new Date(now - (SAID.length - index) * 1000).toISOString(),
    text,
    tone,
  }));
  return { lines, cut: job === 1 };
}
