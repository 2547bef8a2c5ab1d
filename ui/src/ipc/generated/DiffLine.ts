// stopgap
import type { DiffChange } from "./DiffChange";

export type DiffLine = { change: DiffChange, text: string, };
