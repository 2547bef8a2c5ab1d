// stopgap
import type { EventTone } from "./EventTone";

export type HappenedLine = { id: string, at: string, tone: EventTone, sentence: string, who: string | null, url: string | null, rollback: string | null, };
