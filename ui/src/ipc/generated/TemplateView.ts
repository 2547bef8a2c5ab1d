// stopgap
import type { TemplateRow } from "./TemplateRow";
import type { ValueView } from "./ValueView";

export type TemplateView = { row: TemplateRow, text: string, file: string, values: Array<ValueView>, };
