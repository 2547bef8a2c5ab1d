import type { ReleaseRow } from "../../ipc/generated/ReleaseRow";

/** More would be a list to read, and that list is on the timeline. */
export const SHOWN_RELEASES = 30;

/** Releases for a query over tag, version, title, author and commit: closest first, then newest. */
export function findReleases(rows: ReleaseRow[], query: string): ReleaseRow[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return rows.slice(0, 6);
  const found: { row: ReleaseRow; rank: number; index: number }[] = [];
  rows.forEach((row, index) => {
    const rank = rankOf(row, wanted);
    if (rank !== null) found.push({ row, rank, index });
  });
  found.sort((one, other) => one.rank - other.rank || one.index - other.index);
  return found.slice(0, SHOWN_RELEASES).map(({ row }) => row);
}

/** True when every word of the query is somewhere in the title. */
export function matches(title: string, query: string): boolean {
  const where = title.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => where.includes(word));
}

function rankOf(row: ReleaseRow, wanted: string): number | null {
  const tag = row.tag.toLowerCase();
  if (tag === wanted || row.version === wanted) return 0;
  if (tag.startsWith(wanted) || row.version?.startsWith(wanted)) return 1;
  if (row.commit?.startsWith(wanted) && wanted.length >= 4) return 2;
  if (tag.includes(wanted)) return 3;
  if (matches(row.title, wanted)) return 4;
  if (row.author.toLowerCase().includes(wanted)) return 5;
  return null;
}
