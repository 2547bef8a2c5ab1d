// stopgap

export type ValueView = { name: string, title: string, value: string | null, source: string, canSet: boolean, };
