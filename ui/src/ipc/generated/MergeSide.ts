// stopgap

export type MergeSide = "mine" | "theirs" | "both";
