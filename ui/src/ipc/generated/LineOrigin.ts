// stopgap

export type LineOrigin = "record" | "gap" | "added" | "pasted";
