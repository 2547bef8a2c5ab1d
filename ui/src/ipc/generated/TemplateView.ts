// stopgap
import type { TemplateRow } from "./TemplateRow";
import type { ValueView } from "./ValueView";

export type TemplateView = { row: TemplateRow, subject: string | null, text: string, file: string, values: Array<ValueView>, };
