// stopgap

export type SectionHint = { heading: string, hint: string, };
