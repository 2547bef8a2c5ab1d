// stopgap

export type Reason = { sentence: string, hint: string, };
