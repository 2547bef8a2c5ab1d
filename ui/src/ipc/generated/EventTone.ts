// stopgap

export type EventTone = "good" | "warn" | "bad" | "info" | "neutral";
