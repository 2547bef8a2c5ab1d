// stopgap
import type { MergeView } from "./MergeView";

export type SavedView = { revision: string, savedAt: string, merge: MergeView | null, };
