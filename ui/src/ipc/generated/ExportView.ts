// stopgap
import type { MergeView } from "./MergeView";

export type ExportView = { sentence: string, path: string | null, url: string | null, merge: MergeView | null, };
