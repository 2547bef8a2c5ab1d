import { syntaxTree } from "@codemirror/language";
import {
  type EditorState,
  type Extension,
  type Range,
  StateField,
  type Transaction,
} from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { SectionHint } from "../ipc/generated/SectionHint";
import { plain } from "../words/text";

const PLACE = /^<!-- lastgood:(.+?) -->\r?$/;
const HEADING = /^## +(.+?) *#*\r?$/;
const FENCE = /^\s*(```|~~~)/;
/** Front matter is a few lines; what is longer is somebody's log. */
const FRONT_LINES = 200;
/** Blank lines around a heading that are looked at. */
const NEAR = 40;

const WORDS: Record<string, string> = {
  times: "The four times",
  timeline: "The timeline",
  "picture rollback": "Picture: what ran when",
  "picture probes": "Picture: what the probes saw",
  "picture steps": "Picture: how long each step took",
};

type Node = ReturnType<ReturnType<typeof syntaxTree>["resolveInner"]>;
type Lines = { first: number; last: number };

/** Where Lastgood writes into the document, and its front matter, as a word each instead of their source. */
export function places(hints: () => SectionHint[]): Extension {
  const field = StateField.define<DecorationSet>({
    create: (state) => Decoration.set(scan(state, { first: 1, last: state.doc.lines }, hints()), true),
    update: (before, transaction) => (transaction.docChanged ? moved(before, transaction, hints()) : before),
    provide: (from) => EditorView.decorations.from(from),
  });
  const atomic = EditorView.atomicRanges.of((view) =>
    view.state.field(field).update({ filter: (from, to) => to > from }),
  );
  return [field, atomic];
}

/** Only lines beside a change are read again: a key in a long document costs what it costs in a short one. */
function moved(before: DecorationSet, transaction: Transaction, hints: SectionHint[]): DecorationSet {
  const { state, startState, changes } = transaction;
  let fence = false;
  const near: Lines[] = [];
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    fence ||= hasFence(startState, fromA, toA) || hasFence(state, fromB, toB);
    near.push(around(state, fromB, toB));
  });
  // A fence changes the meaning of everything below it.
  if (fence) return Decoration.set(scan(state, { first: 1, last: state.doc.lines }, hints), true);
  let shown = before.map(changes);
  for (const lines of near) {
    const from = state.doc.line(lines.first).from;
    const to = state.doc.line(lines.last).to;
    shown = shown.update({
      filter: (start, end) => end < from || start > to,
      filterFrom: from,
      filterTo: to,
      add: scan(state, lines, hints),
      sort: true,
    });
  }
  return shown;
}

function hasFence(state: EditorState, from: number, to: number): boolean {
  const last = state.doc.lineAt(to).number;
  for (let number = state.doc.lineAt(from).number; number <= last; number += 1)
    if (FENCE.test(state.doc.line(number).text)) return true;
  return false;
}

/** The changed lines, and those whose looks hang on them: a heading above blank lines, the front matter as a whole. */
function around(state: EditorState, from: number, to: number): Lines {
  const blank = (number: number) => state.doc.line(number).text.trim() === "";
  let first = state.doc.lineAt(from).number;
  let last = state.doc.lineAt(to).number;
  const [lowest, highest] = [Math.max(1, first - NEAR), Math.min(state.doc.lines, last + NEAR)];
  if (first > 1) first -= 1;
  while (first > lowest && blank(first)) first -= 1;
  if (last < state.doc.lines) last += 1;
  while (last < highest && blank(last)) last += 1;
  const front = frontEnd(state);
  if (first <= Math.max(front, 1)) return { first: 1, last: Math.max(last, front) };
  return { first, last };
}

function scan(state: EditorState, { first, last }: Lines, hints: SectionHint[]): Range<Decoration>[] {
  const ranges: Range<Decoration>[] = [];
  const front = first === 1 ? frontEnd(state) : 0;
  if (front > 0)
    ranges.push(pill("Document data", "Kept for search and the repository", 0, state.doc.line(front).to));
  for (let number = Math.max(first, front + 1); number <= last; number += 1) {
    const line = state.doc.line(number);
    const place = PLACE.exec(line.text)?.[1];
    if (place !== undefined && !insideCode(state, line.from))
      ranges.push(
        pill(WORDS[place] ?? "One line of the timeline", "Filled in from the record", line.from, line.to),
      );
    const heading = HEADING.exec(line.text)?.[1]?.toLowerCase();
    if (heading === undefined || !isEmptySection(state, number)) continue;
    const hint = hints.find((one) => one.heading.toLowerCase() === heading);
    if (hint) ranges.push(hintBelow(plain(hint.hint), line.to));
  }
  return ranges;
}

/** The line that ends the front matter; 0 where there is none. */
function frontEnd(state: EditorState): number {
  const fence = (number: number) => state.doc.line(number).text.replace(/\r$/, "") === "---";
  if (!fence(1)) return 0;
  const most = Math.min(state.doc.lines, FRONT_LINES);
  for (let number = 2; number <= most; number += 1) if (fence(number)) return number;
  return 0;
}

function isEmptySection(state: EditorState, heading: number): boolean {
  const most = Math.min(state.doc.lines, heading + NEAR);
  for (let number = heading + 1; number <= most; number += 1) {
    const { text } = state.doc.line(number);
    if (text.trim() !== "") return text.startsWith("## ");
  }
  return heading < state.doc.lines;
}

function insideCode(state: EditorState, at: number): boolean {
  for (let node: Node | null = syntaxTree(state).resolveInner(at, 1); node; node = node.parent)
    if (node.name === "FencedCode") return true;
  return false;
}

function pill(words: string, title: string, from: number, to: number): Range<Decoration> {
  return Decoration.replace({ widget: new Words(words, "cm-place", title), block: false }).range(from, to);
}

function hintBelow(words: string, at: number): Range<Decoration> {
  return Decoration.widget({ widget: new Words(words, "cm-hint"), side: 1, block: true }).range(at);
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
