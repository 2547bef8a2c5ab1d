// stopgap
import type { ReviewState } from "./ReviewState";

export type ReviewView = { state: ReviewState, sentence: string, canAsk: boolean, canApprove: boolean, };
