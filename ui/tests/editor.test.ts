import { acceptCompletion, currentCompletions, startCompletion } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mountPaper } from "../src/editor/markdown";
import { markup } from "../src/editor/markup";
import { places } from "../src/editor/places";
import type { Surface } from "../src/editor/surface";
import type { InsertableFact } from "../src/ipc/generated/InsertableFact";
import { endingsOf } from "../src/words/endings";

const HINTS = [
  { heading: "Summary", hint: "Two sentences." },
  { heading: "Impact", hint: "Who noticed what?" },
];
const MARK = "<!-- lastgood:timeline -->";

let mounted: Surface | null = null;
afterEach(() => {
  mounted?.destroy();
  mounted = null;
  document.body.replaceChildren();
});

function paper(text: string, undo: string | null = null, facts: InsertableFact[] = []) {
  const box = document.createElement("div");
  document.body.append(box);
  const onchange = vi.fn();
  const surface = mountPaper(box, {
    text,
    undo,
    label: "Paper",
    onchange,
    facts: () => facts,
    hints: () => HINTS,
  });
  mounted = surface;
  const view = EditorView.findFromDOM(box.shadowRoot?.querySelector(".cm-editor") as HTMLElement);
  if (!view) throw new Error("no editor");
  const type = (from: number, insert: string, to = from) =>
    view.dispatch({ changes: { from, to, insert }, userEvent: "input.type" });
  return { surface, view, onchange, type, box };
}

/** What stands for the places, in order. */
function shown(view: EditorView): string[] {
  const found: string[] = [];
  for (const set of view.state.facet(EditorView.decorations)) {
    if (typeof set === "function") continue;
    set.between(0, view.state.doc.length, (from, to, value) => {
      const { widget } = value.spec;
      if (widget?.words) found.push(`${from}-${to} ${widget.words}`);
    });
  }
  return found;
}

describe("line endings", () => {
  const crlf = "# Title\r\n\r\n## Summary\r\n\r\nwritten\r\n";
  const mixed = "one\r\ntwo\nthree\rfour\r\n";

  it("are told apart", () => {
    expect([crlf, mixed, "a\nb\n", "", "a\rb"].map(endingsOf)).toEqual([
      "crlf",
      "mixed",
      "lf",
      "lf",
      "mixed",
    ]);
  });

  it("opening a document changes nothing of it, whatever its line endings", () => {
    for (const text of [crlf, mixed, "a\nb\n", "", "\u2028 قف 🚒\n"]) {
      const { surface, onchange } = paper(text);
      surface.replace(text);
      expect(surface.read()).toBe(text);
      expect(onchange).not.toHaveBeenCalled();
    }
  });

  it("stay what they were while somebody types and pastes", () => {
    const { surface, view, type, onchange } = paper(crlf);
    type(view.state.doc.length, "more\nand more\r\n");
    expect(surface.read()).toBe(`${crlf}more\r\nand more\r\n`);
    expect(onchange.mock.lastCall?.[0]()).toBe(surface.read());
    const other = paper(mixed);
    other.type(3, "!");
    expect(other.surface.read()).toBe("one!\r\ntwo\nthree\rfour\r\n");
  });

  it("follow a text that comes from outside", () => {
    const { surface } = paper("a\nb\n");
    for (const text of [crlf, mixed, "a\nb\n", mixed, crlf]) {
      surface.replace(text);
      expect(surface.read()).toBe(text);
    }
  });
});

describe("what / puts in", () => {
  const FACTS: InsertableFact[] = [
    { title: "Release that failed", kind: "fact", note: "v2.4.1", text: "v2.4.1" },
    { title: "Rollback started", kind: "event", note: "14:41", text: "<!-- lastgood:line w:4 -->" },
    { title: "The four times", kind: "chart", note: "", text: "<!-- lastgood:times -->" },
  ];

  /** Types `/` and these letters where `|` stands, takes the first that is offered, and says where the cursor is then. */
  async function put(text: string, letters: string): Promise<string> {
    const at = text.indexOf("|");
    const { view, surface } = paper(text.replace("|", `/${letters}`), null, FACTS);
    view.dispatch({ selection: { anchor: at + 1 + letters.length } });
    startCompletion(view);
    await vi.waitFor(() => expect(currentCompletions(view.state)).toHaveLength(1));
    // CodeMirror takes no answer within its first moment, so that nobody accepts what just appeared.
    await vi.waitFor(() => expect(acceptCompletion(view)).toBe(true));
    const { head } = view.state.selection.main;
    const { doc } = view.state;
    const now = `${doc.sliceString(0, head)}|${doc.sliceString(head)}`;
    expect(surface.read()).toBe(now.replace("|", ""));
    surface.destroy();
    return now;
  }

  it("is a fact's words where they were asked for", async () => {
    expect(await put("It was | again.\n", "release")).toBe("It was v2.4.1| again.\n");
  });

  it("is a place on a line of its own, wherever it was asked for", async () => {
    for (const [letters, mark] of [
      ["rollback", "<!-- lastgood:line w:4 -->"],
      ["four", "<!-- lastgood:times -->"],
    ] as const) {
      expect(await put("Kilroy was here. |", letters)).toBe(`Kilroy was here.\n\n${mark}\n|`);
      expect(await put("above |  below\nnext\n", letters)).toBe(`above\n\n${mark}\n\n|below\nnext\n`);
      expect(await put("above |\nnext\n", letters)).toBe(`above\n\n${mark}\n|\nnext\n`);
      expect(await put("above |\n\nnext\n", letters)).toBe(`above\n\n${mark}\n|\nnext\n`);
      expect(await put("above\n  |\nnext\n", letters)).toBe(`above\n\n${mark}\n|\nnext\n`);
      expect(await put("|", letters)).toBe(`${mark}\n|`);
      expect(await put("above\n\n|\n\nnext\n", letters)).toBe(`above\n\n${mark}\n|\nnext\n`);
    }
  });

  it("keeps the line endings of the text", async () => {
    const { view, surface } = paper("said /four\r\nnext\r\n", null, FACTS);
    view.dispatch({ selection: { anchor: 10 } });
    startCompletion(view);
    await vi.waitFor(() => expect(acceptCompletion(view)).toBe(true));
    expect(surface.read()).toBe("said\r\n\r\n<!-- lastgood:times -->\r\n\r\nnext\r\n");
  });
});

