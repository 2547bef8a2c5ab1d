// stopgap
import type { MergeSection } from "./MergeSection";

export type MergeView = { sentence: string, sections: Array<MergeSection>, };
