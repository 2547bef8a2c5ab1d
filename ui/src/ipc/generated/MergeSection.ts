// stopgap

export type MergeSection = { title: string, mine: string, theirs: string, };
