// stopgap
import type { LimitView } from "./LimitView";
import type { PreviewView } from "./PreviewView";
import type { Reason } from "./Reason";
import type { ReviewView } from "./ReviewView";
import type { Stage } from "./Stage";
import type { TemplateChoice } from "./TemplateChoice";
import type { TemplateProblem } from "./TemplateProblem";
import type { ValueView } from "./ValueView";

export type DraftView = { incident: string, destination: string, revision: number, template: string, templates: Array<TemplateChoice>, stage: Stage, text: string, savedAt: string | null, values: Array<ValueView>, gaps: Array<string>, limits: Array<LimitView>, problems: Array<TemplateProblem>, preview: PreviewView, review: ReviewView, blocked: Reason | null, };
