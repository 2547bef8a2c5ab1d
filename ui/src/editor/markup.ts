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

const decorator = new MatchDecorator({
  regexp: MARKUP,
  decoration: ([found]) => Decoration.mark({ class: classOf(found) }),
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
