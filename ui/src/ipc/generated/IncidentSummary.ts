// stopgap
import type { Stage } from "./Stage";

export type IncidentSummary = { id: string, title: string, severity: number, stage: Stage, environment: string | null, rollback: string | null, since: string, endedAt: string | null, commander: string | null, nextDue: string | null, updatesSent: number, unclear: number, rehearsal: boolean, };
