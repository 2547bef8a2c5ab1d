import { instant } from "./time";

const DAY = 24 * 60 * 60_000;

/** A time as somebody types it: "14:02" or "2026-11-23 14:02", in their own zone; `null` where it is none. */
export function typedTime(text: string, now: number): string | null {
  const found = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T,]+)?(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const [, year, month, day, hour, minute] = found.map(Number);
  if ((hour ?? 24) > 23 || (minute ?? 60) > 59) return null;
  const at = new Date(now);
  at.setHours(hour ?? 0, minute ?? 0, 0, 0);
  if (found[1]) {
    at.setFullYear(year ?? 0, (month ?? 1) - 1, day ?? 1);
    if (at.getMonth() !== (month ?? 1) - 1 || at.getDate() !== day) return null;
    return at.toISOString();
  }
  // A time without its day is the last one of that name.
  return new Date(at.getTime() > now + 60_000 ? at.getTime() - DAY : at.getTime()).toISOString();
}

/** The same the other way around: the day only where it was not today. */
export function timeToType(at: string | null, now: number): string {
  const then = instant(at);
  if (then === null) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  const date = new Date(then);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (new Date(now).toDateString() === date.toDateString()) return clock;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}
