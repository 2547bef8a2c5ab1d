import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { look } from "./look";

export type Surface = {
  /** The whole text; asked for when it is needed, not at every key. */
  read(): string;
  /** Takes over a text from outside; what was typed before can be undone. */
  replace(text: string): void;
  /** Puts a text where the cursor is. */
  insert(text: string): void;
  focus(): void;
  destroy(): void;
};

export type SurfaceOptions = {
  text: string;
  label: string;
  hint?: string;
  onchange: (read: () => string) => void;
};

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
  const view = new EditorView({
    root,
    parent: root as unknown as HTMLElement,
    state: EditorState.create({ doc: options.text, extensions: [basics(options), ...extensions] }),
  });
  const read = (): string => view.state.doc.toString();
  const surface: Surface = {
    read,
    replace(text) {
      const changes = difference(read(), text);
      if (changes) view.dispatch({ changes });
    },
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
  return { view, surface };
}

function basics({ label, hint, onchange }: SurfaceOptions): Extension {
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
      if (update.docChanged) onchange(() => update.view.state.doc.toString());
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
