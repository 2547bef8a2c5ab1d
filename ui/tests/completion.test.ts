import { acceptCompletion, currentCompletions, startCompletion } from "@codemirror/autocomplete";
import { diagnosticCount, forEachDiagnostic } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { describe, expect, it, vi } from "vitest";
import { problems } from "../src/editor/problems";
import { completion, placesIn, setValues, values } from "../src/editor/values";
import type { ValueView } from "../src/ipc/generated/ValueView";

const value = (name: string, title: string, known: string | null): ValueView => ({
  name,
  title,
  value: known,
  source: "the incident",
  canSet: false,
});

function open(doc: string, extensions = [values, completion]): EditorView {
  const view = new EditorView({ doc, extensions, parent: document.body });
  view.dispatch({
    effects: setValues.of([value("impact", "Impact", null), value("title", "Title", "Plugins fail")]),
    selection: { anchor: doc.length },
  });
  return view;
}

describe("the editor of a template", () => {
  it("offers every value after {{, with what is known of it, and closes what it began", async () => {
    const view = open("We lost {{ im");
    startCompletion(view);
    await vi.waitFor(() => expect(currentCompletions(view.state)).toHaveLength(1));
    const [offered] = currentCompletions(view.state);
    expect([offered?.label, offered?.displayLabel, offered?.detail]).toEqual([
      "{{ impact }}",
      "Impact",
      "not known yet",
    ]);
    await vi.waitFor(() => expect(acceptCompletion(view)).toBe(true));
    expect(view.state.doc.toString()).toBe("We lost {{ impact }}");
  });

  it("finds linked values, with filters or without, and nothing else", () => {
    const text = "{{ title }} {{ impact|sentence }} {% if note %} {{ 'a literal' }}";
    expect(placesIn(text).map((place) => place.name)).toEqual(["title", "impact"]);
  });

  it("underlines a mistake where it is, also behind letters of two units", () => {
    const view = open("😀 {{ vresion }}");
    view.dispatch(problems(view.state, [{ message: "no value", from: 6, to: 13, line: 1 }]));
    expect(diagnosticCount(view.state)).toBe(1);
    const marked: string[] = [];
    forEachDiagnostic(view.state, (_, from, to) => marked.push(view.state.sliceDoc(from, to)));
    expect(marked).toEqual(["vresion"]);
  });
});
