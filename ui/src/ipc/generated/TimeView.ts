// stopgap
import type { MomentView } from "./MomentView";

export type TimeView = { title: string, seconds: number | null, from: MomentView, to: MomentView, };
