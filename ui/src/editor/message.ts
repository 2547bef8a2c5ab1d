import { keymap } from "@codemirror/view";
import type { TemplateProblem } from "../ipc/generated/TemplateProblem";
import type { ValueView } from "../ipc/generated/ValueView";
import { literal } from "./literal";
import { markup } from "./markup";
import { problems } from "./problems";
import { mountSurface, type Surface, type SurfaceOptions } from "./surface";
import { chips, completion, marks, type Place, placeAt, setValues } from "./values";

export type MessageSurface = Surface & {
  values(values: ValueView[]): void;
  problems(found: TemplateProblem[]): void;
  /** Writes over a linked value: the words stay, the link goes. */
  overwrite(place: Place, words: string): void;
};

type MessageOptions = SurfaceOptions & {
  values: ValueView[];
  /** Without it the source is shown as it is. */
  onvalue?: (place: Place, at: DOMRect) => void;
};

/** The text of an update, with its values shown as themselves; or that of a template, as its source. */
export function mountMessage(parent: HTMLElement, options: MessageOptions): MessageSurface {
  const { onvalue } = options;
  const openAtCursor = keymap.of([
    {
      key: "Mod-.",
      run: (view) => {
        const place = placeAt(view, view.state.selection.main.head);
        const box = place ? view.coordsAtPos(place.from) : null;
        if (place && onvalue)
          onvalue(place, box ? new DOMRect(box.left, box.top, 0, box.bottom - box.top) : new DOMRect());
        return place !== null;
      },
    },
  ]);
  const { view, surface } = mountSurface(parent, options, [
    onvalue ? chips(onvalue) : marks,
    markup,
    completion,
    openAtCursor,
  ]);
  view.dispatch({ effects: setValues.of(options.values) });
  return {
    ...surface,
    values: (given) => view.dispatch({ effects: setValues.of(given) }),
    problems: (found) => view.dispatch(problems(view.state, found)),
    overwrite({ from, to }, words) {
      const insert = literal(words);
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from, head: from + insert.length },
      });
      view.focus();
    },
  };
}
