import { syntaxTree } from "@codemirror/language";
import { type EditorState, type Extension, type Range, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { SectionHint } from "../ipc/generated/SectionHint";
import { plain } from "../words/text";

const FRONT = /^---\n[\s\S]*?\n---(?=\n|$)/;
const PLACE = /^<!-- lastgood:(.+?) -->$/gm;
const EMPTY_SECTION = /^## +(.+?) *#*\n(?=(?:[ \t]*\n)*(?:## |$(?![\s\S])))/gm;
/** Beyond this many characters somebody pasted a log; its places are left as they are written. */
const MOST = 400_000;

const WORDS: Record<string, string> = {
  times: "The four times",
  timeline: "The timeline",
  "picture rollback": "Picture: what ran when",
  "picture probes": "Picture: what the probes saw",
  "picture steps": "Picture: how long each step took",
};

/** Where Lastgood writes into the document, and its front matter, as a word each instead of their source. */
export function places(hints: () => SectionHint[]): Extension {
  const field = StateField.define<DecorationSet>({
    create: (state) => drawn(state, hints()),
    update: (before, transaction) => (transaction.docChanged ? drawn(transaction.state, hints()) : before),
    provide: (from) => EditorView.decorations.from(from),
  });
  const atomic = EditorView.atomicRanges.of((view) =>
    view.state.field(field).update({ filter: (from, to) => to > from }),
  );
  return [field, atomic];
}

function drawn(state: EditorState, hints: SectionHint[]): DecorationSet {
  if (state.doc.length > MOST) return Decoration.none;
  const text = state.doc.toString();
  const ranges: Range<Decoration>[] = [];
  const front = FRONT.exec(text);
  if (front) ranges.push(pill("Document data", "Kept for search and the repository", 0, front[0].length));
  for (const match of text.matchAll(PLACE)) {
    const name = match[1] ?? "";
    if (insideCode(state, match.index)) continue;
    ranges.push(
      pill(
        WORDS[name] ?? "One line of the timeline",
        "Filled in from the record",
        match.index,
        match.index + match[0].length,
      ),
    );
  }
  for (const match of text.matchAll(EMPTY_SECTION)) {
    const hint = hints.find((one) => one.heading.toLowerCase() === match[1]?.toLowerCase());
    const at = match.index + match[0].length - 1;
    if (hint)
      ranges.push(
        Decoration.widget({ widget: new Words(plain(hint.hint), "cm-hint"), side: 1, block: true }).range(at),
      );
  }
  return Decoration.set(ranges, true);
}

function insideCode(state: EditorState, at: number): boolean {
  return syntaxTree(state).resolveInner(at, 1).name === "FencedCode";
}

function pill(words: string, title: string, from: number, to: number): Range<Decoration> {
  return Decoration.replace({ widget: new Words(words, "cm-place", title), block: false }).range(from, to);
}

class Words extends WidgetType {
  readonly words: string;
  readonly look: string;
  readonly title: string;

  constructor(words: string, look: string, title = "") {
    super();
    this.words = words;
    this.look = look;
    this.title = title;
  }

  override eq(other: Words): boolean {
    return other.words === this.words && other.look === this.look;
  }

  override toDOM(): HTMLElement {
    const box = document.createElement(this.look === "cm-hint" ? "div" : "span");
    box.className = this.look;
    box.textContent = this.words;
    box.title = this.title;
    return box;
  }
}
