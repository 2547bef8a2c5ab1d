import type { CiView } from "../../ipc/generated/CiView";
import type { Mark } from "../../ipc/generated/Mark";
import type { ReleaseRow } from "../../ipc/generated/ReleaseRow";
import type { Tone } from "../../words/outcome";
import { plain } from "../../words/text";
import type { Glyphs } from "../shared/Glyph.svelte";

export type RowSign = { tone: Tone; glyph: Glyphs | null; word: string; title: string };
export type Marks = ReadonlySet<Mark["mark"]>;

/** What a row of the list says beside its title: the strongest mark in this environment, else what the tag is. */
export function rowSign(row: ReleaseRow, marks: Marks | undefined, environment: string): RowSign | null {
  if (marks?.has("failing"))
    return {
      tone: "bad",
      glyph: "triangle",
      word: environment,
      title: `Live in ${environment}, and failing`,
    };
  if (marks?.has("live"))
    return { tone: "info", glyph: "dot", word: environment, title: `Live in ${environment}` };
  if (marks?.has("quarantined"))
    return { tone: "bad", glyph: "block", word: "quarantined", title: `May not run in ${environment}` };
  if (marks?.has("last_good"))
    return { tone: "good", glyph: "check", word: "last good", title: `Last good in ${environment}` };
  if (row.commit === null)
    return { tone: "neutral", glyph: "block", word: "not deployable", title: "This tag names no commit" };
  if (row.github?.draft) return { tone: "neutral", glyph: null, word: "draft", title: "A draft on GitHub" };
  if (row.prerelease || row.github?.prerelease)
    return { tone: "neutral", glyph: null, word: "pre-release", title: "A pre-release" };
  return null;
}

/** What the builds of a release said; a build that passed says it in one letter. */
export function ciSign(ci: CiView): RowSign {
  const title = `CI: ${plain(ci.sentence)}`;
  if (ci.state === "failed") return { tone: "bad", glyph: "cross", word: "CI failed", title };
  if (ci.state === "running") return { tone: "info", glyph: null, word: "CI runs", title };
  return { tone: "neutral", glyph: "check", word: "CI", title };
}

export function nodeTone(marks: Marks | undefined): "good" | "bad" | "info" | "plain" {
  if (marks?.has("failing") || marks?.has("quarantined")) return "bad";
  if (marks?.has("last_good")) return "good";
  return marks?.has("live") ? "info" : "plain";
}

/** Why a rollback to this release cannot start, or null when it may be tried. */
export function obstacle(row: ReleaseRow, marks: Marks | undefined): string | null {
  if (row.commit === null) return "This tag names no commit, so there is nothing to deploy.";
  if (marks?.has("live")) return "This release is live.";
  if (marks?.has("quarantined")) return "This release is quarantined.";
  return null;
}
