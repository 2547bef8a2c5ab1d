// stopgap
import type { InsertableKind } from "./InsertableKind";

export type InsertableFact = { title: string, kind: InsertableKind, note: string, text: string, };
