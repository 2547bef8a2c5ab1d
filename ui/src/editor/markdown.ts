import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { markdown, markdownKeymap, markdownLanguage } from "@codemirror/lang-markdown";
import { keymap } from "@codemirror/view";
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
        apply: fact.text,
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
