// stopgap
import type { AudienceView } from "./AudienceView";
import type { DestinationView } from "./DestinationView";
import type { HappenedLine } from "./HappenedLine";
import type { ReceiptView } from "./ReceiptView";
import type { RoleView } from "./RoleView";
import type { Stage } from "./Stage";

export type IncidentView = { id: string, sequence: number, title: string, severity: number, stage: Stage, environment: string | null, since: string, endedAt: string | null, openedBy: string, rollback: string | null, postmortem: string | null, roles: Array<RoleView>, escalation: Array<string>, impact: string | null, cause: string | null, surfaces: Array<string>, audiences: Array<AudienceView>, destinations: Array<DestinationView>, happened: Array<HappenedLine>, receipts: Array<ReceiptView>, };
