// stopgap
import type { LimitView } from "./LimitView";
import type { PreviewView } from "./PreviewView";
import type { Reason } from "./Reason";
import type { TemplateChoice } from "./TemplateChoice";
import type { TemplateProblem } from "./TemplateProblem";
import type { ValueView } from "./ValueView";

export type DraftView = { incident: string, destination: string, revision: number, template: string, templates: Array<TemplateChoice>, text: string, savedAt: string | null, values: Array<ValueView>, gaps: Array<string>, limits: Array<LimitView>, shortened: Array<string>, problems: Array<TemplateProblem>, preview: PreviewView, blocked: Reason | null, };
