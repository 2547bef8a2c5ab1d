// stopgap

export type FactorCount = { name: string, count: number, };
