import { instant } from "./time";

type Dated = { version: string | null; tag: string; date: string | null };

/**
 * Newest version first, as the host sorts it: what has no version follows, newest first, and so do versions that differ
 * in their build alone. A table that both hold keeps the two alike.
 */
export function newestVersionFirst(one: Dated, other: Dated): number {
  return byVersion(one, other) || byDate(one, other) || order(one.tag, other.tag);
}

/** Behind the other in its series, as the host says it: by version where both have one, else by date. */
export function isNewer(one: Dated & { series: string }, other: Dated & { series: string }): boolean {
  const versions = one.version !== null && other.version !== null;
  return one.series === other.series && ((versions && byVersion(one, other)) || byDate(one, other)) < 0;
}

function byVersion(one: Dated, other: Dated): number {
  if (one.version === null || other.version === null)
    return Number(one.version === null) - Number(other.version === null);
  const [left, right] = [split(one.version), split(other.version)];
  return compareParts(right.numbers, left.numbers) || comparePrerelease(right.prerelease, left.prerelease);
}

/** To the second, as tags have it; what has no date is the oldest. */
function byDate(one: Dated, other: Dated): number {
  const [left, right] = [second(one), second(other)];
  return left === right ? 0 : right - left;
}

function second({ date }: Dated): number {
  const at = instant(date);
  return at === null ? -Number.MAX_VALUE : Math.floor(at / 1000);
}

function split(version: string): { numbers: string[]; prerelease: string[] } {
  const bare = version.split("+", 1)[0] ?? "";
  const dash = bare.indexOf("-");
  const core = dash < 0 ? bare : bare.slice(0, dash);
  return { numbers: core.split("."), prerelease: dash < 0 ? [] : bare.slice(dash + 1).split(".") };
}

function comparePrerelease(one: string[], other: string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  return compareParts(one, other) || one.length - other.length;
}

function compareParts(one: string[], other: string[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const result = comparePart(one[index] ?? "", other[index] ?? "");
    if (result !== 0) return result;
  }
  return 0;
}

function comparePart(one: string, other: string): number {
  const numeric = [isNumber(one), isNumber(other)];
  // Digits without a leading zero: the longer one is greater, however long.
  if (numeric[0] && numeric[1]) return one.length - other.length || order(one, other);
  if (numeric[0]) return -1;
  return numeric[1] ? 1 : order(one, other);
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part);
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
