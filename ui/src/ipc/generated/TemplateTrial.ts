// stopgap
import type { PreviewView } from "./PreviewView";
import type { TemplateProblem } from "./TemplateProblem";

export type TemplateTrial = { preview: PreviewView | null, problems: Array<TemplateProblem>, gaps: Array<string>, };
