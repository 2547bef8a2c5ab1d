import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  pickedCompletion,
} from "@codemirror/autocomplete";
import { markdown, markdownKeymap, markdownLanguage } from "@codemirror/lang-markdown";
import { type EditorView, keymap } from "@codemirror/view";
import type { InsertableFact } from "../ipc/generated/InsertableFact";
import type { SectionHint } from "../ipc/generated/SectionHint";
import { plain } from "../words/text";
import { places } from "./places";
import { mountSurface, type Surface, type SurfaceOptions } from "./surface";

type PaperOptions = SurfaceOptions & { facts: () => InsertableFact[]; hints: () => SectionHint[] };

const SECTIONS = {
  fact: { name: "Facts", rank: 1 },
  event: { name: "Events", rank: 2 },
  chart: { name: "Charts", rank: 3 },
} as const;

/** Markdown, with `/` at the beginning of a word to put in what the journal knows. */
export function mountPaper(parent: HTMLElement, options: PaperOptions): Surface {
  const offered = (context: CompletionContext): CompletionResult | null => {
    const before = context.matchBefore(/(^|\s)\/[^/\s]*$/);
    if (!before) return null;
    const from = before.from + before.text.indexOf("/");
    return {
      from,
      filter: true,
      options: options.facts().map((fact) => ({
        label: `/${plain(fact.title)}`,
        displayLabel: plain(fact.title),
        detail: plain(fact.note),
        section: SECTIONS[fact.kind],
        apply: fact.kind === "fact" ? fact.text : block(fact.text),
      })),
    };
  };
  const extensions = [
    markdown({ base: markdownLanguage, completeHTMLTags: false, addKeymap: false }),
    keymap.of(markdownKeymap),
    places(options.hints),
    autocompletion({ override: [offered], icons: false }),
  ];
  return mountSurface(parent, options, extensions).surface;
}

/** A place counts only where it has a line of its own: put within a line, it takes one, apart from what is around it. */
function block(text: string) {
  return (view: EditorView, completion: Completion, start: number, end: number): void => {
    const { doc } = view.state;
    const line = doc.lineAt(start);
    const isBlank = (number: number) => doc.line(number).text.trim() === "";
    const before = doc.sliceString(line.from, start).trimEnd();
    const after = doc.sliceString(end, line.to);
    const from = line.from + before.length;
    const to = end + (/^[ \t]*/.exec(after)?.[0].length ?? 0);
    const lines = { above: line.number > 1, below: line.number < doc.lines };
    const head = before !== "" ? "\n\n" : lines.above && !isBlank(line.number - 1) ? "\n" : "";
    const goesOn = after.trim() !== "";
    const blankBelow = lines.below && isBlank(line.number + 1);
    const insert = `${head}${text}${goesOn ? "\n\n" : blankBelow ? "" : "\n"}`;
    // Whoever goes on typing must not type into the place's own line.
    const anchor = from + insert.length + (!goesOn && blankBelow ? line.to - to + 1 : 0);
    const annotations = pickedCompletion.of(completion);
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor },
      annotations,
      userEvent: "input.complete",
    });
  };
}
