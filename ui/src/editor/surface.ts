import { defaultKeymap, history, historyField, historyKeymap } from "@codemirror/commands";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { counted, type Endings, endingsOf } from "../words/endings";
import { look } from "./look";

export type Surface = {
  /** The whole text; asked for when it is needed, not at every key. */
  read(): string;
  /** Takes over a text from outside; what was typed before can be undone. */
  replace(text: string): void;
  /** What can be undone, to be given to a surface of the same text later. */
  undo(): string;
  focus(): void;
  destroy(): void;
};

export type SurfaceOptions = {
  text: string;
  label: string;
  hint?: string;
  /** What another surface of this text said could be undone. */
  undo?: string | null;
  onchange: (read: () => string) => void;
};

/** Nobody typed this: it came from outside. */
const outside = Annotation.define<boolean>();

/**
 * An editor in a shadow root of its own: its styles are adopted sheets there, which the window's policy allows, and
 * neither side's styles reach the other.
 */
export function mountSurface(
  parent: HTMLElement,
  options: SurfaceOptions,
  extensions: Extension[],
): { view: EditorView; surface: Surface } {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open", delegatesFocus: true });
  let endings = endingsOf(options.text);
  const separator = new Compartment();
  const read = (): string => whole(view.state, endings);
  const all = [separator.of(separatorFor(endings)), basics(options, read), ...extensions];
  const view: EditorView = new EditorView({
    root,
    parent: root as unknown as HTMLElement,
    state: begun(options, counted(options.text, endings), all),
  });
  const surface: Surface = {
    read,
    replace(text) {
      if (read() === text) return;
      if (endingsOf(text) !== endings) {
        endings = endingsOf(text);
        view.dispatch({ effects: separator.reconfigure(separatorFor(endings)) });
      }
      const changes = difference(whole(view.state, "lf"), counted(text, endings));
      if (changes) view.dispatch({ changes, annotations: outside.of(true) });
    },
    undo: () => JSON.stringify(view.state.toJSON({ history: historyField }).history),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
  return { view, surface };
}

/** The text as it was written, not as the editor counts its lines. */
function whole(state: EditorState, endings: Endings): string {
  return state.doc.sliceString(0, state.doc.length, endings === "crlf" ? "\r\n" : "\n");
}

/** Where both ways stand in one text, a carriage return is a character like any other, so that each stays where it is. */
function separatorFor(endings: Endings): Extension {
  return endings === "mixed" ? EditorState.lineSeparator.of("\n") : [];
}

/** With what could be undone, where that fits this text. */
function begun({ undo }: SurfaceOptions, doc: string, extensions: Extension[]): EditorState {
  if (undo) {
    try {
      const kept = {
        doc,
        selection: { ranges: [{ anchor: 0, head: 0 }], main: 0 },
        history: JSON.parse(undo),
      };
      return EditorState.fromJSON(kept, { extensions }, { history: historyField });
    } catch {
      // What an older editor kept is of no use to this one; the text is whole all the same.
    }
  }
  return EditorState.create({ doc, extensions });
}

function basics({ label, hint, onchange }: SurfaceOptions, read: () => string): Extension {
  return [
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    // Tab stays with the window: the editor must not be a trap for the keyboard.
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({
      "aria-label": label,
      tabindex: "0",
      spellcheck: "true",
      "aria-multiline": "true",
    }),
    hint ? placeholder(hint) : [],
    EditorView.updateListener.of((update) => {
      const typed = update.transactions.some((one) => one.docChanged && !one.annotation(outside));
      if (typed) onchange(read);
    }),
    look,
  ];
}

/** The one stretch that differs, so that the cursor and the place on screen stay where they are. */
function difference(before: string, after: string): { from: number; to: number; insert: string } | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
