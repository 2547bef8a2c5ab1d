// stopgap

export type TemplateProblem = { message: string, from: number, to: number, line: number, };
