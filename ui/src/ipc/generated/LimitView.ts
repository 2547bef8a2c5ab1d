// stopgap

export type LimitView = { title: string, used: number, limit: number, };
