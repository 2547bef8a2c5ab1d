// stopgap

export type DiffChange = "same" | "added" | "removed" | "skipped";
