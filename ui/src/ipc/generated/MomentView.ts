// stopgap

export type MomentView = { landmark: string, title: string, at: string | null, source: string, corrected: boolean, };
