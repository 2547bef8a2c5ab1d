// stopgap

export type EvidenceView = { title: string, lines: Array<string>, };
