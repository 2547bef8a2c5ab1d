import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { ValueView } from "../ipc/generated/ValueView";
import { plain } from "../words/text";

export const setValues = StateEffect.define<ValueView[]>();

/** The values that a text can be linked to. */
export const values = StateField.define<ValueView[]>({
  create: () => [],
  update: (before, transaction) =>
    transaction.effects.find((effect) => effect.is(setValues))?.value ?? before,
});

export type Place = { name: string; from: number; to: number };

/** `{{ name }}`, with filters or without; blocks and everything else stay text. */
const LINKED = /\{\{-?\s*([A-Za-z_]\w*)\s*(?:\|[^{}]*)?-?\}\}/g;

export function placesIn(text: string): Place[] {
  return [...text.matchAll(LINKED)].map((match) => ({
    name: match[1] ?? "",
    from: match.index,
    to: match.index + match[0].length,
  }));
}

/** Shows each linked value as itself, as one piece; a click tells where it is. */
export function chips(onvalue: (place: Place, at: DOMRect) => void): Extension {
  const field = StateField.define<DecorationSet>({
    create: drawn,
    update: (before, transaction) =>
      transaction.docChanged || transaction.effects.some((effect) => effect.is(setValues))
        ? drawn(transaction.state)
        : before,
    provide: (from) => [
      EditorView.decorations.from(from),
      EditorView.atomicRanges.of((view) => view.state.field(from)),
    ],
  });
  const clicks = EditorView.domEventHandlers({
    mousedown(event, view) {
      const chip = (event.target as HTMLElement).closest<HTMLElement>(".cm-value");
      if (!chip) return false;
      const place = placeAt(view, view.posAtDOM(chip));
      if (place) onvalue(place, chip.getBoundingClientRect());
      event.preventDefault();
      return true;
    },
  });
  return [values, field, clicks];
}

/** The linked value that begins or ends here. */
export function placeAt(view: EditorView, position: number): Place | null {
  const touching = placesIn(view.state.doc.toString()).filter(
    (place) => place.from <= position && position <= place.to,
  );
  return touching.find((place) => place.from === position) ?? touching[0] ?? null;
}

/** Colours linked values where the text itself is what is worked on. */
export const marks: Extension = [
  values,
  EditorView.decorations.compute(["doc", values], (state) => {
    const known = state.field(values);
    const ranges = placesIn(state.doc.toString()).map(({ name, from, to }) => {
      const value = known.find((one) => one.name === name);
      return Decoration.mark({ class: value ? "cm-value" : "cm-value unknown" }).range(from, to);
    });
    return Decoration.set(ranges);
  }),
];

/** Offers the values after `{{`. */
export const completion: Extension = autocompletion({ override: [offered], icons: false });

function offered(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/\{\{?\s*[\w.]*$/);
  if (!before || (!before.text.startsWith("{{") && !context.explicit)) return null;
  return found(context.state, before.from, context.pos);
}

function found(state: EditorState, from: number, typedTo: number): CompletionResult {
  const typed = state
    .sliceDoc(from, typedTo)
    .replace(/[{}\s]/g, "")
    .toLowerCase();
  const closing = /^\s*\}\}/.exec(state.sliceDoc(typedTo, typedTo + 20))?.[0].length ?? 0;
  const options = state
    .field(values)
    .filter((value) => `${value.name} ${value.title}`.toLowerCase().includes(typed))
    .map((value) => ({
      label: `{{ ${value.name} }}`,
      displayLabel: plain(value.title),
      detail: plain(value.value ?? "not known yet").slice(0, 40),
    }));
  return {
    from,
    to: typedTo + closing,
    options,
    filter: false,
    update: (_current, start, _end, context) => found(context.state, start, context.pos),
  };
}

function drawn(state: EditorState): DecorationSet {
  const known = state.field(values);
  const ranges = placesIn(state.doc.toString()).flatMap(({ name, from, to }) => {
    const value = known.find((one) => one.name === name);
    return value ? [Decoration.replace({ widget: new Chip(value) }).range(from, to)] : [];
  });
  return Decoration.set(ranges);
}

class Chip extends WidgetType {
  readonly value: ValueView;

  constructor(value: ValueView) {
    super();
    this.value = value;
  }

  override eq(other: Chip): boolean {
    return other.value.name === this.value.name && other.value.value === this.value.value;
  }

  override toDOM(): HTMLElement {
    const known = this.value.value !== null;
    const chip = document.createElement("span");
    chip.className = known ? "cm-value" : "cm-value gap";
    chip.textContent = known ? plain(this.value.value ?? "") : `${plain(this.value.title)}?`;
    chip.title = known
      ? `${plain(this.value.title)}: ${plain(this.value.source)}`
      : `Not known yet: ${plain(this.value.title)}`;
    return chip;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}
