// stopgap

export type SavedView = { revision: string, savedAt: string, text: string | null, note: string | null, };
