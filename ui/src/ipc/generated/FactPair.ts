// stopgap
import type { Inline } from "./Inline";

export type FactPair = { title: string, value: Array<Inline>, };
