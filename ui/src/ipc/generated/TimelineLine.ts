// stopgap
import type { EventTone } from "./EventTone";
import type { EvidenceLink } from "./EvidenceLink";
import type { LineOrigin } from "./LineOrigin";

export type TimelineLine = { id: string, at: string, word: string, tone: EventTone, sentence: string, origin: LineOrigin, hidden: boolean, comment: string, who: string | null, detail: boolean, evidence: Array<EvidenceLink>, };