describe("undo", () => {
  it("reaches back behind a restart", async () => {
    const { undo } = await import("@codemirror/commands");
    const first = paper("# One\r\n");
    first.type(0, "typed ");
    const kept = first.surface.undo();
    const text = first.surface.read();
    first.surface.destroy();
    const again = paper(text, kept);
    expect(again.surface.read()).toBe("typed # One\r\n");
    undo(again.view);
    expect(again.surface.read()).toBe("# One\r\n");
  });

  it("that cannot be read leaves the text whole", () => {
    for (const broken of ["{", "{}", '{"done":7}', "null"]) {
      expect(paper("text\n", broken).surface.read()).toBe("text\n");
    }
  });
});

describe("places and hints", () => {
  const text = `---\ntitle: x\n---\n\n# T\n\n## Summary\n\n## Impact\n\nsaid\n\n${MARK}\n\n\`\`\`\n${MARK}\n\`\`\`\n`;

  it("show a word for each place, and a hint below each empty section", () => {
    const words = shown(paper(text).view).map((one) => one.split(" ").slice(1).join(" "));
    expect(words).toEqual(["Document data", "Two sentences.", "The timeline"]);
  });

  it("after any change are those of a document that was opened so", () => {
    const changes: [number | "end", number, string][] = [
      [31, 0, "a"],
      [31, 1, ""],
      [0, 0, "x"],
      [0, 1, ""],
      [3, 0, "\nmore: 1"],
      ["end", 0, "\n## Impact\n"],
      ["end", 0, "\n\n"],
      ["end", 0, `${MARK}\n`],
      [0, 17, ""],
      [10, 0, `\n${MARK}\n## Summary\n\n\n## Impact`],
      [20, 30, ""],
      [5, 0, "```\n"],
      [5, 4, ""],
      [0, 40, "## Summary\n"],
    ];
    const { view, surface, type } = paper(text);
    for (const [at, gone, insert] of changes) {
      const from = at === "end" ? view.state.doc.length : at;
      type(from, insert, Math.min(from + gone, view.state.doc.length));
      const now = shown(view);
      const fresh = paper(surface.read());
      expect(now, surface.read()).toEqual(shown(fresh.view));
      fresh.surface.destroy();
    }
  });

  it("a key in a long document reads a few of its lines and copies none of it", () => {
    const long = `${text}${"a line of a long log\n".repeat(10_000)}## Summary\n\n`;
    let state = EditorState.create({ doc: long, extensions: places(() => HINTS) });
    const kind = Object.getPrototypeOf(Object.getPrototypeOf(state.doc));
    const lines = vi.spyOn(kind, "line");
    const whole = vi.spyOn(Object.getPrototypeOf(state.doc), "sliceString");
    const middle = Math.floor(long.length / 2);
    for (let key = 0; key < 200; key += 1)
      state = state.update({ changes: { from: middle + key, insert: "x" } }).state;
    expect(state.doc.length).toBe(long.length + 200);
    expect(lines.mock.calls.length).toBeLessThan(200 * 40);
    expect(whole).not.toHaveBeenCalled();
    lines.mockRestore();
    whole.mockRestore();
  });
});

describe("a message's markup", () => {
  it("lets the signs step back behind the words", () => {
    const doc = "# Logins fail\n\nImpact:: nobody **can** sign in with `ssh`\nAt 14:02:: no";
    const view = new EditorView({
      parent: document.body,
      state: EditorState.create({ doc, extensions: [markup] }),
    });
    const texts = (kind: string) => [...view.dom.querySelectorAll(kind)].map((one) => one.textContent);
    expect(texts(".cm-sign")).toEqual(["# ", ":", "**", "**", "`", "`"]);
    expect(texts(".cm-title")).toEqual(["# Logins fail"]);
    expect(view.state.doc.toString()).toBe(doc);
    view.destroy();
  });
});
