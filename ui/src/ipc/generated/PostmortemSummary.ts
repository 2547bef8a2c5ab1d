// stopgap
import type { PostmortemState } from "./PostmortemState";

export type PostmortemSummary = { id: string, title: string, at: string, severity: number | null, state: PostmortemState, openActions: number, impactSeconds: number | null, factors: Array<string>, excerpt: string, };
