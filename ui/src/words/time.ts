const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Milliseconds since the epoch, or null when the text is no time. */
export function instant(text: string | null | undefined): number | null {
  if (!text) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** "just now", "12 s ago", "38 min ago", "3 h ago", "6 days ago". A clock that runs ahead reads as "just now". */
export function age(at: string | null, now: number): string {
  const then = instant(at);
  if (then === null) return "at an unknown time";
  const elapsed = now - then;
  if (elapsed < 2 * SECOND) return "just now";
  return `${span(elapsed)} ago`;
}

/** One rounded-down unit: "12 s", "38 min", "3 h", "6 days", "4 months", "2 years". */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.max(0, Math.floor(milliseconds / SECOND))} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  const days = Math.floor(milliseconds / DAY);
  if (days < 60) return count(days, "day");
  if (days < 730) return count(Math.floor(days / 30.44), "month");
  return count(Math.floor(days / 365.25), "year");
}

/** Two units at most: "< 0.1 s", "0.4 s", "58 s", "1 min 50 s", "2 h 5 min", "6 d 4 h". */
export function duration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < 50) return "< 0.1 s";
  if (length < 9950) return `${(length / SECOND).toFixed(1)} s`;
  if (length < MINUTE - SECOND / 2) return `${Math.round(length / SECOND)} s`;
  if (length < HOUR) return pair(length, MINUTE, "min", SECOND, "s");
  if (length < DAY) return pair(length, HOUR, "h", MINUTE, "min");
  return pair(length, DAY, "d", HOUR, "h");
}

/** Whole units for something that still runs: "4 s", "1 min 50 s". Tenths would flicker. */
export function running(milliseconds: number): string {
  const whole = Math.floor(Math.max(0, milliseconds) / SECOND) * SECOND;
  if (whole < MINUTE) return `${whole / SECOND} s`;
  if (whole >= HOUR) return duration(whole);
  return `${Math.floor(whole / MINUTE)} min ${(whole % MINUTE) / SECOND} s`;
}

/** "1:05", "12:40", "1:02:03". */
export function stopwatch(milliseconds: number): string {
  const total = Math.floor(Math.max(0, milliseconds) / SECOND);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** "16 Nov 2026, 10:12" in the person's own zone. */
export function moment(at: string | null): string {
  const then = instant(at);
  if (then === null) return "unknown";
  const date = new Date(then);
  return `${day(date)} ${date.getFullYear()}, ${clockTime(date, false)}`;
}

/** "14:41:07" in the person's own zone. */
export function timeOfDay(at: string | null): string {
  const then = instant(at);
  return then === null ? "unknown" : clockTime(new Date(then), true);
}

/** "since 14:02", with the day when it was not today. */
export function since(at: string | null, now: number): string {
  const then = instant(at);
  if (then === null) return "";
  const date = new Date(then);
  const today = new Date(now).toDateString() === date.toDateString();
  return `since ${today ? "" : `${day(date)}, `}${clockTime(date, false)}`;
}

/** "16 Nov". */
export function day(date: Date): string {
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
}

/** "1 release", "3 releases", "10 000 releases". */
export function count(amount: number, noun: string): string {
  return `${figure(amount)} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Groups of three with a narrow no-break space, so that a figure never breaks over two lines. */
export function figure(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

function clockTime(date: Date, seconds: boolean): string {
  const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

function pair(length: number, large: number, largeName: string, small: number, smallName: string): string {
  const smalls = Math.round(length / small);
  const perLarge = large / small;
  const rest = smalls % perLarge;
  const first = `${Math.floor(smalls / perLarge)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}
