// stopgap
import type { EventTone } from "./EventTone";

export type ComponentLine = { name: string, state: string, tone: EventTone, };
