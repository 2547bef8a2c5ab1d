// stopgap

export type RevisionView = { revision: string, at: string, who: string, added: number, removed: number, };
