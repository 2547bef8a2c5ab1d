type Versioned = { version: string | null; tag: string };

/** Orders by semantic version, pre-releases before their release; what has no version comes first. */
export function compareVersions(one: Versioned, other: Versioned): number {
  if (one.version === null || other.version === null) {
    if (one.version !== null) return 1;
    if (other.version !== null) return -1;
    return order(one.tag, other.tag);
  }
  const [left, right] = [split(one.version), split(other.version)];
  return (
    compareParts(left.numbers, right.numbers) ||
    comparePrerelease(left.prerelease, right.prerelease) ||
    order(one.tag, other.tag)
  );
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
  const [left, right] = [Number(one), Number(other)];
  const numeric = [Number.isInteger(left), Number.isInteger(right)];
  if (numeric[0] && numeric[1]) return left - right;
  if (numeric[0]) return -1;
  return numeric[1] ? 1 : order(one, other);
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
