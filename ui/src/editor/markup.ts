import type { Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

/** A message's small markup: its title, labels, strong words and code read as what they are. */
const MARKUP = /^# .*|^[^:\n]{1,40}::(?= )|\*\*[^*\n]+\*\*|`[^`\n]+`|\{%[^%\n]*%\}/gm;

/** The signs step back behind the words that they stand around; a label's second colon says nothing to its reader. */
const sign = Decoration.mark({ class: "cm-sign" });

const decorator = new MatchDecorator({
  regexp: MARKUP,
  decorate: (add, from, to, [found]) => {
    add(from, to, Decoration.mark({ class: classOf(found) }));
    const [before, after] = signsOf(found);
    if (before > 0) add(from, from + before, sign);
    if (after > 0) add(to - after, to, sign);
  },
});

export const markup: Extension = ViewPlugin.fromClass(
  class {
    shown: DecorationSet;

    constructor(view: EditorView) {
      this.shown = decorator.createDeco(view);
    }

    update(update: ViewUpdate): void {
      this.shown = decorator.updateDeco(update, this.shown);
    }
  },
  { decorations: (plugin) => plugin.shown },
);

function classOf(found: string): string {
  if (found.startsWith("# ")) return "cm-title";
  if (found.startsWith("{%")) return "cm-block";
  return found.startsWith("`") ? "cm-code" : "cm-strong";
}

/** How many characters at its beginning and at its end are signs. */
function signsOf(found: string): [number, number] {
  if (found.startsWith("# ")) return [2, 0];
  if (found.startsWith("{%")) return [0, 0];
  if (found.startsWith("**")) return [2, 2];
  return found.startsWith("`") ? [1, 1] : [0, 1];
}
