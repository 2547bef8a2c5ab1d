// stopgap

export type ExportView = { sentence: string, path: string | null, url: string | null, };
