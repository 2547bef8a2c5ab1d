// stopgap

export type EvidenceLink = { title: string, name: string | null, url: string | null, };
