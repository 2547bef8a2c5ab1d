import type { LaneIncident } from "../../ipc/generated/LaneIncident";
import type { LaneSpan } from "../../ipc/generated/LaneSpan";
import { day, instant } from "../../words/time";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TICK_STEPS = [
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  3 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
  365 * DAY,
];

/** How far back one quiet environment may stretch the chart of the others. */
const USUAL_REACH = 21 * DAY;
const CHANGES_SHOWN = 6;
const GAP = 3;
const THINNEST = 3;
const LIVE_WIDTH = 22;
const LEAST_INCIDENT = 6;
const CHARACTER = 6.4;
const LABEL_INSET = 8;
/** A short name may nearly fill its bar. */
const LEAST_INSET = 2;
/** An arc narrower than this reads as a mere arrowhead. */
const ARC_WIDTH = 18;

/** The stretch of time that the chart shows, and the pixels it has for it. */
export type Frame = { from: number; to: number; left: number; right: number };
export type Bar = { x: number; width: number; label: string; inset: number; span: LaneSpan };
/** An incident as it lies in the time of the chart. */
export type Mark = { x: number; width: number; label: string; incident: LaneIncident };
export type Tick = { x: number; label: string };

/** The latest changes of the busiest environment, and what is live or last good in the others. */
export function frameOf(lanes: LaneSpan[][], now: number, left: number, right: number): Frame {
  const known = lanes.filter((lane) => lane.length > 0);
  const start = (span: LaneSpan | undefined) => instant(span?.from) ?? now - USUAL_REACH;
  const busiest = Math.max(...known.map((lane) => start(lane.at(-CHANGES_SHOWN) ?? lane[0])));
  const wanted = Math.min(...known.map((lane) => start(lane.find((span) => span.lastGood) ?? lane.at(-1))));
  const from =
    known.length === 0 ? now - USUAL_REACH : Math.min(busiest, Math.max(wanted, now - USUAL_REACH));
  return { from: Math.min(from, now - HOUR), to: now, left, right };
}

/** The bars of one lane, newest drawn true to its right end; what is too thin to see gives way. */
export function barsOf(spans: LaneSpan[], frame: Frame): Bar[] {
  const bars: Bar[] = [];
  let limit = frame.right;
  for (const span of spans.toReversed()) {
    const start = place(instant(span.from) ?? frame.from, frame);
    const end = Math.min(place(instant(span.to) ?? frame.to, frame), limit);
    const least = span.live ? LIVE_WIDTH : THINNEST;
    const x = Math.max(frame.left, Math.min(start, end - least));
    if (end - x < THINNEST || end <= frame.left || (start >= limit && span.tone !== "bad")) continue;
    const label = labelFor(span, end - x);
    bars.push({ x, width: end - x, label, inset: insetOf(label, end - x), span });
    limit = x - GAP;
  }
  return bars.reverse();
}

/** The incidents of the chart's time, oldest first; what is too short to see is drawn wide enough. */
export function incidentsOf(incidents: LaneIncident[], frame: Frame): Mark[] {
  const marks: Mark[] = [];
  for (const incident of incidents) {
    const to = instant(incident.to) ?? frame.to;
    if (to < frame.from) continue;
    const start = place(instant(incident.from) ?? frame.from, frame);
    const x = Math.min(start, frame.right - LEAST_INCIDENT);
    const width = Math.max(LEAST_INCIDENT, place(to, frame) - x);
    const severity = `SEV ${incident.severity}`;
    const label = severity.length * CHARACTER <= width - 2 * LEAST_INSET ? severity : "";
    marks.push({ x, width, label, incident });
  }
  return marks;
}

/** The longest name that fits: with its mark, whole, without its prefix, cut, or none. */
export function labelFor(span: LaneSpan, width: number): string {
  const room = Math.floor((width - 2 * LABEL_INSET) / CHARACTER);
  const short = span.tag.replace(/^.*?v?(?=\d)/, "");
  const wishes = [span.lastGood ? `${span.tag} · last good` : null, span.tag];
  const fits = wishes.find((wish) => wish !== null && wish.length <= room);
  if (fits) return fits;
  if (short.length * CHARACTER <= width - 2 * LEAST_INSET) return short;
  return room >= 6 ? `${short.slice(0, room - 1)}…` : "";
}

/** Ticks at round local times, as many as stay legible. */
export function ticksOf(frame: Frame, apart = 84): Tick[] {
  const most = Math.max(1, Math.floor((frame.right - frame.left) / apart));
  const length = frame.to - frame.from;
  const step = TICK_STEPS.find((candidate) => length / candidate <= most) ?? 365 * DAY;
  const ticks: Tick[] = [];
  for (let at = firstTick(frame.from, step); at <= frame.to; at = nextTick(at, step)) {
    const x = place(at, frame);
    if (x >= frame.left && x <= frame.right - 28) ticks.push({ x, label: tickLabel(at, step) });
  }
  return ticks;
}

export function place(at: number, frame: Frame): number {
  const share = (at - frame.from) / Math.max(1, frame.to - frame.from);
  return frame.left + Math.min(1, Math.max(0, share)) * (frame.right - frame.left);
}

/** The path of an arrow from a bar back over it, for a release that was rolled back to. */
export function arcOver(bar: Bar, y: number): { path: string; head: string } {
  const middle = bar.x + bar.width / 2;
  const half = Math.max(bar.width - 4, ARC_WIDTH) / 2;
  const [from, to] = [middle + half, middle - half];
  const rise = y - 8;
  return {
    path: `M${from} ${y}C${from} ${rise} ${to} ${rise} ${to} ${y - 1}`,
    head: `M${to - 3.5} ${y - 4}L${to} ${y}L${to + 3.5} ${y - 4}`,
  };
}

function insetOf(label: string, width: number): number {
  return Math.min(LABEL_INSET, (width - label.length * CHARACTER) / 2);
}

function firstTick(from: number, step: number): number {
  const date = new Date(from);
  if (step < DAY) {
    const hours = step / HOUR;
    date.setHours(Math.ceil((date.getHours() + 1e-9) / hours) * hours, 0, 0, 0);
  } else {
    date.setHours(24, 0, 0, 0);
  }
  return date.getTime();
}

// By the calendar, so that a day with a clock change still ends at midnight.
function nextTick(at: number, step: number): number {
  const date = new Date(at);
  if (step < DAY) date.setHours(date.getHours() + step / HOUR);
  else date.setDate(date.getDate() + Math.round(step / DAY));
  return Math.max(date.getTime(), at + HOUR);
}

function tickLabel(at: number, step: number): string {
  const date = new Date(at);
  if (step < DAY && date.getHours() !== 0) return `${String(date.getHours()).padStart(2, "0")}:00`;
  return step >= 90 * DAY ? `${day(date)} ${date.getFullYear()}` : day(date);
}
