// stopgap

export type RevisionView = { revision: string, at: string, named: string | null, bytes: number, };
