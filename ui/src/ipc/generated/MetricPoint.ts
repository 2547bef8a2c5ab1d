// stopgap

export type MetricPoint = { title: string, value: number | null, words: string, };
