import { setDiagnostics } from "@codemirror/lint";
import type { EditorState, TransactionSpec } from "@codemirror/state";
import type { TemplateProblem } from "../ipc/generated/TemplateProblem";
import { plain } from "../words/text";

/** Underlines what cannot be rendered, where it is. A text that became shorter meanwhile cuts the line off. */
export function problems(state: EditorState, found: TemplateProblem[]): TransactionSpec {
  const end = state.doc.length;
  const diagnostics = found.map(({ from, to, message }) => ({
    from: Math.min(from, end),
    to: Math.min(Math.max(to, from + 1), end),
    severity: "error" as const,
    message: plain(message),
  }));
  return setDiagnostics(state, diagnostics);
}
