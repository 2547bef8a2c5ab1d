// stopgap
import type { Stage } from "./Stage";

export type TemplateChoice = { id: string, title: string, stage: Stage, };
